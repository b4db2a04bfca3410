"""Exports prove themselves: every alteration is found."""

import functools
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from bot.domain.values import Plan
from bot.service.transfer import imports
from bot.service.transfer.journal import Head, PlanLine, RevisionLine
from bot.service.transfer.journal_reader import InvalidJournalError
from storage.models import PlanRow, RevisionRow
from storage.store import Store
from tests.new_database import open_new_store
from tests.service.erasing import erase
from tests.service.scene import Services
from tests.service.transfer.journals import Change, Lines, all_of, journal_lines, prove, take_in, written

CHART = {"sha256": "0" * 64, "filename": "x.png", "media_type": "image/png", "width": 1, "height": 1, "bytes": 1}


async def test_the_program_in_the_docs_proves_an_export(store: Store, services: Services, plan: Plan, tmp_path: Path):
    await store.write(erase, plan.id, 2)
    path = tmp_path / "book.jsonl"
    path.write_bytes(await all_of(store, services))

    proved = prove(path)

    assert proved.stderr == ""
    assert (
        proved.stdout.splitlines()[0]
        == f"plan {plan.id}: proved up to {journal_lines(path.read_bytes())[3]['hash'][:8]}"
    )
    assert len(proved.stdout.splitlines()) == 4


def _later(lines: Lines, number: int) -> dict[str, Any]:
    return next(line for line in lines if line["type"] == "revision" and line["revision"] == number)


OTHER: dict[str, Any] = {
    "guild": "501",
    "coach": "i",
    "day": "2026-11-25",
    "plan": 3,
    "author": "2",
    "revisions": 3,
    "revision": 3,
    "kind": "edited",
    "at": "2026-11-22T15:00:00.000001Z",
    "actor": "2",
    "salt": "00" * 16,
    "charts": [],
    "previous": "0" * 64,
    "hash": "0" * 64,
    "erased_at": "2026-11-22T15:00:00.000000Z",
    "text": "Long 950",
    "note": "a note",
    "digests": {"text": "0" * 64},
}
"""Something else for each field that the proof covers."""


NOT_COVERED = {"type", "version", "recorded_at"}
"""The line that says how the others are to be read, and the time that each database has of its own."""


def _fields_of(kind: type[BaseModel], place: str) -> list[tuple[str, str]]:
    return [(place, name) for name in kind.model_fields if name not in NOT_COVERED]


def _place(lines: Lines, place: str) -> dict[str, Any]:
    """The beginning, the plan that was changed in each way, or a revision of it: first, with charts, or last."""
    where = {"head": 0, "plan": 3, "revision": 1, "charted": 2, "last": 4}[place]
    return lines[where] if place in ("head", "plan") else _later(lines, where)


def _alter(lines: Lines, place: str, field: str) -> None:
    altered = _place(lines, place)
    if field == "digests":
        altered["digests"] |= OTHER["digests"]
    else:
        altered[field] = OTHER[field]


def _erase_with(**left: Any) -> Change:
    """Mark a revision as erased and leave something in it."""

    def change(lines: Lines) -> None:
        nothing = {"text": None, "actor": None, "note": None, "salt": None, "charts": []}
        _later(lines, 2).update({**nothing, "erased_at": OTHER["erased_at"], **left})

    return change


CHANGES: dict[str, Change] = {
    **{
        f"{place}: {field}": functools.partial(_alter, place=place, field=field)
        for place, field in (
            *_fields_of(Head, "head"),
            *_fields_of(PlanLine, "plan"),
            *(each for place in ("revision", "charted", "last") for each in _fields_of(RevisionLine, place)),
        )
        if (place, field) not in {("revision", "charts"), ("revision", "previous"), ("last", "kind")}
    },
    "another caption": lambda lines: _later(lines, 2)["charts"][0].update(caption="bought the low"),
    "another order of charts": lambda lines: _later(lines, 2)["charts"].reverse(),
    "a revision less in the middle": lambda lines: lines.remove(_later(lines, 2)),
    "a revision less at the end": lambda lines: lines.remove(_later(lines, 4)),
    "a revision twice": lambda lines: lines.append({**_later(lines, 1), "text": "Long 950"}),
    "erased, and a text": _erase_with(text="Long 950"),
    "erased, and a maker": _erase_with(actor="2"),
    "erased, and charts": _erase_with(charts=[{**CHART, "caption": "bought the low"}]),
}
"""Alterations of a file; each is found."""


@pytest.mark.parametrize("what", CHANGES)
async def test_whatever_is_altered_is_found_by_the_program_and_by_the_import(
    store: Store, services: Services, plan: Plan, tmp_path: Path, what: str
):
    lines = journal_lines(await all_of(store, services))
    CHANGES[what](lines)
    path = tmp_path / "book.jsonl"
    path.write_bytes(written(lines))
    await store.close()
    other = open_new_store(tmp_path / "other.db")

    assert prove(path).returncode == 1
    with pytest.raises((imports.InvalidImportError, InvalidJournalError)):
        await take_in(other, path, plan.posted_at)
    assert not await other.read(lambda: list(PlanRow.select()) + list(RevisionRow.select()))
    await other.close()
