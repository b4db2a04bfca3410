"""The answers to interactions that failed.

A refusal is shown with its message. Any other error is logged with a short reference, which the user gets. In both
cases an unsaved text is returned to its author, and stored as a draft if possible. A change that could not be saved
is queued.
"""

import contextlib
import math
import secrets
import time
from collections.abc import Generator, Sequence

import hikari
import structlog

from bot import replies
from bot.domain import errors
from bot.domain.commands import Request, Submit
from bot.domain.values import Actor, Draft, Plan, PlanId, RejectedPicture, Submission
from bot.interactions.context import (
    TOO_LATE,
    CommandContext,
    Respondable,
    SubmitContext,
    UnsavedText,
    actor_of,
    is_answered_already,
    operation_of,
)
from bot.interactions.deferral import note_refused, note_result
from bot.interactions.measurements import InteractionResult
from bot.interactions.repetition import repetition_id
from bot.replies import layout
from bot.replies.custom_ids import UnknownRouteError
from bot.replies.layout import Button, Reply
from bot.service.drafts import DraftService
from bot.service.pictures.intake import IntakeService
from bot.service.plans import PlanService
from bot.service.recovery.spool import Spool

_log = structlog.get_logger(__name__)


@contextlib.contextmanager
def returning_text_on_error(
    ctx: Respondable, submission: Submission, left_out: Sequence[RejectedPicture] = ()
) -> Generator[None]:
    """Return the text to its author if the block fails, with the rejected pictures."""
    ctx.unsaved = UnsavedText(submission, tuple(left_out))
    yield
    ctx.unsaved = None  # not in a `finally`: the handler of an error, which runs later, returns the text


class ErrorHandler:
    """Answers interactions that failed."""

    def __init__(self, plans: PlanService, drafts: DraftService, intake: IntakeService, spool: Spool) -> None:
        self._plans = plans
        self._drafts = drafts
        self._intake = intake
        self._spool = spool
        self._answers_until = math.inf
        """In the time of `time.monotonic`."""

    def stop_answering(self, seconds: float) -> None:
        """Stop answering after so many seconds; changes are still queued, and their senders get a message."""
        self._answers_until = time.monotonic() + seconds

    async def respond(self, ctx: Respondable, error: Exception) -> None:
        """Answer the interaction that failed with `error`. Never raises."""
        interaction_id = int(ctx.interaction.id)
        note_result(ctx.initial_response_sent, InteractionResult.of(error))
        draft = await self._save_draft(ctx, ctx.unsaved.submission, error) if ctx.unsaved else None
        try:
            if _is_unanswerable(error):
                note_refused(ctx, error)
                _log.warning("cannot be answered", interaction_id=interaction_id, why=str(error))
            else:
                await self._answer(ctx, await self._reply(ctx, error, draft))
        except Exception as failure:  # noqa: BLE001 - the last resort: only the log is left
            if _is_unanswerable(failure):  # an earlier delivery was answered
                note_refused(ctx, failure)
                _log.warning("cannot be answered", interaction_id=interaction_id, why=str(failure))
            else:
                _log.error("answering failed", interaction_id=interaction_id, exc_info=failure)
        if isinstance(draft, Draft) and len(draft.charts) < len(draft.pictures):
            await self._fetch(draft)

    async def _answer(self, ctx: Respondable, reply: Reply) -> None:
        """Answer, unless the bot has too little time left before it stops."""
        if time.monotonic() >= self._answers_until:
            return
        if ctx.receipt:
            await ctx.receipt.finish(reply)
        else:
            await ctx.respond(**reply)

    async def _fetch(self, draft: Draft) -> None:
        """Fetch the pictures of a draft at once, as their links expire; failed ones are retried within hours."""
        try:
            await self._intake.fetch(Actor(draft.guild_id, draft.user_id), draft)
        except errors.RefusalError as refusal:
            _log.info("pictures of a draft refused", draft_id=draft.id, why=str(refusal))
        except Exception as failure:  # noqa: BLE001 - the draft is stored in any case
            _log.error("fetching the pictures of a draft failed", draft_id=draft.id, exc_info=failure)

    async def _reply(self, ctx: Respondable, error: Exception, saved: Draft | errors.DraftsFullError | None) -> Reply:
        unsaved = ctx.unsaved
        if isinstance(error, errors.DatabaseUnavailableError):
            _log.error("database unavailable", why=error.reason)
            if request := _request(error, unsaved):
                durability = await self._spool.add(operation_of(ctx.interaction), actor_of(ctx.interaction), request)
                usage = self._spool.usage(actor_of(ctx.interaction))
                yours, left_out = (unsaved.submission.text, unsaved.left_out) if unsaved else (None, ())
                return replies.queued(durability, yours, usage, left_out)
        if isinstance(error, errors.RefusalError) and (plan := await self._outcome(ctx)):
            return replies.note(layout.escape(str(errors.DoneAlreadyError(plan))))
        draft = saved if isinstance(saved, Draft) else None
        yours = unsaved.submission.text if unsaved else _typed(ctx, error)
        message = _message(ctx, error)
        if isinstance(saved, errors.DraftsFullError) and not isinstance(error, errors.DraftsFullError):
            message = f"{message}\n{layout.escape(str(saved))}"
        if unsaved and _loses_pictures(error, saved, unsaved.submission):
            message = f"{message}\n{replies.pictures_not_saved(len(unsaved.submission.pictures))}"
        if draft and draft.pictures and not isinstance(error, errors.PicturesUncheckedError):
            message = f"{message}\n{replies.saved_as_draft(draft)}"
        return replies.refusal(
            message,
            left_out=error.left_out
            if isinstance(error, errors.NoPictureAddedError | errors.PicturesUncheckedError)
            else unsaved.left_out
            if unsaved
            else (),
            yours=yours,
            current=replies.current_text(error) if yours else None,
            buttons=_buttons(ctx, error, draft),
        )

    async def _outcome(self, ctx: Respondable) -> Plan | None:
        """Return the plan that an earlier delivery of the interaction changed, if any."""
        try:
            return await self._plans.outcome(actor_of(ctx.interaction), operation_of(ctx.interaction))
        except errors.RefusalError:  # no guild, or the database can't be read
            return None

    async def _save_draft(
        self, ctx: Respondable, submission: Submission, error: Exception
    ) -> Draft | errors.DraftsFullError | None:
        """Store the text as a draft; None or the error: it was not stored."""
        if isinstance(error, errors.DatabaseUnavailableError):
            return None  # a draft can't be saved either
        if isinstance(error, errors.RefusalError) and error.is_final:
            return None
        if isinstance(error, errors.DraftGoneError) and isinstance(submission, Draft):
            return None  # the text was that draft
        try:
            return await self._drafts.save(actor_of(ctx.interaction), submission, operation_of(ctx.interaction))
        except errors.DraftsFullError as full:
            return full
        except errors.RefusalError:
            return None
        except Exception as failure:  # noqa: BLE001 - the text is returned in any case
            _log.error("storing a draft failed", exc_info=failure)
            return None


def _is_unanswerable(error: Exception) -> bool:
    return isinstance(error, TOO_LATE) or is_answered_already(error)


def _loses_pictures(error: Exception, saved: object, submission: Submission) -> bool:
    """Return whether the pictures of a submission are in no draft: there is no room, it is gone, or a newer one's."""
    is_newer = isinstance(error, errors.DraftSentAgainError) and submission.adds_pictures
    is_gone = isinstance(error, errors.DraftGoneError) and not isinstance(saved, Draft)
    return bool(submission.pictures) and (is_newer or is_gone or isinstance(saved, errors.DraftsFullError))


def _request(error: errors.DatabaseUnavailableError, unsaved: UnsavedText | None) -> Request | None:
    """Return the change to queue until the database can be written; None: nothing would be lost."""
    return error.request if isinstance(error, errors.UnsavedError) else unsaved and Submit(unsaved.submission.plain)


def _typed(ctx: Respondable, error: Exception) -> str | None:
    """Return the text of a form, unless Discord rejected an answer: then it may be saved."""
    if not isinstance(ctx, SubmitContext) or isinstance(error, hikari.HTTPError):
        return None
    return ctx.fields.get("text")


def _message(ctx: Respondable, error: Exception) -> str:
    if isinstance(error, errors.RefusalError):
        return replies.refusal_words(error)
    if isinstance(error, UnknownRouteError):
        return replies.no_longer_valid("form" if isinstance(ctx, SubmitContext) else "button")
    reference = secrets.token_hex(3)
    _log.error("failed", reference=reference, interaction_id=int(ctx.interaction.id), exc_info=error)
    return replies.not_shown(reference) if isinstance(error, hikari.HTTPError) else replies.failed(reference)


def _buttons(ctx: Respondable, error: Exception, draft: Draft | None) -> list[Button]:
    match error:
        case errors.WhichDayError():
            return _day_buttons(ctx, error, draft)
        case errors.ClosedDayError() if draft:
            return replies.closed_day_buttons(draft, error.day, error.following)
        case errors.PlanError():
            return _plan_buttons(error, draft)
        case errors.PicturesUncheckedError(plan_id=int(plan_id)) if draft:
            return [replies.add_again(draft, PlanId(plan_id))]
        case errors.TooManyChartsError() if draft:
            return replies.exists_buttons(error.plan, draft)
        case errors.AssignEveryoneError():
            return [replies.everyone_button(error.coach, error.members)]
        case errors.WhichMomentError():
            return replies.which_moment_buttons(error.plan, error.moments)
        case _:
            return replies.draft_buttons(draft) if draft else []


def _plan_buttons(error: errors.PlanError, draft: Draft | None) -> list[Button]:
    match error:
        case errors.PlanExistsError():
            existing = replies.exists_buttons(error.plan, draft) if error.may_edit else []
            other_day = replies.other_day_buttons(error.plan, draft, error.following, error.begins_with)
            return [*existing, *other_day]
        case errors.PlanReplacedError():
            return replies.exists_buttons(error.plan, draft) if error.may_edit else []
        case errors.RestoreTakenError():
            return [replies.deleted_history_button(error.deleted)] if error.may_see_history else []
        case errors.PlanChangedError():
            return replies.changed_buttons(error.plan, draft)
        case errors.PlanGoneError() if draft:
            return replies.gone_buttons(draft)
        case _:
            return replies.draft_buttons(draft) if draft else []


def _day_buttons(ctx: Respondable, error: errors.WhichDayError, draft: Draft | None) -> list[Button]:
    if draft:
        on_day = replies.change_on if error.is_of_plan else replies.post_on
        return replies.which_day_buttons((day, on_day(draft, day)) for day in error.days)
    if not isinstance(ctx, CommandContext):
        return []
    routes = [(day, route) for day in error.days if (route := repetition_id(ctx, error.given, day))]
    return replies.which_day_buttons(routes) if len(routes) == len(error.days) else []
