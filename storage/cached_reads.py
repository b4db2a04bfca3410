"""Reads whose results are kept in memory until a table that they come from changes.

`Store` drops them: when a transaction of its own has changed such a table, when another process has written to the
database, and when another database is opened.
"""

import threading
import weakref
from collections.abc import Callable, Collection, Hashable
from typing import Any, Generic, TypeVar

from storage.connections import database
from storage.models import Row

MAX_RESULTS = 1000
"""The number of results that one read keeps; the oldest is dropped for another."""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class CachedRead(Generic[K, V]):
    """A read of the rows that belong to one key, such as a guild's id, inside a transaction."""

    def __init__(self, load: Callable[[K], V], tables: Collection[str]) -> None:
        """Read by `load` what comes from these tables."""
        self.load = load
        self._tables = frozenset(tables)
        self._results: dict[K, V] = {}
        _reads.add(self)

    def __call__(self, key: K) -> V:
        """Return the result for the key, as it was kept or as it is read now; None is not kept."""
        if not _is_current() or not self._tables.isdisjoint(database.changed_tables):
            return self.load(key)  # as this transaction sees it
        if (kept := self.peek(key)) is not None:
            return kept
        result = self.load(key)
        with _lock:
            if result is not None and _is_current():
                if len(self._results) >= MAX_RESULTS:
                    del self._results[next(iter(self._results))]
                self._results[key] = result
        return result

    def peek(self, key: K) -> V | None:
        """Return the kept result; None: there is none. Needs no transaction."""
        return self._results.get(key)

    def drop(self) -> None:
        """Drop all results."""
        self._results.clear()

    def reads_from(self, tables: Collection[str] | None) -> bool:
        """Return true if the results come from one of these tables; None: from any."""
        return tables is None or not self._tables.isdisjoint(tables)


class _State:
    """The number of times that results were dropped: a transaction that began earlier neither uses nor keeps any."""

    generation = 0


_reads: weakref.WeakSet[CachedRead[Any, Any]] = weakref.WeakSet()
_lock = threading.Lock()
_state = _State()
_transaction = threading.local()


def cached_read(*rows: type[Row]) -> Callable[[Callable[[K], V]], CachedRead[K, V]]:
    """Make a function of one key, which reads these tables alone, a cached read; its results are immutable."""
    return lambda load: CachedRead(load, [row._meta.table_name for row in rows])


def _is_current() -> bool:
    """Return true if nothing was dropped since this thread's transaction began."""
    return getattr(_transaction, "generation", None) == _state.generation


def begin() -> None:
    """Note in this thread that its transaction begins now, before it reads anything."""
    _transaction.generation = _state.generation


def drop(tables: Collection[str] | None = None) -> None:
    """Drop all results that come from one of these tables; None: all."""
    with _lock:
        outdated = [read for read in _reads if read.reads_from(tables)]
        _state.generation += bool(outdated)
        for read in outdated:
            read.drop()
