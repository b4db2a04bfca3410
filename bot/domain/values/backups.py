"""Copies of the book, and how many of them there are to be."""

import dataclasses
import datetime


@dataclasses.dataclass(frozen=True, slots=True)
class Keep:
    """How many backups are kept: the newest of each of so many days, weeks and months that have one."""

    daily: int = 7
    weekly: int = 4
    monthly: int = 12


@dataclasses.dataclass(frozen=True, slots=True)
class BackupTaken:
    """A backup that was made, and looked through."""

    name: str
    """Of its file."""
    size: int
    """Bytes."""
    plans: int
    revisions: int
    pictures: int
    missing: int
    """Pictures that the book names, and that are not in it: they were not there, or not as they were kept."""
    unreadable: int = 0
    """Pictures that could not be read then, and are not in it; they may well be whole."""
    why_unreadable: str | None = None
    """Why the first of them could not be."""


@dataclasses.dataclass(frozen=True, slots=True)
class BackupState:
    """How it stands with the backups."""

    last: datetime.datetime | None
    """When the newest was made; None: there is none, or its folder can't be read."""
    is_failing: bool
    """Whether the last try failed."""
    is_scheduled: bool
    """True: they are made without being asked for."""
    is_known: bool = True
    """False: the folder could not be read."""
