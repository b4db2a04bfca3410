"""Texts and pictures on their way into the book, kept so that nothing is lost."""

import dataclasses
import datetime
from typing import cast

from peewee import Expression, ModelSelect, fn

from bot.domain.clock import Clock
from bot.domain.days import DateOrder, UnknownDayError, parse_day
from bot.domain.errors import (
    DoneAlreadyError,
    DraftGoneError,
    ServerDraftsFullError,
    UserDraftsFullError,
)
from bot.domain.values import (
    Actor,
    Chart,
    Draft,
    DraftId,
    DraftKind,
    GuildId,
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
from bot.service.records.charts import Pictures, read, written
from bot.service.records.roster import Roster
from bot.service.transactions import Service, reads, reads_first, writes
from storage.models import DraftRow, PlanRow
from storage.store import Store

_MIB = 2**20
_NO_PICTURES = written(())


class DraftService(Service):
    """Keeps drafts until they are used, discarded or too old."""

    def __init__(self, store: Store, clock: Clock, guilds: GuildService, quotas: Quotas) -> None:
        super().__init__(store, clock, guilds)
        self._quotas = quotas

    @writes
    def keep(
        self, actor: Actor, submission: Submission, made_by: OperationId | None = None, *, is_limited: bool = True
    ) -> Draft:
        """Keep a submission exactly as it is, with what it is meant for, in the place of the draft it came from.

        What one operation makes is one draft, however often it is delivered.

        Without pictures of its own it has those of that draft. The day is kept as a date: "tomorrow" means another
        day when the draft is used later.

        Args:
            actor: whose it is.
            submission: the text, the pictures and what they are meant for.
            made_by: the operation that makes it.
            is_limited: refuse a new draft of a stranger, and what the quotas have no room for. Not limited is what was
                acknowledged before, as nobody may have its text any more.

        Raises:
            NoCoachError: the actor has no part in any plan, and would take the room of those who have.
            DraftsFullError: a quota is used up; nothing else is dropped for it.
            DoneAlreadyError: the operation has changed a plan already, so there is nothing to keep.
        """
        if made_by and (done := operations.outcome(made_by)):
            raise DoneAlreadyError(done)
        plan = _plan(actor.guild_id, submission.plan_id)
        day = (
            submission.day
            if submission.kind is DraftKind.EDIT
            else _settled(submission.day, self.guilds.today(actor), actor.date_order)
        )
        before = _row(actor, submission.draft_id) or _row(actor, operations.draft_of(made_by))
        row = before or DraftRow(guild_id=actor.guild_id, user_id=actor.user_id, pictures=_NO_PICTURES)
        had = _pictures_size(row.pictures)
        row.kind = submission.kind
        row.text = submission.text
        row.coach = plan.coach.key if plan else submission.coach
        row.day = plan.day.isoformat() if plan else day
        row.plan = plan
        row.seen = submission.seen
        row.created_at = self.now(actor)
        if submission.pictures:
            row.pictures = written(submission.pictures)
        if submission.source:
            sources.put(row, submission.source)
        if is_limited and before is None:
            Roster.of(actor.guild_id).require_poster(actor)
            _refuse_too_many(self._quotas, actor)
        if is_limited and (before is None or _pictures_size(row.pictures) > had):
            _refuse_too_much(self._quotas, actor, row)
        row.save()
        if made_by:
            operations.record_draft(made_by, DraftId(row.id), row.created_at)
        return dataclasses.replace(_draft_of(row), replaces_charts=submission.replaces_charts)

    @reads
    def pictures(self, actor: Actor, submission: Submission) -> Pictures:
        """Return the pictures of a submission, or else of the draft that it comes from."""
        return submission.pictures or _pictures(_row(actor, submission.draft_id))

    @writes
    def put_pictures(self, actor: Actor, draft_id: DraftId, pictures: Pictures) -> None:
        """Let the draft, or the plan that was made of it and waits for them, have these pictures."""
        has_pictures = DraftRow.pictures != _NO_PICTURES  # they may be used up meanwhile, and the text kept
        DraftRow.update(pictures=written(pictures)).where(_is_theirs(actor, draft_id) & has_pictures).execute()
        late_pictures.put(draft_id, pictures)

    @reads
    def list(self, actor: Actor) -> list[Draft]:
        """The actor's drafts in this guild, newest first."""
        return [_draft_of(row) for row in _theirs(actor)]

    @reads
    def usage(self, actor: Actor) -> tuple[Usage, Usage]:
        """Return the used part of the actor's quotas: of drafts, and of their MiB."""
        own = [size for user_id, _, size in _sizes(actor.guild_id) if user_id == actor.user_id]
        quotas = self._quotas
        return Usage(len(own), quotas.user_drafts), Usage(sum(own) // _MIB, quotas.user_draft_mib)

    @writes
    def discard(self, actor: Actor, draft_id: DraftId) -> Draft:
        """Remove the actor's draft.

        Raises:
            DraftGoneError: it was used, is too old, or is another's.
        """
        row = _there(actor, draft_id)
        row.delete_instance()
        return _draft_of(row)

    @reads_first
    def take(self, actor: Actor, draft_id: DraftId) -> Draft:
        """The actor's draft; it stays kept until the post or edit that uses it.

        Raises:
            DraftGoneError: it was used, is too old, or is another's.
        """
        return _draft_of(_there(actor, draft_id))


@dataclasses.dataclass(frozen=True, slots=True)
class Used:
    """What a draft brings into the plan that it becomes."""

    pictures: Pictures = ()
    source: Source | None = None

    @property
    def charts(self) -> tuple[Chart, ...]:
        """The pictures that are kept."""
        return tuple(picture for picture in self.pictures if isinstance(picture, Chart))


def use(actor: Actor, draft_id: DraftId | None, operation: OperationId) -> Used:
    """Use the draft up for what the operation makes of it; None: there is none, and it brings nothing.

    Raises:
        DraftGoneError: it was used, is too old, or is another's.
    """
    if draft_id is None:
        return Used()
    row = _there(actor, draft_id)
    row.delete_instance()
    operations.record_use(draft_id, operation)
    return Used(read(row.pictures), sources.source_of(row))


def use_pictures(actor: Actor, draft_id: DraftId | None, operation: OperationId) -> None:
    """Use up the draft's pictures; a text that it has beside them stays a draft.

    Raises:
        DraftGoneError: they were used, are too old, or are another's.
    """
    if draft_id is None:
        return
    row = _there(actor, draft_id)
    if row.pictures == _NO_PICTURES:
        raise DraftGoneError
    if _draft_of(row).has_text:
        row.pictures = _NO_PICTURES
        row.save()
    else:
        row.delete_instance()
    operations.record_use(draft_id, operation)


def waiting() -> list[Draft]:
    """The drafts, whosever they are, with pictures still to be fetched."""
    found = map(_draft_of, DraftRow.select().where(DraftRow.pictures.contains('"url"')))
    return [draft for draft in found if len(draft.charts) < len(draft.pictures)]


def sweep(oldest: datetime.datetime) -> int:
    """Throw away the drafts that were kept before `oldest`, and say how many."""
    return cast(int, DraftRow.delete().where(DraftRow.created_at < oldest).execute())


def _row(actor: Actor, draft_id: DraftId | None) -> DraftRow | None:
    return None if draft_id is None else DraftRow.get_or_none(_is_theirs(actor, draft_id))


def _there(actor: Actor, draft_id: DraftId) -> DraftRow:
    row = _row(actor, draft_id)
    if row is None:
        raise DraftGoneError
    return row


def _pictures(row: DraftRow | None) -> Pictures:
    return read(row.pictures) if row else ()


def _theirs(actor: Actor) -> "ModelSelect[DraftRow]":
    theirs = (DraftRow.guild_id == actor.guild_id) & (DraftRow.user_id == actor.user_id)
    return DraftRow.select().where(theirs).order_by(DraftRow.created_at.desc(), DraftRow.id.desc())


def _refuse_too_many(quotas: Quotas, actor: Actor) -> None:
    """Go on only if the quotas have room for one more draft."""
    writers = [user_id for user_id, _, _ in _sizes(actor.guild_id)]
    if writers.count(actor.user_id) >= quotas.user_drafts:
        raise UserDraftsFullError(f"the limit is {quotas.user_drafts:,}")
    if len(writers) >= quotas.server_drafts:
        raise ServerDraftsFullError(f"the limit is {quotas.server_drafts:,}")


def _refuse_too_much(quotas: Quotas, actor: Actor, draft: DraftRow) -> None:
    """Go on only with a draft that the quotas have the bytes for, in the place of what it was before."""
    others = [(user_id, size) for user_id, draft_id, size in _sizes(actor.guild_id) if draft_id != draft.id]
    size = len(draft.text) + _pictures_size(draft.pictures)
    if size + sum(size for user_id, size in others if user_id == actor.user_id) > quotas.user_draft_mib * _MIB:
        raise UserDraftsFullError(f"the limit is {quotas.user_draft_mib:,} MiB")
    if size + sum(size for _, size in others) > quotas.server_draft_mib * _MIB:
        raise ServerDraftsFullError(f"the limit is {quotas.server_draft_mib:,} MiB")


def _sizes(guild_id: GuildId) -> list[tuple[int, int, int]]:
    """The writer, the id and the size of each draft of the guild: characters, and bytes of pictures."""
    columns = (DraftRow.user_id, DraftRow.id, fn.LENGTH(DraftRow.text).coerce(False), DraftRow.pictures)
    found = DraftRow.select(*columns).where(DraftRow.guild_id == guild_id).tuples()
    rows = cast("list[tuple[int, int, int, str]]", list(found))
    return [(user_id, draft_id, length + _pictures_size(pictures)) for user_id, draft_id, length, pictures in rows]


def _pictures_size(pictures: str) -> int:
    return sum(picture.size for picture in read(pictures))


def _settled(day: str | None, today: datetime.date, order: DateOrder | None) -> str | None:
    """The day that the words mean today; words that mean none stay, for their writer to mend."""
    try:
        return parse_day(day, today, order).isoformat()
    except UnknownDayError:
        return day


def _is_theirs(actor: Actor, draft_id: DraftId) -> Expression:
    return (DraftRow.id == draft_id) & (DraftRow.guild_id == actor.guild_id) & (DraftRow.user_id == actor.user_id)


def _plan(guild_id: GuildId, plan_id: PlanId | None) -> PlanRow | None:
    return PlanRow.get_or_none((PlanRow.id == plan_id) & (PlanRow.guild_id == guild_id))


def _draft_of(row: DraftRow) -> Draft:
    return Draft(
        id=DraftId(row.id),
        guild_id=GuildId(row.guild_id),
        user_id=UserId(row.user_id),
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
