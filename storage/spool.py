"""A file of lines, each durable before it counts: for changes that the database can't take now."""

import contextlib
import datetime
import errno
import os
import pathlib
from collections.abc import Callable
from typing import Final, Self

from storage import private_files
from storage.chart_files import ChartFiles
from storage.errors.database import SpoolLockedError
from storage.fsync import sync
from storage.private_files import UnsafeFolderError
from storage.process_lock import ProcessLock
from storage.spool_reserve import SpoolReserve

_NAME = "operations.jsonl"
_DISK_FULL: Final = (errno.ENOSPC, errno.EDQUOT)

_FileState = tuple[int, int, int]
"""A file's disk, its number there, and its bytes."""


class UnsafeSpoolError(UnsafeFolderError):
    """The spool's folder is not safe, and need not be used: the configuration can name another."""

    def __init__(self, folder: pathlib.Path, error: UnsafeFolderError) -> None:
        super().__init__(folder, f"{error.strerror}, or choose another storage.spool_path")


class SpoolFile:
    """Lines in a folder that this user and process have to themselves. Everything here blocks: call it in a thread."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self._path = folder / _NAME
        self._lock_file = folder / "operations.running"
        self._lock: ProcessLock | None = None
        self._reserve = SpoolReserve(folder / "reserve")
        self._was_made = False
        self._last_state: _FileState | None = None
        """The file's state when it was last read or written; None: there was none."""

    @classmethod
    def open(cls, folder: pathlib.Path) -> Self:
        """Open the lines in `folder`, locked against other bots, if the folder can be used yet.

        Raises:
            SpoolLockedError: another bot has its lines there.
        """
        file = cls(folder.absolute())
        with contextlib.suppress(OSError):
            file.prepare()
        return file

    def refuse_unsafe(self) -> None:
        """Refuse a folder that another user owns or can write to.

        Raises:
            UnsafeSpoolError: it is another's, a link, or writable by others.
            OSError: there is no such folder.
        """
        try:
            private_files.refuse_unsafe(self.folder)
        except UnsafeFolderError as error:
            raise UnsafeSpoolError(self.folder, error) from error

    def make_folder(self) -> None:
        """Make the folder, if it is not there. Those above it are made only the first time: a disk may be missing.

        Raises:
            UnsafeSpoolError: it is another user's, or others can write to it.
            OSError: it can't be made.
        """
        make = private_files.make_subfolder if self._was_made else private_files.make_folder
        make(self.folder)
        self.refuse_unsafe()
        self._was_made = True

    def prepare(self) -> None:
        """Make the folder, if it is not there, and keep other bots from it.

        Raises:
            SpoolLockedError: another bot has its lines there.
            OSError: it can't be used.
        """
        self.make_folder()
        if self._lock and self._lock.is_current:
            return
        self.close()
        try:
            self._lock = ProcessLock.acquire(self._lock_file)
        except BlockingIOError as error:
            raise SpoolLockedError(self.folder) from error
        except OSError as error:
            raise PermissionError(0, "no file can be made there", str(self.folder)) from error

    def fill_reserve(self) -> None:
        """Reserve space on the disk, which is released for lines when the disk is full.

        Raises:
            OSError: the disk does not have it, or the folder can't be used.
        """
        self.make_folder()
        self._reserve.fill()

    def pictures(self, clock: Callable[[], datetime.datetime]) -> ChartFiles:
        """Return the files of the pictures that belong to the lines."""
        return ChartFiles(self.folder / "charts", clock, self.make_folder)

    def close(self) -> None:
        """Release the folder's lock."""
        if self._lock:
            self._lock.release()
            self._lock = None

    def remove(self) -> None:
        """Remove the folder, unless there is more in it; another bot may have it then."""
        with contextlib.suppress(OSError):
            self._reserve.remove()
            self._lock_file.unlink(missing_ok=True)
            self.folder.rmdir()

    def read(self) -> list[bytes]:
        """Return the lines, oldest first; one that a crash cut off, which was never acknowledged, is left out.

        Raises:
            UnsafeSpoolError: others may have written them.
            OSError: they can't be read.
        """
        try:
            self.refuse_unsafe()
            with private_files.reading(self._path) as file:
                content = file.read()
                self._last_state = _state_of(os.fstat(file.fileno()))
        except FileNotFoundError:
            return []
        *whole, _ = content.split(b"\n")
        return [line for line in whole if line]

    def is_gone(self) -> bool:
        """Return true if the lines are not there any more, or not those that were written."""
        if self._last_state is None:
            return False
        try:
            return _state_of(self._path.stat()) != self._last_state
        except OSError:
            return True

    def forget(self) -> None:
        """Forget lines that are gone: the next ones are the first."""
        self._last_state = None

    def append(self, *lines: bytes) -> None:
        """Add lines with one fsync; they are on the disk when this returns.

        Raises:
            OSError: it can't be written, or those before it are gone.
            SpoolLockedError: another bot has its lines there by now.
        """
        self.prepare()
        while True:
            try:
                self._append(b"".join(line + b"\n" for line in lines))
            except OSError as error:
                if error.errno not in _DISK_FULL or not self._reserve.release_piece():
                    raise
            else:
                return

    def clear(self) -> None:
        """Remove all lines.

        Raises:
            OSError: they can't be removed.
        """
        if not self.is_gone():
            self._path.unlink(missing_ok=True)
        self._last_state = None

    def _append(self, content: bytes) -> None:
        handle = private_files.open_or_create(self._path, os.O_RDWR | os.O_APPEND)
        try:
            state = _state_of(os.fstat(handle))
            if self._last_state not in (None, state):
                raise FileNotFoundError(0, "the lines that were written before are missing", str(self._path))
            size = _cut_to_lines(handle)
            try:
                _write(handle, content)
            except OSError:
                os.ftruncate(handle, size)  # else whole lines of a failed write would stay
                raise
            finally:
                self._last_state = _state_of(os.fstat(handle))
        finally:
            os.close(handle)
        if not size:
            sync(self.folder)


def _state_of(status: os.stat_result) -> _FileState:
    return status.st_dev, status.st_ino, status.st_size


def _write(handle: int, content: bytes) -> None:
    written = os.write(handle, content)
    if written < len(content):
        raise OSError(errno.ENOSPC, "only a part of it was written: no space left on the disk")
    os.fsync(handle)


def _cut_to_lines(handle: int) -> int:
    """Remove what a crash or a full disk cut off behind the last whole line, and return the size of what remains."""
    size = os.fstat(handle).st_size
    if size and os.pread(handle, 1, size - 1) != b"\n":
        size = os.pread(handle, size, 0).rfind(b"\n") + 1
        os.ftruncate(handle, size)
    return size
