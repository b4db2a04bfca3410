"""One bot for each book: who runs one holds a file beside it, for as long as the process lasts."""

import fcntl
import os
import pathlib
from typing import Self

from storage import private_files
from storage.errors import BookHeldError, UnreadableError


class Hold:
    """A lock on the file `<book>.running`. It ends with the process, however that ends."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    @classmethod
    def take(cls, path: pathlib.Path) -> Self:
        """Hold the book at `path`, whose folder must be there.

        Raises:
            BookHeldError: another bot does.
            UnreadableError: the file can't be made.
        """
        try:
            handle = private_files.open_or_create(path.with_name(f"{path.name}.running"))
        except OSError as error:
            raise UnreadableError(path, f"{path}.running can't be made ({error.strerror})") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(handle)
            raise BookHeldError(path) from error
        return cls(handle)

    def is_of(self, path: pathlib.Path) -> bool:
        """Whether the file that is held is still the one of `path`: it may have been removed with its folder."""
        try:
            return os.path.samestat(os.fstat(self._handle), path.with_name(f"{path.name}.running").stat())
        except OSError:
            return False

    def release(self) -> None:
        """Let another bot hold the book."""
        os.close(self._handle)
