"""Admin: `/admin ...`, what the managers of a guild and those who run the bot set up and look at."""

import hikari
import lightbulb

from bot import replies
from bot.discord.operators import Operators
from bot.domain.values import Audience, ChannelId, Clearable, DeletedCards, Members, RoleId, SettingsChange, UserId
from bot.interactions.connection_status import ConnectionWatch
from bot.interactions.context import PressContext
from bot.interactions.options import (
    any_plugin_option,
    coach_option,
    named_coach_option,
    plugin_option,
    suggest_coaches,
    timezone_option,
)
from bot.interactions.receipts import answer, open_receipt
from bot.plugin import GUILD_ONLY, Plugin, actor_of
from bot.plugin_host.host import PluginHost
from bot.service.backups.scheduler import BackupService
from bot.service.coaches import CoachService
from bot.service.reports.health import HealthService
from bot.service.reports.statistics import StatisticsService
from bot.service.settings import SettingsService

plugin = Plugin("admin", "Set up the coaches of this server, and look after the book.")
admin = lightbulb.Group(
    "admin",
    "For those who manage this server or run this bot.",
    default_member_permissions=hikari.Permissions.MANAGE_GUILD,
    **GUILD_ONLY,
)
coach = admin.subgroup("coach", "The coaches of this server, and who may post as them.")
plugins = admin.subgroup("plugin", "The parts of the bot, for those who run it.")
plugin.command(admin)

_SHOWN_IN = [hikari.ChannelType.GUILD_TEXT, hikari.ChannelType.GUILD_NEWS]
_AUDIENCES = [
    lightbulb.Choice("the coach's members and managers", Audience.MEMBERS.value),
    lightbulb.Choice("managers only", Audience.MANAGERS.value),
    lightbulb.Choice("everyone", Audience.EVERYONE.value),
]
_DELETED_CARDS = [
    lightbulb.Choice("put back", DeletedCards.PUT_BACK.value),
    lightbulb.Choice("let go", DeletedCards.LET_GO.value),
]
_CLEARABLE = [
    lightbulb.Choice("the time zone: as Coachbook is configured", Clearable.TIMEZONE.value),
    lightbulb.Choice("the plans' channel: none", Clearable.PLANS_CHANNEL.value),
]


@coach.register
class Add(lightbulb.SlashCommand, name="add", description="Add a coach, or bring a retired one back."):
    """`/admin coach add`."""

    key = lightbulb.string("key", "Short and for good: 1 to 16 of a-z, 0-9 and _.", max_length=100)
    name = lightbulb.string("name", "As people read it: Coach D (Day Trading).", max_length=200)

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context, coaches: CoachService) -> None:
        """Add it."""
        added = await coaches.add(actor_of(ctx.interaction), self.key, self.name)
        await ctx.respond(**replies.coach_added(added))


@coach.register
class Edit(lightbulb.SlashCommand, name="edit", description="Give a coach another name."):
    """`/admin coach edit`."""

    coach = named_coach_option("Which coach.")
    name = lightbulb.string("name", "The new name.", max_length=200)

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context, coaches: CoachService) -> None:
        """Rename it."""
        renamed = await coaches.rename(actor_of(ctx.interaction), self.coach, self.name)
        await ctx.respond(**replies.coach_renamed(renamed))


@coach.register
class Remove(lightbulb.SlashCommand, name="remove", description="Remove a coach; one with plans is retired."):
    """`/admin coach remove`."""

    coach = named_coach_option("Which coach. Its plans stay.")

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context, coaches: CoachService) -> None:
        """Remove or retire it."""
        await ctx.respond(**replies.coach_removed(await coaches.remove(actor_of(ctx.interaction), self.coach)))


@coach.register
class List(lightbulb.SlashCommand, name="list", description="See all coaches and who may post as them."):
    """`/admin coach list`."""

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context, coaches: CoachService) -> None:
        """Show the first page."""
        await ctx.respond(**replies.coaches(await coaches.page(actor_of(ctx.interaction))))


@plugin.route("coaches")
async def turn_page(ctx: PressContext, page: int, coaches: CoachService) -> None:
    """Turn the page of the list."""
    await ctx.update(**replies.coaches(await coaches.page(actor_of(ctx.interaction), page)))


@coach.register
class Assign(lightbulb.SlashCommand, name="assign", description="Let a user or a role post as a coach."):
    """`/admin coach assign`."""

    coach = named_coach_option("Which coach.")
    user = lightbulb.user("user", "Who may post as it.", default=None)
    role = lightbulb.role("role", "All who have this role may post as it.", default=None)

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context, coaches: CoachService) -> None:
        """Assign them."""
        named = _members(self.user, self.role)
        change = await coaches.assign(actor_of(ctx.interaction), self.coach, named)
        await ctx.respond(**replies.assigned(change))


@coach.register
class Unassign(lightbulb.SlashCommand, name="unassign", description="Let a user or a role post as a coach no more."):
    """`/admin coach unassign`."""

    coach = named_coach_option("Which coach.")
    user = lightbulb.user("user", "Who may no more post as it.", default=None)
    role = lightbulb.role("role", "Those with this role may no more post as it.", default=None)

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context, coaches: CoachService) -> None:
        """Take them off it."""
        named = _members(self.user, self.role)
        change = await coaches.unassign(actor_of(ctx.interaction), self.coach, named)
        await ctx.respond(**replies.unassigned(change))


@admin.register
class Settings(lightbulb.SlashCommand, name="settings", description="See or change how this server uses Coachbook."):
    """`/admin settings`: without options it shows what is set."""

    timezone = timezone_option("Where trading days begin and end: a city, such as London.")
    plans_channel = lightbulb.channel(
        "plans_channel", "The channel that plans are shown in.", default=None, channel_types=_SHOWN_IN
    )
    deleted_visible_to = lightbulb.string(
        "deleted_visible_to", "Who may see the history of deleted plans.", default=None, choices=_AUDIENCES
    )
    deleted_cards = lightbulb.string(
        "deleted_cards", "What becomes of a card that somebody deletes by hand.", default=None, choices=_DELETED_CARDS
    )
    clear = lightbulb.string("clear", "What is to be unset.", default=None, choices=_CLEARABLE)

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context, settings: SettingsService) -> None:
        """Show or change them."""
        actor = actor_of(ctx.interaction)
        wanted = SettingsChange(
            timezone=self.timezone,
            plans_channel_id=ChannelId(self.plans_channel.id) if self.plans_channel else None,
            deleted_visible_to=Audience(self.deleted_visible_to) if self.deleted_visible_to else None,
            deleted_cards=DeletedCards(self.deleted_cards) if self.deleted_cards else None,
            clear=Clearable(self.clear) if self.clear else None,
        )
        if wanted == SettingsChange():
            await ctx.respond(**replies.settings(await settings.read(actor)))
        else:
            await ctx.respond(**replies.settings_changed(await settings.change(actor, wanted)))


@admin.register
class Stats(lightbulb.SlashCommand, name="stats", description="See how much there is in the book, by coach and week."):
    """`/admin stats`: drawing takes longer than 3 seconds may."""

    coach = coach_option("Only this coach.", suggest_coaches)

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context, numbers: StatisticsService) -> None:
        """Count and draw."""
        await ctx.defer(ephemeral=True)
        await ctx.respond(**replies.statistics(await numbers.read(actor_of(ctx.interaction), self.coach)))


@admin.register
class Health(lightbulb.SlashCommand, name="health", description="See how the bot is."):
    """`/admin health`: a book that does not answer takes longer than 3 seconds may."""

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context, health: HealthService, watch: ConnectionWatch) -> None:
        """Look."""
        await ctx.defer(ephemeral=True)
        await ctx.respond(**replies.health(await health.look(actor_of(ctx.interaction)), watch.look()))


@admin.register
class Backup(lightbulb.SlashCommand, name="backup", description="Make a backup, for those who run the bot."):
    """`/admin backup`: for all servers, so operators alone may."""

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context, operators: Operators, backups: BackupService) -> None:
        """Make it."""
        await open_receipt(ctx)
        await operators.require(actor_of(ctx.interaction))
        await answer(ctx, replies.backed_up(await backups.take()))


@plugin.task(lightbulb.uniformtrigger(minutes=10, wait_first=False))
async def back_up(backups: BackupService) -> None:
    """Make a backup when one is due."""
    await backups.take_if_due()


@plugins.register
class ListPlugins(lightbulb.SlashCommand, name="list", description="See the plugins and how they are."):
    """`/admin plugin list`."""

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context, host: PluginHost) -> None:
        """Show them."""
        await open_receipt(ctx)
        await answer(ctx, replies.plugin_list(await host.standings(actor_of(ctx.interaction))))


@plugins.register
class LoadPlugin(lightbulb.SlashCommand, name="load", description="Load a plugin that is not loaded."):
    """`/admin plugin load`."""

    name = plugin_option()

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context, host: PluginHost) -> None:
        """Load it."""
        await open_receipt(ctx)
        await answer(ctx, replies.plugin_loaded(await host.load(actor_of(ctx.interaction), self.name)))


@plugins.register
class UnloadPlugin(lightbulb.SlashCommand, name="unload", description="Take a plugin out, with its commands."):
    """`/admin plugin unload`."""

    name = plugin_option()

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context, host: PluginHost) -> None:
        """Unload it."""
        await open_receipt(ctx)
        await answer(ctx, replies.plugin_unloaded(await host.unload(actor_of(ctx.interaction), self.name)))


@plugins.register
class ReloadPlugin(lightbulb.SlashCommand, name="reload", description="Put a plugin's changed code in place."):
    """`/admin plugin reload`."""

    name = any_plugin_option()

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context, host: PluginHost) -> None:
        """Reload it, or all."""
        await open_receipt(ctx)
        actor = actor_of(ctx.interaction)
        if self.name is None:
            reply = replies.plugins_reloaded(await host.reload_all(actor))
        else:
            reply = replies.plugin_reloaded(await host.reload(actor, self.name))
        await answer(ctx, reply)


def _members(user: hikari.User | None, role: hikari.Role | None) -> Members:
    return Members(
        frozenset({UserId(user.id)}) if user else frozenset(),
        frozenset({RoleId(role.id)}) if role else frozenset(),
    )
