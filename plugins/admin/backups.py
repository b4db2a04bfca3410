"""`/admin backup`, and the backups that are made by a schedule."""

import lightbulb

from bot import replies
from bot.discord.operators import Operators
from bot.domain.values import BackupResult
from bot.interactions.receipts import answer, open_receipt
from bot.plugin import CommandContext, actor_of
from bot.service.backups.scheduler import BackupService
from bot.service.search import SearchService
from plugins.admin.group import admin, plugin


@admin.register
class Backup(lightbulb.SlashCommand, name="backup", description="Make a backup (for the bot’s operators)."):
    """`/admin backup`: of all servers, so for operators alone."""

    @lightbulb.invoke
    async def invoke(
        self, ctx: CommandContext, operators: Operators, backups: BackupService, search: SearchService
    ) -> None:
        """Make it."""
        await open_receipt(ctx)
        await operators.require(actor_of(ctx.interaction))
        made = await backups.create()
        await answer(ctx, replies.backed_up(made))
        await _rebuild_index(search, made)


@plugin.task(lightbulb.uniformtrigger(minutes=10, wait_first=False))
async def back_up(backups: BackupService, search: SearchService) -> None:
    """Make a backup when one is due."""
    if made := await backups.take_if_due():
        await _rebuild_index(search, made)


async def _rebuild_index(search: SearchService, made: BackupResult) -> None:
    """Rebuild the full-text index of the database if a backup found it faulty."""
    if not made.is_index_sound:
        await search.rebuild_index()
