"""`/plan edit`, and its forms."""

import dataclasses

import lightbulb

from bot.domain.commands import EditPlan
from bot.domain.values import DraftId, DraftKind, PlanId, PlanOfDay, Submission
from bot.interactions.context import PressContext, SubmitContext
from bot.interactions.error_handler import returning_text_on_error
from bot.interactions.options import coach_option, day_option
from bot.interactions.plan_flow import PlanFlow
from bot.interactions.plan_views import PlanViews
from bot.plugin import CommandContext, FirstAnswer, actor_of, operation_of
from bot.service.plans import PlanService
from plugins.plans.group import plan, plugin


@plan.register
class Edit(lightbulb.SlashCommand, name="edit", description="Edit a plan."):
    """`/plan edit`: the new text now, or a modal filled with the current one."""

    coach = coach_option("Whose plan. Default: yours.")
    day = day_option()
    text = lightbulb.string(
        "text",
        "The new text. Leave empty to edit the current text in a form.",
        default=None,
        max_length=4000,
    )

    @property
    def first_answer(self) -> FirstAnswer:
        """A form, if no text was given."""
        return FirstAnswer.MODAL if self.text is None else FirstAnswer.PRIVATE

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, plans: PlanService, views: PlanViews, flow: PlanFlow) -> None:
        """Edit, or open the form."""
        actor, ref = actor_of(ctx.interaction), PlanOfDay(self.coach, self.day)
        if self.text is None:
            await flow.open_edit(ctx, ref)
            return
        with returning_text_on_error(ctx, Submission(DraftKind.POST, self.text, coach=self.coach, day=self.day)):
            edited = await plans.edit(actor, EditPlan(ref, self.text), operation_of(ctx.interaction))
        await views.acknowledge_change(ctx, edited)


@plugin.route("edit", FirstAnswer.REPLACE)
async def edit(ctx: SubmitContext, plan_id: int, seen: int, flow: PlanFlow) -> None:
    """Save the submitted edit."""
    text, plan, files = ctx.field("text"), PlanId(plan_id), ctx.files
    await flow.edit(ctx, Submission(DraftKind.EDIT, text, plan_id=plan, seen=seen, pictures=files))


@plugin.route("edit_kept", FirstAnswer.REPLACE)
async def edit_draft(ctx: SubmitContext, plan_id: int, seen: int, draft_id: int, flow: PlanFlow) -> None:
    """Retry a refused edit."""
    text, plan, files = ctx.field("text"), PlanId(plan_id), ctx.files
    sent = Submission(DraftKind.EDIT, text, plan_id=plan, seen=seen, pictures=files)
    await flow.edit(ctx, dataclasses.replace(sent, draft_id=DraftId(draft_id), adds_pictures=True))


@plugin.route("open_edit", FirstAnswer.MODAL)
async def open_edit(ctx: PressContext, plan_id: int, flow: PlanFlow) -> None:
    """Open the form for an edit."""
    await flow.open_edit(ctx, PlanId(plan_id))
