"""The proof of histories: each revision follows from the one before, and each plan is what its last revision says.

It works on columns as they are stored, so a million plans take minutes; see `bot.service.records.revisions`.
"""

import datetime
import itertools
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Any, NamedTuple, TypeAlias

from peewee import SQL

from bot.domain.values import ChangeKind, Chart, HistoryIssue, PlanId
from bot.service.records import lineages, revisions
from bot.service.records.charts import charts_in, written
from bot.service.records.hashes import Digests, PlanKey, digests_of, hash_of
from bot.service.records.revisions import ERASED, NO_CHARTS
from bot.service.records.sources import source_in
from storage.fields import bindable
from storage.id_sets import ids_in
from storage.models import ChartRow, CoachRow, PlanRow, RevisionRow
from storage.queries import rows_of

SLICE = 1_000
"""Plans that are read at once."""

OnProgress: TypeAlias = Callable[[int], None]
"""Called with each number of plans that were proved."""


class Head(NamedTuple):
    """A plan as stored, with its coach's key."""

    plan_id: int
    guild_id: int
    day: str
    text: str
    author_id: int
    revision: int
    hash: str
    posted_at: str
    changed_at: str
    changed_by: int
    deleted_at: str | None
    deleted_by: int | None
    source_channel_id: int | None
    source_message_id: int | None
    source_author_id: int | None
    lineage: str
    coach: str

    @property
    def key(self) -> PlanKey:
        """The part that hashes cover."""
        return PlanKey(self.plan_id, self.guild_id, self.coach, self.day)

    @property
    def source(self) -> tuple[int | None, int | None, int | None]:
        """The message that it was saved from, as `_source_in` returns it."""
        return self.source_channel_id, self.source_message_id, self.source_author_id


class Link(NamedTuple):
    """A revision as stored."""

    plan_id: int
    id: int | None
    revision: int
    kind: str
    text: str | None
    charts: str
    actor_id: int | None
    note: str | None
    made_at: str
    salt: bytes | None
    text_digest: str
    charts_digest: str
    actor_digest: str
    note_digest: str
    previous_hash: str
    hash: str
    erased_at: str | None

    @property
    def digests(self) -> Digests:
        """The digests of its fields."""
        return Digests(self.text_digest, self.charts_digest, self.actor_digest, self.note_digest)


_PLAN_IDS = PlanRow.select(PlanRow.id)
_HEADS: Sequence[Any] = tuple(getattr(PlanRow, name) for name in ("id", *Head._fields[1:-1]))
_LINKS: Sequence[Any] = (RevisionRow.plan, *(getattr(RevisionRow, name) for name in Link._fields[1:]))
_CHARTS: Sequence[Any] = tuple(
    getattr(ChartRow, name)
    for name in ("plan", "sha256", "filename", "media_type", "width", "height", "bytes", "caption", "is_spoiler")
)


def prove(plan: PlanRow, history: Sequence[RevisionRow]) -> Iterator[str]:
    """Return the faults of a history that is not stored; `plan` becomes what the history makes of it."""
    for row in history:
        row.plan = plan
        revisions.set_head(plan, row)
    plan.lineage = lineages.written(lineages.of_history(history))
    head = Head._make((*(_stored(plan, field) for field in _HEADS), plan.coach.key))
    links = [Link(*(_stored(row, field) for field in _LINKS)) for row in history]
    yield from map(_line, _faults(head, links, written(charts_in(history[-1].charts))))


def verify(plan_id: PlanId) -> list[HistoryIssue]:
    """Return the faults in the history of one plan; none where nothing was altered."""
    return list(_verify([plan_id]))


def count() -> int:
    """Return the number of plans."""
    return PlanRow.select().count()


def verify_all(on_progress: OnProgress = lambda _: None, plan_ids: Sequence[int] | None = None) -> list[HistoryIssue]:
    """Return the faults in the histories of these plans, or of all."""
    issues = list[HistoryIssue]()
    for ids in _slices() if plan_ids is None else _slices_of(plan_ids):
        issues += _verify(ids)
        on_progress(len(ids))
    return [*issues, *_renumbered()]


def faults(on_progress: OnProgress = lambda _: None, plan_ids: Sequence[int] | None = None) -> list[str]:
    """Return the faults in the histories of these plans, or of all, for the operator."""
    return list(map(_line, verify_all(on_progress, plan_ids)))


def _slices() -> Iterator[Sequence[int]]:
    """Yield the ids of all plans."""
    last = 0
    while ids := [row[0] for row in rows_of(_PLAN_IDS.where(PlanRow.id > last).order_by(PlanRow.id).limit(SLICE))]:
        yield ids
        last = ids[-1]


def _slices_of(plan_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for first in range(0, len(plan_ids), SLICE):
        yield plan_ids[first : first + SLICE]


def _line(issue: HistoryIssue) -> str:
    return f"plan {issue.plan_id}, revision {issue.revision}: {issue.why}"


def _stored(row: PlanRow | RevisionRow, field: Any) -> Any:  # noqa: ANN401 - of any column
    value = getattr(row, field.object_id_name if field is RevisionRow.plan else field.name)
    return bindable(None, 0, value) if isinstance(value, datetime.date) else value


def _verify(plan_ids: Sequence[int]) -> Iterator[HistoryIssue]:
    heads = PlanRow.select(*_HEADS, CoachRow.key).join(CoachRow).where(PlanRow.id.in_(ids_in(plan_ids)))
    of_plans = RevisionRow.plan.in_(ids_in(plan_ids))
    rows = RevisionRow.select(*_LINKS).where(of_plans).order_by(RevisionRow.plan, RevisionRow.revision)
    links = itertools.groupby(map(Link._make, rows_of(rows)), key=attrgetter("plan_id"))
    histories = {plan_id: list(history) for plan_id, history in links}
    charts = _charts(plan_ids)
    for head in map(Head._make, rows_of(heads.order_by(PlanRow.id))):
        _refuse_no_moments(head.day, head.posted_at, head.changed_at, head.deleted_at)
        if history := histories.get(head.plan_id):
            yield from _faults(head, history, charts.get(head.plan_id, NO_CHARTS))
        else:
            yield HistoryIssue(PlanId(head.plan_id), 1, "the plan has no history")


def _charts(plan_ids: Sequence[int]) -> dict[int, str]:
    """Return the charts of the plans as the last revision of each should have them; plans without are left out."""
    live = ChartRow.removed_at.is_null() & ChartRow.plan.in_(ids_in(plan_ids))
    rows = rows_of(ChartRow.select(*_CHARTS).where(live).order_by(ChartRow.plan, ChartRow.position))
    return {
        plan_id: written(Chart(*fields, is_spoiler=bool(is_spoiler)) for _, *fields, is_spoiler in charts)
        for plan_id, charts in itertools.groupby(rows, key=lambda row: row[0])
    }


def _renumbered() -> Iterator[HistoryIssue]:
    """Return an issue for each row whose own id is higher than any that SQLite has given."""
    given = SQL("(SELECT seq FROM sqlite_sequence WHERE name = 'plan_history')")
    for row in RevisionRow.select().where(RevisionRow.id > given):
        yield HistoryIssue(PlanId(row.plan_id), row.revision, f"its row has the id {row.id}, which was never given")


def _faults(head: Head, history: Sequence[Link], charts: str) -> Iterator[HistoryIssue]:
    plan_id, first, last = PlanId(head.plan_id), history[0], history[-1]
    if not _is_beginning(head, first):
        yield HistoryIssue(plan_id, first.revision, "the plan does not begin as it says")
    for before, link in zip((None, *history), history, strict=False):
        _refuse_no_moments(link.made_at, link.erased_at)
        for why in _faults_of_revision(head.key, link, before):
            yield HistoryIssue(plan_id, link.revision, why)
    for why in _faults_of_head(head, history, charts):
        yield HistoryIssue(plan_id, last.revision, why)


def _faults_of_head(head: Head, history: Sequence[Link], charts: str) -> Iterator[str]:
    last = history[-1]
    if not _is_head(head, last):
        yield "the plan is not what its last revision says"
    if charts != last.charts:
        yield "the plan's charts are not what its last revision says"
    noted = next((source for link in reversed(history) if (source := _source_in(link.note))), (None, None, None))
    if head.source != noted and all(link.erased_at is None for link in history):
        yield "the plan was not saved from what its history says"
    if head.revision == len(history) and not lineages.is_of(head.lineage, history):
        yield "the plan's lineage is not what its history says"


def _faults_of_revision(plan: PlanKey, link: Link, before: Link | None) -> Iterator[str]:
    if link.revision != (before.revision + 1 if before else 1):
        yield "a revision before it is missing"
    if link.previous_hash != (before.hash if before else ""):
        yield "it does not follow from the one before"
    if before and link.id and before.id and link.id < before.id:
        yield "its row is older than that of the revision before it"
    if link.hash != hash_of(plan, link.revision, link.kind, link.made_at, link.digests, link.previous_hash):
        yield "its hash does not fit it"
    if link.erased_at is not None:
        if (link.text, link.actor_id, link.note, link.salt, link.charts) != (None, None, None, None, NO_CHARTS):
            yield "it is marked as erased and is not empty"
        return
    digests = digests_of(link.salt, link.text, link.charts, link.actor_id, link.note)
    if digests == link.digests:
        return
    for name, digest, stored in zip(Digests._fields, digests, link.digests, strict=True):
        if digest != stored:
            yield f"its {name} was altered"


def _is_beginning(head: Head, first: Link) -> bool:
    author = {head.author_id, ERASED} if first.actor_id is None else {first.actor_id}
    return head.posted_at == first.made_at and head.author_id in author


def _is_head(head: Head, last: Link) -> bool:
    """Return whether the plan is what `revisions.set_head` makes of it."""
    maker = ERASED if last.actor_id is None else last.actor_id
    deleted = (last.made_at, maker) if last.kind == ChangeKind.DELETED else (None, None)
    expected = (last.text or "", last.revision, last.hash, last.made_at, maker, *deleted)
    found = (head.text, head.revision, head.hash, head.changed_at, head.changed_by, head.deleted_at, head.deleted_by)
    return found == expected and (_source_in(last.note) or head.source) == head.source


def _source_in(note: str | None) -> tuple[int | None, int | None, int | None] | None:
    """Return the source that a revision's note names, as a plan has it; None: it names none."""
    source = source_in(note)
    return source and (source.channel_id, source.message_id, source.author_id)


def _refuse_no_moments(*texts: str | None) -> None:
    """Go on only where each of the texts is a day or a moment.

    Raises:
        ValueError: one is not.
    """
    for text in texts:
        if text is not None:
            datetime.datetime.fromisoformat(text)
