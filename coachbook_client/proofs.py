"""The proof that nobody altered a history: each revision carries the hash of the one before."""

import dataclasses
import datetime
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from coachbook_client.errors import TamperedError, UnprovableError
from coachbook_client.values import Chart, Plan, Revision, State

_NUMBER: Final = re.compile("[1-9][0-9]*")


def verify(revisions: Iterable[Revision], plan: Plan | None = None) -> None:
    """Check that a plan’s revisions, oldest first and from the first on, are what their hashes say.

    `plan`: check as well that it is what one of them says. Read the revisions after it, so that they have it.

    What was erased is only known by its digest. Compare the hash of a revision with a hash that you stored to learn
    that it is the history that you saw then.

    Raises:
        TamperedError: a revision does not fit its hash, or the plan is not what its revision says.
        UnprovableError: the plan has a text or charts, and its revision was erased; all else is proven.
    """
    proven = tuple(revisions)
    if not proven:
        raise TamperedError(1, "it is missing")
    previous = ""
    for number, revision in enumerate(proven, 1):
        if revision.revision != number:
            raise TamperedError(revision.revision, f"revision {number} is missing before it")
        if _plan_of(revision) != _plan_of(proven[0]):
            raise TamperedError(number, "it is of another plan")
        if revision.proof.previous != previous:
            raise TamperedError(number, "it does not follow from the one before")
        if why := next(_faults(revision), None):
            raise TamperedError(number, why)
        previous = revision.hash
    if plan:
        _compare(plan, proven)


def _compare(plan: Plan, revisions: Iterable[Revision]) -> None:
    """Check that the plan is what one of the revisions says; one that was deleted may come without text and charts.

    Raises:
        TamperedError: it is not.
        UnprovableError: it has a text or charts, and its revision was erased.
    """
    revision = next((each for each in revisions if _is_of(plan, each)), None)
    if revision is None:
        raise TamperedError(plan.revision, "the plan is not what it says")
    is_bare = (plan.text, plan.charts) == (None, ()) and plan.is_erased <= revision.is_erased
    if _content(plan) == _content(revision) or (plan.is_deleted and is_bare):
        return
    if revision.is_erased and not plan.is_erased:
        raise UnprovableError(plan.revision)
    raise TamperedError(plan.revision, "the plan is not what it says")


def _is_of(plan: Plan, revision: Revision) -> bool:
    """Return whether the plan is of this revision, whatever its text and charts are."""
    proof = revision.proof
    named = (plan.id, plan.coach.key, plan.day.isoformat()) == (proof.plan, proof.coach, proof.day)
    return named and _change(plan) == _change(revision)


def _change(state: State) -> tuple[object, ...]:
    return state.revision, state.kind, state.made_at, state.hash


def _content(state: State) -> tuple[object, ...]:
    return state.text, state.charts, state.is_erased


def _plan_of(revision: Revision) -> tuple[object, ...]:
    proof = revision.proof
    return proof.guild, proof.coach, proof.day, proof.plan


def _faults(revision: Revision) -> Iterator[str]:
    proof = revision.proof
    try:
        salt, covered = bytes.fromhex(proof.salt or ""), _covered(revision)
    except (ValueError, OverflowError):
        yield "its proof can’t be read"
        return
    if hashlib.sha256(_canonical(covered)).hexdigest() != revision.hash:
        yield "its hash does not fit it"
    # The hash covers the name of the change in the database, and the API says it in words.
    if proof.kind.replace("_", " ").replace("taken back", "reverted") != revision.kind:
        yield "its kind was altered"
    if proof.salt is None:
        if not revision.is_erased or revision.text is not None or revision.charts:
            yield "it is not erased, and its proof is"
        return
    # A change of the charts alone has the empty text if that before it was erased.
    if _digest(salt, "" if revision.is_erased and revision.text is None else revision.text) != proof.text:
        yield "its text was altered"
    if _digest(salt, _stored(revision.charts)) != proof.charts:
        yield "its charts were altered"
    if revision.is_erased and revision.text is not None:
        yield "it is erased, and its proof is not"


def _covered(revision: Revision) -> dict[str, Any]:
    """Return what the hash covers.

    Raises:
        OverflowError: no calendar has its time.
        ValueError: the guild is not a number as the API writes it.
    """
    if not _NUMBER.fullmatch(revision.proof.guild):
        raise ValueError(revision.proof.guild)
    covered = dataclasses.asdict(revision.proof)
    del covered["salt"]
    made_at = revision.made_at.astimezone(datetime.UTC).replace(tzinfo=None)
    return {
        **covered,
        "guild": int(revision.proof.guild),
        "revision": revision.revision,
        "at": f"{made_at.isoformat(timespec='microseconds')}Z",
    }


def _stored(charts: Iterable[Chart]) -> str:
    """Return the charts as the hash covers them."""
    entries = list[dict[str, Any]]()
    for chart in charts:
        entry = dataclasses.asdict(chart)
        entry["bytes"] = entry.pop("size")
        is_spoiler = entry.pop("is_spoiler")
        entries.append({**entry, "spoiler": True} if is_spoiler else entry)
    return _canonical(entries).decode()


def _canonical(value: object) -> bytes:
    """Return the value as JSON: keys sorted, no blanks, no escapes but those that JSON demands."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def _digest(salt: bytes, field: str | None) -> str:
    marked = b"\x00" if field is None else b"\x01" + field.encode("utf-8", "surrogatepass")
    return hashlib.sha256(salt + marked).hexdigest()
