"""Drafts: texts and pictures that are not a plan yet, stored so that nothing is lost."""

import dataclasses
import datetime
from typing import Final, cast

from peewee import Expression

from bot.domain.clock import Clock
from bot.domain.commands import EditPlan
from bot.domain.days import UnknownDayError, parse_day
from bot.domain.errors import (
    CoachError,
    DoneAlreadyError,
    DraftGoneError,
    PlanGoneError,
)
from bot.domain.sessions import MissingYearError
from bot.domain.values import (
    MAX_COUNTED,
    Actor,
    Attachment,
    Chart,
    Coach,
    Draft,
    DraftId,
    DraftKind,
    DraftPage,
    GuildId,
    ListedDraft,
    OperationId,
    PlanId,
    Quotas,
    Source,
    Submission,
    Usage,
    UserId,
)
from bot.service.guilds import GuildService
from bot.service.records import late_pictures, operations, sources
from bot.service.records.charts import Pictures, read, with_result, written
from bot.service.records.draft_quotas import MIB, Stored, pictures_size, refuse_full, size_of
from bot.service.records.roster import Roster, is_given
from bot.service.transactions import Service, reads, reads_first, writes
from storage.models import DRAFT_HAS_LINKS, DraftRow, PlanRow
from storage.queries import Parameter, Prepared
from storage.store import Store

_NO_PICTURES = written(())


class DraftService(Service):
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
        """
        if made_by and (done := operations.outcome(made_by)):
            raise DoneAlreadyError(done.plan)
        existing = _row(actor, submission.draft_id) or _row(actor, operations.draft_of(made_by))
        row = existing or DraftRow(guild_id=actor.guild_id, user_id=actor.user_id, pictures=_NO_PICTURES)
        had = pictures_size(read(row.pictures))
        self._fill(row, actor, _without_added(submission, made_by))
        if is_limited and existing is None:
            Roster.of(actor.guild_id).require_poster(actor)
        if is_limited and (existing is None or pictures_size(read(row.pictures)) > had):
            refuse_full(self._quotas, actor, row, existing)
        row.save()
        if made_by:
            operations.record_draft(made_by, DraftId(row.id), row.created_at)
        return dataclasses.replace(
            _draft_of(row), replaces_charts=submission.replaces_charts, is_day_confirmed=submission.is_day_confirmed
        )

    @reads
    def pictures(self, actor: Actor, submission: Submission) -> Pictures:
        """Return the pictures of a submission, or else of the draft that it comes from."""
        row = _row(actor, submission.draft_id)
        return submission.pictures or (read(row.pictures) if row else ())

    @writes
    def put_result(self, actor: Actor, draft_id: DraftId, link: Attachment, result: Chart | None) -> None:
        """Put the chart in the place of its link; None: it is rejected, so remove the link.

        The link is in the draft, or expected by the plan that was made of it. Its other pictures stay as they are now:
        there may be more of them than when the download began.
        """
        row = _row(actor, draft_id)
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
            tuple(ListedDraft(_draft_of(row), _coach_meant(roster, actor, row)) for row in rows),
            Usage(stored.own, quotas.user_drafts),
            Usage(stored.own_size // MIB, quotas.user_draft_mib),
        )

    @writes
    def discard(self, actor: Actor, draft_id: DraftId) -> Draft:
        """Remove the actor's draft.

        Raises:
            DraftGoneError: it was used, is too old, or is another's.
        """
        row = _existing(actor, draft_id)
        row.delete_instance()
        return _draft_of(row)

    @reads_first
    def get(self, actor: Actor, draft_id: DraftId) -> Draft:
        """Return the actor's draft; it stays until the post or edit that uses it.

        Raises:
            DraftGoneError: it was used, is too old, or is another's.
        """
        return _draft_of(_existing(actor, draft_id))

    @reads_first
    def completed(self, actor: Actor, submission: Submission, operation: OperationId) -> Submission:
        """Return the submission with the parts that it lacks from its draft; the operation adds its pictures once.

        Raises:
            DraftGoneError: the draft was used, is too old, or is another's.
        """
        draft = _draft_of(_existing(actor, submission.draft_id))
        return _without_added(submission, operation).completed(draft)

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
            row.day = self._resolved_day(actor, submission.day)
        if submission.pictures:
            before = read(row.pictures) if submission.adds_pictures else ()
            row.pictures = written((*before, *submission.pictures))
        row.size = size_of(row)
        if submission.source:
            sources.put(row, submission.source)

    def _resolved_day(self, actor: Actor, day: str | None) -> str | None:
        """Return the date that the words mean today; words that mean none stay, for their writer to correct."""
        next_session = self.guilds.settings(actor.guild_id).calendar.next_session_day
        try:
            return parse_day(day, self.guilds.today(actor), actor.date_order, next_session).isoformat()
        except (UnknownDayError, MissingYearError):
            return day


@dataclasses.dataclass(frozen=True, slots=True)
class Used:
    """The parts of a draft, other than its text, that go into the plan."""

    pictures: Pictures = ()
    source: Source | None = None

    @property
    def charts(self) -> tuple[Chart, ...]:
        """The pictures that are stored; the others are still links."""
        return tuple(picture for picture in self.pictures if isinstance(picture, Chart))


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


def use(actor: Actor, draft_id: DraftId | None, operation: OperationId) -> Used:
    """Use the draft up for what the operation makes of it; None: there is none, and it brings nothing.

    Raises:
        DraftGoneError: it was used, is too old, or is another's.
    """
    if draft_id is None:
        return Used()
    row = _TAKE.row(draft=draft_id, guild=actor.guild_id, user=actor.user_id)
    if row is None:
        raise DraftGoneError
    operations.record_use(draft_id, operation)
    pictures, *source = row
    return Used(read(pictures), sources.source_from(*source))


def use_pictures(actor: Actor, draft_id: DraftId | None, operation: OperationId) -> None:
    """Use up the draft's pictures; a text that it has beside them stays a draft.

    Raises:
        DraftGoneError: they were used, are too old, or are another's.
    """
    if draft_id is None:
        return
    row = _existing(actor, draft_id)
    if row.pictures == _NO_PICTURES:
        raise DraftGoneError
    if _draft_of(row).has_text:
        row.pictures = _NO_PICTURES
        row.size = size_of(row)
        row.save()
    else:
        row.delete_instance()
    operations.record_use(draft_id, operation)


def waiting() -> list[Draft]:
    """Return the drafts of all users with pictures still to be downloaded."""
    return list(map(_draft_of, DraftRow.select().where(DRAFT_HAS_LINKS)))


def count_waiting() -> int:
    """Return the number of drafts with pictures still to be downloaded, `MAX_COUNTED` at most."""
    return DraftRow.select().where(DRAFT_HAS_LINKS).limit(MAX_COUNTED).count()


def sweep(oldest: datetime.datetime, most: int) -> int:
    """Delete drafts that were stored before `oldest`, so many at most, and return their number."""
    old = DraftRow.select(DraftRow.id).where(DraftRow.created_at < oldest).limit(most)
    return cast(int, DraftRow.delete().where(DraftRow.id.in_(old)).execute())


def _row(actor: Actor, draft_id: DraftId | None) -> DraftRow | None:
    return None if draft_id is None else DraftRow.get_or_none(_is_theirs(actor, draft_id))


def _existing(actor: Actor, draft_id: DraftId | None) -> DraftRow:
    row = _row(actor, draft_id)
    if row is None:
        raise DraftGoneError
    return row


def _without_added(submission: Submission, operation: OperationId | None) -> Submission:
    """Return the submission without pictures that the operation has added to the draft already."""
    if submission.pictures and submission.adds_pictures and operations.draft_of(operation) == submission.draft_id:
        return dataclasses.replace(submission, pictures=(), adds_pictures=False)
    return submission


def _is_theirs(actor: Actor, draft_id: DraftId) -> Expression:
    return (DraftRow.id == draft_id) & (DraftRow.guild_id == actor.guild_id) & (DraftRow.user_id == actor.user_id)


def _coach_meant(roster: Roster, actor: Actor, row: DraftRow) -> Coach | None:
    """Return the coach that a draft is for, of a new plan without one the only one it can be; None: unclear."""
    try:
        if is_given(row.coach):
            return roster.named(row.coach)
        return roster.to_post_as(actor, None) if row.kind == DraftKind.POST else None
    except CoachError:
        return None


def _draft_of(row: DraftRow) -> Draft:
    return Draft(
        id=DraftId(row.id),
        guild_id=GuildId(row.guild_id),
        user_id=UserId(row.user_id),
        saved_at=row.created_at,
        kind=DraftKind(row.kind),
        text=row.text,
        coach=row.coach,
        day=row.day,
        plan_id=None if row.plan_id is None else PlanId(row.plan_id),
        seen=row.seen,
        draft_id=DraftId(row.id),
        pictures=read(row.pictures),
        source=sources.source_of(row),
    )


_TAKE: Final = Prepared(
    lambda: (
        DraftRow.delete()
        .where(DraftRow.id == Parameter("draft"))
        .where(DraftRow.guild_id == Parameter("guild"), DraftRow.user_id == Parameter("user"))
        .returning(
            *(DraftRow.pictures, DraftRow.source_channel_id, DraftRow.source_message_id, DraftRow.source_author_id)
        )
    )
)
"""The query that deletes a user's draft, and returns what goes into the plan."""
