"""Lineages: the revisions that made a plan what it is, without changes that were undone or changed back.

No two revisions of a lineage have the same text and charts.
"""

import bisect
import json
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from bot.service.records.sources import is_late


class Made(Protocol):
    """A revision: its row, or what was read of it."""

    @property
    def revision(self) -> Any:  # noqa: ANN401 - rows have fields in their classes
        """Its number."""
        ...

    @property
    def text(self) -> Any:  # noqa: ANN401
        """None: it was erased."""
        ...

    @property
    def charts(self) -> Any:  # noqa: ANN401
        """All of its charts, as stored."""
        ...

    @property
    def note(self) -> Any:  # noqa: ANN401
        """None: it has none."""
        ...


def read(stored: str) -> tuple[int, ...]:
    """Return the lineage that a plan's row has."""
    return tuple(json.loads(stored))


def written(lineage: Sequence[int]) -> str:
    """Return the lineage as a plan's row has it."""
    return json.dumps(lineage)


def advance(lineage: list[int], made: Made, same: int | None) -> None:
    """Make the lineage that after the next revision; `same` has the same text and charts, and is a part of it.

    Late pictures are a part of the change that they were sent with.
    """
    if same is not None:
        del lineage[bisect.bisect(lineage, same) :]
        return
    if is_late(made.note):
        del lineage[-1:]
    lineage.append(made.revision)


def of_history(history: Iterable[Made]) -> list[int]:
    """Return the lineage of a plan with this history, from its first revision on."""
    lineage, newest = list[int](), dict[tuple[str | None, str], int]()
    for made in history:
        state = made.text, made.charts
        same = newest.get(state)
        if same is None or made.text is None or lineage[bisect.bisect(lineage, same) - 1] != same:
            same, newest[state] = None, made.revision
        advance(lineage, made, same)
    return lineage


def is_of(stored: str, history: Sequence[Made]) -> bool:
    """Return whether the row of a plan with this history may have this lineage.

    Erased texts can't be compared: any revisions of such a history may be in it.
    """
    if all(made.text is not None for made in history):
        return stored == written(of_history(history))
    listed = stored.strip("[]").split(", ")
    return stored == written([made.revision for made in history if str(made.revision) in listed]) != "[]"
