"""Restoring a backup: unpacked on the disks where it is to be, verified, and only then put in its place."""

import contextlib
import dataclasses
import errno
import glob
import pathlib
import shutil
from collections.abc import Generator

import apsw

from storage import open_checks, private_files
from storage.backup import archive, timelines
from storage.backup.archive import OnProgress
from storage.backup.card_renewal import renew_cards
from storage.backup.contents import Contents, Inspect
from storage.backup.manifest import Manifest
from storage.backup.paths import CHARTS, DATABASE, DataPaths
from storage.backup.replace import existing, replace
from storage.chart_files import ChartFiles, Clock
from storage.connections import reason
from storage.errors import StorageError
from storage.errors.backups import BadBackupError, NotReplacedError, RestoreFailedError
from storage.errors.charts import ChartsUnreadableError, ChartUnwritableError
from storage.errors.database import DatabaseTooNewError, ForeignDatabaseError, SchemaError
from storage.process_lock import lock_database


@dataclasses.dataclass(frozen=True, slots=True)
class Restored:
    """Files that a restore has put in place."""

    paths: DataPaths
    manifest: Manifest
    renamed: tuple[pathlib.Path, ...]
    """The files that were there before, under their new names."""


def restore(
    path: pathlib.Path, target: DataPaths, inspect: Inspect, clock: Clock, *, force: bool, on_progress: OnProgress
) -> Restored:
    """Put a backup's database and pictures in their places, once all of it has been verified.

    With `force`, what is there is set aside under another name; a file or folder is never overwritten. If it is killed
    in the middle, it is to be done again: the database is refused until then.

    Raises:
        StorageError: the backup is not whole, a bot runs on the database, something is there and `force` was not
            given, or the disk is in the way.
        OSError: the backup can't be read.
    """
    manifest = archive.read(path, on_progress)
    open_checks.make_folder(target.database)
    with lock_database(target.database):
        with _reporting(path):
            files = existing(target)
        if files and not force:
            raise NotReplacedError(files[0])
        return _restore(path, manifest, target, inspect, clock)


def _restore(path: pathlib.Path, manifest: Manifest, target: DataPaths, inspect: Inspect, clock: Clock) -> Restored:
    with contextlib.ExitStack() as stack:
        beside = target.database.parent
        with _reporting(path, beside):
            unpacked = stack.enter_context(_folder_within(beside, target.database.name)) / DATABASE
            archive.unpack_database(path, unpacked, manifest)
        with _reporting(path, target.charts):
            private_files.make_folder(target.charts)
            charts = stack.enter_context(_folder_within(target.charts, CHARTS)) / CHARTS
            files = _unpack_pictures(path, charts, manifest, clock)
        _refuse_faulty(path, _inspected(path, unpacked, inspect), unpacked, files, manifest)
        if open_checks.version_of(unpacked).has_name:
            with _reporting(path, target.charts):
                files.folder.belongs_to(manifest.book)
        _begin_timeline(path, unpacked, manifest)
        with _reporting(path):
            renamed = replace(target, DataPaths(unpacked, charts), _free_moment(target, clock))
    return Restored(target, manifest, tuple(renamed))


@contextlib.contextmanager
def _reporting(path: pathlib.Path, place: pathlib.Path | None = None) -> Generator[None]:
    """Turn what fails on a disk into a RestoreFailedError that names `place`, or the file that failed."""
    try:
        yield
    except (OSError, ChartsUnreadableError, ChartUnwritableError) as error:
        failed = error if isinstance(error, OSError) else error.__cause__
        if not isinstance(failed, OSError):
            raise
        why = f"{place or failed.filename}: {failed.strerror or failed}"
        more = "; a mount point can't be moved: mount its parent folder" if failed.errno == errno.EBUSY else ""
        raise RestoreFailedError(path, f"{why}{more}") from error


@contextlib.contextmanager
def _folder_within(place: pathlib.Path, name: str) -> Generator[pathlib.Path]:
    """Make a folder that is removed afterwards; what a killed restore has left is removed too."""
    prefix = f".restore-{name}-"
    for left in place.glob(f"{glob.escape(prefix)}*"):
        shutil.rmtree(left, ignore_errors=True)
    with private_files.temporary_folder(prefix, place) as folder:
        yield folder


def _unpack_pictures(path: pathlib.Path, folder: pathlib.Path, manifest: Manifest, clock: Clock) -> ChartFiles:
    files = ChartFiles.open(folder, clock)
    for sha256 in manifest.pictures:
        with files.incoming() as incoming:
            archive.unpack_picture(path, sha256, incoming)
            files.store(incoming)
    return files


def _inspected(path: pathlib.Path, database: pathlib.Path, inspect: Inspect) -> Contents:
    try:
        return inspect(database, None)
    except StorageError as error:
        raise BadBackupError(path, _fault_of_database(error)) from error


def _refuse_faulty(
    path: pathlib.Path, contents: Contents, database: pathlib.Path, files: ChartFiles, manifest: Manifest
) -> None:
    """Refuse a database that is damaged, or that lacks pictures other than those that were missing."""
    if contents.faults:
        raise RestoreFailedError(path, contents.faults[0])
    if contents.name != manifest.book and open_checks.version_of(database).has_name:
        raise BadBackupError(path, "its manifest is that of another database")
    for sha256 in contents.pictures.difference(manifest.missing):
        if not files.path_of(sha256):
            raise RestoreFailedError(path, f"the picture {sha256} is missing")


def _begin_timeline(path: pathlib.Path, database: pathlib.Path, manifest: Manifest) -> None:
    try:
        timelines.begin(database)
        renew_cards(database, manifest.made_at)
    except apsw.Error as error:
        raise RestoreFailedError(path, f"it can't be marked as restored: {reason(error)}") from error


def _fault_of_database(error: StorageError) -> str:
    """Return why the database in a backup can't be used, as the end of a sentence about the backup."""
    match error:
        case SchemaError():
            return f"the schema of its database was altered: {error.listed}; use another backup"
        case DatabaseTooNewError():
            return (
                f"a newer version of Coachbook made its database: this program needs schema {error.needed}, "
                f"and does not know {error.listed}"
            )
        case ForeignDatabaseError():
            return "its database is of another program"
        case _:
            return "its database is damaged or not an SQLite database"


def _free_moment(target: DataPaths, clock: Clock) -> str:
    """Return the time now, made unique among the names of what was set aside before."""
    moment = now = f"{clock():%Y%m%dT%H%M%SZ}"
    number = 1
    while any(any(place.glob(f"*before-{moment}*")) for place in (target.database.parent, target.charts)):
        number += 1
        moment = f"{now}-{number}"
    return moment
