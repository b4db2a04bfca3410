"""Pages of lists that others change meanwhile: each begins beside an item of the list, not at a number."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Final, Generic, Protocol, TypeVar

from bot.domain.values import Turn

T = TypeVar("T")
RowT = TypeVar("RowT")
MAX_BATCH: Final = 400
"""Rows that are read at once while items are sought among them."""


class HasTurn(Protocol):
    """A cursor: the place beside an item, and the direction to read in."""

    @property
    def turn(self) -> Turn:
        """The direction."""
        ...


CursorT = TypeVar("CursorT", bound=HasTurn)


class Listing(Protocol[T, CursorT]):
    """A list, the newest item first."""

    def read(self, count: int, cursor: CursorT | None = None, turn: Turn = Turn.OLDER) -> list[T]:
        """Return up to `count` items after the cursor; None: from the first, or from the last with `turn` to newer."""
        ...

    def beside(self, item: T, turn: Turn) -> CursorT:
        """Return the cursor of the place beside an item, in a direction."""
        ...


@dataclasses.dataclass(frozen=True, slots=True)
class Paged(Generic[T, CursorT]):
    """A page of a list."""

    shown: tuple[T, ...]
    newer: CursorT | None
    """The page before; None: this is the first."""
    older: CursorT | None
    """The page after; None: this is the last."""


def page_of(listing: Listing[T, CursorT], cursor: CursorT | None, size: int) -> Paged[T, CursorT]:
    """Return the page at the cursor, or the nearest page there is, usually with one read."""
    turn = cursor.turn if cursor else Turn.OLDER
    found = listing.read(size + 1, cursor)
    if cursor and turn is Turn.NEWER and len(found) <= size:  # the first page, and a full one
        cursor, turn = None, Turn.OLDER
        found = listing.read(size + 1)
    elif cursor and not found:  # no older item is left
        cursor, turn = None, Turn.NEWER
        found = listing.read(size + 1, turn=turn)
    has_more, had_others = len(found) > size, cursor is not None
    shown = found[:size] if turn is Turn.OLDER else found[:size][::-1]
    has_newer, has_older = (had_others, has_more) if turn is Turn.OLDER else (has_more, had_others)
    return Paged(
        tuple(shown),
        listing.beside(shown[0], Turn.NEWER) if shown and has_newer else None,
        listing.beside(shown[-1], Turn.OLDER) if shown and has_older else None,
    )


def first_known(
    count: int, read: Callable[[RowT | None, int], Sequence[RowT]], known: Callable[[Sequence[RowT]], Sequence[T]]
) -> list[T]:
    """Return at least `count` known items, unless there are fewer, however many unknown rows are among them.

    Args:
        count: the items that are wanted.
        read: returns so many rows after one; None: from the start.
        known: returns the items of the rows that are known.
    """
    found, last, batch = list[T](), None, count
    while True:
        rows = read(last, batch)
        found += known(rows)
        if len(rows) < batch or len(found) >= count:
            return found
        last, batch = rows[-1], min(2 * batch, MAX_BATCH)
