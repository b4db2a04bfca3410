"""Locks between processes: files that are locked, and never say anything by being there."""

import contextlib
import fcntl
import os
import pathlib
import time
from types import TracebackType
from typing import Self

from storage import private_files
from storage.errors.database import DatabaseLockedError, UnreadableError

_RETRY_SECONDS = 0.05


class ProcessLock:
    """An exclusive lock on a file (flock(2)). The system releases it when the process ends, however that ends."""

    def __init__(self, handle: int, path: pathlib.Path) -> None:
        self._handle = handle
        self._path = path

    @classmethod
    def acquire(cls, path: pathlib.Path, wait_seconds: float | None = 0) -> Self:
        """Lock the file, which is made if it is missing; None: wait for as long as it takes.

        Raises:
            BlockingIOError: another process, or another part of this one, has the lock.
            OSError: the file can't be made.
        """
        handle = private_files.open_or_create(path)
        try:
            _lock(handle, wait_seconds)
        except BaseException:  # a signal may end the wait
            os.close(handle)
            raise
        return cls(handle, path)

    @property
    def is_current(self) -> bool:
        """True: the locked file is still the one at its path; it may have been removed with its folder."""
        try:
            return os.path.samestat(os.fstat(self._handle), self._path.stat())
        except OSError:
            return False

    def release(self) -> None:
        """Let another process have the lock; the file stays, as others may wait for it."""
        os.close(self._handle)

    def __enter__(self) -> Self:
        """Return the lock, which is released when the block ends."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Release it."""
        self.release()


def lock_database(path: pathlib.Path) -> ProcessLock:
    """Lock the database at `path`, whose folder must be there, against other bots, migrations and restores.

    Raises:
        DatabaseLockedError: another process has it.
        UnreadableError: the lock's file can't be made.
    """
    file = path.with_name(f"{path.name}.running")
    try:
        return ProcessLock.acquire(file)
    except BlockingIOError as error:
        raise DatabaseLockedError(path) from error
    except OSError as error:
        raise UnreadableError(path, f"{file} can't be made ({error.strerror})") from error


def _lock(handle: int, wait_seconds: float | None) -> None:
    if wait_seconds is None:
        fcntl.flock(handle, fcntl.LOCK_EX)
        return None
    deadline = time.monotonic() + wait_seconds
    while True:
        with contextlib.suppress(BlockingIOError):
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if time.monotonic() >= deadline:
            raise BlockingIOError
        time.sleep(_RETRY_SECONDS)
