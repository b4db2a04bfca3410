"""The charts that a change of a plan was about."""

from collections.abc import Sequence

from bot.domain.values import Chart, ChartFile


def changed_charts(before: Sequence[Chart], after: Sequence[Chart]) -> tuple[ChartFile, ...]:
    """Return the charts that were added; else those removed; else those with another caption; else the one moved.

    Each has its new number; a removed one the last that it had.
    """
    old, new = {each.sha256: each for each in before}, {each.sha256: each for each in after}
    if added := new.keys() - old.keys():
        return _numbered(after, added)
    if removed := old.keys() - new.keys():
        return _numbered(before, removed)
    if captioned := {key for key, each in new.items() if each != old[key]}:
        return _numbered(after, captioned)
    return _numbered(after, _moved(list(old), list(new)))


def _numbered(charts: Sequence[Chart], chosen: set[str]) -> tuple[ChartFile, ...]:
    return tuple(ChartFile(number, each, None) for number, each in enumerate(charts, 1) if each.sha256 in chosen)


def _moved(before: list[str], after: list[str]) -> set[str]:
    """Return the one that was moved to another place; none if the others have another order too."""
    differing = [number for number, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]]
    if not differing:
        return set()
    first, last = differing[0], differing[-1]
    for moved in (after[first], after[last]):
        if [each for each in before if each != moved] == [each for each in after if each != moved]:
            return {moved}
    return set()
