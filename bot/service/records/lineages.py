"""Lineages: the revisions that made a plan what it is, without changes that were undone or changed back."""

import json
from collections.abc import Iterable, Sequence

from bot.service.records.sources import is_late
from storage.models import RevisionRow


def read(stored: str) -> tuple[int, ...]:
    """Return the lineage that a plan's row has."""
    return tuple(json.loads(stored))


def written(lineage: Sequence[int]) -> str:
    """Return the lineage as a plan's row has it."""
    return json.dumps(lineage)


def following(lineage: Sequence[int], made: RevisionRow, same: int | None) -> tuple[int, ...]:
    """Return the lineage after the next revision; `same` has the same text and charts, and is a part of it.

    Late pictures are a part of the change that they were sent with.
    """
    if same is not None:
        return tuple(each for each in lineage if each <= same)
    before = lineage[:-1] if is_late(made.note) else lineage
    return (*before, made.revision)


def of_history(history: Iterable[RevisionRow]) -> tuple[int, ...]:
    """Return the lineage of a plan with this history, from its first revision on."""
    lineage, states = tuple[int, ...](), dict[int, tuple[str | None, str]]()
    for made in history:
        state = states[made.revision] = made.text, made.charts
        same = next((each for each in lineage if states[each] == state and made.text is not None), None)
        lineage = following(lineage, made, same)
    return lineage
