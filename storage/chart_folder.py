"""The folder of the pictures: its owner, its identity, and its lock.

Where a disk is not mounted, an empty folder is often in its place: what is written there is soon hidden, and what is
not found there is not missing.
"""

import contextlib
import os
import pathlib
import re
from collections.abc import Callable, Generator, Iterator
from typing import Final

from storage import private_files
from storage.errors.charts import ChartsUnreadableError, ChartUnwritableError
from storage.file_identity import Identity, identity
from storage.fsync import sync
from storage.process_lock import ProcessLock

INCOMING: Final = "incoming"
SUBFOLDERS: Final = 256
"""Each has the pictures whose SHA-256 begins with its two digits."""
_LOCK: Final = ".lock"
_OWNER: Final = ".book"
_NAME = re.compile("[0-9a-f]{64}")


class ChartFolder:
    """A folder with the pictures of one database. Everything here blocks: call it in a thread."""

    def __init__(self, path: pathlib.Path, make_parent: Callable[[], None] = lambda: None) -> None:
        """Use the folder, once `make_parent` has made the one that it lies in, or raised an OSError."""
        self.path = path
        self.make_parent = make_parent
        self._opened: Identity | None = None
        """None: no folder was there yet."""
        self._owner: str | None = None
        """The name of the database whose pictures these are; None: not known."""

    def open(self, database: str | None = None) -> None:
        """Make the folder if it is missing, and trust it; see `trust`.

        Raises:
            ChartsUnreadableError: it can't be made or written.
        """
        self.refuse_unwritable()
        try:
            private_files.make_folder(self.path)
            private_files.make_subfolder(self.path / INCOMING)
            self.trust(database)
            with self.locked():
                return
        except OSError as error:
            why = f"{error.filename or self.path}: {error.strerror or error}"
            raise ChartsUnreadableError(self.path, why) from error

    def trust(self, database: str | None = None) -> None:
        """Accept the folder that exists now as the right one to write to.

        Where it is not that of this database, a picture that is not there is not called missing: its disk may come
        later.

        Raises:
            OSError: its owner can't be read.
        """
        self._owner = database or self.read_owner()
        self._opened = identity(self.path)

    def refuse_unwritable(self) -> None:
        """Refuse a folder that does not exist and can't be made.

        Raises:
            ChartsUnreadableError: as above.
        """
        nearest = next(place for place in (self.path, *self.path.parents) if _exists(place))
        if not nearest.is_dir():
            raise ChartsUnreadableError(self.path, f"{nearest} is not a folder")
        if not os.access(nearest, os.R_OK | os.W_OK | os.X_OK):
            raise ChartsUnreadableError(self.path, f"{nearest} can't be written; give this user the right to")

    def belongs_to(self, database: str, *, is_empty: bool = True) -> bool:
        """Return whether the pictures here are those of the database with this name.

        A folder that is nobody's becomes its own, but one without any picture only if the database `is_empty` too: the
        disk with its pictures may be missing.

        Raises:
            ChartUnwritableError: the folder is not the one that was opened.
            OSError: it can't be read or written.
        """
        self.require_same_folder()
        owner = self.path / _OWNER
        with self.locked():
            if not owner.exists():
                if not is_empty and not any(self.pictures()):
                    return False
                with private_files.create(owner) as file:
                    file.write(database.encode("ascii"))
                sync(self.path)
            self._owner = owner.read_text(encoding="ascii")
            return self._owner == database

    def read_owner(self) -> str | None:
        """Return the name of the database that the folder says it belongs to; None: it says none.

        Raises:
            OSError: it can't be read.
        """
        try:
            return (self.path / _OWNER).read_text(encoding="ascii")
        except (FileNotFoundError, NotADirectoryError):
            return None

    def require_same_folder(self) -> None:
        """Refuse another folder than the opened one; make one if there was none, or it belonged to no database.

        Where its disk is missing, an empty folder is often in its place: what is stored there is soon hidden. A folder
        that was moved away could not be moved back into its place if another were made there.

        Raises:
            ChartUnwritableError: another is there.
            OSError: it can't be made.
        """
        self.make_parent()
        if not self.path.exists():
            if self._owner and self._opened:
                raise ChartUnwritableError(self.path, "it is not there; put it back, or start the bot again")
            private_files.make_subfolder(self.path)
        elif self._opened in (None, identity(self.path)):
            return
        elif not self._owner or self.read_owner() != self._owner:
            why = "another folder is in its place; put the right one back, or start the bot again"
            raise ChartUnwritableError(self.path, why)
        self._opened = identity(self.path)

    def why_unavailable(self) -> str | None:
        """Return why the database's folder is not there; None: it is, or this is no database's.

        A folder that does not say whose it is counts as the database's if there are pictures in it.
        """
        if self._owner is None:
            return None
        try:
            if identity(self.path) is None:
                return "the charts' folder is not there"
            owner = self.read_owner()
            is_right = any(self.pictures()) if owner is None else owner == self._owner
        except OSError as error:
            return error.strerror or str(error)
        return None if is_right else "the charts' folder is not the right one; its disk may not be mounted"

    def pictures(self) -> Iterator[pathlib.Path]:
        """Return the file of each picture."""
        return (path for path in self.path.glob("[0-9a-f][0-9a-f]/*") if _NAME.fullmatch(path.name))

    def entries(self, number: int) -> "Iterator[os.DirEntry[str]]":
        """Return the file of each picture in the subfolder with this number, from 0 on."""
        try:
            with os.scandir(self.path / f"{number:02x}") as entries:
                yield from (each for each in entries if _NAME.fullmatch(each.name))
        except (FileNotFoundError, NotADirectoryError):
            return

    def path_for(self, sha256: str) -> pathlib.Path:
        """Return the path that a picture has, or would have."""
        return self.path.joinpath(sha256[:2], sha256)

    @contextlib.contextmanager
    def locked(self) -> Generator[None]:
        """Hold the lock that everybody takes who stores or removes a picture; it ends with its process."""
        with ProcessLock.acquire(self.path / _LOCK, wait_seconds=None):
            yield


def _exists(place: pathlib.Path) -> bool:
    try:
        return place.exists()
    except OSError:  # no right to look, or no name for a file
        return False
