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
import secrets
from collections.abc import Sequence
from typing import Final

from peewee import fn

from bot.domain.values import ChangeKind, Chart, Coach, Plan, PlanId, UserId
from bot.service.records import charts as chart_rows
from bot.service.records import lineages
from bot.service.records.charts import charts_in, written
from bot.service.records.erasure import is_erased
from bot.service.records.hashes import PlanKey, digests_of, hash_of
from bot.service.records.plans import plan_with_id
from bot.service.records.sessions import calendar_of
from bot.service.records.sources import put, source_in, source_of
from storage.fields import utc_text
from storage.id_sets import values_from
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
    early_close = calendar_of(coach.guild_id).early_close(day)
    plan = Plan(
        PlanId(0), coach, day, text, author_id, 1, NO_HASH, now, now, author_id, early_close=early_close, lineage=()
    )
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
    row.recorded_at = now
    [(same,)] = _INSERT.rows(**row.__data__, lineage=head.lineage)
    lineage = list(plan.lineage)
    lineages.advance(lineage, row, same)
    head.lineage = lineages.written(lineage)
    _UPDATE_PLAN.change(**{name: head.__data__[name] for name in ("id", *_CHANGING)})
    if after != plan.charts:
        chart_rows.put(plan.id, plan.charts, after, actor_id, row.made_at)
    return _with_head(plan, head, after, is_erased=is_erased([None if plan.is_erased else plan.text, head.text]))


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
    digests = digests_of(row.salt, row.text, row.charts, row.actor_id, row.note)
    for name, digest in digests._asdict().items():
        setattr(row, f"{name}_digest", digest)
    key = PlanKey(plan.id, plan.guild_id, plan.coach.key, plan.day.isoformat())
    row.hash = hash_of(key, row.revision, row.kind, utc_text(row.made_at), digests, row.previous_hash)
    set_head(plan, row)
    return row


def plan_at(plan_id: PlanId, revision: int) -> Plan:
    """Return the plan as it was right after `revision` was made."""
    plan = plan_with_id(plan_id)
    if plan.revision == revision:
        return plan
    until = (RevisionRow.plan == plan_id) & (RevisionRow.revision <= revision)
    history = list(RevisionRow.select(*_MADE).where(until).order_by(RevisionRow.revision).namedtuples())
    made, head = history[-1], _head_of(plan)
    set_head(head, made)
    head.lineage = lineages.written(lineages.of_history(history))
    return _with_head(plan, head, charts_in(made.charts), is_erased=is_erased([each.text for each in history]))


def since(plan_id: PlanId, revision: int) -> list[RevisionRow]:
    """Return the plan's revisions from this one on, oldest first."""
    newer = (RevisionRow.plan == plan_id) & (RevisionRow.revision >= revision)
    return list(RevisionRow.select().where(newer).order_by(RevisionRow.revision))


def set_head(plan: PlanRow, made: RevisionRow) -> None:
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
        lineage=lineages.written(plan.lineage),
    )
    put(row, plan.source)
    return row


def _with_head(plan: Plan, head: PlanRow, charts: tuple[Chart, ...], *, is_erased: bool) -> Plan:
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
        lineage=lineages.read(head.lineage),
        is_erased=is_erased,
    )


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
    "lineage",
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
_FIELDS: Final = (
    *("plan", "revision", "kind", "text", "charts", "actor_id", "note", "made_at", "salt"),
    *("text_digest", "charts_digest", "actor_digest", "note_digest", "previous_hash", "hash", "recorded_at"),
)
_MADE: Final = tuple(
    getattr(RevisionRow, name) for name in ("revision", "kind", "text", "charts", "actor_id", "note", "made_at", "hash")
)
"""The columns that say what the plan was right after a revision."""
_Earlier: Final = RevisionRow.alias()
_SAME: Final = _Earlier.select(fn.MAX(_Earlier.revision)).where(
    _Earlier.plan == Parameter("plan"),
    _Earlier.revision.in_(values_from(Parameter("lineage"))),
    _Earlier.text == Parameter("text"),
    _Earlier.charts == Parameter("charts"),
)
"""The revision of the lineage with the same text and charts; null: there is none."""
_INSERT: Final = Prepared(
    lambda: RevisionRow.insert({getattr(RevisionRow, name): Parameter(name) for name in _FIELDS}).returning(_SAME)
)
