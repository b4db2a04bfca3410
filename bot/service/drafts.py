"""Drafts: texts and pictures that are not a plan yet, stored so that nothing is lost."""

import dataclasses

from bot.domain.clock import Clock
from bot.domain.commands import EditPlan
from bot.domain.errors import (
    CoachError,
    DayError,
    DoneAlreadyError,
    DraftGoneError,
    PlanGoneError,
)
from bot.domain.values import (
    Actor,
    Attachment,
    Chart,
    Coach,
    Draft,
    DraftId,
    DraftKind,
    DraftPage,
    ListedDraft,
    OperationId,
    Quotas,
    Submission,
    Usage,
)
from bot.service.guilds import GuildService
from bot.service.plan_base import PlanActs
from bot.service.records import late_pictures, operations, sources
from bot.service.records.charts import Pictures, read, with_result, written
from bot.service.records.draft_quotas import MIB, Stored, pictures_size, refuse_full, size_of
from bot.service.records.drafts import NO_PICTURES, draft_of, existing_row, row_of
from bot.service.records.roster import Roster, is_given
from bot.service.transactions import reads, reads_first, writes
from storage.models import DraftRow, PlanRow
from storage.store import Store


class DraftService(PlanActs):
    """Stores drafts until they are used, discarded or too old."""

    def __init__(self, store: Store, clock: Clock, guilds: GuildService, quotas: Quotas) -> None:
        super().__init__(store, clock, guilds)
        self._quotas = quotas

    @writes
    def save(
        self, actor: Actor, submission: Submission, made_by: OperationId | None = None, *, is_limited: bool = True
    ) -> Draft:
        """Store a submission exactly as it is, with its destination, replacing the draft it came from.

        One operation makes one draft, however often it is delivered.

        Without pictures of its own it has those of that draft. The day is stored as a date: "tomorrow" means another
        day when the draft is used later.

        Args:
            actor: the writer.
            submission: the text, the pictures and their destination.
            made_by: the operation that makes it.
            is_limited: refuse a new draft of one who can't post, and what the quotas have no room for. A submission
                that was acknowledged before is not limited, as nobody may have its text any more.

        Raises:
            NoCoachError: the actor has no part in any plan, and would take the room of those who have.
            DraftsFullError: a quota is used up; nothing else is dropped for it.
            DoneAlreadyError: the operation has changed a plan already, so there is nothing to store.
            DraftSentAgainError: a newer operation saved or used the draft.
        """
        return self._save(actor, submission, made_by, is_limited=is_limited)

    @writes
    def save_to_send(
        self, actor: Actor, submission: Submission, operation: OperationId, *, is_limited: bool = True
    ) -> Draft:
        """Store a submission, as `save` does, that the operation sends next: no older one can send its draft then.

        A draft that is sent as it is keeps the pictures that it has now, perhaps others than when it was read.

        Raises:
            DraftGoneError: its draft was used or discarded, and would lack the pictures that it had.
            RefusalError: what `save` raises.
        """
        if isinstance(submission, Draft):
            submission = dataclasses.replace(submission, pictures=(), adds_pictures=False)
        draft = self._save(actor, submission, operation, is_limited=is_limited)
        if submission.draft_id not in (None, draft.id):
            raise DraftGoneError
        return draft

    def _save(self, actor: Actor, submission: Submission, made_by: OperationId | None, *, is_limited: bool) -> Draft:
        if made_by and (done := operations.outcome(made_by)):
            raise DoneAlreadyError(done.plan)
        own_id = operations.draft_of(made_by)
        existing = row_of(actor, submission.draft_id) or row_of(actor, own_id)
        if made_by and existing:
            operations.refuse_older(made_by, DraftId(existing.id))
        if submission.adds_pictures and existing and existing.id == own_id:  # it has added them already
            submission = dataclasses.replace(submission, pictures=())
        row = existing or DraftRow(guild_id=actor.guild_id, user_id=actor.user_id, pictures=NO_PICTURES)
        had = pictures_size(read(row.pictures))
        self._fill(row, actor, submission)
        if is_limited and existing is None:
            Roster.of(actor.guild_id).require_poster(actor)
        if is_limited and (existing is None or pictures_size(read(row.pictures)) > had):
            refuse_full(self._quotas, actor, row, existing)
        row.save()
        if made_by:
            operations.record_draft(made_by, DraftId(row.id), row.created_at)
        return dataclasses.replace(
            draft_of(row), replaces_charts=submission.replaces_charts, is_day_confirmed=submission.is_day_confirmed
        )

    @reads
    def pictures(self, actor: Actor, submission: Submission) -> Pictures:
        """Return the pictures of a submission, or else of the draft that it comes from."""
        row = row_of(actor, submission.draft_id)
        return submission.pictures or (read(row.pictures) if row else ())

    @writes
    def put_result(self, actor: Actor, draft_id: DraftId, link: Attachment, result: Chart | None) -> None:
        """Put the chart in the place of its link; None: it is rejected, so remove the link.

        The link is in the draft, or expected by the plan that was made of it. Its other pictures stay as they are now:
        there may be more of them than when the download began.
        """
        row = row_of(actor, draft_id)
        if row is None:
            late_pictures.put_result(draft_id, link, result)
            return
        row.pictures = written(with_result(read(row.pictures), link, result))
        row.size = size_of(row)
        row.save()

    @reads
    def page(self, actor: Actor) -> DraftPage:
        """Return the actor's drafts in this guild, and the used part of their quotas."""
        own = DraftRow.select().where((DraftRow.guild_id == actor.guild_id) & (DraftRow.user_id == actor.user_id))
        rows = own.order_by(DraftRow.created_at.desc(), DraftRow.id.desc())
        roster, stored, quotas = Roster.of(actor.guild_id), Stored.of(actor), self._quotas
        return DraftPage(
            tuple(ListedDraft(draft_of(row), _coach_meant(roster, actor, row)) for row in rows),
            Usage(stored.own, quotas.user_drafts),
            Usage(stored.own_size // MIB, quotas.user_draft_mib),
        )

    @writes
    def discard(self, actor: Actor, draft_id: DraftId) -> Draft:
        """Remove the actor's draft.

        Raises:
            DraftGoneError: it was used, is too old, or is another's.
        """
        row = existing_row(actor, draft_id)
        row.delete_instance()
        return draft_of(row)

    @reads_first
    def get(self, actor: Actor, draft_id: DraftId) -> Draft:
        """Return the actor's draft; it stays until the post or edit that uses it.

        Raises:
            DraftGoneError: it was used, is too old, or is another's.
        """
        return draft_of(existing_row(actor, draft_id))

    @reads_first
    def completed(self, actor: Actor, submission: Submission) -> Submission:
        """Return the submission with the coach, the day and the source of its draft where it has none.

        Raises:
            DraftGoneError: the draft was used, is too old, or is another's.
        """
        return submission.completed(draft_of(existing_row(actor, submission.draft_id)))

    def _fill(self, row: DraftRow, actor: Actor, submission: Submission) -> None:
        """Write the submission to the row; an edited plan gives its coach and day."""
        is_its_plan = (PlanRow.id == submission.plan_id) & (PlanRow.guild_id == actor.guild_id)
        row.plan = plan = PlanRow.get_or_none(is_its_plan)
        row.kind = submission.kind
        row.text = submission.text
        row.seen = submission.seen
        row.created_at = self.now(actor)
        row.coach, row.day = submission.coach, submission.day
        if plan:
            row.coach, row.day = plan.coach.key, plan.day.isoformat()
        elif submission.kind is not DraftKind.EDIT:
            row.day = self._date_meant(actor, submission.day)
        if submission.pictures:
            before = read(row.pictures) if submission.adds_pictures else ()
            row.pictures = written((*before, *submission.pictures))
        row.size = size_of(row)
        if submission.source:
            sources.put(row, submission.source)

    def _date_meant(self, actor: Actor, day: str | None) -> str | None:
        """Return the date that the words mean today; words that mean none stay, for their writer to correct."""
        try:
            return self.day_meant(actor, day).isoformat()
        except DayError:
            return day


def edit_of(submission: Submission, *, rest_follows: bool = False) -> EditPlan:
    """Return the command that makes a submission the next revision of the plan that it is an edit of.

    Raises:
        PlanGoneError: its plan does not exist.
    """
    if submission.plan_id is None:
        raise PlanGoneError
    return EditPlan(
        plan=submission.plan_id,
        text=submission.text or None,
        seen=submission.seen or 0,  # 0 is never the newest: an edit that has seen nothing overwrites nothing
        draft=submission.draft_id,
        replaces_charts=submission.replaces_charts,
        rest_follows=rest_follows,
    )


def _coach_meant(roster: Roster, actor: Actor, row: DraftRow) -> Coach | None:
    """Return the coach that a draft is for, of a new plan without one the only one it can be; None: unclear."""
    try:
        if is_given(row.coach):
            return roster.named(row.coach)
        return roster.to_post_as(actor, None) if row.kind == DraftKind.POST else None
    except CoachError:
        return None
