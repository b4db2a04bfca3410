"""`/admin coach ...`: the coaches of a server, and who may post as them."""

import hikari
import lightbulb

from bot import replies
from bot.discord.attachments import attachment_of
from bot.discord.member_names import NameLookup
from bot.domain.values import ClearableLook, CoachChange, Members, RoleId, UserId
from bot.interactions.coach_flow import CoachFlow
from bot.interactions.context import PressContext
from bot.interactions.options import named_coach_option
from bot.interactions.plan_views import PlanViews
from bot.plugin import CommandContext, FirstAnswer, actor_of
from bot.replies.custom_ids import number_in
from bot.service.coaches import CoachService
from plugins.admin.group import coach, plugin

_CLEARABLE = [
    lightbulb.Choice("the color: use the default", ClearableLook.COLOR.value),
    lightbulb.Choice("the picture: none", ClearableLook.PICTURE.value),
]


@coach.register
class Add(lightbulb.SlashCommand, name="add", description="Add a coach, or bring a retired one back."):
    """`/admin coach add`."""

    key = lightbulb.string("key", "Short and permanent: 1 to 16 characters from a-z, 0-9 and _.", max_length=100)
    name = lightbulb.string("name", "The name to show, such as Coach D (Day Trading).", max_length=200)
    user = lightbulb.user("user", "User who can post as the coach.", default=None)
    role = lightbulb.role("role", "Role whose members can post as the coach.", default=None)

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, coaches: CoachService, views: PlanViews) -> None:
        """Add it."""
        named = _members(self.user, self.role)
        added = await coaches.add(actor_of(ctx.interaction), self.key, self.name, named)
        views.update_cards()
        await ctx.respond(**replies.coach_added(added))


@coach.register
class Edit(lightbulb.SlashCommand, name="edit", description="Change a coach’s name, color or picture."):
    """`/admin coach edit`."""

    coach = named_coach_option("The coach.")
    name = lightbulb.string("name", "The new name.", max_length=200, default=None)
    color = lightbulb.string("color", "Of its cards: a name such as blue, or a code such as #1565C0.", default=None)
    picture = lightbulb.attachment("picture", "A small picture on its cards: at most 512 KiB.", default=None)
    clear = lightbulb.string("clear", "What to clear.", default=None, choices=_CLEARABLE)

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, flow: CoachFlow) -> None:
        """Change it."""
        wanted = CoachChange(self.name, self.color, clear=ClearableLook(self.clear) if self.clear else None)
        await flow.change(ctx, self.coach, wanted, self.picture and attachment_of(self.picture))


@coach.register
class Remove(
    lightbulb.SlashCommand, name="remove", description="Remove a coach. A coach with plans or templates is retired."
):
    """`/admin coach remove`."""

    coach = named_coach_option("The coach. Its plans and templates are kept.")

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, coaches: CoachService) -> None:
        """Remove or retire it."""
        await ctx.respond(**replies.coach_removed(await coaches.remove(actor_of(ctx.interaction), self.coach)))


@coach.register
class List(lightbulb.SlashCommand, name="list", description="List coaches and who can post as them."):
    """`/admin coach list`."""

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, coaches: CoachService, names: NameLookup) -> None:
        """Show the first page."""
        actor = actor_of(ctx.interaction)
        page = await coaches.page(actor)
        await ctx.respond(**replies.coaches(page, await names.of(actor.guild_id, page.members)))


@plugin.route("coaches", FirstAnswer.UPDATE)
async def turn_page(ctx: PressContext, page: int, coaches: CoachService, names: NameLookup) -> None:
    """Turn the page of the list."""
    actor = actor_of(ctx.interaction)
    turned = await coaches.page(actor, page)
    await ctx.update(**replies.coaches(turned, await names.of(actor.guild_id, turned.members)))


@coach.register
class Assign(lightbulb.SlashCommand, name="assign", description="Let a user or role post as a coach."):
    """`/admin coach assign`."""

    coach = named_coach_option("The coach.")
    user = lightbulb.user("user", "User to assign.", default=None)
    role = lightbulb.role("role", "Role to assign: everyone who has it.", default=None)

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, coaches: CoachService) -> None:
        """Assign them."""
        named = _members(self.user, self.role)
        change = await coaches.assign(actor_of(ctx.interaction), self.coach, named)
        await ctx.respond(**replies.assigned(change))


@plugin.route("assign_everyone")
async def assign_everyone(ctx: PressContext, key: str, user_id: int, coaches: CoachService) -> None:
    """Assign all members of the server, after confirmation."""
    actor = actor_of(ctx.interaction)
    named = Members(frozenset({UserId(user_id)} if user_id else ()), frozenset({RoleId(actor.guild_id)}))
    await ctx.respond(**replies.assigned(await coaches.assign(actor, key, named, is_sure=True)))


@coach.register
class Unassign(lightbulb.SlashCommand, name="unassign", description="Stop a user or role from posting as a coach."):
    """`/admin coach unassign`."""

    coach = named_coach_option("The coach.")
    user = lightbulb.user("user", "User to remove. Leave both empty to choose from a list.", default=None)
    role = lightbulb.role("role", "Role to remove. Leave both empty to choose from a list.", default=None)

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, coaches: CoachService, names: NameLookup) -> None:
        """Unassign them, or ask whom: deleted roles and users who left are not in the options' lists."""
        actor, named = actor_of(ctx.interaction), _members(self.user, self.role)
        if named:
            await ctx.respond(**replies.unassigned(await coaches.unassign(actor, self.coach, named)))
            return
        listed = await coaches.with_members(actor, self.coach)
        await ctx.respond(**replies.ask_unassign(listed, await names.of(actor.guild_id, listed.members)))


@plugin.route("unassign", FirstAnswer.UPDATE)
async def unassign(ctx: PressContext, key: str, coaches: CoachService, names: NameLookup) -> None:
    """Unassign the chosen member, and ask for the next."""
    actor, (kind, _, subject) = actor_of(ctx.interaction), ctx.choice.partition(":")
    is_user, subject_id = kind == "user", number_in(subject)
    chosen = Members(frozenset({UserId(subject_id)})) if is_user else Members(roles=frozenset({RoleId(subject_id)}))
    change = await coaches.unassign(actor, key, chosen)
    listed = await coaches.with_members(actor, key)
    await ctx.update(**replies.ask_unassign(listed, await names.of(actor.guild_id, listed.members), change))


def _members(user: hikari.User | None, role: hikari.Role | None) -> Members:
    return Members(
        frozenset({UserId(user.id)}) if user else frozenset(),
        frozenset({RoleId(role.id)}) if role else frozenset(),
    )
