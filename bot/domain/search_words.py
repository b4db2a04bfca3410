"""Words to search for, as people type them, and the query of SQLite's FTS5 that finds them."""

import dataclasses
import itertools
import re
import unicodedata
from typing import Final

MAX_SEARCH_LENGTH: Final = 40
"""Characters that may be typed: the components of a page carry them."""
_MIN_PREFIX: Final = 2
"""Characters of a beginning that is searched for: the index has beginnings of 2 and 3."""
_GROUPED: Final = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+")
"""A number as it is written: `21,450`."""
_BETWEEN_GROUPS: Final = re.compile(r"(?<=[0-9])(?=(?:[0-9]{3})+$)")
_OF_WORDS: Final = ("L", "N", "Co")
"""The beginnings of the Unicode categories of a word's characters (https://sqlite.org/fts5.html, 4.3.1)."""
_MARKS: Final = "M"
"""The beginning of those of accents, which belong to the word before them."""


@dataclasses.dataclass(frozen=True, slots=True)
class SearchWords:
    """Words that must all be in a text; the last one may be the beginning of a word."""

    phrases: tuple[tuple[str, ...], ...]
    """The parts of each word, which must follow each other: `P/L` has two."""

    def __str__(self) -> str:
        """Return them as they can be typed again, without other signs."""
        return " ".join("/".join(parts) for parts in self.phrases)

    @classmethod
    def parse(cls, typed: str) -> "SearchWords":
        """Read the words; signs only separate them."""
        phrases = (tuple(_parts(_without_commas(word))) for word in typed.split())
        return cls(tuple(filter(None, phrases)))

    @property
    def query(self) -> str:
        """The FTS5 query; there must be a word."""
        *others, last = self.phrases
        return " AND ".join([*map(_phrase, others), _phrase(last, is_beginning=len(last[-1]) >= _MIN_PREFIX)])


def _phrase(parts: tuple[str, ...], *, is_beginning: bool = False) -> str:
    """Return the query for the parts one after the other, and for a number also with its thousands apart."""
    mark = "*" if is_beginning else ""
    *others, last = parts
    before = list(itertools.chain.from_iterable(map(_groups, others)))
    ends = _beginnings(last) if is_beginning else [_groups(last)]
    ways = dict.fromkeys((" ".join(parts), *(" ".join([*before, *end]) for end in ends)))
    quoted = [f'"{way}"{mark}' for way in ways]
    return f"({' OR '.join(quoted)})"


def _groups(part: str) -> list[str]:
    return _BETWEEN_GROUPS.split(part) if part.isdecimal() else [part]


def _beginnings(part: str) -> list[list[str]]:
    """Return the groups of the numbers that begin with these digits: `2146` of `2,146`, `21,460` and `214,600`."""
    if not part.isdecimal():
        return [[part]]
    firsts = range(1, min(len(part), 3) + 1)
    return [[part[:first], *(part[at : at + 3] for at in range(first, len(part), 3))] for first in firsts]


def _without_commas(word: str) -> str:
    return _GROUPED.sub(lambda number: number[0].replace(",", ""), word)


def _parts(word: str) -> list[str]:
    """Return the words that FTS5 sees in it; a sign with nothing but marks, as of an emoji, is none."""
    parts = "".join(each if _is(each, *_OF_WORDS, _MARKS) else " " for each in word).split()
    return [part for part in parts if any(_is(each, *_OF_WORDS) for each in part)]


def _is(character: str, *categories: str) -> bool:
    return unicodedata.category(character).startswith(categories)
