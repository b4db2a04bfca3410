"""Posting and changing plans: pictures are saved in a draft first, so that a kill during the download loses nothing."""

import contextlib
import dataclasses
import functools
from collections.abc import Sequence
from typing import Protocol

import hikari

from bot import replies
from bot.discord.messages import plan_in, quote_of
from bot.domain.commands import AddCharts, EditPlan, PostPlan
from bot.domain.errors import (
    DatabaseUnavailableError,
    DraftGoneError,
    NoPictureAddedError,
    PicturesUncheckedError,
    StoppingError,
    UnsavedError,
)
from bot.domain.values import (
    AddChartsResult,
    Attachment,
    ChangeKind,
    Chart,
    Draft,
    DraftId,
    DraftKind,
    EditResult,
    Limits,
    Plan,
    PlanId,
    PlanOfDay,
    PlanRef,
    PostForm,
    Received,
    Submission,
)
from bot.interactions.context import Respondable, actor_of, operation_of
from bot.interactions.error_handler import returning_text_on_error
from bot.interactions.late_charts import LateCharts
from bot.interactions.modals import OpensModal, open_modal, open_modal_or
from bot.interactions.plan_views import PlanViews
from bot.interactions.receipts import open_receipt
from bot.service.charts import ChartService
from bot.service.drafts import DraftService, edit_of
from bot.service.pictures.incoming import Incoming
from bot.service.pictures.intake import IntakeService, refuse_unchecked
from bot.service.plans import PlanService


class PlanFlow:
    """Posts and changes plans for the user of an interaction."""

    def __init__(
        self,
        plans: PlanService,
        charts: ChartService,
        drafts: DraftService,
        intake: IntakeService,
        views: PlanViews,
        late: LateCharts,
        limits: Limits,
    ) -> None:
        self._plans = plans
        self._charts = charts
        self._drafts = drafts
        self._intake = intake
        self._views = views
        self._late = late
        self._limits = limits

    async def open_form(self, ctx: OpensModal, submission: Submission) -> None:
        """Open a form for a plan; pictures that there are already are fetched while it is written."""
        actor = actor_of(ctx.interaction)
        with returning_text_on_error(ctx, submission) if submission.pictures else contextlib.nullcontext():
            form = await self._plans.prepare_post(actor, coach=submission.coach, day=submission.day)
        if not submission.pictures:
            await open_modal(ctx, replies.post_modal(form, self._limits.plan_text))
            return
        await self._open_with_draft(ctx, submission, form)

    async def open_saving(self, ctx: OpensModal, message: hikari.Message) -> None:
        """Open a form with a message's text, to be corrected; its pictures are fetched meanwhile."""
        actor = actor_of(ctx.interaction)
        await self._intake.require_live_coach(actor)
        if (plan_id := plan_in(message)) is not None:
            await ctx.respond(**replies.card_already(plan_id))
            return
        quote = quote_of(message)
        text = await self._intake.whole_text(actor, quote.text, quote.text_file)
        submission = Submission(DraftKind.POST, text, pictures=quote.pictures, source=quote.source)
        await self._open_with_draft(ctx, submission, await self._plans.correct_post(actor, submission))

    async def _open_with_draft(self, ctx: OpensModal, submission: Submission, form: PostForm) -> None:
        """Save the submission as a draft, open a form with it, and fetch its pictures."""
        actor, coach, day = actor_of(ctx.interaction), form.coach and form.coach.key, form.day and form.day.isoformat()
        resolved = dataclasses.replace(submission, coach=coach, day=day)
        draft = await self._drafts.save(actor, resolved, operation_of(ctx.interaction))
        modal = replies.draft_post_modal(draft, form, self._limits)
        await open_modal_or(ctx, modal, replies.form_ready(draft))
        await self._fetch(ctx, draft)

    async def _fetch(self, ctx: Respondable, draft: Draft) -> None:
        """Fetch the pictures of a draft after the answer, and say which can't be added."""
        received = await self._intake.fetch(actor_of(ctx.interaction), draft)
        if received.left_out:
            await ctx.respond(**replies.cant_be_added(received.left_out))

    async def open_edit(self, ctx: OpensModal, ref: PlanRef) -> None:
        """Open a form with the plan's current text."""
        plan = await self._plans.editable(actor_of(ctx.interaction), ref)
        await open_modal(ctx, replies.edit_modal(plan, self._limits.plan_text))

    async def resume_edit(self, ctx: OpensModal, draft: Draft, seen: int) -> None:
        """Open a form with a refused edit, whose author has seen revision `seen`."""
        await open_modal(ctx, replies.draft_edit_modal(draft, seen, self._limits))

    async def resume_post(self, ctx: OpensModal, draft: Draft) -> None:
        """Open a form to post a draft."""
        form = await self._plans.correct_post(actor_of(ctx.interaction), draft)
        await open_modal(ctx, replies.draft_post_modal(draft, form, self._limits))

    async def post_draft(self, ctx: Respondable, draft_id: DraftId, sent: Submission) -> None:
        """Post a draft with the text that was sent, and with its files after the draft's pictures."""
        actor = actor_of(ctx.interaction)
        if done := await self._plans.outcome(actor, operation_of(ctx.interaction)):
            await self._views.acknowledge(ctx, done, replies.posted(done), is_new=True, undoes=done.revision)
            return
        sent = dataclasses.replace(sent, draft_id=draft_id, adds_pictures=True)
        with returning_text_on_error(ctx, sent):
            completed = await self._drafts.completed(actor, sent)
        await self.post(ctx, completed)

    async def post(self, ctx: Respondable, submission: Submission) -> None:
        """Post the plan; with pictures the receipt shows the progress."""
        with returning_text_on_error(ctx, submission):
            has_pictures = submission.pictures or await self._drafts.pictures(actor_of(ctx.interaction), submission)
            posted = None if has_pictures else await self._post(ctx, submission)
        if posted:
            plan = posted.plan
            await self._views.acknowledge(ctx, plan, replies.posted(plan), is_new=True, undoes=posted.undoes)
            return
        await self._with_pictures(ctx, submission, self._post, is_new=True)

    async def edit(self, ctx: Respondable, submission: Submission) -> None:
        """Make the text and the pictures the plan's next revision."""
        with returning_text_on_error(ctx, submission):
            has_pictures = submission.pictures or await self._drafts.pictures(actor_of(ctx.interaction), submission)
            edited = None if has_pictures else await self._edit(ctx, submission)
        if edited:
            await self._views.acknowledge_change(ctx, edited)
            return

        await self._with_pictures(ctx, submission, self._edit, is_new=False)

    async def add_charts(
        self,
        ctx: Respondable,
        plan_id: PlanId,
        pictures: Sequence[Chart | Attachment],
        draft: DraftId | None = None,
        *,
        has_text: bool = False,
    ) -> None:
        """Fetch pictures, and add them to the plan; the text of their draft stays there."""
        actor = actor_of(ctx.interaction)
        operation, receipt = operation_of(ctx.interaction), await open_receipt(ctx)
        with receipt.progress(len(pictures)) as on_progress:
            try:
                received = await self._intake.receive(actor, pictures, on_progress)
            except DatabaseUnavailableError as error:
                raise UnsavedError(AddCharts(plan_id, Received(tuple(pictures), ()), draft)) from error.__cause__
        if draft:
            refuse_unchecked(received.left_out, plan_id)
        change = await self._charts.add(actor, AddCharts(plan_id, received, draft), operation)
        added = replies.charts_added(change)
        done = f"{added}\n{replies.draft_keeps_text()}" if has_text else added
        await self._views.acknowledge(ctx, change.plan, done, change.left_out, undoes=change.undoes)

    async def add_charts_of_day(self, ctx: Respondable, ref: PlanOfDay, pictures: Sequence[Attachment]) -> None:
        """Fetch pictures, and add them to the plan of a coach and day; if that is refused, save them as a draft."""
        try:
            refused = Submission(DraftKind.POST, "", coach=ref.coach, day=ref.day, pictures=tuple(pictures))
            with returning_text_on_error(ctx, refused):
                plan = await self._charts.with_room(actor_of(ctx.interaction), ref)
        except DatabaseUnavailableError as error:
            raise UnsavedError(AddCharts(ref, Received(tuple(pictures), ()))) from error.__cause__
        await self.add_charts(ctx, plan.id, pictures)

    async def change_of_day(self, ctx: Respondable, draft: Draft) -> None:
        """Make the draft's text the next revision of the plan of its coach and day, or add its pictures to it."""
        actor, ref = actor_of(ctx.interaction), PlanOfDay(draft.coach, draft.day)
        with returning_text_on_error(ctx, draft):
            if not draft.has_text:
                plan = await self._charts.with_room(actor, ref)
                await self.add_draft_charts(ctx, plan.id, draft.id)
                return
            command = EditPlan(ref, draft.text, draft=draft.id, rest_follows=len(draft.charts) < len(draft.pictures))
            edited = await self._plans.edit(actor, command, operation_of(ctx.interaction))
        await self._views.acknowledge_change(ctx, edited)

    async def ask_where(self, ctx: Respondable, pictures: Sequence[Attachment], plans: Sequence[Plan]) -> None:
        """Save the pictures as a draft, and ask which of the plans they are for."""
        actor = actor_of(ctx.interaction)
        submission = Submission(DraftKind.POST, "", pictures=tuple(pictures))
        draft = await self._drafts.save(actor, submission, operation_of(ctx.interaction))
        await ctx.respond(**replies.ask_where(plans, draft, self._limits))
        await self._fetch(ctx, draft)

    async def add_draft_charts(self, ctx: Respondable, plan_id: PlanId, draft_id: DraftId) -> None:
        """Add the pictures of a draft to the plan; who did that already is told so, as after a second press.

        Raises:
            DraftGoneError: they were used for something else, or are another's.
            NoPictureAddedError: it has none, as none of its files was a picture.
        """
        actor = actor_of(ctx.interaction)
        try:
            await self._add_draft_charts(ctx, plan_id, await self._drafts.get(actor, draft_id))
        except DraftGoneError:
            done = await self._plans.made_of(actor, draft_id)
            if done is None or done.id != plan_id:
                raise
            ctx.unsaved = None
            await self._views.acknowledge(ctx, done, replies.saved(done), undoes=done.revision)

    async def _add_draft_charts(self, ctx: Respondable, plan_id: PlanId, draft: Draft) -> None:
        if not draft.pictures:
            raise NoPictureAddedError(())
        with returning_text_on_error(ctx, draft):
            try:
                draft = await self._drafts.save_to_send(actor_of(ctx.interaction), draft, operation_of(ctx.interaction))
            except DatabaseUnavailableError as error:
                raise UnsavedError(AddCharts(plan_id, Received(draft.pictures, ()), draft.id)) from error.__cause__
            if not draft.pictures:  # another press was quicker
                raise DraftGoneError
            await self.add_charts(ctx, plan_id, draft.pictures, draft.id, has_text=draft.has_text)

    async def _with_pictures(self, ctx: Respondable, submission: Submission, send: "_Send", *, is_new: bool) -> None:
        """Defer the answer, save the submission as a draft, and send it with the first pictures; add the others later.

        `is_new`: the plan was posted.
        """
        actor = actor_of(ctx.interaction)
        with returning_text_on_error(ctx, submission):
            receipt = await open_receipt(ctx)
            await self._intake.require_live_coach(actor)
            draft = await self._drafts.save_to_send(actor, submission, operation_of(ctx.interaction))
        async with contextlib.AsyncExitStack() as stack:
            stack.enter_context(self._late.claim(draft.id))
            with (
                returning_text_on_error(ctx, draft),
                receipt.progress(len(draft.pictures) - len(draft.charts)) as on_progress,
            ):
                incoming = await stack.enter_async_context(self._intake.incoming(actor, draft, on_progress))
                received = await incoming.soon(self._limits.chart_wait_seconds)
                rest_follows = incoming.awaited > 0
                draft = dataclasses.replace(draft, pictures=received.usable)
                with returning_text_on_error(ctx, draft, received.left_out):
                    refuse_unchecked(received.left_out)
                    sent = await send(ctx, draft, rest_follows=rest_follows)
            plan, done = sent.plan, replies.sent(sent, received.left_out)
            show = functools.partial(self._views.receipt, ctx, is_new=is_new)
            if not rest_follows:
                await receipt.finish(await show(plan, done, received.left_out, undoes=sent.undoes))
                return
            awaited = f"{done}\n{replies.awaited(incoming.awaited)}"
            # Without Undo: its receipt would take the place of this one, which is to be edited again.
            await receipt.finish(await show(plan, awaited, received.left_out))
            change = await self._add_late(ctx, draft.id, plan, incoming)
            if change is None:
                await receipt.finish(await show(plan, f"{done}\n{replies.interrupted()}"))
                return
            added = sent.added + (change.added or 0)
            whole = replies.sent(dataclasses.replace(sent, plan=change.plan, added=added))
            undoes = sent.undoes if change.plan.revision == plan.revision else None
            if not await receipt.finish(await show(change.plan, whole, change.left_out, undoes=undoes)):
                self._late.report_left_out(actor, change)

    async def _add_late(
        self, ctx: Respondable, draft_id: DraftId, plan: Plan, incoming: Incoming
    ) -> AddChartsResult | None:
        """Add the late pictures; None: they could not be added now, and are added in the background."""
        try:
            return await self._late.add(actor_of(ctx.interaction), draft_id, plan.id, incoming)
        except (DatabaseUnavailableError, PicturesUncheckedError, StoppingError):
            return None

    async def _post(self, ctx: Respondable, submission: Submission, *, rest_follows: bool = False) -> EditResult:
        command = PostPlan.of(submission, rest_follows=rest_follows)
        posted = await self._plans.post(actor_of(ctx.interaction), command, operation_of(ctx.interaction))
        return EditResult(posted, is_changed=True, kind=ChangeKind.POSTED)

    async def _edit(self, ctx: Respondable, submission: Submission, *, rest_follows: bool = False) -> EditResult:
        command = edit_of(submission, rest_follows=rest_follows)
        return await self._plans.edit(actor_of(ctx.interaction), command, operation_of(ctx.interaction))


class _Send(Protocol):
    """Posts or edits a plan by a draft; `rest_follows`: pictures that are still links are added later."""

    async def __call__(self, ctx: Respondable, draft: Submission, /, *, rest_follows: bool) -> EditResult: ...
