"""The contents of a database, as a backup lists and checks them."""

import dataclasses
import pathlib
from collections.abc import Callable
from typing import TypeAlias

from storage.backup.changes import Changes


@dataclasses.dataclass(frozen=True, slots=True)
class Contents:
    """The faults of a database, and what it holds; of a damaged one nothing else is read."""

    faults: tuple[str, ...]
    """Of the pictures' files none."""
    name: str = ""
    plans: int = 0
    revisions: int = 0
    proved: int = 0
    """The plans whose histories were proved."""
    pictures: frozenset[str] = frozenset()
    """The SHA-256 of each that any revision, plan or draft shows."""
    timeline: int = 0
    """See `storage.backup.timelines`."""
    is_index_sound: bool = True
    """False: the full-text index was faulty, and is empty in the copy."""


Inspect: TypeAlias = Callable[[pathlib.Path, Changes | None], Contents]
"""Returns the contents of a database that nobody uses; raises a StorageError if it can't be opened as one.

With the changes since a backup, only the histories of these plans are proved."""
