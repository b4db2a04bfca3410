"""Calls that are made when tables change."""

from collections.abc import Callable, Collection

from storage.models import Row


class TableWatches:
    """The calls of a store, which makes them in whatever thread it learns of a change."""

    def __init__(self) -> None:
        self._calls: list[tuple[frozenset[str], Callable[[], None]]] = []

    def add(self, rows: Collection[type[Row]], call: Callable[[], None]) -> None:
        """Have it called whenever one of the tables of these rows may have changed, with what changed committed."""
        self._calls.append((frozenset(row._meta.table_name for row in rows), call))

    def notify(self, tables: Collection[str] | None) -> None:
        """Call all that wait for one of these tables; None: any may have changed."""
        for watched, call in self._calls:
            if tables is None or not watched.isdisjoint(tables):
                call()
