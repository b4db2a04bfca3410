"""What a disk must be told."""

import os
import pathlib


def sync(path: pathlib.Path) -> None:
    """Let the disk have a file, or a folder's list of files, for good."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
