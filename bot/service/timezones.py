"""Time zones, and the one that a person means."""

import difflib
import functools
import zoneinfo
from collections.abc import Iterator

from bot.domain.days import plain
from bot.domain.errors import TimezoneError
from bot.domain.timezone_abbreviations import TIMEZONE_ABBREVIATIONS
from bot.domain.values import MAX_CHOICES, Suggestion

NEAR = 0.7
"""The least likeness, of 1, of a name to the typed words for it to be meant."""
_OFFERED = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
"""Areas of the IANA database; the rest are old names and fixed offsets, which are accepted but not offered."""
_ALWAYS_OFFERED = ("UTC",)
_COMMON = (
    *("America/New_York", "America/Chicago", "America/Los_Angeles", "America/Toronto", "America/Sao_Paulo"),
    *("Europe/London", "Europe/Berlin", "Europe/Paris", "Europe/Zurich", "Asia/Dubai", "Asia/Kolkata"),
    *("Asia/Singapore", "Asia/Hong_Kong", "Asia/Tokyo", "Australia/Sydney", "UTC"),
)
"""Offered before all others: where markets are."""


def timezone_meant(words: str) -> str:
    """Return the name of the time zone that the words mean: a name, a city or a time such as EST, in any case.

    Raises:
        TimezoneError: they mean none.
    """
    normalized = _plain(words)
    if normalized in _places():
        return _places()[normalized][0]
    names = [name for name in _names() if _plain(name) == normalized]
    cities = [name for name in _offered() if _plain(_city(name)) == normalized]
    if not names and not cities:
        raise TimezoneError(words, _near(normalized))
    return max(names or cities, key=len)  # a city's two names are an old one and one with its country: the same zone


def suggestions(typed: str) -> list[Suggestion]:
    """Return time zones that fit what was typed: the places of a time such as EST first, then cities that begin so."""
    normalized = _plain(typed)
    if not normalized:
        return [Suggestion(name, name) for name in _COMMON]
    fitting = [name for name in _offered() if normalized in _plain(name)]
    fitting.sort(key=lambda name: (not _plain(_city(name)).startswith(normalized), name not in _COMMON, name))
    likely = dict.fromkeys([*_places().get(normalized, ()), *_places_begun(normalized), *fitting])
    return [Suggestion(name, name) for name in [*likely][:MAX_CHOICES]]


def _places_begun(normalized: str) -> Iterator[str]:
    """Return the likeliest place of each time whose name begins so, where at least two characters were typed."""
    if len(normalized) > 1:
        yield from (places[0] for name, places in _places().items() if name.startswith(normalized))


def _near(normalized: str) -> str | None:
    words = {_plain(word): name for name in _offered() for word in (_city(name), name)}
    by_word = {word: name for word, name in words.items() if word[:1] == normalized[:1]}  # its first letter is right
    near = difflib.get_close_matches(normalized, by_word, n=1, cutoff=NEAR)
    return by_word[near[0]] if near else None


def _plain(words: str) -> str:
    return "_".join(plain(words).replace("_", " ").split())


def _city(name: str) -> str:
    return name.rpartition("/")[2]


_NO_TIMEZONES = {"Factory", "localtime"}
"""Names that mean no time at all, or that of the machine."""


@functools.cache
def _places() -> dict[str, tuple[str, ...]]:
    """Return `TIMEZONE_ABBREVIATIONS`, without the time zones that this system lacks."""
    offered = {name: tuple(filter(_names().__contains__, places)) for name, places in TIMEZONE_ABBREVIATIONS.items()}
    return {_plain(name): places for name, places in offered.items() if places}


@functools.cache
def _names() -> tuple[str, ...]:
    return tuple(sorted(zoneinfo.available_timezones() - _NO_TIMEZONES))


@functools.cache
def _offered() -> tuple[str, ...]:
    return tuple(name for name in _names() if name.partition("/")[0] in _OFFERED or name in _ALWAYS_OFFERED)
