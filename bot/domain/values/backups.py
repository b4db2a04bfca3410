"""Backups of the database, and their retention."""

import dataclasses
import datetime


@dataclasses.dataclass(frozen=True, slots=True)
class Retention:
    """Retention of backups: the newest of each of these numbers of days, weeks and months that have one."""

    daily: int = 7
    weekly: int = 4
    monthly: int = 12


@dataclasses.dataclass(frozen=True, slots=True)
class BackupResult:
    """A created and verified backup."""

    name: str
    """File name."""
    size: int
    """Bytes."""
    plans: int
    revisions: int
    pictures: int
    missing: int
    """Number of pictures in the database that are not in the backup: missing or altered on disk."""
    unreadable: int = 0
    """Number of pictures that could not be read and are not in the backup; they may be intact."""
    why_unreadable: str | None = None
    """Reason why the first of them could not be read."""
    proved: int = 0
    """Number of plans whose histories were proved; those of the others are as in the last backup, which proved them."""
    is_index_sound: bool = True
    """False: the full-text index of the database is faulty; that in the backup is empty, and built after a restore."""


@dataclasses.dataclass(frozen=True, slots=True)
class BackupState:
    """State of the backups."""

    last: datetime.datetime | None
    """Time of the newest backup; None: no backup, or its folder can't be read."""
    is_failing: bool
    """True: the last attempt failed."""
    is_scheduled: bool
    """True: automatic backups are on."""
    is_known: bool = True
    """False: the folder could not be read."""
