"""The charts that a change of a plan was about."""

from collections.abc import Collection, Sequence

from bot.domain.values import ChangedCharts, Chart, ChartChange, ChartFile


def chart_changes(before: Sequence[Chart], after: Sequence[Chart]) -> tuple[ChangedCharts, ...]:
    """Return the charts that were added and those removed; else those with another caption; else the one moved."""
    old, new = {each.sha256: each for each in before}, {each.sha256: each for each in after}
    changes = [
        *_changed(ChartChange.ADDED, after, new.keys() - old.keys()),
        *_changed(ChartChange.REMOVED, before, old.keys() - new.keys()),
    ]
    if not changes:
        changes = _changed(ChartChange.CAPTIONED, after, {key for key, each in new.items() if each != old[key]})
    return tuple(changes or _changed(ChartChange.MOVED, after, _moved(list(old), list(new))))


def _changed(change: ChartChange, charts: Sequence[Chart], chosen: Collection[str]) -> list[ChangedCharts]:
    files = tuple(ChartFile(number, each, None) for number, each in enumerate(charts, 1) if each.sha256 in chosen)
    return [ChangedCharts(change, files)] if files else []


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
