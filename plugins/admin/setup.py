"""`/admin setup`, and the message to the owner of a server that the bot joined."""

import hikari
import lightbulb

from bot import replies
from bot.discord.direct_messages import DirectMessages
from bot.domain.sessions import Exchange
from bot.domain.values import Actor, GuildId, SettingsChange, UserId
from bot.interactions.context import PressContext, SubmitContext
from bot.interactions.modals import open_modal
from bot.interactions.setup_panel import SetupPanel
from bot.plugin import CommandContext, FirstAnswer, actor_of
from bot.service.settings import SettingsService
from plugins.admin.group import admin, plugin


@admin.register
class Setup(lightbulb.SlashCommand, name="setup", description="Set up this server: channel, coaches, button."):
    """`/admin setup`."""

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, setup: SetupPanel) -> None:
        """Show the panel."""
        await setup.open(ctx)


@plugin.route("setup", FirstAnswer.UPDATE)
async def turn_setup_page(ctx: PressContext, page: int, setup: SetupPanel) -> None:
    """Show another page of the coaches."""
    await setup.show(ctx, page)


@plugin.route("setup_channel", FirstAnswer.UPDATE)
async def set_channel(ctx: PressContext, page: int, setup: SetupPanel) -> None:
    """Set the plans' channel."""
    await setup.save(ctx, page, SettingsChange(plans_channel_id=ctx.chosen_channel))


@plugin.route("setup_timezone", FirstAnswer.UPDATE)
async def set_timezone(ctx: PressContext, page: int, setup: SetupPanel) -> None:
    """Set a common time zone."""
    await setup.save(ctx, page, SettingsChange(timezone=ctx.choice))


@plugin.route("setup_other_timezone", FirstAnswer.MODAL)
async def ask_timezone(ctx: PressContext, page: int, settings: SettingsService) -> None:
    """Open the form for any time zone."""
    await open_modal(ctx, replies.timezone_modal(page, await settings.timezone(actor_of(ctx.interaction))))


@plugin.route("setup_typed_timezone", FirstAnswer.UPDATE)
async def set_typed_timezone(ctx: SubmitContext, page: int, setup: SetupPanel) -> None:
    """Set the time zone that was typed."""
    await setup.save(ctx, page, SettingsChange(timezone=ctx.field("timezone")))


@plugin.route("setup_exchange", FirstAnswer.UPDATE)
async def set_exchange(ctx: PressContext, page: int, setup: SetupPanel) -> None:
    """Set the exchange."""
    await setup.save(ctx, page, SettingsChange(exchange=Exchange(ctx.choice)))


@plugin.route("setup_members", FirstAnswer.UPDATE)
async def set_members(ctx: PressContext, page: int, key: str, mark: str, setup: SetupPanel) -> None:
    """Replace the members of a coach."""
    await setup.set_members(ctx, page, key, mark)


@plugin.route("setup_button", FirstAnswer.UPDATE)
async def post_button(ctx: PressContext, page: int, setup: SetupPanel) -> None:
    """Post the button for today's plan."""
    await setup.post_button(ctx, page)


@plugin.route("setup_button_in", FirstAnswer.UPDATE)
async def post_button_in(ctx: PressContext, page: int, setup: SetupPanel) -> None:
    """Post the button for today's plan in the chosen channel."""
    await setup.post_button(ctx, page, ctx.chosen_channel)


@plugin.route("setup_test", FirstAnswer.UPDATE)
async def test_post(ctx: PressContext, page: int, setup: SetupPanel) -> None:
    """Try whether cards can be posted."""
    await setup.test_post(ctx, page)


@plugin.listener(hikari.GuildJoinEvent)
async def greet(event: hikari.GuildJoinEvent, settings: SettingsService, direct_messages: DirectMessages) -> None:
    """Greet the owner of a server that the bot joined for the first time."""
    guild_id, owner_id = GuildId(event.guild_id), UserId(event.guild.owner_id)
    if await settings.create(guild_id):
        direct_messages.send(Actor(guild_id, owner_id), replies.hello(guild_id, event.guild.name))
