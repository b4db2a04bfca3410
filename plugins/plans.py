"""Plans: `/plan post|edit|show|list|delete|restore`, with the modals and buttons that belong to them."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import lightbulb

from bot import replies
from bot.failures import give_back
from bot.plugin import GUILD_ONLY, Plugin, Respondable, actor_of, operation_of
from bot.routes import PressContext, SubmitContext, open_modal
from bot.service.coaches import CoachService
from bot.service.drafts import DraftService
from bot.service.housekeeping import HousekeepingService
from bot.service.plans import PlanService
from bot.values import DraftId, DraftKind, Limits, PlanId, Writing

Typing: TypeAlias = lightbulb.AutocompleteContext[str]
Suggest: TypeAlias = Callable[..., Awaitable[None]]

plugin = Plugin("plans", "Post, edit, read and delete the plan of a trading day.")
plan = lightbulb.Group("plan", "The plans of this server's coaches.", **GUILD_ONLY)
plugin.command(plan)


async def suggest_own_coaches(ctx: Typing, coaches: CoachService) -> None:
    """Offer the coaches of the guild, those first that the user may post as."""
    await _suggest_coaches(ctx, coaches, for_posting=True)


async def suggest_coaches(ctx: Typing, coaches: CoachService) -> None:
    """Offer the coaches of the guild."""
    await _suggest_coaches(ctx, coaches, for_posting=False)


async def suggest_days(ctx: Typing, plans: PlanService) -> None:
    """Offer the next sessions, or what the typed words mean."""
    found = await plans.suggest_days(actor_of(ctx.interaction), _typed(ctx))
    await ctx.respond([(choice.label, choice.value) for choice in found])


def _coach_option(description: str, suggest: Suggest = suggest_own_coaches) -> str | None:
    return _text_option("coach", description, suggest)


def _day_option(description: str = "Today, tomorrow, friday, 2026-11-23. Without it: today.") -> str | None:
    return _text_option("day", description, suggest_days)


def _text_option(name: str, description: str, suggest: Suggest) -> str | None:
    return lightbulb.string(name, description, default=None, max_length=100, autocomplete=suggest)


@plan.register
class Post(lightbulb.SlashCommand, name="post", description="Post your plan for a trading day."):
    """`/plan post`: text now, or a modal to write it in."""

    coach = _coach_option("Post as this coach. Without it: as your only one.")
    day = _day_option()
    text = lightbulb.string("text", "The plan. Without it a form opens to write it in.", default=None, max_length=4000)

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context, plans: PlanService, limits: Limits) -> None:
        """Post, or open the form."""
        actor = actor_of(ctx.interaction)
        if self.text is None:
            target = await plans.prepare_post(actor, coach=self.coach, day=self.day)
            await open_modal(ctx, replies.post_modal(target, limits.plan_text))
            return
        await _post(ctx, plans, Writing(DraftKind.POST, self.text, coach=self.coach, day=self.day))


@plugin.route("post")
async def post(ctx: SubmitContext, coach: str, day: str, plans: PlanService) -> None:
    """The form of `/plan post` was sent."""
    await _post(ctx, plans, Writing(DraftKind.POST, ctx.fields["text"], coach=coach, day=day))


@plugin.route("post_kept")
async def post_kept(ctx: SubmitContext, draft_id: int, plans: PlanService) -> None:
    """A post that was refused is tried again, with another text, coach or day."""
    text, coach, day = (ctx.fields.get(name) or None for name in ("text", "coach", "day"))
    await _post(ctx, plans, Writing(DraftKind.POST, text or "", coach=coach, day=day, draft_id=DraftId(draft_id)))


@plan.register
class Edit(lightbulb.SlashCommand, name="edit", description="Change the plan you posted."):
    """`/plan edit`: the new text now, or a modal filled with the current one."""

    coach = _coach_option("The coach whose plan it is. Without it: yours.")
    day = _day_option()
    text = lightbulb.string(
        "text",
        "The new text. Without it a form opens with the current one.",
        default=None,
        max_length=4000,
    )

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context, plans: PlanService, limits: Limits) -> None:
        """Edit, or open the form."""
        actor = actor_of(ctx.interaction)
        if self.text is None:
            current = await plans.editable(actor, coach=self.coach, day=self.day)
            await open_modal(ctx, replies.edit_modal(current, limits.plan_text))
            return
        with give_back(Writing(DraftKind.POST, self.text, coach=self.coach, day=self.day)):
            edited = await plans.edit_of_day(
                actor, self.text, coach=self.coach, day=self.day, operation=operation_of(ctx.interaction)
            )
        await ctx.respond(**replies.edited(edited))


@plugin.route("edit")
async def edit(ctx: SubmitContext, plan_id: int, seen: int, plans: PlanService) -> None:
    """The form of an edit was sent."""
    await _edit(ctx, plans, PlanId(plan_id), ctx.fields["text"], seen)


@plugin.route("edit_kept")
async def edit_kept(ctx: SubmitContext, plan_id: int, seen: int, draft_id: int, plans: PlanService) -> None:
    """An edit that was refused is tried again."""
    await _edit(ctx, plans, PlanId(plan_id), ctx.fields["text"], seen, DraftId(draft_id))


@plugin.route("open_edit")
async def open_edit(ctx: PressContext, plan_id: int, plans: PlanService, limits: Limits) -> None:
    """Open the form of an edit."""
    current = await plans.editable_by_id(actor_of(ctx.interaction), PlanId(plan_id))
    await open_modal(ctx, replies.edit_modal(current, limits.plan_text))


@plugin.route("resume")
async def resume(ctx: PressContext, draft_id: int, drafts: DraftService) -> None:
    """Open a form with a text that was refused."""
    draft = await drafts.take(actor_of(ctx.interaction), DraftId(draft_id))
    await open_modal(ctx, replies.kept_modal(draft))


@plugin.route("resume_post")
async def resume_post(ctx: PressContext, draft_id: int, drafts: DraftService) -> None:
    """Open a form to post a text that was refused."""
    draft = await drafts.take(actor_of(ctx.interaction), DraftId(draft_id))
    await open_modal(ctx, replies.kept_post_modal(draft))


@plugin.route("resume_edit")
async def resume_edit(ctx: PressContext, draft_id: int, seen: int, drafts: DraftService) -> None:
    """Open a form with an edit that came too late, now that its writer has seen revision `seen`."""
    draft = await drafts.take(actor_of(ctx.interaction), DraftId(draft_id))
    await open_modal(ctx, replies.kept_edit_modal(draft, seen))


@plugin.route("use")
async def use(
    ctx: PressContext,
    draft_id: int,
    plan_id: int,
    seen: int,
    plans: PlanService,
    drafts: DraftService,
) -> None:
    """Make a text that was refused the plan's next revision, as it is."""
    draft = await drafts.take(actor_of(ctx.interaction), DraftId(draft_id))
    await _edit(ctx, plans, PlanId(plan_id), draft.text, seen, draft.id)


@plan.register
class Drafts(lightbulb.SlashCommand, name="drafts", description="See your texts that were refused and are kept."):
    """`/plan drafts`."""

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context, drafts: DraftService) -> None:
        """Show what is kept."""
        await ctx.respond(**replies.drafts(await drafts.list(actor_of(ctx.interaction))))


@plugin.route("choose_draft")
async def choose_draft(ctx: PressContext, drafts: DraftService) -> None:
    """Open a form with the text that was chosen in a list."""
    await resume(ctx, int(ctx.chosen[0]), drafts)


@plan.register
class Show(lightbulb.SlashCommand, name="show", description="Read the plan of a trading day."):
    """`/plan show`."""

    coach = _coach_option("Whose plan. Without it: all coaches of the day.", suggest_coaches)
    day = _day_option()

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context, plans: PlanService) -> None:
        """Show one plan, or what there is for the day."""
        actor = actor_of(ctx.interaction)
        if self.coach is None:
            await ctx.respond(**replies.plans_of_day(await plans.list(actor, day=self.day or "today")))
        else:
            await ctx.respond(**replies.reading(await plans.find(actor, coach=self.coach, day=self.day)))


@plugin.route("open")
async def open_plan(ctx: PressContext, plan_id: int, plans: PlanService) -> None:
    """Show a plan."""
    await ctx.respond(**replies.reading(await plans.get(actor_of(ctx.interaction), PlanId(plan_id))))


@plugin.route("choose")
async def choose(ctx: PressContext, plans: PlanService) -> None:
    """Show the plan that was chosen in a list."""
    await open_plan(ctx, int(ctx.chosen[0]), plans)


@plugin.route("part")
async def part(ctx: PressContext, plan_id: int, number: int, plans: PlanService) -> None:
    """Show a further part of a long plan."""
    found = await plans.get(actor_of(ctx.interaction), PlanId(plan_id))
    await ctx.respond(**replies.part(found, number))


@plan.register
class List(lightbulb.SlashCommand, name="list", description="See which plans there are."):
    """`/plan list`."""

    day = _day_option("Only this day: today, tomorrow, friday, 2026-11-23.")
    coach = _coach_option("Only this coach.", suggest_coaches)
    mine = lightbulb.boolean("mine", "Only plans that you wrote or may edit.", default=False)

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context, plans: PlanService) -> None:
        """Show the first page."""
        page = await plans.list(actor_of(ctx.interaction), day=self.day, coach=self.coach, mine=self.mine)
        await ctx.respond(**replies.plans(page))


@plugin.route("page")
async def turn_page(ctx: PressContext, day: str, coach: str, mine: int, number: int, plans: PlanService) -> None:
    """Turn the page of a list."""
    actor = actor_of(ctx.interaction)
    page = await plans.list(actor, day=day or None, coach=coach or None, mine=bool(mine), page=number)
    await ctx.update(**replies.plans(page))


@plan.register
class Delete(lightbulb.SlashCommand, name="delete", description="Take a plan out of the book."):
    """`/plan delete`: asks first."""

    coach = _coach_option("The coach whose plan it is. Without it: yours.")
    day = _day_option()

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context, plans: PlanService) -> None:
        """Ask whether it is really to go."""
        found = await plans.deletable(actor_of(ctx.interaction), coach=self.coach, day=self.day)
        await ctx.respond(**replies.ask_delete(found))


@plugin.route("delete")
async def delete(ctx: PressContext, plan_id: int, seen: int, plans: PlanService) -> None:
    """Delete, now that it was confirmed, and tell everyone."""
    deleted = await plans.delete(
        actor_of(ctx.interaction),
        PlanId(plan_id),
        seen=seen,
        operation=operation_of(ctx.interaction),
    )
    await ctx.update(**replies.deleted(deleted))
    await ctx.respond(**replies.deletion(deleted))


@plugin.route("keep")
async def keep(ctx: PressContext, plan_id: int, plans: PlanService) -> None:
    """Leave the plan as it is."""
    await ctx.update(**replies.kept(await plans.get(actor_of(ctx.interaction), PlanId(plan_id))))


@plan.register
class Restore(lightbulb.SlashCommand, name="restore", description="Bring a deleted plan back."):
    """`/plan restore`."""

    coach = _coach_option("The coach whose plan it was. Without it: yours.")
    day = _day_option()

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context, plans: PlanService) -> None:
        """Bring it back."""
        restored = await plans.restore(
            actor_of(ctx.interaction),
            coach=self.coach,
            day=self.day,
            operation=operation_of(ctx.interaction),
        )
        await ctx.respond(**replies.card(restored))


@plugin.task(lightbulb.uniformtrigger(hours=24, wait_first=False), max_failures=-1)
async def sweep(housekeeping: HousekeepingService) -> None:
    """Throw away what nobody needs any more."""
    swept = await housekeeping.sweep()
    plugin.log.info("swept", drafts=swept.drafts, operations=swept.operations)


async def _post(ctx: Respondable, plans: PlanService, writing: Writing) -> None:
    with give_back(writing):
        posted = await plans.post(
            actor_of(ctx.interaction),
            coach=writing.coach,
            day=writing.day,
            text=writing.text,
            operation=operation_of(ctx.interaction),
            draft=writing.draft_id,
        )
    await ctx.respond(**replies.card(posted))


async def _edit(
    ctx: Respondable, plans: PlanService, plan_id: PlanId, text: str, seen: int, draft: DraftId | None = None
) -> None:
    actor, operation = actor_of(ctx.interaction), operation_of(ctx.interaction)
    with give_back(Writing(DraftKind.EDIT, text, plan_id=plan_id, seen=seen, draft_id=draft)):
        edited = await plans.edit(actor, plan_id, text, seen=seen, operation=operation, draft=draft)
    await ctx.respond(**replies.edited(edited))


async def _suggest_coaches(ctx: Typing, coaches: CoachService, *, for_posting: bool) -> None:
    found = await coaches.suggest(actor_of(ctx.interaction), _typed(ctx), for_posting=for_posting)
    await ctx.respond([(choice.label, choice.value) for choice in found])


def _typed(ctx: Typing) -> str:
    return str(ctx.focused.value or "")
