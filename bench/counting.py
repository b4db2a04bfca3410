"""SQLite's work: the statements and the steps of its virtual machine, counted on all connections of the process."""

import contextlib
import dataclasses
import logging
from collections.abc import Generator
from typing import Any, Self

import apsw
import structlog

_BEGINS = "BEGIN IMMEDIATE"
_OF_INDEX = "'MAIN'.'"
"""Part of the statements that the full-text index runs within ours; their steps add up over the connection’s life."""
_OF_TEXTS = "FROM 'MAIN'.'REVISION_TEXTS'"
_UNCOUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")


@dataclasses.dataclass(frozen=True, slots=True)
class Cost:
    """The work of a request."""

    statements: int
    """Without those of transactions, of the full-text index, and pragmas."""
    steps: int
    """Of SQLite's virtual machine, in these statements."""
    writes: int
    """Transactions that write."""


def quiet_log() -> None:
    """Write no lines of the log below warnings between those of a table."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


class Counter:
    """Counts the statements that run on the connections opened while it is installed."""

    def __init__(self) -> None:
        self._finished: list[tuple[str, int]] = []
        """The SQL and the steps of each statement."""

    @classmethod
    @contextlib.contextmanager
    def installed(cls) -> Generator[Self]:
        """Install a counter: connections that are opened meanwhile are counted for as long as they are open."""
        counter = cls()
        apsw.connection_hooks.append(counter._watch)
        try:
            yield counter
        finally:
            apsw.connection_hooks.remove(counter._watch)

    def reset(self) -> None:
        """Count from nothing."""
        self._finished.clear()

    @property
    def cost(self) -> Cost:
        """The work since the last reset."""
        finished = list(self._finished)
        steps = [steps for sql, steps in finished if not sql.startswith(_UNCOUNTED) and _OF_INDEX not in sql]
        return Cost(len(steps), sum(steps), sum(sql.startswith(_BEGINS) for sql, _ in finished))

    @property
    def texts_read(self) -> int:
        """The texts that the full-text index read since the last reset, as for marks in them."""
        return sum(_OF_TEXTS in sql for sql, _ in self._finished)

    def _watch(self, connection: apsw.Connection) -> None:
        connection.trace_v2(apsw.SQLITE_TRACE_PROFILE, self._note)

    def _note(self, event: dict[str, Any]) -> None:
        steps = event["stmt_status"]["SQLITE_STMTSTATUS_VM_STEP"]
        self._finished.append((event["sql"].lstrip().upper(), steps))
