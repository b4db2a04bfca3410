"""A long text in parts, each of which Discord shows as it would show that part of the whole."""

import bisect
import dataclasses
import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeAlias

from bot.domain import markdown
from bot.domain.characters import cluster_ends, clusters
from bot.domain.markdown import Mark, Run
from bot.replies.layout import units

_TRIES: Final = 4
"""Places of each sort that are tried for a cut."""
_LANGUAGE: Final = re.compile(r"```(?:[^\s`]+\n)?")
_REOPENED: Final = frozenset({"spoiler", "em", "strong", "underline", "strike", "code"})
"""Marks that are closed at the end of a part and opened again in the next."""
_LINES: Final = frozenset({"heading", "subtext"})
"""Marks that end with their line."""

Marks: TypeAlias = tuple[Mark, ...]
_Shown: TypeAlias = tuple[frozenset[str], str] | None
"""Kinds of marks around a character and of its run; None: it is part of a mark."""


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """A part of a text, with what opens the marks around it again, and closes them."""

    text: str
    shown: str


@functools.lru_cache(maxsize=64)
def split(text: str, max_length: int) -> Sequence[str]:
    """Return the text in parts of at most `max_length` units, cut after a line or a word where there is one.

    Marks, fences and quotes are closed and opened again; links, mentions and characters are whole.
    """
    return tuple(part.shown for part in parts(text, max_length))


def parts(text: str, max_length: int) -> list[Part]:
    """Return the parts of `split`; their texts joined are the text."""
    if units(text) <= max_length:
        return [Part(text, text)]
    return list(_parts(_Text(text), max_length))


def small_clusters(text: str, room: int) -> Iterator[str]:
    """Yield the graphemes of the text; one with more units than `room` as its code points."""
    for cluster in clusters(text):
        yield from [cluster] if _most_units(cluster) <= room else cluster


class _Text:
    """A text as Discord shows it."""

    def __init__(self, text: str) -> None:
        self.text = text
        runs = markdown.read(text)
        self.shown = _shown(len(text), runs)
        ends = set(cluster_ends(text))
        self.cuts = {place: marks for place, marks in _cuts(runs) if place in ends and 0 < place < len(text)}
        """The places where it may be cut, each with the marks around it."""
        self.places = sorted(self.cuts)

    def is_shown_alike(self, start: int, end: int, part: str, at: int) -> bool:
        """Return whether `part`, where the text from `start` to `end` begins at `at`, shows it as the whole does."""
        shown = _shown(len(part), markdown.read(part))
        return all(
            self.text[place].isspace() or self.shown[place] == shown[place - start + at] for place in range(start, end)
        )


def _parts(text: _Text, max_length: int) -> Iterator[Part]:
    start, marks = 0, Marks()
    while True:
        opening = _opening(text.text, start, marks)
        if units(opening + text.text[start:]) <= max_length:
            yield Part(text.text[start:], opening + text.text[start:])
            return
        best = next(_verified(text, start, opening, max_length), None)
        if best is None:
            yield from _literal(text, start, max_length)
            return
        cut, part = best
        yield part
        start, marks = cut, text.cuts[cut]


def _verified(text: _Text, start: int, opening: str, max_length: int) -> Iterator[tuple[int, Part]]:
    """Yield the cuts after which both sides are shown as in the whole, the best first."""
    for cut in _candidates(text, start, max_length - units(opening)):
        taken = text.text[start:cut]
        shown = opening + _closed(taken, text.cuts[cut])
        if (
            units(shown) <= max_length
            and text.is_shown_alike(start, cut, shown, len(opening))
            and _goes_on(text, cut, max_length)
        ):
            yield cut, Part(taken, shown)


def _goes_on(text: _Text, cut: int, max_length: int) -> bool:
    """Return whether what follows the cut, as far as the next part can reach, is shown as in the whole."""
    opening = _opening(text.text, cut, text.cuts[cut])
    beyond = bisect.bisect_left(text.places, cut + 2 * max_length)
    end = text.places[beyond] if beyond < len(text.places) else len(text.text)
    following = _closed(text.text[cut:end], text.cuts.get(end, ()))
    return text.is_shown_alike(cut, min(cut + max_length, end), opening + following, len(opening))


def _candidates(text: _Text, start: int, room: int) -> Iterable[int]:
    """Return where to try to cut: after lines and words in the second half of the room, then elsewhere."""
    end = start + _fitting(text.text[start : start + room], room)
    half = start + (end - start) // 2
    places = text.places[bisect.bisect_right(text.places, start) : bisect.bisect_right(text.places, end)][::-1]
    late = [place for place in places if place > half]
    sorts = (
        [place for place in late if text.text[place - 1] == "\n"],
        [place for place in late if text.text[place - 1].isspace()],
        [place for place in places if text.text[place - 1].isspace()],
        places,
        [place for place in places if not text.cuts[place]],
    )
    return dict.fromkeys(place for sort in sorts for place in sort[:_TRIES])


def _cuts(runs: list[Run]) -> Iterator[tuple[int, Marks]]:
    """Yield where the text may be cut: within plain text, and between what is closed and what is opened."""
    before: Run | None = None
    for run in runs:
        if before is not None:
            yield from _cut_between(before, run)
        if run.kind == "text" and all(mark.kind != "masked_link" for mark in run.marks):
            yield from ((place + 1, run.marks) for place in run.places[:-1])
        before = run


def _cut_between(before: Run, after: Run) -> Iterator[tuple[int, Marks]]:
    common = tuple(mark for mark in before.marks if mark in after.marks)
    closed = sum(len(mark.closing) for mark in before.marks if mark not in common)
    opened = sum(len(mark.opening) for mark in after.marks if mark not in common)
    place = before.places[-1] + 1 + closed
    if place == after.places[0] - opened and all(mark.kind != "masked_link" for mark in common):
        yield place, common


def _opening(text: str, cut: int, marks: Marks) -> str:
    """Return what opens the marks again in front of the text from `cut` on."""
    opening = ""
    begins_line = text[cut - 1 : cut] == "\n"
    is_quoted = any(mark.kind == "quote" for mark in marks)
    for mark in marks:
        if mark.kind == "quote" and not begins_line:
            opening += "> "
        elif mark.kind == "long_quote":
            opening += ">>> "
        elif mark.kind == "code_block":
            fence = _LANGUAGE.match(mark.opening)
            line = (fence[0] if fence else "```").rstrip("\n") + "\n"
            opening += line if not is_quoted else f"> {line}" if begins_line else f"{line}> "
        elif mark.kind in _REOPENED or (mark.kind in _LINES and not begins_line):
            opening += mark.opening
    return opening


def _closed(text: str, marks: Marks) -> str:
    """Return the text with what closes the marks, in front of blanks at its end: some marks close after none."""
    end = len(text) if any(mark.kind == "code_block" for mark in marks) else len(text.rstrip())
    quoted = "> " if any(mark.kind == "quote" for mark in marks) else ""
    closing = ""
    for mark in reversed(marks):
        if mark.kind == "code_block":
            closing += ("" if text.endswith("\n") else "\n") + f"{quoted}```"
        elif mark.kind in _REOPENED:
            closing += mark.closing
    return text[:end] + closing + text[end:]


def _literal(text: _Text, start: int, max_length: int) -> Iterator[Part]:
    """Yield the rest as it is written, all of it hidden if any is: no cut leaves these marks what they are."""
    rest = text.text[start:]
    is_hidden = any("spoiler" in shown[0] for shown in text.shown[start:] if shown)
    hide = "||" if is_hidden else ""
    room = max_length - 2 * len(hide)
    taken, size = "", 0
    for cluster in small_clusters(rest, room):
        if size + _most_units(cluster) > room:
            yield Part(taken, f"{hide}{markdown.unlinked(taken)}{hide}")
            taken, size = "", 0
        taken += cluster
        size += _most_units(cluster)
    yield Part(taken, f"{hide}{markdown.unlinked(taken)}{hide}")


def _most_units(text: str) -> int:
    """Return the units of the text if each of its signs is escaped."""
    return units(text) + sum(not character.isalnum() for character in text)


def _fitting(text: str, room: int) -> int:
    """Return how many characters of the text are at most `room` units."""
    taken = 0
    for number, character in enumerate(text):
        taken += units(character)
        if taken > room:
            return number
    return len(text)


def _shown(length: int, runs: Iterable[Run]) -> list[_Shown]:
    """Return how each character of a text is shown."""
    shown: list[_Shown] = [None] * length
    for run in runs:
        alike = frozenset(mark.kind for mark in run.marks if mark.kind != "item"), run.kind
        for place in run.places:
            shown[place] = alike
    return shown
