"""A database that lies within another file as it is, such as an archive: SQLite reads it there."""

import contextlib
import pathlib
import secrets
import urllib.parse
from collections.abc import Generator

import apsw

_DEFAULT_VFS = ""
"""SQLite's own access to files."""


@contextlib.contextmanager
def readable(path: pathlib.Path, offset: int, size: int) -> Generator[str]:
    """Yield the URI by which a connection can attach the database that begins at `offset`; nobody writes the file."""
    access = _Access(f"coachbook-{secrets.token_hex(8)}", offset, size)
    try:
        yield f"file:{urllib.parse.quote(str(path.absolute()))}?vfs={access.name}&immutable=1"
    finally:
        access.unregister()


class _Access(apsw.VFS):
    """SQLite's access to files, each of which is a part of one."""

    def __init__(self, name: str, offset: int, size: int) -> None:
        self.name = name
        self._offset = offset
        self._size = size
        super().__init__(name, _DEFAULT_VFS)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 - SQLite's name
        """Open the part of the file."""
        return _Part(name, flags, self._offset, self._size)


class _Part(apsw.VFSFile):
    """A part of a file."""

    def __init__(self, name: str | apsw.URIFilename | None, flags: list[int], offset: int, size: int) -> None:
        self._offset = offset
        self._size = size
        super().__init__(_DEFAULT_VFS, name, flags)

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802 - SQLite's name
        """Read from the part."""
        return super().xRead(amount, self._offset + offset)

    def xFileSize(self) -> int:  # noqa: N802 - SQLite's name
        """Return the part's size."""
        return self._size
