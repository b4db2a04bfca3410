"""The revisions of a plan as they are stored, for readers."""

import datetime
import functools
import itertools
import json
from collections.abc import Callable, Collection, Mapping
from operator import attrgetter, itemgetter
from typing import Any, Final

from peewee import JOIN, SQL, Node, Select, fn

from bot.domain.values import ChangeKind, Chart, PlanId, Proof, Revision, UserId
from bot.service.records.charts import charts_in
from bot.service.records.erasure import IS_ERASED
from bot.service.records.sources import source_in
from storage.fields import moment_from, utc_text
from storage.id_sets import id_list, values_from
from storage.models import PlanRow, RevisionRow
from storage.queries import Parameter, Prepared, Rows

ENOUGH_TEXT: Final = 2**18
"""Bytes: a page of revisions ends with the one whose text reaches them."""
CHANGES_OF_TEXT: Final = (ChangeKind.POSTED, ChangeKind.EDITED, ChangeKind.REVERTED)
"""The kinds of revisions that can have another text than the one before."""


def numbered(plan_id: PlanId, number: int) -> Revision | None:
    """Return the plan's revision with this number; None: there is none."""
    return next(iter(between(plan_id, number, number)), None)


def between(plan_id: PlanId, first: int, last: int) -> list[Revision]:
    """Return the plan's revisions with the numbers from `first` to `last`, in their order."""
    return _revisions(_BETWEEN.rows(plan=plan_id, first=first, last=last))


def first_of(revisions: Collection[Revision]) -> int:
    """Return the number of the first revisions, up to the one whose text reaches what is enough; of all, if none does.

    Pages are held in memory for as long as slow readers need, whatever the texts are.
    """
    sizes = itertools.accumulate(len((each.text or "").encode()) for each in revisions)
    return min(len(revisions), 1 + sum(size < ENOUGH_TEXT for size in sizes))


def with_ids(ids: Collection[int]) -> dict[int, Revision]:
    """Return the revisions with these ids."""
    rows = _WITH_IDS.rows(ids=id_list(ids))
    return {row[0]: made for row, made in zip(rows, _revisions([row[1:] for row in rows]), strict=True)}


def of_plans(numbers: Mapping[PlanId, int]) -> dict[PlanId, tuple[str | None, tuple[Chart, ...]]]:
    """Return the text and the charts of a revision of each plan, given by its number; without missing ones."""
    rows = _OF_PLANS.rows(plans=id_list(list(numbers)), numbers=id_list(list(set(numbers.values()))))
    return {PlanId(plan): (text, charts_in(charts)) for plan, number, text, charts in rows if numbers[plan] == number}


def first_notes(plan_ids: Collection[PlanId]) -> dict[PlanId, str | None]:
    """Return the note of each plan's first revision."""
    return {PlanId(plan): note for plan, note in _FIRST_NOTES.rows(plans=id_list(plan_ids))} if plan_ids else {}


def notes_until(numbers: Mapping[PlanId, int]) -> dict[PlanId, list[str | None]]:
    """Return the notes of each plan's revisions, in their order, up to a number of its own."""
    notes: dict[PlanId, list[str | None]] = {plan_id: [] for plan_id in numbers}
    for plan_id, _, note in sorted(_NOTES_UNTIL.rows(plans=json.dumps(list(numbers.items()))), key=itemgetter(0, 1)):
        notes[PlanId(plan_id)].append(note)
    return notes


def at(plan_id: PlanId, moment: datetime.datetime) -> Revision | None:
    """Return the plan's newest revision at the moment; None: there was none yet."""
    return next(iter(_revisions(_AT.rows(plan=plan_id, moment=moment))), None)


def until(numbers: Mapping[PlanId, int]) -> dict[PlanId, list[Revision]]:
    """Return the revisions of each plan, in their order, up to a number of its own."""
    rows = _UNTIL.rows(plans=json.dumps(list(numbers.items())))
    histories: dict[PlanId, list[Revision]] = {plan_id: [] for plan_id in numbers}
    for row, revision in zip(rows, _revisions([row[1:] for row in rows]), strict=True):
        histories[PlanId(row[0])].append(revision)
    return {plan_id: sorted(each, key=attrgetter("number")) for plan_id, each in histories.items()}


def erased_among(plan_ids: Collection[PlanId]) -> set[PlanId]:
    """Return those of the plans whose text is erased."""
    return {PlanId(plan) for (plan,) in _ERASED_AMONG.rows(plans=id_list(list(plan_ids)))} if plan_ids else set()


def last_id() -> int:
    """Return the id of the last revision of all plans; 0: there is none."""
    [(last,)] = _LAST_ID.rows()
    return last or 0


def at_moments(
    moments: Mapping[PlanId, datetime.datetime], *, only_texts: bool = False, last_id: int | None = None
) -> dict[PlanId, Revision]:
    """Return the newest revision of each plan at a moment of its own; plans that had none yet are left out.

    Args:
        moments: by plan.
        only_texts: True: the newest that made the plan's text what it was.
        last_id: the id of the last revision that counts; None: all do.
    """
    listed = json.dumps([[plan_id, utc_text(moment)] for plan_id, moment in moments.items()])
    rows = _at_moments(only_texts).rows(moments=listed, last=_LAST if last_id is None else last_id)
    return {PlanId(row[0]): made for row, made in zip(rows, _revisions([row[1:] for row in rows]), strict=True)}


def beginning_with(plan_id: PlanId, digits: str, limit: int) -> list[Revision]:
    """Return the plan's revisions whose numbers begin with the digits, newest first, up to a limit."""
    return _revisions(_BEGINNING_WITH.rows(plan=plan_id, digits=digits, limit=limit))


def makers(plan_id: PlanId, first: int, last: int) -> tuple[UserId | None, ...]:
    """Return who made the revisions from `first` to `last`, each once, in the order of their first."""
    rows = _MAKERS.rows(plan=plan_id, first=first, last=last)
    return tuple(dict.fromkeys(None if maker is None else UserId(maker) for (maker,) in rows))


def proofs(plan_id: PlanId, first: int, last: int) -> list[Proof]:
    """Return the proofs of the plan's revisions with the numbers from `first` to `last`, in their order."""
    return [Proof(*row) for row in _PROOFS.rows(plan=plan_id, first=first, last=last)]


def chart_until(plan_id: PlanId, last: int, sha256: str) -> Chart | None:
    """Return the chart as the newest of the plan's revisions up to the number `last` that shows it; None: none does."""
    entry = f'"sha256":"{sha256}"'  # which no name and no caption can hold, as their quotes are escaped
    row = _SHOWING.row(plan=plan_id, last=last, entry=entry)
    return next((each for each in charts_in(row[0]) if each.sha256 == sha256), None) if row else None


def _revisions(rows: Rows) -> list[Revision]:
    """Return the rows as values; charts that several revisions have are read once."""
    charts_once = functools.cache(charts_in)
    return [_revision(row, charts_once) for row in rows]


def _revision(row: tuple[Any, ...], charts_of: Callable[[str], tuple[Chart, ...]]) -> Revision:
    number, kind, text, charts, actor_id, made_at, hash_, note, recorded_at, is_erased = row
    return Revision(
        number=number,
        kind=ChangeKind(kind),
        text=text,
        charts=charts_of(charts),
        actor_id=None if actor_id is None else UserId(actor_id),
        at=moment_from(made_at),
        hash=hash_,
        note=note,
        source=source_in(note),
        recorded_at=None if recorded_at is None else moment_from(recorded_at),
        is_erased=bool(is_erased),
    )


_COLUMNS: Final = (
    RevisionRow.revision,
    RevisionRow.kind,
    RevisionRow.text,
    RevisionRow.charts,
    RevisionRow.actor_id,
    RevisionRow.made_at,
    RevisionRow.hash,
    RevisionRow.note,
    RevisionRow.recorded_at,
    IS_ERASED,
)
_WANTED: Final = SQL("wanted.value")
_LAST: Final = 2**63 - 1
"""An id that no row exceeds."""
_OF_PLAN: Final = RevisionRow.plan == Parameter("plan")
_IS_BETWEEN: Final = _OF_PLAN & RevisionRow.revision.between(Parameter("first"), Parameter("last"))
_BETWEEN: Final = Prepared(lambda: RevisionRow.select(*_COLUMNS).where(_IS_BETWEEN).order_by(RevisionRow.revision))
_SHOWING: Final = Prepared(
    lambda: (
        RevisionRow.select(RevisionRow.charts)
        .where(
            _OF_PLAN,
            RevisionRow.revision <= Parameter("last"),
            fn.INSTR(RevisionRow.charts, Parameter("entry")) > 0,
        )
        .order_by(RevisionRow.revision.desc())
        .limit(1)
    )
)
_ERASED_AMONG: Final = Prepared(
    lambda: (
        RevisionRow.select(RevisionRow.plan)
        .join(PlanRow, on=(PlanRow.id == RevisionRow.plan) & (PlanRow.revision == RevisionRow.revision))
        .where(RevisionRow.plan.in_(values_from(Parameter("plans"))), IS_ERASED)
    )
)
_WITH_IDS: Final = Prepared(
    lambda: RevisionRow.select(RevisionRow.id, *_COLUMNS).where(RevisionRow.id.in_(values_from(Parameter("ids"))))
)
_OF_PLANS: Final = Prepared(
    lambda: RevisionRow.select(RevisionRow.plan, RevisionRow.revision, RevisionRow.text, RevisionRow.charts).where(
        RevisionRow.plan.in_(values_from(Parameter("plans"))),
        RevisionRow.revision.in_(values_from(Parameter("numbers"))),
    )
)
_UNTIL: Final = Prepared(lambda: _until(RevisionRow.plan, *_COLUMNS))
_NOTES_UNTIL: Final = Prepared(lambda: _until(RevisionRow.plan, RevisionRow.revision, RevisionRow.note))
_FIRST_NOTES: Final = Prepared(
    lambda: RevisionRow.select(RevisionRow.plan, RevisionRow.note).where(
        RevisionRow.plan.in_(values_from(Parameter("plans"))), RevisionRow.revision == 1
    )
)
_LAST_ID: Final = Prepared(lambda: RevisionRow.select(fn.MAX(RevisionRow.id)))
_MAKERS: Final = Prepared(
    lambda: RevisionRow.select(RevisionRow.actor_id).where(_IS_BETWEEN).order_by(RevisionRow.revision)
)
_PROOFS: Final = Prepared(
    lambda: (
        RevisionRow.select(
            *(RevisionRow.salt, RevisionRow.text_digest, RevisionRow.charts_digest),
            *(RevisionRow.actor_digest, RevisionRow.note_digest, RevisionRow.previous_hash),
        )
        .where(_IS_BETWEEN)
        .order_by(RevisionRow.revision)
    )
)
_AT: Final = Prepared(
    lambda: (
        RevisionRow.select(*_COLUMNS)
        .where(_OF_PLAN, RevisionRow.made_at <= Parameter("moment"))
        .order_by(RevisionRow.made_at.desc(), RevisionRow.revision.desc())
        .limit(1)
    )
)
_BEGINNING_WITH: Final = Prepared(
    lambda: (
        RevisionRow.select(*_COLUMNS)
        .where(_OF_PLAN, RevisionRow.revision.cast("TEXT").startswith(Parameter("digits")))
        .order_by(RevisionRow.revision.desc())
        .limit(Parameter("limit"))
    )
)


def _until(*columns: Node) -> Select:
    """Return the query for columns of each plan's revisions up to a number of its own."""
    return (
        RevisionRow.select(*columns)
        .from_(fn.json_each(Parameter("plans")).alias("wanted"))
        .join(RevisionRow, JOIN.CROSS)  # SQLite joins in this order
        .where(
            RevisionRow.plan == fn.json_extract(_WANTED, "$[0]"),
            RevisionRow.revision <= fn.json_extract(_WANTED, "$[1]"),
        )
    )


@functools.cache
def _at_moments(only_texts: bool) -> Prepared:
    """Return the query for the newest revisions of plans at moments; only those that changed a text, if wanted."""
    newest = RevisionRow.alias()
    found = newest.select(newest.id).where(
        newest.plan == fn.json_extract(_WANTED, "$[0]"),
        newest.made_at <= fn.json_extract(_WANTED, "$[1]"),
        newest.id <= Parameter("last"),
    )
    if only_texts:
        found = found.where(newest.kind.in_(CHANGES_OF_TEXT))
    found = found.order_by(newest.made_at.desc(), newest.revision.desc()).limit(1)
    ids = Select([fn.json_each(Parameter("moments")).alias("wanted")], [found])
    return Prepared(lambda: RevisionRow.select(RevisionRow.plan, *_COLUMNS).where(RevisionRow.id.in_(ids)))
