"""Merges: what two people wrote at once is all there, or they are asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.merge import MergeConflictError, merge

PLAN = "ES:\nlong 5990\nstop 5980\n\nNQ:\nflat"
_LINES = ["a", "b", "b", "", " ", "stop 945", "börse", "👩\u200d💻", "e\u0301", "\u2028", "x\ry", "\x0b"]
TEXTS = st.one_of(st.text(max_size=40), st.lists(st.sampled_from(_LINES), max_size=12).map("\n".join))
ENDED = TEXTS.map(lambda text: text.replace("\r\n", "\n"))


def outcome(base: str, one: str, other: str) -> str | None:
    """The merged text; None: a conflict."""
    try:
        return merge(base, one, other)
    except MergeConflictError:
        return None


@pytest.mark.parametrize(
    ("base", "one", "other", "merged"),
    [
        (PLAN, PLAN.replace("5990", "6000"), PLAN.replace("flat", "short"), "ES:\nlong 6000\nstop 5980\n\nNQ:\nshort"),
        ("a\nb\nc", "A\nb\nc", "a\nB\nc", "A\nB\nc"),  # neighbors
        ("a\nb\nc", "A\nb\nC", "a\nB\nc", "A\nB\nC"),
        ("a\nb", "a\nB", "a\nb\nc", "a\nB\nc"),  # added after a changed line
        ("a\nb", "A\nb", "new\na\nb", "new\nA\nb"),
        ("a\nb\nc", "b\nc", "a\nc", "c"),  # two deletions
        ("a\nb\nc\nd", "a\nc\nd", "a\nb\nc\nd\ne", "a\nc\nd\ne"),
        ("a\nb\nc", "a\nX\nc", "a\nX\nc", "a\nX\nc"),  # the same change
        ("a\nb", "a\nb\nc", "a\nb\nc", "a\nb\nc"),
        ("a\r\nb\r\nc", "A\nb\nc", "a\r\nb\r\nC", "A\nb\nC"),
        ("a\nb", "a\nb\n", "A\nb", "A\nb\n"),  # a line end at the end
        ("ä\nö", "Ä\nö", "ä\no\u0308", "Ä\no\u0308"),
        ("x\na\na\na\ny", "X\na\na\na\nY", "x\na\nB\na\ny", "X\na\nB\na\nY"),  # lines that occur more than once
        ("", "", "a", "a"),
    ],
)
def test_changes_of_different_lines_are_merged(base: str, one: str, other: str, merged: str):
    assert merge(base, one, other) == merge(base, other, one) == merged


@pytest.mark.parametrize(
    ("base", "one", "other"),
    [
        ("a\nb\nc", "a\nX\nc", "a\nY\nc"),  # the same line
        ("a\nb\nc", "a\nX\nc", "a\nc"),  # changed and deleted
        ("a\nb\nc", "a\nc", "a\nnew\nb\nc"),  # deleted and added at the same place
        ("a\nb\nc", "a\nc", "a\nb\nnew\nc"),
        ("a\nb", "a\nb\nc", "a\nb\nd"),  # added at the same place
        ("a\nb", "a\nb\nc", "a\nB\nd"),
        ("a\nb\nc", "", "a\nb\nC"),
        ("x\na\na\na\ny", "X\na\nM\na\nY", "x\na\nN\na\ny"),
        ("e\u0301", "e\u0300", "é"),
    ],
)
def test_changes_of_the_same_lines_conflict(base: str, one: str, other: str):
    for both in ((one, other), (other, one)):
        with pytest.raises(MergeConflictError):
            merge(base, *both)


@given(TEXTS, ENDED)
def test_a_merge_with_no_other_change_is_the_changed_text(base: str, changed: str):
    assert merge(base, base, changed) == merge(base, changed, base) == merge(base, changed, changed) == changed


@given(TEXTS, TEXTS, TEXTS)
def test_the_order_of_the_texts_makes_no_difference(base: str, one: str, other: str):
    assert outcome(base, one, other) == outcome(base, other, one)


@given(st.lists(st.tuples(st.sampled_from(_LINES), st.sampled_from(["one", "other", ""])), min_size=1, max_size=12))
def test_changes_of_different_lines_are_always_merged_and_both_are_there(lines: list[tuple[str, str]]):
    def text(*sides: str) -> str:
        return "\n".join(f"{side} {number}" if side in sides else line for number, (line, side) in enumerate(lines))

    assert merge(text(), text("one"), text("other")) == text("one", "other")


@given(st.lists(st.sampled_from(["", "one adds", "one deletes", "other adds", "other deletes"]), max_size=12))
def test_lines_added_and_deleted_apart_from_each_other_are_all_merged(acts: list[str]):
    """A line that nobody touches is between any two acts."""

    def text(*sides: str) -> str:
        made: list[str] = []
        for number, act in enumerate(acts):
            is_done = act.partition(" ")[0] in sides
            made += [] if is_done and act.endswith("deletes") else [f"line {number}"]
            made += [f"{act} {number}"] if is_done and act.endswith("adds") else []
            made.append(f"between {number}")
        return "\n".join(made)

    assert merge(text(), text("one"), text("other")) == text("one", "other")


def test_the_longest_texts_are_merged_without_comparing_all_their_lines():
    same = "\n" * 3990

    assert merge(f"a{same}b", f"A{same}b", f"a{same}B") == f"A{same}B"
    assert outcome("\n".join("ab" * 1000), "\n".join("ba" * 1000), "\n".join("aab" * 666)) is None
