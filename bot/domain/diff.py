"""How one text became another, word by word."""

import bisect
import dataclasses
import enum
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from bot.domain import characters

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
# Steps of difflib for each word that are still quick.
_EFFORT = 100
_DEPTH = 10
# Words of both texts together, between what they begin and end with alike, that are compared: more than a form takes.
# What came from elsewhere may be ten times as long; it is shown as taken out and put in.
_MOST_WORDS = 8_000
# Characters of both texts together whose words are counted.
_MOST_COUNTED = 20_000
# Words that are all repeated may still stand in runs that are not; with the blanks between, this is four words.
_RUN = 8
# Characters of a comma with blanks around it.
_TINY = 3


class Fate(enum.StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclasses.dataclass(frozen=True, slots=True)
class Piece:
    r"""Some text and its fate; never empty, and a line end ("\n") is only ever its last character."""

    fate: Fate
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One line of what changed, or (pieces of fate SAME only) a line beside it.

    A line end of whatever fate ends the line, as the last character of its last piece.
    """

    pieces: tuple[Piece, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Skipped:
    """Unchanged lines that are not shown."""

    count: int


class _Part(NamedTuple):
    """Words (or lines) of the text before, and those of the text after in their place."""

    before: list[str]
    after: list[str]
    same: bool


class _Match(NamedTuple):
    """Where `size` words of one list stand in another; named as difflib does."""

    a: int
    b: int
    size: int


def compare(before: str, after: str, context: int = 1) -> tuple[Line | Skipped, ...]:
    """What changed, with `context` unchanged lines on each side; nothing for equal texts.

    SAME and REMOVED pieces (and what is skipped) make up `before`, SAME and ADDED pieces `after`, to the letter.
    """
    if before == after:
        return ()
    pieces: list[Piece] = []
    for part in _parts(_LINE.findall(before), _LINE.findall(after)):
        if part.same:
            pieces += (Piece(Fate.SAME, line) for line in part.before)
        else:
            pieces += _pieces(part)
    return tuple(_fold(list(_cut(pieces)), context))


def size(before: str, after: str) -> tuple[int, int]:
    """Characters added and removed: of the words that one text has more often than the other.

    Words that only moved are not counted beside other changes; when nothing else changed, they count as `compare`
    shows them. Of very long texts all counts that is between what they begin and end with alike. (0, 0) is for equal
    texts only.
    """
    if len(before) + len(after) > _MOST_COUNTED:
        start = _agreeing(before, after)
        end = _agreeing(before[start:][::-1], after[start:][::-1])
        return len(after) - start - end, len(before) - start - end
    old, new = Counter[str](characters.words(before)), Counter[str](characters.words(after))
    if old != new:
        return _length((new - old).elements()), _length((old - new).elements())
    pieces = [piece for line in compare(before, after, 0) if isinstance(line, Line) for piece in line.pieces]
    added, removed = ((piece.text for piece in pieces if piece.fate is fate) for fate in (Fate.ADDED, Fate.REMOVED))
    return _length(added), _length(removed)


def _length(texts: Iterable[str]) -> int:
    return sum(map(len, texts))


def _pieces(block: _Part) -> Iterator[Piece]:
    """The words of a block of changed lines."""
    words = _parts(*(characters.words("".join(side)) for side in (block.before, block.after)))
    for part in itertools.chain.from_iterable(map(_by_line, _slide(_swallow(words)))):
        if part.same:
            yield Piece(Fate.SAME, "".join(part.before))
            continue
        if part.before:
            yield Piece(Fate.REMOVED, "".join(part.before))
        if part.after:
            yield Piece(Fate.ADDED, "".join(part.after))


def _swallow(parts: Iterable[_Part]) -> list[_Part]:
    """Make one change of two that have too little between them to be worth reading apart."""
    kept: list[_Part] = []
    for part in parts:
        if not part.same and len(kept) > 1 and _is_island(kept[-2], kept[-1], part):
            island, change = kept.pop(), kept[-1]
            change.before.extend(island.before + part.before)
            change.after.extend(island.after + part.after)
        else:
            kept.append(part)
    return kept


def _is_island(left: _Part, island: _Part, right: _Part) -> bool:
    if "\n" in island.before:
        return False
    words = _count(island.before)
    if not words and _length(island.before) <= _TINY:
        return True
    enough = 2 * words + 1
    return all(max(_count(side.before, enough), _count(side.after, enough)) == enough for side in (left, right))


def _count(words: Iterable[str], most: int | None = None) -> int:
    """How many are words rather than blanks and signs; counts to `most` only."""
    return len(list(itertools.islice((word for word in words if any(map(str.isalnum, word))), most)))


def _slide(parts: Iterable[_Part]) -> Iterator[_Part]:
    """Let a change of whole lines end with a line end, as lines do, rather than begin with one."""
    change = _Part([], [], same=False)
    for part in parts:
        if part.same and part.before[0] == "\n" and "\n" in {*change.before, *change.after}:
            change.before.append("\n")
            change.after.append("\n")
            part = _Part(part.before[1:], part.after[1:], same=True)
        if part.same:
            yield change
            yield part
            change = _Part([], [], same=False)
        else:
            change = part
    yield change


def _by_line(part: _Part) -> Iterator[_Part]:
    """Set the lines of a change against each other, first by first, so that old and new are read side by side."""
    ends = [[place for place, word in enumerate(words) if word == "\n"] for words in (part.before, part.after)]
    old = new = 0
    for old_end, new_end in () if part.same else zip(*ends, strict=False):
        yield _Part(part.before[old:old_end], part.after[new:new_end], same=False)
        yield _Part(["\n"], ["\n"], same=True)
        old, new = old_end + 1, new_end + 1
    yield _Part(part.before[old:], part.after[new:], same=part.same)


def _cut(pieces: Iterable[Piece]) -> Iterator[Line]:
    """The lines that the pieces make, each ended by its line end, and neighbours of one fate made one."""
    line: list[Piece] = []
    for piece in pieces:
        for text in _LINE.findall(piece.text):
            if line and line[-1].fate is piece.fate:
                line[-1] = Piece(piece.fate, line[-1].text + text)
            else:
                line.append(Piece(piece.fate, text))
            if text.endswith("\n"):
                yield Line(tuple(line))
                line = []
    if line:
        yield Line(tuple(line))


def _fold(lines: list[Line], context: int) -> Iterator[Line | Skipped]:
    """The lines at most `context` away from a change, and how many others lie between."""
    changed = [place for place, line in enumerate(lines) if {piece.fate for piece in line.pieces} != {Fate.SAME}]
    shown = 0
    for place in changed:
        start = max(place - context, shown)
        if start > shown:
            yield Skipped(start - shown)
        stop = max(min(place + context + 1, len(lines)), start)
        yield from lines[start:stop]
        shown = stop
    if shown < len(lines):
        yield Skipped(len(lines) - shown)


def _parts(before: list[str], after: list[str]) -> Iterator[_Part]:
    """Both lists cut where they begin or cease to agree: parts that are the same and changes in turn."""
    old = new = run = 0
    for match in (*_matches(before, after), _Match(len(before), len(after), 0)):
        if (match.a, match.b) != (old, new):
            if run:
                yield _Part(before[old - run : old], after[new - run : new], same=True)
            yield _Part(before[old : match.a], after[new : match.b], same=False)
            run = 0
        run += match.size
        old, new = match.a + match.size, match.b + match.size
    if run:
        yield _Part(before[old - run :], after[new - run :], same=True)


def _matches(before: Sequence[str], after: Sequence[str], depth: int = 0) -> Iterator[_Match]:
    """What the lists have in common, in order; more coarsely where difflib would take too long."""
    start = _agreeing(before, after)
    end = _agreeing(before[start:][::-1], after[start:][::-1])
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    yield _Match(0, 0, start)
    for match in _inner_matches(old, new, depth) if old and new else ():
        yield _Match(start + match.a, start + match.b, match.size)
    yield _Match(len(before) - end, len(after) - end, end)


def _inner_matches(before: Sequence[str], after: Sequence[str], depth: int) -> Iterable[_Match]:
    if len(before) + len(after) > _MOST_WORDS or set(before).isdisjoint(after):
        return ()
    counts = Counter(after)
    pairs = sum(counts[word] for word in before if not word.isspace())
    # At worst, difflib looks at all pairs of equal words anew for each word.
    effort = (len(before) + pairs) * min(len(before), len(after))
    if effort <= _EFFORT * (len(before) + len(after)):
        return map(_Match._make, SequenceMatcher(str.isspace, before, after, autojunk=False).get_matching_blocks())
    return _between_anchors(before, after, depth) if depth < _DEPTH else ()


def _agreeing(before: Sequence[str], after: Sequence[str]) -> int:
    pairs = enumerate(zip(before, after, strict=False))
    return next((place for place, (old, new) in pairs if old != new), min(len(before), len(after)))


def _between_anchors(before: Sequence[str], after: Sequence[str], depth: int) -> Iterator[_Match]:
    """Match what lies between the words that both lists have once (a patience diff)."""
    anchors = _anchors(before, after, 1) or _anchors(before, after, _RUN)
    if not anchors:
        return
    old = new = 0
    for a, b in [*anchors, (len(before), len(after))]:
        for match in _matches(before[old:a], after[new:b], depth + 1):
            yield _Match(old + match.a, new + match.b, match.size)
        old, new = a, b


def _anchors(before: Sequence[str], after: Sequence[str], width: int) -> list[tuple[int, int]]:
    """Where the runs of `width` words begin that each list has once: the most that are in the same order."""
    here, there = _places(before, width), _places(after, width)
    pairs = [(place, there[run]) for run, place in here.items() if run in there]
    # The longest rising row of places: for each length, the row with the lowest end.
    ends: list[int] = []
    rows: list[int] = []
    previous: list[int] = []
    for number, (_, place) in enumerate(pairs):
        length = bisect.bisect_left(ends, place)
        ends[length : length + 1] = [place]
        previous.append(rows[length - 1] if length else -1)
        rows[length : length + 1] = [number]
    chosen: list[tuple[int, int]] = []
    number = rows[-1] if rows else -1
    while number >= 0:
        chosen.append(pairs[number])
        number = previous[number]
    return chosen[::-1]


def _places(words: Sequence[str], width: int) -> dict[tuple[str, ...], int]:
    """Where each run of `width` words begins that is there only once, in order."""
    runs = [tuple(words[place : place + width]) for place in range(len(words) - width + 1)]
    counts = Counter(runs)
    return {run: place for place, run in enumerate(runs) if counts[run] == 1 and not run[0].isspace()}
