"""The time zones that there are, and which one a person means."""

import difflib
import functools
import zoneinfo
from collections.abc import Iterator

from bot.domain.days import plain
from bot.domain.errors import TimezoneError
from bot.domain.places import PLACES
from bot.domain.values import MAX_CHOICES, Suggestion

NEAR = 0.7
"""How alike a name must be, of 1, to be taken for what was meant."""
_OFFERED = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
"""Areas of the IANA database; the rest are old names and fixed offsets, which are taken but not offered."""
_ALWAYS_OFFERED = ("UTC",)
_COMMON = (
    *("America/New_York", "America/Chicago", "America/Los_Angeles", "America/Toronto", "America/Sao_Paulo"),
    *("Europe/London", "Europe/Berlin", "Europe/Paris", "Europe/Zurich", "Asia/Dubai", "Asia/Kolkata"),
    *("Asia/Singapore", "Asia/Hong_Kong", "Asia/Tokyo", "Australia/Sydney", "UTC"),
)
"""Offered before all others: where markets are."""


def timezone_meant(words: str) -> str:
    """The name of the time zone that the words mean: a name, a city or a time such as EST, case and blanks forgiven.

    Raises:
        TimezoneError: they mean none.
    """
    said = _plain(words)
    if said in _places():
        return _places()[said][0]
    names = [name for name in _names() if _plain(name) == said]
    cities = [name for name in _offered() if _plain(_city(name)) == said]
    if not names and not cities:
        raise TimezoneError(words, _near(said))
    return max(names or cities, key=len)  # a city's two names are an old one and one with its country: the same zone


def suggestions(typed: str) -> list[Suggestion]:
    """Time zones that fit what was typed so far: the places of a time such as EST first, then cities that begin so."""
    said = _plain(typed)
    if not said:
        return [Suggestion(name, name) for name in _COMMON]
    fitting = [name for name in _offered() if said in _plain(name)]
    fitting.sort(key=lambda name: (not _plain(_city(name)).startswith(said), name not in _COMMON, name))
    likely = dict.fromkeys([*_places().get(said, ()), *_places_begun(said), *fitting])
    return [Suggestion(name, name) for name in [*likely][:MAX_CHOICES]]


def _places_begun(said: str) -> Iterator[str]:
    """The likeliest place of each time whose name begins so, where enough was typed to tell."""
    if len(said) > 1:
        yield from (places[0] for name, places in _places().items() if name.startswith(said))


def _near(said: str) -> str | None:
    by_word = {_plain(word): name for name in _offered() for word in (_city(name), name)}
    near = difflib.get_close_matches(said, by_word, n=1, cutoff=NEAR)
    return by_word[near[0]] if near else None


def _plain(words: str) -> str:
    return "_".join(plain(words).replace("_", " ").split())


def _city(name: str) -> str:
    return name.rpartition("/")[2]


_NO_PLACES = {"Factory", "localtime"}
"""Names that mean no time at all, or that of the machine."""


@functools.cache
def _places() -> dict[str, tuple[str, ...]]:
    """As in `PLACES`, as far as the time zones are there."""
    found = {_plain(name): tuple(filter(_names().__contains__, places)) for name, places in PLACES.items()}
    return {name: places for name, places in found.items() if places}


@functools.cache
def _names() -> tuple[str, ...]:
    return tuple(sorted(zoneinfo.available_timezones() - _NO_PLACES))


@functools.cache
def _offered() -> tuple[str, ...]:
    return tuple(name for name in _names() if name.partition("/")[0] in _OFFERED or name in _ALWAYS_OFFERED)
