"""`/admin settings`."""

import lightbulb

from bot import replies
from bot.domain.sessions import Exchange
from bot.domain.values import Audience, ChannelId, Clearable, DeletedCards, SettingsChange
from bot.interactions.options import timezone_option
from bot.interactions.settings_flow import SettingsFlow
from bot.plugin import CommandContext, actor_of
from bot.replies.entity_selects import SHOWN_IN
from bot.service.settings import SettingsService
from plugins.admin.group import admin

_AUDIENCES = [
    lightbulb.Choice("the coach’s team and managers", Audience.MEMBERS.value),
    lightbulb.Choice("managers only", Audience.MANAGERS.value),
    lightbulb.Choice("everyone", Audience.EVERYONE.value),
]
_DELETED_CARDS = [
    lightbulb.Choice("post it again", DeletedCards.POST_AGAIN.value),
    lightbulb.Choice("leave it deleted", DeletedCards.LEAVE_DELETED.value),
]
_EXCHANGES = [lightbulb.Choice(exchange.label, exchange.value) for exchange in Exchange]
_CLEARABLE = [
    lightbulb.Choice("the time zone: use the default", Clearable.TIMEZONE.value),
    lightbulb.Choice("the plans’ channel: none", Clearable.PLANS_CHANNEL.value),
]


@admin.register
class Settings(lightbulb.SlashCommand, name="settings", description="Show or change this server’s settings."):
    """`/admin settings`: without options it shows the settings."""

    timezone = timezone_option("Time zone of trading days: a city, such as London.")
    plans_channel = lightbulb.channel("plans_channel", "The channel for plans.", default=None, channel_types=SHOWN_IN)
    deleted_visible_to = lightbulb.string(
        "deleted_visible_to", "Who can see the history of deleted plans.", default=None, choices=_AUDIENCES
    )
    deleted_cards = lightbulb.string(
        "deleted_cards", "When a card is deleted by hand.", default=None, choices=_DELETED_CARDS
    )
    exchange = lightbulb.string("exchange", "The exchange whose sessions count.", default=None, choices=_EXCHANGES)
    clear = lightbulb.string("clear", "A setting to clear.", default=None, choices=_CLEARABLE)

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, settings: SettingsService, flow: SettingsFlow) -> None:
        """Show or change them."""
        actor = actor_of(ctx.interaction)
        wanted = SettingsChange(
            timezone=self.timezone,
            plans_channel_id=ChannelId(self.plans_channel.id) if self.plans_channel else None,
            deleted_visible_to=Audience(self.deleted_visible_to) if self.deleted_visible_to else None,
            deleted_cards=DeletedCards(self.deleted_cards) if self.deleted_cards else None,
            exchange=Exchange(self.exchange) if self.exchange else None,
            clear=Clearable(self.clear) if self.clear else None,
        )
        if wanted == SettingsChange():
            await ctx.respond(**replies.settings(await settings.read(actor), ctx.interaction.created_at))
            return
        changed = await flow.change(actor, wanted)
        await ctx.respond(**replies.settings_changed(changed, ctx.interaction.created_at))
