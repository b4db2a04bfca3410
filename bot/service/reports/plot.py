"""Plots of numbers by week."""

import dataclasses
from collections.abc import Iterable

MAX_SERIES = 8
"""Series in one panel, as many as distinguishable colors."""


@dataclasses.dataclass(frozen=True, slots=True)
class Series:
    """Numbers of one kind."""

    name: str
    values: tuple[int, ...]
    """One for each week."""
    key: str = ""
    """ASCII, written before the name, and instead of a name that the font can't write."""


@dataclasses.dataclass(frozen=True, slots=True)
class Panel:
    """Series under one heading."""

    heading: str
    series: tuple[Series, ...]
    is_stacked: bool
    """False: the bars of a week are side by side."""


@dataclasses.dataclass(frozen=True, slots=True)
class Plot:
    """Panels, one below the other, over the same weeks."""

    weeks: tuple[str, ...]
    """Short labels, oldest first."""
    panels: tuple[Panel, ...]


def largest_first(series: Iterable[Series]) -> tuple[Series, ...]:
    """Return the non-empty series, largest first, with the smallest joined if there are too many."""
    ordered = sorted((each for each in series if any(each.values)), key=lambda each: sum(each.values), reverse=True)
    if len(ordered) <= MAX_SERIES:
        return tuple(ordered)
    named, others = ordered[: MAX_SERIES - 1], ordered[MAX_SERIES - 1 :]
    sums = tuple(map(sum, zip(*(each.values for each in others), strict=True)))
    return (*named, Series(f"{len(others)} others", sums))
