"""Creating a backup: a snapshot of the database and its pictures in one file, verified before it gets its name."""

import contextlib
import dataclasses
import os
import pathlib
import shutil
from collections.abc import Generator

from storage import open_checks, private_files
from storage.backup import archive, changes, private_copy
from storage.backup.archive import Lacking, OnProgress, Packed
from storage.backup.changes import Changes
from storage.backup.contents import Contents, Inspect
from storage.backup.file_names import free_name, give_name
from storage.backup.manifest import Manifest
from storage.backup.paths import DATABASE, DataPaths
from storage.chart_files import ChartFiles, Clock
from storage.connections import translate_errors
from storage.errors.backups import BackupFailedError
from storage.errors.database import StorageUnwritableError, UnreadableError, WrongPlaceError
from storage.file_identity import identity
from storage.online_backup import snapshot
from storage.suspicion import retry_reads

_PREFIX = ".backup-"
_DAY_SECONDS = 86_400


@dataclasses.dataclass(frozen=True, slots=True)
class Created:
    """A backup that was created, and verified."""

    path: pathlib.Path
    contents: Contents
    manifest: Manifest
    lacking: Lacking
    """The pictures that are not in it, by their SHA-256."""


def create(source: DataPaths, folder: pathlib.Path, inspect: Inspect, clock: Clock, on_progress: OnProgress) -> Created:
    """Create a backup in the folder. The database may be in use meanwhile: the backup has it as of one moment.

    Raises:
        StorageError: the database can't be read or has faults, or the backup can't be written; nothing is left of it.
    """
    try:
        private_files.make_folder(folder)
        _remove_leftovers(folder, clock().timestamp() - _DAY_SECONDS)
        with private_files.temporary_folder(_PREFIX, folder) as within:
            return _create(source, within, inspect, clock, on_progress)
    except OSError as error:
        why = f"{folder} is not a folder" if folder.is_file() else error.strerror or str(error)
        is_elsewhere = error.filename and not pathlib.Path(os.fsdecode(error.filename)).is_relative_to(folder)
        why = f"{error.filename}: {why}" if is_elsewhere else why
        raise BackupFailedError(free_name(folder, clock()), why) from error


def _create(
    source: DataPaths, within: pathlib.Path, inspect: Inspect, clock: Clock, on_progress: OnProgress
) -> Created:
    copy, made, folder = within / DATABASE, within / "backup.zip", within.parent
    target = free_name(folder, clock())
    with _refuse_exchange(source.database, target):
        _copy(source.database, copy)
        changed = changes.since_last(folder, copy, clock())
        contents = _inspected(source.database, copy, changed, inspect, target)
        files = ChartFiles(source.charts, clock)
        files.folder.trust(contents.name)
        packed = archive.pack(
            *(made, copy, contents.pictures, files),
            lambda packed: _manifest(contents, packed, changed, clock),
            on_progress,
        )
    manifest = archive.read(made, on_progress)
    return Created(give_name(made, folder, clock()), contents, manifest, packed.lacking)


def _remove_leftovers(folder: pathlib.Path, before: float) -> None:
    """Remove what killed backups have left that began before this moment."""
    for left in folder.glob(f"{_PREFIX}*"):
        if left.stat().st_mtime < before:
            shutil.rmtree(left, ignore_errors=True)


@contextlib.contextmanager
def _refuse_exchange(database: pathlib.Path, target: pathlib.Path) -> Generator[None]:
    """Raise an error if the database is another file after the block: the pictures may be another's, or none."""
    before = identity(database)
    try:
        yield
    finally:
        if identity(database) != before:
            raise BackupFailedError(target, f"{database} was replaced meanwhile; run the backup again")


def _copy(database: pathlib.Path, copy: pathlib.Path) -> None:
    """Copy the database as it is at one moment, and leave it as it is, whatever it is."""
    try:
        retry_reads(database, lambda: _snapshot(database, copy))
    except WrongPlaceError:
        raise
    except (UnreadableError, StorageUnwritableError):  # even to read it, SQLite may have to write beside it
        within = copy.parent
        with (
            translate_errors(database),
            private_copy.copied(database, within) as still,
            private_copy.reporting_as(database),
        ):
            _snapshot(still, copy)


def _snapshot(database: pathlib.Path, copy: pathlib.Path) -> None:
    open_checks.refuse_foreign(database)
    with translate_errors(database):
        snapshot(database, copy)


def _inspected(
    database: pathlib.Path, copy: pathlib.Path, changed: Changes | None, inspect: Inspect, target: pathlib.Path
) -> Contents:
    """Return the contents of the copy.

    Raises:
        BackupFailedError: it has faults.
    """
    with private_copy.reporting_as(database):
        contents = inspect(copy, changed)
    if contents.faults:
        first, *others = contents.faults
        more = f", and {len(others):,} more" if others else ""
        raise BackupFailedError(target, f"the database has errors: {first}{more}")
    return contents


def _manifest(contents: Contents, packed: Packed, changed: Changes | None, clock: Clock) -> Manifest:
    now, lacking = clock().isoformat(), tuple(sorted(packed.lacking))
    proved_at = changed.proved_at if changed else now
    return Manifest(
        *(now, contents.name, packed.sha256, packed.pictures, lacking),
        revisions=contents.revisions,
        proved_at=proved_at,
        timeline=contents.timeline,
    )
