"""Reserved space, so that queued changes can be written to a full disk."""

import os
import pathlib
import sys
from typing import Final

from storage import private_files

RESERVE_BYTES: Final = 2 * 2**20
"""About a thousand changes with long texts."""
PIECE_BYTES: Final = 64 * 2**10
"""Bytes that are released at a time: other processes write to a full disk, too, and use what is free."""


class SpoolReserve:
    """A file that has no other purpose than its size. Everything here blocks: call it in a thread."""

    def __init__(self, path: pathlib.Path) -> None:
        self._path = path

    def fill(self) -> None:
        """Reserve the whole space.

        Raises:
            OSError: the disk does not have it, and nothing is reserved.
        """
        handle = private_files.open_or_create(self._path)
        try:
            if sys.platform == "linux":
                os.posix_fallocate(handle, 0, RESERVE_BYTES)
            else:
                os.pwrite(handle, bytes(RESERVE_BYTES), 0)
        except OSError:
            self._path.unlink()
            raise
        finally:
            os.close(handle)

    def remove(self) -> None:
        """Give the whole room back to the disk.

        Raises:
            OSError: the file can't be removed.
        """
        self._path.unlink(missing_ok=True)

    def release_piece(self) -> bool:
        """Give a piece back to the disk; False: nothing is left."""
        try:
            size = self._path.stat().st_size - PIECE_BYTES
            if size > 0:
                os.truncate(self._path, size)
            else:
                self._path.unlink()
        except OSError:
            return False
        return True
