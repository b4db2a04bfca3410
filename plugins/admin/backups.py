"""`/admin backup`, and the backups that are made by a schedule."""

import lightbulb

from bot import replies
from bot.discord.operators import Operators
from bot.interactions.receipts import answer, open_receipt
from bot.plugin import CommandContext, actor_of
from bot.service.backups.scheduler import BackupService
from plugins.admin.group import admin, plugin


@admin.register
class Backup(lightbulb.SlashCommand, name="backup", description="Make a backup (for the bot’s operators)."):
    """`/admin backup`: of all servers, so for operators alone."""

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, operators: Operators, backups: BackupService) -> None:
        """Make it."""
        await open_receipt(ctx)
        await operators.require(actor_of(ctx.interaction))
        await answer(ctx, replies.backed_up(await backups.create()))


@plugin.task(lightbulb.uniformtrigger(minutes=10, wait_first=False))
async def back_up(backups: BackupService) -> None:
    """Make a backup when one is due."""
    await backups.take_if_due()
