"""Errors of the database's file, of the store and of the spool."""

import pathlib
from collections.abc import Mapping, Sequence

from storage.errors import StorageError
from storage.shown_text import MAX_WORDS, cut

_MAX_NAMED = 3
"""Of many things alike, in one message."""


class OldSqliteError(StorageError):
    """The SQLite library is older than the first one that is safe with a write-ahead log."""

    def __init__(self, version: str, oldest: str) -> None:
        super().__init__(
            f"SQLite {version} can damage a database in WAL mode; "
            f"Coachbook needs {oldest} or newer. Upgrade the package apsw."
        )


class UnreadableError(StorageError):
    """The file or its folder can't be opened or made."""

    def __init__(self, path: pathlib.Path, why: str) -> None:
        super().__init__(f"The database {path} can't be opened: {why}.")


class WrongPlaceError(UnreadableError):
    """No database can be at this path: another one must be named."""


class MovedError(UnreadableError):
    """The file that was opened, or what belongs to it, was moved, replaced or deleted by others."""

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__(path, "it, or the -wal or -shm beside it, was moved, replaced or deleted while it was in use")


class DatabaseMissingError(UnreadableError):
    """The file is not there, and something else says that there was one: no new one is made in its place."""

    def __init__(self, path: pathlib.Path, signs: Mapping[pathlib.Path, str]) -> None:
        """Name the folders and files that say so, each with its sign."""
        found = "; ".join(f"{folder} has {sign}" for folder, sign in signs.items())
        super().__init__(
            path,
            f"it is not there, and there was one, as {found}. Mount its disk, put the file or its newest rescued copy "
            "back, or restore the last backup: python -m bot restore BACKUP --force. Only to begin a new, empty "
            f"database: stop the bot, and move away {', '.join(map(str, signs))}",
        )


class OrphanedLogError(UnreadableError):
    """The file is gone, and the log beside it has what may be nowhere else. It was not touched."""

    def __init__(self, path: pathlib.Path) -> None:
        why = f"it is not there, and its log {path.name}-wal still is"
        advice = "put the database back beside it, or restore a backup; to begin a new database, move the log away"
        super().__init__(path, f"{why}: {advice}")


class ReadFailedError(StorageError):
    """A read of the file failed, or gave what can't be: the disk failed for a moment, or the file is damaged."""

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__(
            f"A read of the database {path} failed: the disk failed for a moment, or the file is damaged. "
            "Run: python -m bot check"
        )


class NotADatabaseError(StorageError):
    """The file is not a SQLite database, or is damaged."""

    def __init__(
        self,
        path: pathlib.Path,
        why: str = "is not a SQLite database, or it is damaged",
        advice: str = "If the path is right, restore",
    ) -> None:
        super().__init__(
            f"{path} {why}. It was not changed. Check storage.path. "
            f"{advice} the last backup: python -m bot restore BACKUP --force"
        )


class EmptyDatabaseError(NotADatabaseError):
    """The file is empty, as no database ever is, not even a new one."""

    def __init__(self, path: pathlib.Path) -> None:
        advice = "If there never was a database, delete the file, and the bot creates one. Otherwise restore"
        super().__init__(path, "is an empty file, not a database", advice)


class ForeignDatabaseError(StorageError):
    """The file is another program's database. It was not touched."""

    def __init__(self, path: pathlib.Path, whose: str = "of another program", further: str = "") -> None:
        advice = f"Choose another storage.path{further}."
        super().__init__(f"{path} is a database {whose}. It was not touched. {advice}")


class PredecessorError(ForeignDatabaseError):
    """The file is the predecessor's: its `schema_version` has numbers, not names."""

    def __init__(self, path: pathlib.Path) -> None:
        further = f", and import the plans: python -m bot import-predecessor {path} --guild ID"
        super().__init__(path, "of Coachbook's predecessor (its schema_version holds a number)", further)


class NotAPredecessorError(StorageError):
    """The file can't be read as the predecessor's database. It was not touched."""

    def __init__(self, path: pathlib.Path, why: str) -> None:
        super().__init__(f"{path} can't be imported as the predecessor's database: {why}. Nothing was changed.")


class SchemaError(StorageError):
    """The database has Coachbook's name for its migrations, and another structure than they make. It was not used."""

    def __init__(self, path: pathlib.Path, differences: Sequence[str]) -> None:
        self.differences = tuple(differences)
        super().__init__(
            f"The structure of the database {path} was changed by somebody else: {self.listed}. It is not used. "
            "Undo that change if you know who made it and why; otherwise put the last backup in its place: "
            "python -m bot restore BACKUP --force"
        )

    @property
    def listed(self) -> str:
        """The first differences, and how many more there are."""
        return _first(self.differences)


class DatabaseTooNewError(StorageError):
    """A newer program has migrated the database in ways that this one does not know."""

    def __init__(self, path: pathlib.Path, names: Sequence[str], needed: str) -> None:
        self.names = tuple(names)
        self.needed = needed
        super().__init__(
            f"The database {path} was made by a newer version of Coachbook: "
            f"this program needs schema {needed}, and does not know {self.listed}. "
            "Install the newer version again, or restore a backup from before it."
        )

    @property
    def listed(self) -> str:
        """The first names, and how many more there are."""
        return _first([cut(name, MAX_WORDS) for name in self.names])


class DatabaseTooOldError(StorageError):
    """An older program made the database, and what was asked for does not migrate it. It was not touched."""

    def __init__(self, path: pathlib.Path, found: str, needed: str) -> None:
        self.found = found
        self.needed = needed
        super().__init__(
            f"The database {path} was made by an older version of Coachbook: it has schema {found}, and this program "
            f"needs {needed}. Stop the older bot and start this one, or run: python -m bot migrate"
        )


class MigrationFailedError(StorageError):
    """A migration failed and was rolled back whole; those before it stay."""

    def __init__(self, path: pathlib.Path, name: str, why: str) -> None:
        super().__init__(f"Migration {name} of {path} failed and was rolled back: {why}.")
        self.name = name
        self.why = why


class StorageBusyError(StorageError):
    """Another process held the database for longer than we wait. Nothing was written."""

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__(f"Another process is using {path}. Close it, or try again in a moment.")


class StorageUnwritableError(StorageError):
    """The disk would not take or give the database's pages. Nothing was written."""

    def __init__(self, path: pathlib.Path, why: str) -> None:
        super().__init__(f"The database {path} could not be read or written: {why}.")


class DatabaseLockedError(StorageError):
    """Another bot serves this database. It was not touched."""

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__(f"Another Coachbook runs on {path}. Stop that one first, or choose another storage.path.")


class SpoolLockedError(StorageError):
    """Another bot has its spool in this folder."""

    def __init__(self, folder: pathlib.Path) -> None:
        super().__init__(
            f"Another Coachbook has its queue of changes in {folder}. Give each its own storage.spool_path."
        )


class ReplayInProgressError(StorageError):
    """Changes that were queued while the database could not be used are replayed first, in their order."""

    def __init__(self) -> None:
        super().__init__("Queued changes are being replayed first.")


class StorageClosedError(StorageError):
    """The store was closed; nothing more is taken in."""

    def __init__(self) -> None:
        super().__init__("The database is closed: the bot is stopping.")


def _first(items: Sequence[str]) -> str:
    more = f"; and {len(items) - _MAX_NAMED:,} more" if len(items) > _MAX_NAMED else ""
    return "; ".join(items[:_MAX_NAMED]) + more
