"""The book of a running bot, which stays up when the book can't be used, and goes on when it can be again.

Trouble is remembered, so that each further act is refused at once; `mend` is to be tried until it helps.
Then what was kept meanwhile can be put in, by those alone that `catching_up` lets through, until `resume`.
"""

import asyncio
import contextlib
import contextvars
import pathlib
import time
from collections.abc import Callable, Generator
from typing import ClassVar, ParamSpec, Self, TypeVar

from storage import open_checks
from storage.connections import database, telling
from storage.errors import (
    CatchingUpError,
    MovedError,
    NotADatabaseError,
    ReadFailedError,
    StorageBusyError,
    StorageClosedError,
    StorageError,
    StorageUnwritableError,
    UnreadableError,
    WrongPlaceError,
)
from storage.file_identity import Standing
from storage.models import BookRow
from storage.online_backup import back_up
from storage.process_lock import ProcessLock, lock_database
from storage.store import Store
from storage.suspicion import Suspicion

P = ParamSpec("P")
T = TypeVar("T")

_PASSING = (UnreadableError, ReadFailedError, NotADatabaseError, StorageBusyError, StorageUnwritableError)
"""What may be better after a while, without a change of the program or its configuration."""

_catching_up: contextvars.ContextVar[bool] = contextvars.ContextVar("catching_up", default=False)


class ServedStore(Store):
    """The book that this process alone serves, and so may migrate."""

    MIGRATES: ClassVar = True

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__(path)
        self._trouble: StorageError | None = None
        self._suspicion = Suspicion(self.path)
        self.name: str | None = None
        """The book's own; None: it was not open yet."""
        self._may_be_made = False
        self._is_open = False
        self._lock: ProcessLock | None = None

    @classmethod
    def serve(cls, path: pathlib.Path) -> Self:
        """The book at `path`, held against other bots; with `trouble` where it can't be used for now.

        Raises:
            StorageError: it can't be used, and no waiting will change that.
            RuntimeError: this process has a book open.
        """
        store = cls(path.absolute())
        try:
            store._may_be_made = not open_checks.is_there(store.path)
            store._open()
        except WrongPlaceError:
            raise
        except _PASSING as error:
            store._note(error)
        return store

    @property
    def trouble(self) -> StorageError | None:
        """Why nothing can be written; None: all is well."""
        return self._trouble

    async def write(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """See `Store.write`; in trouble nothing is tried."""
        if self._trouble and not _catching_up.get():
            raise _again(self._trouble)
        try:
            return await super().write(act, *args, **kwargs)
        except StorageError as error:
            self._note(error)
            raise

    async def look(self) -> None:
        """Notice what has become of the files, also while nobody reads or writes."""
        try:
            await asyncio.to_thread(self._refuse_moved)
        except StorageError as error:
            self._note(error)

    async def mend(self) -> None:
        """Bring the book back into use, if it can be; then only those that are `catching_up` can write.

        Raises:
            StorageError: it can't be, for now.
        """
        self._refuse_closed()
        try:
            await asyncio.to_thread(self._mend)
            with self.catching_up():
                await self.try_to_write()
            self._trouble = CatchingUpError()
        except StorageError as error:
            self._trouble = error
            raise

    def pause(self) -> None:
        """Let only those write that are `catching_up`."""
        self._trouble = self._trouble or CatchingUpError()

    def resume(self) -> None:
        """Let everybody write again."""
        self._trouble = None

    @contextlib.contextmanager
    def catching_up(self) -> Generator[None]:
        """Inside, this task may write in spite of trouble."""
        token = _catching_up.set(True)
        try:
            yield
        finally:
            _catching_up.reset(token)

    async def rescue(self, target: pathlib.Path) -> bool:
        """Copy to `target` what is open, if its file was taken away; False: there is nothing to copy.

        Raises:
            StorageError, OSError: the copy could not be made.
        """
        return await asyncio.to_thread(self._rescue, target)

    async def _read_by(self, act: Callable[[], T], *, is_first: bool) -> T:
        """See `Store._read_by`; while the book is open, trouble with writing is none for reading."""
        if self._trouble and not self._is_open:
            raise _again(self._trouble)
        try:
            return await super()._read_by(act, is_first=is_first)
        except StorageBusyError:
            raise
        except StorageError as error:
            self._note(error)
            raise

    def _note(self, error: StorageError) -> None:
        if not isinstance(error, StorageClosedError | CatchingUpError):
            self._trouble = error

    def _open(self) -> None:
        if not self._may_be_made and not self.path.exists():
            raise UnreadableError(self.path, "it is not there any more; put it, or a backup, in its place")
        self._release()
        open_checks.make_folder(self.path)
        self._lock = lock_database(self.path)
        began = time.monotonic()
        try:
            super()._open()
        except (ReadFailedError, NotADatabaseError) as error:
            self._release()
            raise self._suspicion.note(error, time.monotonic() - began) from error
        except StorageError:
            self._release()
            raise
        self._is_open = True
        self.opened += 1
        self._may_be_made = False
        self._suspicion.clear()

    def _stand(self) -> Standing:
        """See `Store._stand`; the book's name is read in the same go."""
        stood = super()._stand()
        with telling(self.path):
            row = BookRow.get_or_none()
            self.name = None if row is None else row.name
        return stood

    def _mend(self) -> None:
        if self._standing:
            self._close_to_open(self._standing)
        if self._standing:
            return
        if self._trouble and not self._suspicion.is_due:
            raise _again(self._trouble)
        self._open()

    def _close_to_open(self, stood: Standing) -> None:
        """Close what can be opened anew, with all that was acknowledged in it."""
        there = Standing.of(self.path)
        if there.book is None:
            self._release()
            raise MovedError(self.path)  # what is open may be all there is
        may_be_damaged = self._may_be_damaged()
        if there == stood and not may_be_damaged:
            return  # to open it anew may fail where to read it does not: on a disk that is full
        self._is_open = False
        self._threads.shut()
        if there.book == stood.book and not may_be_damaged:
            with telling(self.path):
                database.write_out()
        database.let_go()
        database.name(None)
        self._standing = None

    def _may_be_damaged(self) -> bool:
        return isinstance(self._trouble, ReadFailedError | NotADatabaseError)

    def _release(self) -> None:
        """Let another program put a book in this one's place."""
        if self._lock:
            self._lock.release()
            self._lock = None

    def _rescue(self, target: pathlib.Path) -> bool:
        connection = database.any_connection()
        if connection is None or self.path.exists():
            return False
        with telling(self.path):
            back_up(connection, target)
        return True

    def _shut(self) -> None:
        try:
            super()._shut()
        finally:
            self._release()

    def _leave(self) -> None:
        """See `Store._leave`; of a book that may be damaged nothing is touched."""
        if self._may_be_damaged():
            database.let_go()
        else:
            super()._leave()


def _again(error: StorageError) -> StorageError:
    """The same, without the frames that it was raised through before: they would pile up, with all that was sent."""
    return error.with_traceback(None)
