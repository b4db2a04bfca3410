"""A file of lines, each on the disk before it counts: for what can't be put where it belongs for now."""

import contextlib
import os
import pathlib
from typing import Self

from storage.errors import BookHeldError, SpoolHeldError, UnreadableError
from storage.fsync import sync
from storage.process_lock import Hold

_NAME = "operations.jsonl"

_Standing = tuple[int, int, int]
"""A file's disk, its number there, and its bytes."""


class SpoolFile:
    """Lines in a folder that this user and process have to themselves. Everything here blocks: call it in a thread."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self._path = folder / _NAME
        self._held_by = folder / "operations"
        self._hold: Hold | None = None
        self._left: _Standing | None = None
        """What the file was when it was last read or written; None: there was none."""

    @classmethod
    def open(cls, folder: pathlib.Path) -> Self:
        """The lines in `folder`, held against other bots, if the folder can be used yet.

        Raises:
            SpoolHeldError: another bot has its lines there.
        """
        file = cls(folder.absolute())
        with contextlib.suppress(OSError):
            file.prepare()
        return file

    def prepare(self) -> None:
        """Make the folder, if it is not there, and keep other bots from it.

        Raises:
            SpoolHeldError: another bot has its lines there.
            OSError: it can't be used.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.folder.is_symlink() or self.folder.stat().st_uid != os.geteuid():
            raise PermissionError(0, "the folder is another user's", str(self.folder))
        if self._hold and self._hold.is_of(self._held_by):
            return
        self.close()
        try:
            self._hold = Hold.take(self._held_by)
        except BookHeldError as error:
            raise SpoolHeldError(self.folder) from error
        except UnreadableError as error:
            raise PermissionError(0, "no file can be made there", str(self.folder)) from error

    def close(self) -> None:
        """Let another bot have the folder."""
        if self._hold:
            self._hold.release()
            self._hold = None

    def read(self) -> list[bytes]:
        """The lines, oldest first; one that a crash cut off, which was never acknowledged, is left out.

        Raises:
            OSError: they can't be read.
        """
        try:
            with self._path.open("rb") as file:
                content = file.read()
                self._left = _standing(os.fstat(file.fileno()))
        except FileNotFoundError:
            return []
        *whole, _ = content.split(b"\n")
        return [line for line in whole if line]

    def is_gone(self) -> bool:
        """Whether the lines are not there any more, or not those that were written."""
        if self._left is None:
            return False
        try:
            return _standing(self._path.stat()) != self._left
        except OSError:
            return True

    def begin_anew(self) -> None:
        """Let go of lines that are gone: those that come are the first."""
        self._left = None

    def append(self, line: bytes) -> None:
        """Add a line, which is on the disk when this returns.

        Raises:
            OSError: it can't be written, or those before it are gone.
            SpoolHeldError: another bot has its lines there by now.
        """
        self.prepare()
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            found = _standing(os.fstat(handle))
            if self._left not in (None, found):
                raise FileNotFoundError(0, "what was written before is not there any more", str(self._path))
            size = _cut_to_lines(handle)
            try:
                _write(handle, line + b"\n")
            finally:
                self._left = _standing(os.fstat(handle))
        finally:
            os.close(handle)
        if not size:
            sync(self.folder)

    def clear(self) -> None:
        """Remove all lines.

        Raises:
            OSError: they can't be removed.
        """
        if not self.is_gone():
            self._path.unlink(missing_ok=True)
        self._left = None


def _standing(found: os.stat_result) -> _Standing:
    return found.st_dev, found.st_ino, found.st_size


def _write(handle: int, content: bytes) -> None:
    written = os.write(handle, content)
    if written < len(content):
        raise OSError(0, f"only {written} of {len(content)} bytes were taken")
    os.fsync(handle)


def _cut_to_lines(handle: int) -> int:
    """Take off what a crash or a full disk cut off behind the last whole line, and give the size of what is left."""
    size = os.fstat(handle).st_size
    if size and os.pread(handle, 1, size - 1) != b"\n":
        size = os.pread(handle, size, 0).rfind(b"\n") + 1
        os.ftruncate(handle, size)
    return size
