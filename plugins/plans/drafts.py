"""`/plan drafts`, and the ways on from a text that was refused."""

import dataclasses

import lightbulb

from bot import replies
from bot.domain.values import DraftId, DraftKind, Limits, PlanId
from bot.interactions.context import PressContext, open_modal
from bot.interactions.plan_flow import Posting
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
        """Show what is kept."""
        actor = actor_of(ctx.interaction)
        await ctx.respond(**replies.drafts(await drafts.list(actor), await drafts.usage(actor), limits.draft_days))


@plugin.route("choose_draft", FirstAnswer.MODAL)
async def choose_draft(ctx: PressContext, drafts: DraftService) -> None:
    """Open a form with the text that was chosen in a list."""
    await resume(ctx, ctx.chosen_number, drafts)


@plugin.route("discard_draft")
async def discard_draft(ctx: PressContext, drafts: DraftService) -> None:
    """Discard the draft that was chosen in a list."""
    draft = await drafts.discard(actor_of(ctx.interaction), DraftId(ctx.chosen_number))
    await ctx.respond(**replies.discarded(draft))


@plugin.route("resume", FirstAnswer.MODAL)
async def resume(ctx: PressContext, draft_id: int, drafts: DraftService) -> None:
    """Open a form with a text that was refused."""
    draft = await drafts.get(actor_of(ctx.interaction), DraftId(draft_id))
    await open_modal(ctx, replies.kept_modal(draft))


@plugin.route("resume_post", FirstAnswer.MODAL)
async def resume_post(ctx: PressContext, draft_id: int, drafts: DraftService) -> None:
    """Open a form to post a text that was refused."""
    draft = await drafts.get(actor_of(ctx.interaction), DraftId(draft_id))
    await open_modal(ctx, replies.kept_post_modal(draft))


@plugin.route("resume_edit", FirstAnswer.MODAL)
async def resume_edit(ctx: PressContext, draft_id: int, seen: int, drafts: DraftService) -> None:
    """Open a form with an edit that came too late, now that its writer has seen revision `seen`."""
    draft = await drafts.get(actor_of(ctx.interaction), DraftId(draft_id))
    await open_modal(ctx, replies.kept_edit_modal(draft, seen))


@plugin.route("post_on")
async def post_on(ctx: PressContext, draft_id: int, day: str, drafts: DraftService, posting: Posting) -> None:
    """Post a text that was refused as its day could be two, now that its writer has said which."""
    draft = await drafts.get(actor_of(ctx.interaction), DraftId(draft_id))
    await posting.post(ctx, dataclasses.replace(draft, day=day))


@plugin.route("change_on")
async def change_on(ctx: PressContext, draft_id: int, day: str, drafts: DraftService, posting: Posting) -> None:
    """Change the plan of the day, now that its writer has said which, with what was refused."""
    draft = await drafts.get(actor_of(ctx.interaction), DraftId(draft_id))
    await posting.change_of_day(ctx, dataclasses.replace(draft, day=day))


@plugin.route("use")
async def use(
    ctx: PressContext, draft_id: int, plan_id: int, seen: int, drafts: DraftService, posting: Posting
) -> None:
    """Make what was refused the plan's next revision: its text, and its pictures after the plan's charts."""
    draft = await drafts.get(actor_of(ctx.interaction), DraftId(draft_id))
    edit = dataclasses.replace(draft, kind=DraftKind.EDIT, plan_id=PlanId(plan_id), seen=seen)
    await posting.edit(ctx, edit)


@plugin.route("replace")
async def replace(
    ctx: PressContext, draft_id: int, plan_id: int, seen: int, drafts: DraftService, posting: Posting
) -> None:
    """Make what was refused the plan's next revision: its text, if any, and its pictures instead of the charts."""
    draft = await drafts.get(actor_of(ctx.interaction), DraftId(draft_id))
    edit = dataclasses.replace(draft, kind=DraftKind.EDIT, plan_id=PlanId(plan_id), seen=seen, replaces_charts=True)
    await posting.edit(ctx, edit)


@plugin.route("add_charts")
async def add_charts(ctx: PressContext, draft_id: int, plan_id: int, posting: Posting) -> None:
    """Add the pictures of what was refused to the plan."""
    await posting.add_kept(ctx, PlanId(plan_id), DraftId(draft_id))
