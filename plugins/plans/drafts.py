"""`/plan drafts`, and buttons to continue a draft."""

import dataclasses

import lightbulb

from bot import replies
from bot.domain.values import DraftId, DraftKind, Limits, PlanId
from bot.interactions.context import PressContext
from bot.interactions.outdated_panels import OutdatedPanels
from bot.interactions.plan_flow import PlanFlow
from bot.plugin import CommandContext, FirstAnswer, actor_of
from bot.service.drafts import DraftService
from plugins.plans.group import plan, plugin


@plan.register
class Drafts(
    lightbulb.SlashCommand, name="drafts", description="See your drafts: texts that were refused or not finished."
):
    """`/plan drafts`."""

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, drafts: DraftService, limits: Limits) -> None:
        """List the drafts."""
        await ctx.respond(**replies.drafts(await drafts.page(actor_of(ctx.interaction)), limits.draft_days))


@plugin.route("drafts", FirstAnswer.UPDATE)
async def show(ctx: PressContext, drafts: DraftService, limits: Limits) -> None:
    """Show the drafts again."""
    await ctx.update(**replies.drafts(await drafts.page(actor_of(ctx.interaction)), limits.draft_days))


@plugin.route("choose_draft", FirstAnswer.MODAL)
async def choose_draft(ctx: PressContext, drafts: DraftService, flow: PlanFlow, panels: OutdatedPanels) -> None:
    """Open a form with the chosen draft."""
    async with panels.of_drafts(ctx):
        await resume(ctx, ctx.chosen_number, drafts, flow)


@plugin.route("discard_draft", FirstAnswer.UPDATE)
async def discard_draft(ctx: PressContext, drafts: DraftService, panels: OutdatedPanels, limits: Limits) -> None:
    """Discard the chosen draft, or first ask if it has pictures."""
    async with panels.of_drafts(ctx):
        draft = await drafts.get(actor_of(ctx.interaction), DraftId(ctx.chosen_number))
        if draft.pictures:
            await ctx.update(**replies.ask_discard(draft))
        else:
            await discard(ctx, draft.id, drafts, panels, limits)


@plugin.route("discard", FirstAnswer.UPDATE)
async def discard(
    ctx: PressContext, draft_id: int, drafts: DraftService, panels: OutdatedPanels, limits: Limits
) -> None:
    """Discard a draft, and show the others and its text."""
    actor = actor_of(ctx.interaction)
    async with panels.of_drafts(ctx):
        discarded = await drafts.discard(actor, DraftId(draft_id))
        await ctx.update(**replies.drafts(await drafts.page(actor), limits.draft_days, discarded))


@plugin.route("resume", FirstAnswer.MODAL)
async def resume(ctx: PressContext, draft_id: int, drafts: DraftService, flow: PlanFlow) -> None:
    """Open a form with a draft, to post or to edit a plan."""
    draft = await drafts.get(actor_of(ctx.interaction), DraftId(draft_id))
    if draft.seen is None:
        await flow.resume_post(ctx, draft)
    else:
        await flow.resume_edit(ctx, draft, draft.seen)


@plugin.route("resume_post", FirstAnswer.MODAL)
async def resume_post(ctx: PressContext, draft_id: int, drafts: DraftService, flow: PlanFlow) -> None:
    """Open a form to post a draft."""
    await flow.resume_post(ctx, await drafts.get(actor_of(ctx.interaction), DraftId(draft_id)))


@plugin.route("resume_edit", FirstAnswer.MODAL)
async def resume_edit(ctx: PressContext, draft_id: int, seen: int, drafts: DraftService, flow: PlanFlow) -> None:
    """Open a form with a refused edit; the author has seen revision `seen`."""
    await flow.resume_edit(ctx, await drafts.get(actor_of(ctx.interaction), DraftId(draft_id)), seen)


@plugin.route("post_on", FirstAnswer.REPLACE)
async def post_on(ctx: PressContext, draft_id: int, day: str, drafts: DraftService, flow: PlanFlow) -> None:
    """Post a draft for the chosen one of two days."""
    draft = await drafts.get(actor_of(ctx.interaction), DraftId(draft_id))
    await flow.post(ctx, dataclasses.replace(draft, day=day))


@plugin.route("post_anyway", FirstAnswer.REPLACE)
async def post_anyway(ctx: PressContext, draft_id: int, day: str, drafts: DraftService, flow: PlanFlow) -> None:
    """Post a draft for a day that is closed."""
    draft = await drafts.get(actor_of(ctx.interaction), DraftId(draft_id))
    await flow.post(ctx, dataclasses.replace(draft, day=day, is_day_confirmed=True))


@plugin.route("change_on", FirstAnswer.REPLACE)
async def change_on(ctx: PressContext, draft_id: int, day: str, drafts: DraftService, flow: PlanFlow) -> None:
    """Change the plan of the chosen one of two days by a draft."""
    draft = await drafts.get(actor_of(ctx.interaction), DraftId(draft_id))
    await flow.change_of_day(ctx, dataclasses.replace(draft, day=day))


@plugin.route("use", FirstAnswer.REPLACE)
async def use(ctx: PressContext, draft_id: int, plan_id: int, seen: int, drafts: DraftService, flow: PlanFlow) -> None:
    """Make a draft the plan's next revision, with its pictures after the plan's charts."""
    draft = await drafts.get(actor_of(ctx.interaction), DraftId(draft_id))
    edit = dataclasses.replace(draft, kind=DraftKind.EDIT, plan_id=PlanId(plan_id), seen=seen)
    await flow.edit(ctx, edit)


@plugin.route("replace", FirstAnswer.REPLACE)
async def replace(
    ctx: PressContext, draft_id: int, plan_id: int, seen: int, drafts: DraftService, flow: PlanFlow
) -> None:
    """Make a draft the plan's next revision, with its pictures instead of the plan's charts."""
    draft = await drafts.get(actor_of(ctx.interaction), DraftId(draft_id))
    edit = dataclasses.replace(draft, kind=DraftKind.EDIT, plan_id=PlanId(plan_id), seen=seen, replaces_charts=True)
    await flow.edit(ctx, edit)


@plugin.route("add_charts", FirstAnswer.REPLACE)
async def add_charts(ctx: PressContext, draft_id: int, plan_id: int, flow: PlanFlow) -> None:
    """Add the pictures of a draft to the plan."""
    await flow.add_draft_charts(ctx, PlanId(plan_id), DraftId(draft_id))
