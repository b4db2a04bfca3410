"""A file of lines, each on the disk before it counts: for what can't be put where it belongs for now."""

import os
import pathlib

from storage.disk import sync

_NAME = "operations.jsonl"


class SpoolFile:
    """Lines in a folder that belongs to this user alone. Everything here blocks: call it in a thread."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self._path = folder / _NAME

    def read(self) -> list[bytes]:
        """The lines, oldest first; one that a crash cut off, which was never acknowledged, is left out.

        Raises:
            OSError: they can't be read.
        """
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return []
        *whole, _ = content.split(b"\n")
        return [line for line in whole if line]

    def append(self, line: bytes) -> None:
        """Add a line, which is on the disk when this returns.

        Raises:
            OSError: it can't be written.
        """
        self._prepare()
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            size = os.fstat(handle).st_size
            cut_off = bool(size) and os.pread(handle, 1, size - 1) != b"\n"
            whole = b"\n" * cut_off + line + b"\n"
            written = os.write(handle, whole)
            if written < len(whole):
                raise OSError(0, f"only {written} of {len(whole)} bytes were taken")
            os.fsync(handle)
        finally:
            os.close(handle)
        if not size:
            sync(self.folder)

    def clear(self) -> None:
        """Remove all lines.

        Raises:
            OSError: they can't be removed.
        """
        self._path.unlink(missing_ok=True)

    def _prepare(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.folder.is_symlink() or self.folder.stat().st_uid != os.geteuid():
            raise PermissionError(0, "the folder is another user's", str(self.folder))
