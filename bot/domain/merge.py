"""Merge of two texts that were made from a third, line by line."""

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.domain.diff import Match, matches

_LINE = re.compile(r"[^\n]*\n")


class MergeConflictError(Exception):
    """Both texts changed the same lines, or added lines at the same place."""


class _Change(NamedTuple):
    """Lines of the base, from `start` to before `end`, and those that replace them."""

    start: int
    end: int
    after: tuple[str, ...]

    @property
    def keeps_lines(self) -> bool:
        """True if each line is replaced by one."""
        return self.end - self.start == len(self.after)


def merge(base: str, one: str, other: str) -> str:
    r"""Return the base with the changes of both texts, in whichever order these are given; lines end with "\n".

    Raises:
        MergeConflictError: the changes are not of different lines.
    """
    lines = _lines(base)
    changes = sorted({*_changes(lines, _lines(one)), *_changes(lines, _lines(other))})
    if any(itertools.starmap(_conflict, itertools.pairwise(changes))):
        raise MergeConflictError
    merged: list[str] = []
    done = 0
    for change in changes:
        merged += [*lines[done : change.start], *change.after]
        done = change.end
    return "".join([*merged, *lines[done:]]).removesuffix("\n")


def _lines(text: str) -> list[str]:
    """Return the lines; the last is ended like the others, so that it stays the same when one is added after it."""
    return _LINE.findall(text.replace("\r\n", "\n") + "\n")


def _changes(base: list[str], text: list[str]) -> Iterator[_Change]:
    """Yield the changes that make the text of the base, in order; those of single lines where their number stays."""
    old = new = 0
    for match in _matches(base, text):
        change = _Change(old, match.a, tuple(text[new : match.b]))
        if change.keeps_lines:
            places = zip(range(old, match.a), change.after, strict=True)
            yield from (_Change(place, place + 1, (line,)) for place, line in places if line != base[place])
        else:
            yield change
        old, new = match.a + match.size, match.b + match.size


def _matches(base: list[str], text: list[str]) -> Sequence[Match]:
    """Return the lines that stay: each in its place, if as many stay so, as a line may occur more than once."""
    found = list(matches(base, text))
    if len(base) != len(text):
        return found
    pairs = enumerate(zip(base, text, strict=True))
    unmoved = [Match(place, place, 1) for place, (old, new) in pairs if old == new]
    is_best = len(unmoved) >= sum(match.size for match in found)
    return [*unmoved, Match(len(base), len(text), 0)] if is_best else found


def _conflict(left: _Change, right: _Change) -> bool:
    """Return whether the changes overlap, or meet where it is not clear which lines belong to which.

    A line that was added beside deleted ones, or beside other added ones, may have been meant for these.
    """
    if left.end != right.start:
        return left.end > right.start
    return bool(left.after or right.after) and not (left.keeps_lines or right.keeps_lines)
