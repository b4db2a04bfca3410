"""Journals that somebody else may have written: refused with the line."""

from pathlib import Path

import pytest

from bot.domain.values import Plan
from bot.service.transfer import imports
from bot.service.transfer.journal_reader import InvalidJournalError
from storage.store import Store
from tests.service.scene import Services
from tests.service.transfer.journals import Change, all_of, journal_lines, written

BROKEN: dict[str, tuple[Change, str]] = {
    "nothing": (lambda lines: lines.clear(), "line 1: the file is empty"),
    "no beginning": (lambda lines: lines.pop(0), "line 1: a line of the type coach is out of place"),
    "two beginnings": (lambda lines: lines.append(lines[0]), "line 16: a line of the type coachbook is out"),
    "another version": (lambda lines: lines[0].update(version=2), "line 1: .*version"),
    "a coach twice": (lambda lines: lines.insert(1, lines[1]), "line 3: coach d has a line already"),
    "a plan twice": (lambda lines: lines.insert(3, lines[3]), "line 5: plan 1 has a line already"),
    "no coach": (lambda lines: lines.pop(1), "line 3: the coach d has no line"),
    "no plan": (lambda lines: lines.pop(3), "line 7: plan 1 has no line"),
    "revisions before plans": (lambda lines: lines.insert(2, lines.pop()), "line 4: .* is out of place"),
    "a field too many": (lambda lines: lines[3].update(more=1), "line 4: .*more"),
    "a field too few": (lambda lines: lines[3].pop("author"), "line 4: .*author"),
    "no day": (lambda lines: lines[3].update(day="2026-13-01"), "line 4: .*day"),
    "no moment": (lambda lines: lines[-1].update(at="yesterday"), "line 15: .*at"),
    "a number as text": (lambda lines: lines[3].update(plan="1"), "line 4: .*plan"),
    "a huge id": (lambda lines: lines[3].update(plan=2**64), "line 4: .*plan"),
    "a strange kind": (lambda lines: lines[-1].update(kind="burnt"), "line 15: .*kind"),
    "a revision that no program can count": (lambda lines: lines[-1].update(revision=2**70), "line 15: .*revision"),
    "a coach that is named like a file": (lambda lines: lines[1].update(key="../d"), "line 2: .*key"),
    "a line too long": (lambda lines: lines[-1].update(text="x" * 2**20), "line 15: it has more than"),
}
"""Parts that a file may lack, and the words that say where."""


@pytest.mark.parametrize("what", BROKEN)
async def test_a_broken_file_is_refused_with_the_line(
    store: Store, services: Services, plan: Plan, tmp_path: Path, what: str
):
    damage, says = BROKEN[what]
    lines = journal_lines(await all_of(store, services))
    assert len(lines) == 15
    damage(lines)
    path = tmp_path / "book.jsonl"
    path.write_bytes(written(lines))

    with pytest.raises(InvalidJournalError, match=says):
        imports.read_file(path)


async def test_a_cut_file_is_refused(store: Store, services: Services, plan: Plan, tmp_path: Path):
    whole = await all_of(store, services)
    path = tmp_path / "book.jsonl"
    for end in range(0, len(whole) - 1, 97):
        path.write_bytes(whole[:end])
        with pytest.raises(InvalidJournalError):
            imports.read_file(path)


@pytest.mark.parametrize("name", ["\x00a", "a\x1b[2Jb", "a\u202eb", "a\nb", " a", "\u200b", "\u2800"])
async def test_a_coachs_name_that_nobody_could_give_is_refused(
    store: Store, services: Services, plan: Plan, tmp_path: Path, name: str
):
    lines = journal_lines(await all_of(store, services))
    lines[1]["name"] = name
    path = tmp_path / "book.jsonl"
    path.write_bytes(written(lines))

    with pytest.raises(InvalidJournalError, match=r"line 2: the coach’s name .* is invalid") as caught:
        imports.read_file(path)

    assert str(caught.value).isprintable()
