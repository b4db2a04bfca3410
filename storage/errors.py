"""What can be wrong with the file that holds the book: what it is, and what an operator can do.

    StorageError
    +-- OldSqliteError              the SQLite in use can damage a file
    +-- UnreadableError             the file, or its folder, can't be opened or made
    |   +-- WrongPlaceError         nor can it ever be, as long as storage.path says so
    |   +-- MovedError              it was opened, and is not there any more, or not whole
    |   +-- LogAloneError           it is gone, and its write-ahead log is still there
    +-- ReadFailedError             a read failed, or gave nonsense: too early to call it damage
    +-- NotADatabaseError           the file is no SQLite database, or a damaged one
    |   +-- EmptyBookError          it is empty, as no book ever is
    +-- ForeignDatabaseError        a database, but another program's
    |   +-- PredecessorError        the predecessor's
    +-- NotAPredecessorError        a file that was to be taken in, and is not the predecessor's
    +-- SchemaError                 .differences: what was added to its structure, altered or removed
    +-- DatabaseTooNewError         .names: migrations that this program does not know
    +-- DatabaseTooOldError         it lacks migrations, which only a start of the bot or `migrate` applies
    +-- MigrationFailedError        .name: the step that failed, and left nothing behind
    +-- BackupFailedError           no good backup could be made
    +-- BadBackupError              a backup is not whole, or was altered
    +-- RestoreFailedError          the disk, or what is in the backup, is in the way of restoring it
    +-- NotReplacedError            something is in the place of what a backup has
    +-- RestoreUnfinishedError      a restore was broken off, and must be done again
    +-- StorageBusyError            another process holds the book
    +-- StorageUnwritableError      a write failed: disk full, read-only or broken
    +-- BookHeldError               another bot serves this book
    +-- SpoolHeldError              another bot keeps there what it can't put into its book
    +-- CatchingUpError             what was kept while it could not be used is being put in first
    +-- StorageClosedError          the store was closed
    +-- ChartsUnreadableError       the folder of the charts can't be opened or made
    +-- ChartUnwritableError        a picture could not be kept: disk full, read-only or broken
    +-- ChartUnreadableError        .why: a picture can't be read now, and may be there
    +-- ChartLostError              a picture can't be had
    |   +-- ChartMissingError       its file is not there
    |   +-- ChartAlteredError       its file has other bytes

Each names the file. A failed write left nothing behind.
"""

import pathlib
from collections.abc import Sequence

from storage.shown_text import MAX_WORDS, cut

_MAX_NAMED = 3
"""Of many things alike, in one message."""


class StorageError(Exception):
    """The book can't be used as it is; the message is for an operator."""


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
    """No book can be there: another place must be named."""


class MovedError(UnreadableError):
    """The file that was opened, or what belongs to it, was moved, replaced or deleted by others."""

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__(path, "it, or the -wal or -shm beside it, was moved, replaced or deleted while it was in use")


class LogAloneError(UnreadableError):
    """The file is gone, and the log beside it has what may be nowhere else. It was not touched."""

    def __init__(self, path: pathlib.Path) -> None:
        why = f"it is not there, and its log {path.name}-wal still is"
        advice = "put the book back beside it, or a backup in its place; to begin a new book, move the log away"
        super().__init__(path, f"{why}: {advice}")


class ReadFailedError(StorageError):
    """A read of the file failed, or gave what can't be: the disk failed for a moment, or the file is damaged."""

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__(
            f"A read of the database {path} failed: the disk failed for a moment, or the file is damaged. "
            "Only a further check tells."
        )


class NotADatabaseError(StorageError):
    """The file is not a SQLite database, or is damaged."""

    def __init__(self, path: pathlib.Path, why: str = "is not a SQLite database, or it is damaged") -> None:
        super().__init__(
            f"{path} {why}. It is left as it is. Check storage.path; "
            "if the path is right, put the last backup in its place: python -m bot restore BACKUP --force"
        )


class EmptyBookError(NotADatabaseError):
    """The file is empty, as no book ever is, not even a new one."""

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__(path, "is empty, and so no book; it may have been one (to begin a new one, remove the file)")


class ForeignDatabaseError(StorageError):
    """The file is another program's database. It was not touched."""

    def __init__(self, path: pathlib.Path, whose: str = "of another program", further: str = "") -> None:
        advice = f"Let storage.path name another file{further}."
        super().__init__(f"{path} is a database {whose}. It was not touched. {advice}")


class PredecessorError(ForeignDatabaseError):
    """The file is the predecessor's: its `schema_version` has numbers, not names."""

    def __init__(self, path: pathlib.Path) -> None:
        further = f", and take the plans in: python -m bot import-predecessor {path} --guild ID"
        super().__init__(path, "of Coachbook's predecessor (its schema_version holds a number)", further)


class NotAPredecessorError(StorageError):
    """The file can't be read as the predecessor's database. It was not touched."""

    def __init__(self, path: pathlib.Path, why: str) -> None:
        super().__init__(f"{path} can't be taken in as the predecessor's database: {why}. Nothing was changed.")


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
        super().__init__(f"Migration {name} of {path} failed and was taken back whole: {why}.")
        self.name = name
        self.why = why


class BackupFailedError(StorageError):
    """No good backup could be made; what was to come after it, such as a migration, was not done."""

    def __init__(self, path: pathlib.Path, why: str) -> None:
        super().__init__(f"The backup {path} could not be made, so nothing was changed: {why}.")


class BadBackupError(StorageError):
    """A backup can't be trusted. Nothing was restored from it."""

    def __init__(self, path: pathlib.Path, why: str) -> None:
        super().__init__(f"The backup {path} can't be used: {why}.")


class RestoreFailedError(StorageError):
    """A backup was not restored, and all is as it was."""

    def __init__(self, path: pathlib.Path, why: str) -> None:
        super().__init__(f"{path} can't be restored: {why}. Nothing was changed.")


class NotReplacedError(StorageError):
    """Something is in the place of what a backup has, and it was not asked to be set aside."""

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__(f"{path} is there already. With --force it is set aside, and nothing of it is lost.")


class RestoreUnfinishedError(StorageError):
    """A restore was broken off in the middle: neither what was there nor what was to be is in place."""

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__(
            f"A restore of {path} was broken off. Nothing is lost: what was there lies beside it and in the charts' "
            "folder, and the backup is as it was. Do it again: python -m bot restore BACKUP --force"
        )


class StorageBusyError(StorageError):
    """Another process held the book for longer than we wait. Nothing was written."""

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__(f"Another process is using {path}. Close it, or try again in a moment.")


class StorageUnwritableError(StorageError):
    """The disk would not take or give the book's pages. Nothing was written."""

    def __init__(self, path: pathlib.Path, why: str) -> None:
        super().__init__(f"The database {path} could not be read or written: {why}.")


class BookHeldError(StorageError):
    """Another bot serves this book. It was not touched."""

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__(
            f"Another Coachbook runs on {path}. Stop that one first, or let storage.path name another file."
        )


class SpoolHeldError(StorageError):
    """Another bot keeps in this folder what it can't put into its book for now."""

    def __init__(self, folder: pathlib.Path) -> None:
        super().__init__(
            f"Another Coachbook keeps in {folder} what it can't put into its book for now. "
            "Let storage.spool_path name a folder of its own for each."
        )


class CatchingUpError(StorageError):
    """What was kept while the book could not be used is put in first, so that all comes in order."""

    def __init__(self) -> None:
        super().__init__("What was kept meanwhile is being put into the book.")


class StorageClosedError(StorageError):
    """The store was closed; nothing more is taken in."""

    def __init__(self) -> None:
        super().__init__("The database is closed: the bot is stopping.")


class ChartsUnreadableError(StorageError):
    """The folder of the charts can't be opened or made."""

    def __init__(self, folder: pathlib.Path, why: str) -> None:
        super().__init__(f"The charts' folder {folder} can't be used: {why}.")


class ChartUnwritableError(StorageError):
    """The disk would not take a picture. Nothing of it was kept."""

    def __init__(self, folder: pathlib.Path, why: str) -> None:
        super().__init__(f"A picture could not be kept in {folder}: {why}.")


class ChartUnreadableError(StorageError):
    """The disk does not give a picture now. It may be there, and whole."""

    def __init__(self, path: pathlib.Path, why: str) -> None:
        super().__init__(f"The picture {path} can't be read now: {why}.")
        self.why = why


class ChartLostError(StorageError):
    """A picture that was kept can't be had, unless somebody puts it back."""


class ChartMissingError(ChartLostError):
    """The folder of the pictures can be read, and has no such file."""

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__(f"The picture {path} is missing.")


class ChartAlteredError(ChartLostError):
    """The file in the picture's place has other bytes than were kept."""

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__(f"The picture {path} was altered.")


class DiskReserveError(ChartUnwritableError):
    """The disk has little room left, which is held back for what is no picture."""

    def __init__(self, folder: pathlib.Path, reserve: int) -> None:
        super().__init__(folder, f"its disk would have less than {reserve // 2**20:,} MiB left")


def _first(items: Sequence[str]) -> str:
    more = f"; and {len(items) - _MAX_NAMED:,} more" if len(items) > _MAX_NAMED else ""
    return "; ".join(items[:_MAX_NAMED]) + more
