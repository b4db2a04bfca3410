"""The history of a plan: numbered revisions, each carrying the hash of the one before.

How a revision is hashed, so that anyone can check it by hand:

    digest(field) = SHA-256(salt + 0x01 + the field's UTF-8)
                    SHA-256(salt + 0x00) for a field that is absent
    hash          = SHA-256(canonical JSON of an object with the keys
                    previous, guild, coach, day, plan, revision, kind, at, text, charts, actor, note)

`salt` is 16 random bytes of the revision's own, `charts` the JSON array as it is stored (`records.charts.written` makes
it), `actor` the user's id in decimal, `coach` the coach's key, `day` as `2026-11-22` and `at` as
`2026-11-22T14:30:00.000000Z`. In the object text, charts, actor and note are given by their digests. Canonical is:
keys sorted, no blanks, no escapes but those that JSON demands. As the hash covers digests and not the fields, a
person's words, charts and id can be erased, together with the salt, and the chain still holds.
"""

import dataclasses
import datetime
import hashlib
import itertools
import secrets
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from peewee import SQL, ModelSelect

from bot.domain.values import ChangeKind, Chart, Coach, HistoryIssue, Plan, PlanId, Source, UserId
from bot.service.records import charts as chart_rows
from bot.service.records.canonical_json import canonical
from bot.service.records.charts import charts_in, written
from bot.service.records.plans import plan_with_id
from bot.service.records.sources import put, source_in, source_of
from storage.fields import utc_text
from storage.models import CoachRow, PlanRow, RevisionRow
from storage.queries import Parameter, Prepared, insertion

SALT_BYTES = 16
NO_CHARTS = "[]"
NO_HASH = "0" * 64
"""The hash of a plan that has no revision yet; never seen outside the transaction that posts it."""
ERASED = UserId(0)
"""The maker of a revision whose maker was erased, or was never known."""


def begin(coach: Coach, day: datetime.date, text: str, author_id: UserId, now: datetime.datetime) -> Plan:
    """Store a plan that has no revision yet; the transaction is to append one."""
    plan = Plan(PlanId(0), coach, day, text, author_id, 1, NO_HASH, now, now, author_id)
    plan_id = _INSERT_PLAN.insert(
        guild_id=coach.guild_id,
        coach=coach.id,
        day=day,
        text=text,
        author_id=author_id,
        revision=plan.revision,
        hash=plan.hash,
        posted_at=now,
        changed_at=now,
        changed_by=author_id,
    )
    return dataclasses.replace(plan, id=PlanId(plan_id))


def append(
    plan: Plan,
    kind: ChangeKind,
    actor_id: UserId,
    now: datetime.datetime,
    *,
    text: str | None = None,
    charts: Sequence[Chart] | None = None,
    note: str | None = None,
) -> Plan:
    """Store the plan's next revision and the plan as it says, and return that; see `follow`."""
    after = plan.charts if charts is None else tuple(charts)
    head = _head_of(plan)
    row = follow(head, kind, actor_id, now, text=text, charts=written(after), note=note)
    _INSERT.insert(**row.__data__)
    _UPDATE_PLAN.change(**{name: head.__data__[name] for name in ("id", *_CHANGING)})
    if after != plan.charts:
        chart_rows.put(plan.id, plan.charts, after, actor_id, row.made_at)
    return _with_head(plan, head, after)


def follow(
    plan: PlanRow,
    kind: ChangeKind,
    actor_id: UserId | None,
    now: datetime.datetime,
    *,
    charts: str,
    text: str | None = None,
    note: str | None = None,
) -> RevisionRow:
    """Return the plan's next revision, not stored yet; `plan` becomes what it says.

    A text that is not given stays as it is. No revision is older than the one before it, even when the clock was put
    back. Without an actor it is not known who made it. The charts are all of the revision, as `written`.
    """
    is_first = plan.hash == NO_HASH
    row = RevisionRow(
        plan=plan,
        revision=1 if is_first else plan.revision + 1,
        kind=kind,
        text=plan.text if text is None else text,
        charts=charts,
        actor_id=actor_id,
        note=note,
        made_at=now if is_first else max(now, plan.changed_at),
        salt=secrets.token_bytes(SALT_BYTES),
        previous_hash="" if is_first else plan.hash,
    )
    for name, digest in _digests(row).items():
        setattr(row, f"{name}_digest", digest)
    row.hash = _hash(row)
    _set_head(plan, row)
    return row


def plan_at(plan_id: PlanId, revision: int) -> Plan:
    """Return the plan as it was right after `revision` was made."""
    made = RevisionRow.get((RevisionRow.plan == plan_id) & (RevisionRow.revision == revision))
    plan = plan_with_id(plan_id)
    head = _head_of(plan)
    _set_head(head, made)
    return _with_head(plan, head, charts_in(made.charts))


def since(plan_id: PlanId, revision: int) -> list[RevisionRow]:
    """Return the plan's revisions from this one on, oldest first."""
    newer = (RevisionRow.plan == plan_id) & (RevisionRow.revision >= revision)
    return list(RevisionRow.select().where(newer).order_by(RevisionRow.revision))


def prove(plan: PlanRow, history: Sequence[RevisionRow]) -> Iterator[str]:
    """Return the faults of a history that is not stored; `plan` becomes what the history makes of it."""
    for row in history:
        row.plan = plan
        _set_head(plan, row)
    yield from map(_line, _faults(history, charts_in(history[-1].charts)))


def verify(plan_id: PlanId) -> list[HistoryIssue]:
    """Return the faults in the history of one plan; none where nothing was altered."""
    return _verify(PlanRow.select(PlanRow.id).where(PlanRow.id == plan_id))


def verify_all() -> list[HistoryIssue]:
    """Return the faults in the history of all plans."""
    return [*_verify(PlanRow.select(PlanRow.id)), *_renumbered()]


def faults() -> list[str]:
    """Return the faults in the history of all plans, for the operator."""
    return list(map(_line, verify_all()))


def _line(issue: HistoryIssue) -> str:
    return f"plan {issue.plan_id}, revision {issue.revision}: {issue.why}"


def _verify(plan_ids: "ModelSelect[PlanRow]") -> list[HistoryIssue]:
    rows = (
        RevisionRow.select(RevisionRow, PlanRow, CoachRow)
        .join(PlanRow)
        .join(CoachRow)
        .where(PlanRow.id.in_(plan_ids))
        .order_by(PlanRow.id, RevisionRow.revision)
    )
    issues = [
        HistoryIssue(PlanId(plan.id), 1, "the plan has no history")
        for plan in plan_ids.where(PlanRow.id.not_in(RevisionRow.select(RevisionRow.plan)))
    ]
    charts = chart_rows.charts_of(plan_ids)
    for plan_id, history in itertools.groupby(rows.iterator(), key=_plan_id):
        issues += _faults(history, charts.get(PlanId(plan_id), ()))
    return issues


def _renumbered() -> Iterator[HistoryIssue]:
    """Return an issue for each row whose own id is higher than any that SQLite has given."""
    given = SQL("(SELECT seq FROM sqlite_sequence WHERE name = 'plan_history')")
    for row in RevisionRow.select().where(RevisionRow.id > given):
        yield HistoryIssue(PlanId(row.plan_id), row.revision, f"its row has the id {row.id}, which was never given")


def _plan_id(row: RevisionRow) -> int:
    return row.plan_id


def _head_of(plan: Plan) -> PlanRow:
    """Return the row of a plan, with what its revisions change and what their hashes cover."""
    row = PlanRow(
        id=plan.id,
        guild_id=plan.coach.guild_id,
        coach=CoachRow(id=plan.coach.id, key=plan.coach.key),
        day=plan.day,
        text=plan.text,
        revision=plan.revision,
        hash=plan.hash,
        changed_at=plan.changed_at,
    )
    put(row, plan.source)
    return row


def _with_head(plan: Plan, head: PlanRow, charts: tuple[Chart, ...]) -> Plan:
    """Return the plan with what the row says, and with these charts."""
    return dataclasses.replace(
        plan,
        text=head.text,
        revision=head.revision,
        hash=head.hash,
        changed_at=head.changed_at,
        changed_by=UserId(head.changed_by),
        deleted_at=head.deleted_at,
        deleted_by=None if head.deleted_by is None else UserId(head.deleted_by),
        charts=charts,
        source=source_of(head),
    )


def _set_head(plan: PlanRow, made: RevisionRow) -> None:
    """Make the row say what the plan was right after the revision."""
    maker = ERASED if made.actor_id is None else made.actor_id
    deleted = made.kind == ChangeKind.DELETED
    plan.text = made.text or ""
    plan.revision = made.revision
    plan.hash = made.hash
    plan.changed_at = made.made_at
    plan.changed_by = maker
    plan.deleted_at = made.made_at if deleted else None
    plan.deleted_by = maker if deleted else None
    if source := source_in(made.note):
        put(plan, source)


def _digests(row: RevisionRow) -> dict[str, str]:
    actor = None if row.actor_id is None else str(row.actor_id)
    fields = {"text": row.text, "charts": row.charts, "actor": actor, "note": row.note}
    return {name: _digest(row.salt or b"", field) for name, field in fields.items()}


def _digest(salt: bytes, field: str | None) -> str:
    marked = b"\x00" if field is None else b"\x01" + field.encode()
    return hashlib.sha256(salt + marked).hexdigest()


def _hash(row: RevisionRow) -> str:
    covered = {
        "previous": row.previous_hash,
        "guild": row.plan.guild_id,
        "coach": row.plan.coach.key,
        "day": row.plan.day.isoformat(),
        "plan": row.plan_id,
        "revision": row.revision,
        "kind": row.kind,
        "at": utc_text(row.made_at),
        "text": row.text_digest,
        "charts": row.charts_digest,
        "actor": row.actor_digest,
        "note": row.note_digest,
    }
    return hashlib.sha256(canonical(covered).encode()).hexdigest()


def _faults(history: Iterable[RevisionRow], charts: tuple[Chart, ...]) -> Iterator[HistoryIssue]:
    last, noted, is_whole = None, None, True
    for row in history:
        if last is None and not _is_beginning(row.plan, row):
            yield HistoryIssue(PlanId(row.plan_id), row.revision, "the plan does not begin as it says")
        for why in _faults_of_revision(row, last):
            yield HistoryIssue(PlanId(row.plan_id), row.revision, why)
        last, noted, is_whole = row, source_in(row.note) or noted, is_whole and row.erased_at is None
    if last:
        source = noted if is_whole else source_of(last.plan)
        for why in _faults_of_head(last, charts, source):
            yield HistoryIssue(PlanId(last.plan_id), last.revision, why)


def _faults_of_head(last: RevisionRow, charts: tuple[Chart, ...], source: Source | None) -> Iterator[str]:
    if not _is_head(last.plan, last):
        yield "the plan is not what its last revision says"
    if written(charts) != last.charts:
        yield "the plan's charts are not what its last revision says"
    if source_of(last.plan) != source:
        yield "the plan was not saved from what its history says"


def _faults_of_revision(row: RevisionRow, last: RevisionRow | None) -> Iterator[str]:
    if row.revision != (last.revision + 1 if last else 1):
        yield "a revision before it is missing"
    if row.previous_hash != (last.hash if last else ""):
        yield "it does not follow from the one before"
    if last and row.id and row.id < last.id:
        yield "its row is older than that of the revision before it"
    if row.hash != _hash(row):
        yield "its hash does not fit it"
    if row.erased_at is not None:
        if {row.text, row.actor_id, row.note, row.salt} != {None} or row.charts != NO_CHARTS:
            yield "it is marked as erased and is not empty"
        return
    for name, digest in _digests(row).items():
        if digest != getattr(row, f"{name}_digest"):
            yield f"its {name} was altered"


def _is_beginning(plan: PlanRow, first: RevisionRow) -> bool:
    author = {plan.author_id, ERASED} if first.actor_id is None else {first.actor_id}
    return plan.posted_at == first.made_at and plan.author_id in author


def _is_head(plan: PlanRow, last: RevisionRow) -> bool:
    before = dict(plan.__data__)
    _set_head(plan, last)
    return before == plan.__data__


_CHANGING: Final = (
    "text",
    "revision",
    "hash",
    "changed_at",
    "changed_by",
    "deleted_at",
    "deleted_by",
    "source_channel_id",
    "source_message_id",
    "source_author_id",
)
"""The columns of a plan that a revision changes."""
_INSERT_PLAN: Final = insertion(
    PlanRow,
    *("guild_id", "coach", "day", "text", "author_id"),
    *("revision", "hash", "posted_at", "changed_at", "changed_by"),
)
_UPDATE_PLAN: Final = Prepared(
    lambda: PlanRow.update({getattr(PlanRow, name): Parameter(name) for name in _CHANGING}).where(
        PlanRow.id == Parameter("id")
    )
)
_INSERT: Final = insertion(
    RevisionRow,
    *("plan", "revision", "kind", "text", "charts", "actor_id", "note", "made_at", "salt"),
    *("text_digest", "charts_digest", "actor_digest", "note_digest", "previous_hash", "hash"),
)
