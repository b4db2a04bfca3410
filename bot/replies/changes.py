"""Changes of a text, in a form of Discord's markdown that no text can break."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from bot.domain import markdown
from bot.domain.characters import visible, words
from bot.domain.counts import count_of
from bot.domain.diff import Line, Op, Segment, Skipped
from bot.replies.layout import units
from bot.replies.parts import small_clusters

_LINE: Final = 1000
"""Units of a shown line at most, so that a page can end near where it is full."""
_REMOVED: Final = "**\N{MINUS SIGN}** "
_ADDED: Final = "**+** "
_MARKS: Final = {Op.SAME: "", Op.REMOVED: "~~", Op.ADDED: "**"}
_KINDS: Final = {Op.SAME: frozenset[str](), Op.REMOVED: frozenset({"strike"}), Op.ADDED: frozenset({"strong"})}
_BECAME: Final = Segment(Op.SAME, " \N{RIGHTWARDS ARROW} ")
_PLAIN_MARKS: Final = {Op.SAME: ("", ""), Op.REMOVED: ("[-", "-]"), Op.ADDED: ("{+", "+}")}


def marked(lines: Iterable[Line | Skipped]) -> Iterator[str]:
    """Yield lines of markdown: a sign in front of added and removed lines, marks around changed words."""
    block: list[Line] = []
    for line in lines:
        if isinstance(line, Skipped):
            yield from _replaced(block)
            block = []
            yield f"-# {count_of(line.count, 'line')} unchanged"
        elif block or _joins_lines(line):
            block.append(line)
            if line.segments[-1].op is Op.SAME:
                yield from _replaced(block)
                block = []
        else:
            yield from _line(line)
    yield from _replaced(block)


def plain(lines: Iterable[Line | Skipped]) -> str:
    """Return what changed in plain characters: `[-removed-]{+added+}`."""
    made: list[str] = []
    for line in lines:
        if isinstance(line, Skipped):
            made.append(f"... {count_of(line.count, 'line')} unchanged ...\n")
        else:
            made += [segment.text.join(_PLAIN_MARKS[segment.op]) for segment in line.segments]
    return "".join(made)


def _joins_lines(line: Line) -> bool:
    """Return whether only one side has a line end here."""
    *_, last = line.segments
    return last.text.endswith("\n") and last.op is not Op.SAME and len(line.segments) > 1


def _line(line: Line) -> Iterator[str]:
    ops = {segment.op for segment in line.segments}
    if ops == {Op.SAME}:
        yield from _whole("", _side(line.segments, Op.SAME))
    elif ops == {Op.REMOVED}:
        yield from _whole(_REMOVED, _side(line.segments, Op.REMOVED))
    elif ops == {Op.ADDED}:
        yield from _whole(_ADDED, _side(line.segments, Op.ADDED))
    elif (shown := _words_marked(line)) is not None:
        yield shown
    else:
        yield from _whole(_REMOVED, _side(line.segments, Op.REMOVED))
        yield from _whole(_ADDED, _side(line.segments, Op.ADDED))


def _replaced(block: Sequence[Line]) -> Iterator[str]:
    """Yield the lines of a block whose line ends changed: first the old lines, then the new ones."""
    segments = [segment for line in block for segment in line.segments]
    if not segments:
        return
    end_of_both = "\n" if segments[-1].op is Op.SAME else ""
    before, after = (
        "".join(segment.text for segment in segments if segment.op in {Op.SAME, op})
        .removesuffix(end_of_both)
        .split("\n")
        for op in (Op.REMOVED, Op.ADDED)
    )
    start = _alike(before, after)
    end = _alike(before[start:][::-1], after[start:][::-1])
    for mark, lines in (
        ("", before[:start]),
        (_REMOVED, before[start : len(before) - end]),
        (_ADDED, after[start : len(after) - end]),
        ("", before[len(before) - end :]),
    ):
        for line in lines:
            yield from _whole(mark, line)


def _alike(before: Sequence[str], after: Sequence[str]) -> int:
    pairs = zip(before, after, strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def _side(segments: Iterable[Segment], op: Op) -> str:
    """Return the old or the new line without its end."""
    return "".join(segment.text for segment in segments if segment.op in {Op.SAME, op}).removesuffix("\n")


def _words_marked(line: Line) -> str | None:
    """Return the line with its changed words marked; None: no other word is in it, or Discord would not show that."""
    segments = [Segment(each.op, text) for each in line.segments if (text := each.text.removesuffix("\n"))]
    if not any(each.op is Op.SAME and any(map(str.isalnum, each.text)) for each in segments):
        return None
    shown: list[Segment] = []
    for segment in segments:
        if shown and shown[-1].op is Op.REMOVED and segment.op is Op.ADDED:
            shown.append(_BECAME)
        shown.append(Segment(segment.op, visible(_seen(segment))))
    text = "".join(markdown.escaped(each.text).join([_MARKS[each.op]] * 2) for each in shown)
    meant = [(character, _KINDS[each.op]) for each in shown for character in each.text]
    is_clear = not text.startswith((_REMOVED, _ADDED)) and _is_shown(text, meant)
    return text if units(text) <= _LINE and is_clear else None


def _is_shown(text: str, meant: Sequence[tuple[str, frozenset[str]]]) -> bool:
    runs = markdown.read(text)
    return meant == [
        (character, frozenset(mark.kind for mark in run.marks)) for run in runs for character in run.shown
    ] and {run.kind for run in runs} <= {"text", "escape", "link"}


def _seen(segment: Segment) -> str:
    """Return the text with visible spaces, if it is a change of blanks only."""
    is_blank = segment.op is not Op.SAME and not segment.text.strip()
    return segment.text.replace(" ", "\N{OPEN BOX}") if is_blank else segment.text


def _whole(mark: str, line: str) -> Iterator[str]:
    """Yield the line, in parts if it is long, with the mark in front of each."""
    taken, size = "", units(mark)
    for word, cost in _words(visible(line)):
        if taken and size + cost > _LINE:
            yield mark + markdown.escaped(taken)
            taken, size = "", units(mark)
        taken += word
        size += cost
    yield (mark + markdown.escaped(taken)).rstrip()


def _words(line: str) -> Iterator[tuple[str, int]]:
    """Yield the words of the line with their sizes in units; a very long word as its characters."""
    max_units = _LINE // 2
    for word in words(line):
        if (cost := _units(word)) <= max_units:
            yield word, cost
        else:
            yield from ((cluster, _units(cluster)) for cluster in small_clusters(word, max_units))


def _units(word: str) -> int:
    return units(markdown.escaped(word)) + 2
