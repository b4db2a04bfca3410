"""The files of pictures: each in a place that its bytes name, whole or not there at all.

A picture comes in as a file in `incoming/`, and is kept as `ab/<sha256>`, where `ab` are the first two digits.
It is on the disk for good before `keep` returns, so a row may then name it. What no row names can be removed when it
is old enough: each `keep` makes a file young again, under the lock that `remove_old` takes too.
"""

import contextlib
import dataclasses
import datetime
import fcntl
import hashlib
import os
import pathlib
import re
import secrets
import shutil
import stat
from collections.abc import Callable, Collection, Generator, Iterator
from typing import Self

from storage import private_files
from storage.errors import (
    ChartAlteredError,
    ChartLostError,
    ChartMissingError,
    ChartsUnreadableError,
    ChartUnreadableError,
    ChartUnwritableError,
    DiskReserveError,
)
from storage.file_identity import Identity, identity
from storage.fsync import size_of, sync

_INCOMING = "incoming"
_LOCK = ".lock"
_OWNER = ".book"
_NAME = re.compile("[0-9a-f]{64}")
_PROBE_BYTES = 64 * 1024
"""A disk that takes these is not full to the last block."""

Clock = Callable[[], datetime.datetime]


@dataclasses.dataclass(frozen=True, slots=True)
class Kept:
    """A picture that is on the disk for good."""

    sha256: str
    """64 hexadecimal digits."""
    size: int
    """Bytes."""


class ChartFiles:
    """A folder of pictures. Everything here blocks: call it in a thread."""

    def __init__(self, folder: pathlib.Path, clock: Clock, make_parent: Callable[[], None] = lambda: None) -> None:
        """Use the folder, once `make_parent` has made the one that it lies in, or raised an OSError."""
        self._folder = folder
        self._clock = clock
        self._make_parent = make_parent
        self._stood: Identity | None = None
        """Which folder was opened; None: none yet."""
        self._owner: str | None = None
        """The name of the book whose pictures these are; None: nobody said."""

    @classmethod
    def open(cls, folder: pathlib.Path, clock: Clock, book: str | None = None) -> Self:
        """Open the pictures in `folder`, which is made when it is missing; see `trust`.

        Raises:
            ChartsUnreadableError: it can't be made or written.
        """
        files = cls(folder.absolute(), clock)
        files.refuse_unwritable()
        try:
            private_files.make_folder(files._folder)
            private_files.make_subfolder(files._folder / _INCOMING)
            files.trust(book)
            with files._locked():
                return files
        except OSError as error:
            raise ChartsUnreadableError(folder, f"{error.filename or folder}: {error.strerror or error}") from error

    def trust(self, book: str | None = None) -> None:
        """Take the folder that is there now for the right one to write to.

        Where it is not that of this book, a picture that is not there is not called missing: its disk may come later.

        Raises:
            OSError: it can't be read whose it is.
        """
        self._owner = book or self._owner_there()
        self._stood = identity(self._folder)

    @property
    def folder(self) -> pathlib.Path:
        """Where the pictures lie: each as `ab/<sha256>`."""
        return self._folder

    def refuse_unwritable(self) -> None:
        """Go on only with a folder that is there or can be made.

        Raises:
            ChartsUnreadableError: it is neither.
        """
        nearest = next(place for place in (self._folder, *self._folder.parents) if _is_there(place))
        if not nearest.is_dir():
            raise ChartsUnreadableError(self._folder, f"{nearest} is not a folder")
        if not os.access(nearest, os.R_OK | os.W_OK | os.X_OK):
            raise ChartsUnreadableError(self._folder, f"{nearest} can't be written; give this user the right to")

    def begin(self) -> pathlib.Path:
        """The path of a new empty file for a picture on its way in: `keep` it, and `discard` it in any case.

        Raises:
            ChartUnwritableError: the disk does not take it.
        """
        path = self._folder / _INCOMING / secrets.token_hex(8)
        try:
            self._settle()
            private_files.make_subfolder(path.parent)
            private_files.create(path).close()
        except OSError as error:
            raise ChartUnwritableError(self._folder, error.strerror or str(error)) from error
        return path

    def refuse_low_space(self, size: int, reserve: int) -> None:
        """Go on only if the disk has so many bytes left after a picture of this size.

        Raises:
            DiskReserveError: it has not.
            ChartUnwritableError: it does not say.
        """
        try:
            free = self.free()
        except OSError as error:
            raise ChartUnwritableError(self._folder, error.strerror or str(error)) from error
        if free - size < reserve:
            raise DiskReserveError(self._folder, reserve)

    def discard(self, incoming: pathlib.Path) -> None:
        """Remove what is left of a file that was begun; what can't be removed, `remove_unfinished` removes later."""
        with contextlib.suppress(OSError):
            incoming.unlink(missing_ok=True)

    def keep(self, incoming: pathlib.Path) -> Kept:
        """Keep the file for good under the SHA-256 of its bytes; the same bytes are kept once.

        Raises:
            ChartUnwritableError: the disk does not take it, and nothing was kept.
        """
        try:
            with incoming.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
                size = file.tell()
                os.fsync(file.fileno())
            target = self._path(sha256)
            with self._locked():
                private_files.make_subfolder(target.parent)
                sync(self._folder)  # each time: whoever made the folder may have been killed before this
                now = self._clock().timestamp()
                os.utime(incoming, (now, now))
                incoming.replace(target)
                sync(target.parent)
        except OSError as error:
            raise ChartUnwritableError(self._folder, error.strerror or str(error)) from error
        return Kept(sha256, size)

    def take_over(self, sha256: str, other: "ChartFiles") -> bool:
        """Keep what the other folder has of this picture, if it is not here; False: neither has it.

        Raises:
            ChartUnreadableError: the disk of one does not give it now.
            ChartUnwritableError: the disk does not take it.
        """
        with contextlib.suppress(ChartUnreadableError):  # a folder without pictures may be a new one: `begin` tells
            if self.path_of(sha256):
                return True
        if not (path := other.path_of(sha256)):
            return self.path_of(sha256) is not None
        incoming = self.begin()
        try:
            with path.open("rb") as picture, private_files.rewrite(incoming) as file:
                shutil.copyfileobj(picture, file)
            self.keep(incoming)
        except OSError as error:
            raise ChartUnwritableError(self._folder, error.strerror or str(error)) from error
        finally:
            self.discard(incoming)
        return True

    def try_to_write(self) -> None:
        """Write a file and take it away again.

        Raises:
            ChartUnwritableError: the disk does not take it.
        """
        incoming = self.begin()
        try:
            with private_files.rewrite(incoming) as file:
                file.write(bytes(_PROBE_BYTES))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise ChartUnwritableError(self._folder, error.strerror or str(error)) from error
        finally:
            self.discard(incoming)

    def remove_all(self) -> None:
        """Remove the folder with all that is in it."""
        with contextlib.suppress(OSError):
            self._make_parent()
            shutil.rmtree(self._folder, ignore_errors=True)

    def find(self, sha256: str) -> pathlib.Path:
        """Return the picture's file, which was read through.

        Raises:
            ChartMissingError: it is not there.
            ChartAlteredError: its bytes are not those that were kept.
            ChartUnreadableError: it can't be read now, or the folder that is there is not the right one.
        """
        path = self._path(sha256)
        try:
            if not stat.S_ISREG(path.stat().st_mode):  # a pipe might never end
                raise ChartAlteredError(path)
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError as error:
            if why := self._why_away():
                raise ChartUnreadableError(path, why) from error
            raise ChartMissingError(path) from error
        except OSError as error:
            raise ChartUnreadableError(path, error.strerror or str(error)) from error
        if digest != sha256:
            raise ChartAlteredError(path)
        return path

    def path_of(self, sha256: str) -> pathlib.Path | None:
        """Return the picture's file; None: it is missing, or its bytes are not those that were kept.

        Raises:
            ChartUnreadableError: see `find`.
        """
        try:
            return self.find(sha256)
        except ChartLostError:
            return None

    def renew(self, sha256: str) -> pathlib.Path:
        """Do as `find` does, and make the picture young, as if it had just been kept.

        Raises:
            ChartMissingError, ChartAlteredError, ChartUnreadableError: see `find`.
        """
        try:
            with self._locked():
                path, now = self.find(sha256), self._clock().timestamp()
                os.utime(path, (now, now))
                return path
        except OSError as error:
            raise ChartUnreadableError(self._path(sha256), error.strerror or str(error)) from error

    def is_of(self, book: str, *, is_empty: bool = True) -> bool:
        """Return whether the pictures here are those of the book with this name.

        A folder that is nobody's becomes its own, but one without any picture only if the book `is_empty` too: the
        disk with its pictures may be missing.

        Raises:
            ChartUnwritableError: the folder is not the one that was opened.
            OSError: it can't be read or written.
        """
        self._settle()
        owner = self._folder / _OWNER
        with self._locked():
            if not owner.exists():
                if not is_empty and not any(self._kept()):
                    return False
                with private_files.create(owner) as file:
                    file.write(book.encode("ascii"))
                sync(self._folder)
            self._owner = owner.read_text(encoding="ascii")
            return self._owner == book

    def size(self) -> int:
        """Bytes of all pictures."""
        return size_of(self._kept())

    def free(self) -> int:
        """Bytes that the disk has left; blocks.

        Raises:
            OSError: it does not say.
        """
        return shutil.disk_usage(self._folder).free

    def names(self) -> list[str]:
        """Return the SHA-256 of each picture."""
        return [path.name for path in self._kept()]

    def old(self, before: datetime.datetime) -> list[str]:
        """The SHA-256 of each picture that was last kept before this moment."""
        return [path.name for path in self._kept() if _is_older(path, before)]

    def remove_old(self, names: Collection[str], before: datetime.datetime) -> int:
        """Remove those of the pictures that were not kept again since, and say how many went."""
        removed = 0
        for name in names:
            path = self._path(name)
            with self._locked():
                if _is_older(path, before):
                    path.unlink()
                    removed += 1
        return removed

    def remove_unfinished(self, before: datetime.datetime) -> int:
        """Remove what has lain in `incoming/` since before this moment, and say how many files."""
        removed = 0
        for path in (self._folder / _INCOMING).glob("*"):
            if _is_older(path, before):
                path.unlink(missing_ok=True)
                removed += 1
        return removed

    def _settle(self) -> None:
        """Go on in no other folder than was opened; make one if there was none, or it was nobody's.

        Where its disk is missing, an empty folder is often in its place: what is kept there is soon hidden. A folder
        that was moved away could not be moved back into its place if another were made there.

        Raises:
            ChartUnwritableError: another is there.
            OSError: it can't be made.
        """
        self._make_parent()
        if not self._folder.exists():
            if self._owner and self._stood:
                raise ChartUnwritableError(self._folder, "it is not there; put it back, or start the bot again")
            private_files.make_subfolder(self._folder)
        elif self._stood in (None, identity(self._folder)):
            return
        elif not self._owner or self._owner_there() != self._owner:
            why = "another folder is in its place; put the right one back, or start the bot again"
            raise ChartUnwritableError(self._folder, why)
        self._stood = identity(self._folder)

    def _why_away(self) -> str | None:
        """Return why the book's folder is not there; None: it is, or this is no book's.

        A folder that does not say whose it is counts as the book's if there are pictures in it.
        """
        if self._owner is None:
            return None
        try:
            if identity(self._folder) is None:
                return "the charts' folder is not there"
            owner = self._owner_there()
            is_right = any(self._kept()) if owner is None else owner == self._owner
        except OSError as error:
            return error.strerror or str(error)
        return None if is_right else "the charts' folder is not the right one; its disk may not be mounted"

    def _owner_there(self) -> str | None:
        """Return the name of the book that the folder says it belongs to; None: it says none.

        Raises:
            OSError: it can't be read.
        """
        try:
            return (self._folder / _OWNER).read_text(encoding="ascii")
        except (FileNotFoundError, NotADirectoryError):
            return None

    def _kept(self) -> Iterator[pathlib.Path]:
        return (path for path in self._folder.glob("[0-9a-f][0-9a-f]/*") if _NAME.fullmatch(path.name))

    def _path(self, sha256: str) -> pathlib.Path:
        return self._folder / sha256[:2] / sha256

    @contextlib.contextmanager
    def _locked(self) -> Generator[None]:
        """Inside, no other thread or process keeps or removes a picture; a lock ends with its process."""
        lock = private_files.open_or_create(self._folder / _LOCK)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


def _is_older(path: pathlib.Path, before: datetime.datetime) -> bool:
    """Whether the file is there, and was last written before this moment."""
    try:
        return path.stat().st_mtime < before.timestamp()
    except FileNotFoundError:
        return False


def _is_there(place: pathlib.Path) -> bool:
    try:
        return place.exists()
    except OSError:  # no right to look, or no name for a file
        return False
