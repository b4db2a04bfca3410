"""`/admin coach ...`: the coaches of a server, and who may post as them."""

import hikari
import lightbulb

from bot import replies
from bot.domain.values import Members, RoleId, UserId
from bot.interactions.context import PressContext
from bot.interactions.options import named_coach_option
from bot.plugin import FirstAnswer, actor_of
from bot.service.coaches import CoachService
from plugins.admin.group import coach, plugin


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


@plugin.route("coaches", FirstAnswer.UPDATE)
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


def _members(user: hikari.User | None, role: hikari.Role | None) -> Members:
    return Members(
        frozenset({UserId(user.id)}) if user else frozenset(),
        frozenset({RoleId(role.id)}) if role else frozenset(),
    )
