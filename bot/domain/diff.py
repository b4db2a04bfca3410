"""Word diff of two texts."""

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
# difflib's steps per word that are still fast.
_MAX_STEPS = 100
_MAX_DEPTH = 10
# Limit of compared words of both texts together, without their common prefix and suffix: more than a modal allows.
# Imported texts may be ten times as long; they are shown as removed and added as a whole.
_MAX_WORDS = 8_000
# Limit of characters of both texts together for counting words.
_MAX_COUNTED = 20_000
# Repeated words may be part of unique runs; with the spaces between, this is four words.
_RUN = 8
# Characters of a comma with spaces around it.
_MAX_SEPARATOR = 3


class Op(enum.StrEnum):
    """The operation on a segment of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclasses.dataclass(frozen=True, slots=True)
class Segment:
    r"""Text and its op; never empty, and "\n" only occurs as the last character."""

    op: Op
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """A changed line, or a context line (with only SAME segments).

    A newline of any op ends the line, as the last character of its last segment.
    """

    segments: tuple[Segment, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Skipped:
    """Unchanged lines that are not shown."""

    count: int


class _Part(NamedTuple):
    """Words (or lines) of the text before, and those that replace them in the text after."""

    before: list[str]
    after: list[str]
    same: bool


class Match(NamedTuple):
    """Positions of `size` words (or lines) that two lists share; fields named as in difflib."""

    a: int
    b: int
    size: int


def compare(before: str, after: str, context: int = 1) -> tuple[Line | Skipped, ...]:
    """Return the changed lines with `context` unchanged lines on each side; empty for equal texts.

    SAME and REMOVED segments (and skipped lines) are exactly `before`, SAME and ADDED ones `after`.
    """
    if before == after:
        return ()
    segments: list[Segment] = []
    for part in _parts(_LINE.findall(before), _LINE.findall(after)):
        if part.same:
            segments += (Segment(Op.SAME, line) for line in part.before)
        else:
            segments += _segments(part)
    return tuple(_fold(list(_cut(segments)), context))


def size(before: str, after: str) -> tuple[int, int]:
    """Return the numbers of characters added and removed, of words that one text has more often than the other.

    Moved words are not counted beside other changes; if nothing else changed, they count as in `compare`. For very long
    texts, all between the common prefix and suffix counts. (0, 0) means equal texts.
    """
    if len(before) + len(after) > _MAX_COUNTED:
        start = _agreeing(before, after)
        end = _agreeing(before[start:][::-1], after[start:][::-1])
        return len(after) - start - end, len(before) - start - end
    old, new = Counter[str](characters.words(before)), Counter[str](characters.words(after))
    if old != new:
        return _length((new - old).elements()), _length((old - new).elements())
    segments = [segment for line in compare(before, after, 0) if isinstance(line, Line) for segment in line.segments]
    added, removed = ((segment.text for segment in segments if segment.op is op) for op in (Op.ADDED, Op.REMOVED))
    return _length(added), _length(removed)


def matches(before: Sequence[str], after: Sequence[str], depth: int = 0) -> Iterator[Match]:
    """Yield the matches of the lists in order; coarser if difflib would take too long."""
    start = _agreeing(before, after)
    end = _agreeing(before[start:][::-1], after[start:][::-1])
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    yield Match(0, 0, start)
    for match in _inner_matches(old, new, depth) if old and new else ():
        yield Match(start + match.a, start + match.b, match.size)
    yield Match(len(before) - end, len(after) - end, end)


def _length(texts: Iterable[str]) -> int:
    return sum(map(len, texts))


def _segments(block: _Part) -> Iterator[Segment]:
    """Yield the segments of a block of changed lines."""
    words = _parts(*(characters.words("".join(side)) for side in (block.before, block.after)))
    for part in itertools.chain.from_iterable(map(_by_line, _slide(_swallow(words)))):
        if part.same:
            yield Segment(Op.SAME, "".join(part.before))
            continue
        if part.before:
            yield Segment(Op.REMOVED, "".join(part.before))
        if part.after:
            yield Segment(Op.ADDED, "".join(part.after))


def _swallow(parts: Iterable[_Part]) -> list[_Part]:
    """Merge changes that are separated by too little text."""
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
    if not words and _length(island.before) <= _MAX_SEPARATOR:
        return True
    enough = 2 * words + 1
    return all(max(_count(side.before, enough), _count(side.after, enough)) == enough for side in (left, right))


def _count(words: Iterable[str], most: int | None = None) -> int:
    """Count words other than whitespace and punctuation, up to `most`."""
    return len(list(itertools.islice((word for word in words if any(map(str.isalnum, word))), most)))


def _slide(parts: Iterable[_Part]) -> Iterator[_Part]:
    """Shift changes of whole lines so that they end with a newline instead of beginning with one."""
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
    """Pair the lines of a change, so that old and new ones alternate."""
    ends = [[place for place, word in enumerate(words) if word == "\n"] for words in (part.before, part.after)]
    old = new = 0
    for old_end, new_end in () if part.same else zip(*ends, strict=False):
        yield _Part(part.before[old:old_end], part.after[new:new_end], same=False)
        yield _Part(["\n"], ["\n"], same=True)
        old, new = old_end + 1, new_end + 1
    yield _Part(part.before[old:], part.after[new:], same=part.same)


def _cut(segments: Iterable[Segment]) -> Iterator[Line]:
    """Yield lines of segments, each ended by its newline, with adjacent segments of the same op merged."""
    line: list[Segment] = []
    for segment in segments:
        for text in _LINE.findall(segment.text):
            if line and line[-1].op is segment.op:
                line[-1] = Segment(segment.op, line[-1].text + text)
            else:
                line.append(Segment(segment.op, text))
            if text.endswith("\n"):
                yield Line(tuple(line))
                line = []
    if line:
        yield Line(tuple(line))


def _fold(lines: list[Line], context: int) -> Iterator[Line | Skipped]:
    """Yield the lines at most `context` away from a change, and the numbers of lines skipped between."""
    changed = [place for place, line in enumerate(lines) if {segment.op for segment in line.segments} != {Op.SAME}]
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
    """Split both lists into alternating equal and changed parts."""
    old = new = run = 0
    for match in (*matches(before, after), Match(len(before), len(after), 0)):
        if (match.a, match.b) != (old, new):
            if run:
                yield _Part(before[old - run : old], after[new - run : new], same=True)
            yield _Part(before[old : match.a], after[new : match.b], same=False)
            run = 0
        run += match.size
        old, new = match.a + match.size, match.b + match.size
    if run:
        yield _Part(before[old - run :], after[new - run :], same=True)


def _inner_matches(before: Sequence[str], after: Sequence[str], depth: int) -> Iterable[Match]:
    if len(before) + len(after) > _MAX_WORDS or set(before).isdisjoint(after):
        return ()
    counts = Counter(after)
    pairs = sum(counts[word] for word in before if not word.isspace())
    # In the worst case difflib compares all pairs of equal words for each word.
    effort = (len(before) + pairs) * min(len(before), len(after))
    if effort <= _MAX_STEPS * (len(before) + len(after)):
        return map(Match._make, SequenceMatcher(str.isspace, before, after, autojunk=False).get_matching_blocks())
    return _between_anchors(before, after, depth) if depth < _MAX_DEPTH else ()


def _agreeing(before: Sequence[str], after: Sequence[str]) -> int:
    pairs = enumerate(zip(before, after, strict=False))
    return next((place for place, (old, new) in pairs if old != new), min(len(before), len(after)))


def _between_anchors(before: Sequence[str], after: Sequence[str], depth: int) -> Iterator[Match]:
    """Match the parts between words that occur once in both lists (a patience diff)."""
    anchors = _anchors(before, after, 1) or _anchors(before, after, _RUN)
    if not anchors:
        return
    old = new = 0
    for a, b in [*anchors, (len(before), len(after))]:
        for match in matches(before[old:a], after[new:b], depth + 1):
            yield Match(old + match.a, new + match.b, match.size)
        old, new = a, b


def _anchors(before: Sequence[str], after: Sequence[str], width: int) -> list[tuple[int, int]]:
    """Return the positions of runs of `width` words that each list has once: the longest series in the same order."""
    here, there = _places(before, width), _places(after, width)
    pairs = [(place, there[run]) for run, place in here.items() if run in there]
    # The longest increasing subsequence: for each length, the one with the lowest end.
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
    """Return the position of each run of `width` words that occurs once, in order."""
    runs = [tuple(words[place : place + width]) for place in range(len(words) - width + 1)]
    counts = Counter(runs)
    return {run: place for place, run in enumerate(runs) if counts[run] == 1 and not run[0].isspace()}
