"""Copies of the database, made while it is in use, and looked through before they count."""

import errno
import os
import pathlib

import apsw

from storage import private_files, search_index
from storage.errors.backups import BackupFailedError
from storage.fsync import sync

_BUSY_SECONDS = 10
_PAGES = 1000
"""Copied in a go: 4 MiB, between which a signal is handled."""
_OF_WRITING = {
    apsw.SQLITE_FULL,
    apsw.SQLITE_IOERR_WRITE,
    apsw.SQLITE_IOERR_FSYNC,
    apsw.SQLITE_IOERR_DIR_FSYNC,
    apsw.SQLITE_IOERR_TRUNCATE,
    apsw.SQLITE_IOERR_SHMOPEN,
    apsw.SQLITE_IOERR_SHMSIZE,
}
"""Errors of the copy alone, never of the database that is read."""


def back_up(source: apsw.Connection, target: pathlib.Path) -> None:
    """Copy the whole database to `target`, which is replaced only by a good copy.

    Raises:
        BackupFailedError: the copy is damaged; it was thrown away.
        apsw.Error, OSError: it could not be made.
    """
    part = private_files.part_of(target)
    try:
        _copy(source, part)
        _refuse_damaged(part, target)
        sync(part)
        part.replace(target)
        sync(target.parent)
    finally:
        _remove(part)


def snapshot(path: pathlib.Path, target: pathlib.Path, flags: int = apsw.SQLITE_OPEN_READWRITE) -> None:
    """Copy a database as it is at one moment to a new file, while others read and write it.

    Raises:
        apsw.Error: it can't be read.
        OSError: the copy can't be written.
    """
    source = apsw.Connection(str(path), flags=flags)
    try:
        source.set_busy_timeout(_BUSY_SECONDS * 1000)
        _copy(source, target)
    finally:
        source.close()


def _copy(source: apsw.Connection, target: pathlib.Path) -> None:
    _remove(target)
    private_files.create(target).close()  # if it fails, the system says why
    copy = apsw.Connection(str(target))
    try:
        with source, copy.backup("main", source, "main") as backup:
            source.execute("SELECT 1 FROM sqlite_master")  # all is of this moment, whoever writes meanwhile
            while not backup.done:
                backup.step(_PAGES)
        copy.pragma("journal_mode", "delete")
    except apsw.Error as error:
        if getattr(error, "extendedresult", None) not in _OF_WRITING:
            raise
        number = copy.system_errno or errno.ENOSPC
        raise OSError(number, os.strerror(number), str(target)) from error
    finally:
        copy.close()


def _remove(copy: pathlib.Path) -> None:
    """Remove a copy with what SQLite keeps beside it, where there is any."""
    for ending in ("", "-wal", "-shm", "-journal"):
        copy.with_name(f"{copy.name}{ending}").unlink(missing_ok=True)


def _refuse_damaged(part: pathlib.Path, target: pathlib.Path) -> None:
    # Not read-only: SQLite's integrity_check would then leave out the CHECK constraints.
    copy = apsw.Connection(str(part), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        findings = search_index.without_index(row[0] for row in copy.execute("PRAGMA integrity_check"))
        dangling = len(list(copy.execute("PRAGMA foreign_key_check")))
    finally:
        copy.close()
    if findings not in ([], ["ok"]):
        raise BackupFailedError(target, f"the copy is damaged: {findings[0]}")
    if dangling:
        raise BackupFailedError(target, f"{dangling} rows point to rows that are not there")
