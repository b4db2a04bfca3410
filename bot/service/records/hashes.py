"""The digests and the hash of a revision; the recipe stands in `bot.service.records.revisions`."""

import hashlib
from typing import NamedTuple

from bot.service.records.canonical_json import canonical


class PlanKey(NamedTuple):
    """The part of a plan that the hashes of its revisions cover."""

    plan_id: int
    guild_id: int
    coach: str
    day: str


class Digests(NamedTuple):
    """The digests of what can be erased of a revision."""

    text: str
    charts: str
    actor: str
    note: str


def digests_of(salt: bytes | None, text: str | None, charts: str, actor_id: int | None, note: str | None) -> Digests:
    """Return the digests of a revision's fields; an erased one has no salt."""
    actor = None if actor_id is None else str(actor_id)
    return Digests(*(_digest(salt or b"", field) for field in (text, charts, actor, note)))


def hash_of(plan: PlanKey, revision: int, kind: str, at: str, digests: Digests, previous: str) -> str:
    """Return the hash of a revision, which follows the one with the hash `previous`."""
    covered = {
        "previous": previous,
        "guild": plan.guild_id,
        "coach": plan.coach,
        "day": plan.day,
        "plan": plan.plan_id,
        "revision": revision,
        "kind": kind,
        "at": at,
        **digests._asdict(),
    }
    return hashlib.sha256(canonical(covered).encode()).hexdigest()


def _digest(salt: bytes, field: str | None) -> str:
    marked = b"\x00" if field is None else b"\x01" + field.encode()
    return hashlib.sha256(salt + marked).hexdigest()
