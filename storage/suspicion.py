"""The suspicion that a database is damaged: a single failed read proves nothing.

SQLite turns an I/O error on a read into "database disk image is malformed", so a disk that fails for a moment looks
like damage. Only checks of a file that was opened again, with growing pauses between them, distinguish the two.
"""

import contextlib
import pathlib
import time
from collections.abc import Callable
from typing import Final, TypeVar

from storage.errors.database import NotADatabaseError, ReadFailedError
from storage.file_identity import Footprint, footprint

T = TypeVar("T")

CHECKS: Final = 3
"""Checks in a row that must fail before a file is called damaged."""
PAUSES: Final = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds before the next check, after each that failed; the last one for all further."""
REST: Final = 1.0
"""A pause is at least so many times as long as the check before it, which reads the whole file."""


class Suspicion:
    """The results of the checks of one file so far."""

    def __init__(self, path: pathlib.Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._clock = clock
        self._failed = 0
        self._checked: Footprint | None = None
        self._next = 0.0

    @property
    def is_due(self) -> bool:
        """True: check now, as the pause is over, or the file is another one or was written since."""
        return self._clock() >= self._next or footprint(self._path) != self._checked

    def record_failure(
        self, error: ReadFailedError | NotADatabaseError, seconds: float = 0
    ) -> ReadFailedError | NotADatabaseError:
        """Count a check that failed after so many seconds, and return what to report: damage only after enough."""
        current = footprint(self._path)
        if current != self._checked:
            self._failed = 0
        self._checked = current
        self._next = self._clock() + max(seconds * REST, PAUSES[min(self._failed, len(PAUSES) - 1)])
        self._failed += 1
        if isinstance(error, ReadFailedError) and self._failed >= CHECKS:
            return NotADatabaseError(self._path)
        return error

    def clear(self) -> None:
        """Forget all failures: the file was checked, and is sound."""
        self._failed, self._checked, self._next = 0, None, 0.0


def retry_reads(path: pathlib.Path, check: Callable[[], T], looks_damaged: Callable[[T], bool] = lambda _: False) -> T:
    """Return what `check` finds; where a read fails, or the finding looks like damage, check again after a pause.

    Blocks for as long as that takes, some seconds.

    Raises:
        NotADatabaseError: a read failed each time.
    """
    for pause in PAUSES[: CHECKS - 1]:
        with contextlib.suppress(ReadFailedError):
            finding = check()
            if not looks_damaged(finding):
                return finding
        time.sleep(pause)  # blocks a command of the command line, where nothing else waits
    try:
        return check()
    except ReadFailedError as error:
        raise NotADatabaseError(path) from error
