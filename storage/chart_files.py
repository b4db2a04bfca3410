"""The files of pictures: each in a place that its bytes name, whole or not there at all.

A picture comes in as a file in `incoming/`, and is stored as `ab/<sha256>`, where `ab` are the first two digits.
It is durable before `store` returns, so a row may then name it. A file that no row names can be removed when it is old
enough: each `store` renews its time, under the lock that `remove_old` takes too.
"""

import contextlib
import dataclasses
import datetime
import hashlib
import io
import os
import pathlib
import secrets
import shutil
import stat
from collections.abc import Callable, Collection, Generator
from typing import Self

from storage import private_files
from storage.chart_folder import INCOMING, SUBFOLDERS, ChartFolder
from storage.errors.charts import (
    ChartAlteredError,
    ChartLostError,
    ChartMissingError,
    ChartUnreadableError,
    ChartUnwritableError,
    DiskReserveError,
)
from storage.fsync import size_of, sync

_MAX_BYTES = 32 * 2**20
"""More than any picture has that is accepted."""
_PROBE_BYTES = 64 * 1024
"""A disk that takes these is not full to the last block."""

Clock = Callable[[], datetime.datetime]


@dataclasses.dataclass(frozen=True, slots=True)
class StoredFile:
    """A picture that was stored durably."""

    sha256: str
    """64 hexadecimal digits."""
    size: int
    """Bytes."""


@dataclasses.dataclass(frozen=True, slots=True)
class OldPictures:
    """Some of the pictures that were last stored before a moment."""

    names: tuple[str, ...]
    """The SHA-256 of each."""
    next: int
    """The number of the subfolder to go on with; `SUBFOLDERS`: there are no more."""


class ChartFiles:
    """A folder of pictures. Everything here blocks: call it in a thread."""

    def __init__(self, folder: pathlib.Path, clock: Clock, make_parent: Callable[[], None] = lambda: None) -> None:
        """Use the folder, once `make_parent` has made the one that it lies in, or raised an OSError."""
        self.folder = ChartFolder(folder, make_parent)
        self._clock = clock

    @classmethod
    def open(cls, folder: pathlib.Path, clock: Clock, database: str | None = None) -> Self:
        """Open the pictures in `folder`, which is made if it is missing; see `ChartFolder.trust`.

        Raises:
            ChartsUnreadableError: it can't be made or written.
        """
        files = cls(folder.absolute(), clock)
        files.folder.open(database)
        return files

    def begin(self) -> pathlib.Path:
        """Return the path of a new empty file for an incoming picture: `store` it, and `discard` it in any case.

        Raises:
            ChartUnwritableError: the disk does not take it.
        """
        path = self.folder.path / INCOMING / secrets.token_hex(8)
        with self._writing():
            self.folder.require_same_folder()
            private_files.make_subfolder(path.parent)
            private_files.create(path).close()
        return path

    @contextlib.contextmanager
    def incoming(self) -> Generator[pathlib.Path]:
        """Yield a file as `begin` does, and `discard` it when the block ends."""
        path = self.begin()
        try:
            yield path
        finally:
            self.discard(path)

    def refuse_low_space(self, size: int, reserve: int) -> None:
        """Refuse a picture of this size if the disk would have less than `reserve` bytes left.

        Raises:
            DiskReserveError: it would.
            ChartUnwritableError: the free space is not known.
        """
        with self._writing():
            free = self.free()
        if free - size < reserve:
            raise DiskReserveError(self.folder.path, reserve)

    def discard(self, incoming: pathlib.Path) -> None:
        """Remove what is left of a file that was begun; what can't be removed, `remove_unfinished` removes later."""
        with contextlib.suppress(OSError):
            incoming.unlink(missing_ok=True)

    def store(self, incoming: pathlib.Path) -> StoredFile:
        """Store the file durably under the SHA-256 of its bytes; the same bytes are stored once.

        Raises:
            ChartUnwritableError: the disk does not take it, and nothing was stored.
        """
        with self._writing():
            with incoming.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
                size = file.tell()
                os.fsync(file.fileno())
            target = self.folder.path_for(sha256)
            with self.folder.locked():
                private_files.make_subfolder(target.parent)
                sync(self.folder.path)  # each time: whoever made the folder may have been killed before this
                now = self._clock().timestamp()
                os.utime(incoming, (now, now))
                incoming.replace(target)
                sync(target.parent)
        return StoredFile(sha256, size)

    def copy_from(self, other: "ChartFiles", sha256: str) -> bool:
        """Copy a picture from the other folder, if it is not here; False: neither has it.

        Raises:
            ChartUnreadableError: the disk of one does not give it now.
            ChartUnwritableError: the disk does not take it.
        """
        with contextlib.suppress(ChartUnreadableError):  # a folder without pictures may be a new one: `begin` checks
            if self.path_of(sha256):
                return True
        if not (path := other.path_of(sha256)):
            return self.path_of(sha256) is not None
        with self.incoming() as incoming:
            with self._writing(), path.open("rb") as picture, private_files.rewrite(incoming) as file:
                shutil.copyfileobj(picture, file)
            self.store(incoming)
        return True

    def try_to_write(self) -> None:
        """Write a file and remove it.

        Raises:
            ChartUnwritableError: the disk does not take it.
        """
        with self.incoming() as incoming, self._writing(), private_files.rewrite(incoming) as file:
            file.write(bytes(_PROBE_BYTES))
            file.flush()
            os.fsync(file.fileno())

    def remove_all(self) -> None:
        """Remove the folder with all that is in it."""
        with contextlib.suppress(OSError):
            self.folder.make_parent()
            shutil.rmtree(self.folder.path, ignore_errors=True)

    def find(self, sha256: str) -> pathlib.Path:
        """Return the picture's file, which was read through.

        Raises:
            ChartMissingError: it is not there.
            ChartAlteredError: its bytes are not those that were stored.
            ChartUnreadableError: it can't be read now, or the folder that is there is not the right one.
        """
        path = self.folder.path_for(sha256)
        with self._opened(path) as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest != sha256:
            raise ChartAlteredError(path)
        return path

    def is_there(self, sha256: str, size: int) -> bool:
        """Return whether the picture's file is there with this size; its bytes are not read."""
        try:
            found = self.folder.path_for(sha256).stat()
        except OSError:
            return False
        return stat.S_ISREG(found.st_mode) and found.st_size == size

    def read(self, sha256: str) -> bytes:
        """Return the picture's bytes, which are read once.

        Raises:
            ChartMissingError, ChartAlteredError, ChartUnreadableError: see `find`.
        """
        path = self.folder.path_for(sha256)
        with self._opened(path) as file:
            data = file.read(_MAX_BYTES)
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ChartAlteredError(path)
        return data

    def path_of(self, sha256: str) -> pathlib.Path | None:
        """Return the picture's file; None: it is missing, or its bytes are not those that were stored.

        Raises:
            ChartUnreadableError: see `find`.
        """
        try:
            return self.find(sha256)
        except ChartLostError:
            return None

    def refresh(self, sha256: str) -> pathlib.Path:
        """Return the picture as `find` does, with the time of one that was just stored.

        Raises:
            ChartMissingError, ChartAlteredError, ChartUnreadableError: see `find`.
        """
        try:
            with self.folder.locked():
                path, now = self.find(sha256), self._clock().timestamp()
                os.utime(path, (now, now))
                return path
        except OSError as error:
            raise ChartUnreadableError(self.folder.path_for(sha256), error.strerror or str(error)) from error

    def size(self) -> int:
        """Return the bytes of all pictures."""
        return size_of(self.folder.pictures())

    def free(self) -> int:
        """Return the bytes that the disk has left; blocks.

        Raises:
            OSError: it does not say.
        """
        return shutil.disk_usage(self.folder.path).free

    def names(self) -> list[str]:
        """Return the SHA-256 of each picture."""
        return [path.name for path in self.folder.pictures()]

    def old(self, before: datetime.datetime, first: int = 0, limit: int | None = None) -> OldPictures:
        """Return the pictures that were last stored before this moment, in whole subfolders from the given one on.

        With a limit it stops at the first subfolder that reaches it.
        """
        names = list[str]()
        for number in range(first, SUBFOLDERS):
            names += [each.name for each in self.folder.entries(number) if _is_older(each, before)]
            if limit is not None and len(names) >= limit:
                return OldPictures(tuple(names), number + 1)
        return OldPictures(tuple(names), SUBFOLDERS)

    def remove_old(self, names: Collection[str], before: datetime.datetime) -> int:
        """Remove those of the pictures that were not stored again since, and return their number."""
        removed = 0
        for name in names:
            path = self.folder.path_for(name)
            with self.folder.locked():
                if _is_older(path, before):
                    path.unlink()
                    removed += 1
        return removed

    def remove_unfinished(self, before: datetime.datetime) -> int:
        """Remove what was put in `incoming/` before this moment, and return the number of files."""
        removed = 0
        for path in (self.folder.path / INCOMING).glob("*"):
            if _is_older(path, before):
                path.unlink(missing_ok=True)
                removed += 1
        return removed

    @contextlib.contextmanager
    def _writing(self) -> Generator[None]:
        """Raise a ChartUnwritableError for an OSError."""
        try:
            yield
        except OSError as error:
            raise ChartUnwritableError(self.folder.path, error.strerror or str(error)) from error

    @contextlib.contextmanager
    def _opened(self, path: pathlib.Path) -> Generator[io.BufferedReader]:
        """Open a picture's file; inside, failures are raised as `find` does."""
        try:
            if not stat.S_ISREG(path.stat().st_mode):  # a pipe might never end
                raise ChartAlteredError(path)
            with path.open("rb") as file:
                yield file
        except FileNotFoundError as error:
            if why := self.folder.why_unavailable():
                raise ChartUnreadableError(path, why) from error
            raise ChartMissingError(path) from error
        except OSError as error:
            raise ChartUnreadableError(path, error.strerror or str(error)) from error


def _is_older(path: "pathlib.Path | os.DirEntry[str]", before: datetime.datetime) -> bool:
    """Return true if the file is there, and was last written before this moment."""
    try:
        return path.stat().st_mtime < before.timestamp()
    except FileNotFoundError:
        return False
