"""Backups made and put back, for the one who runs the bot: without Discord, and while the bot runs or not."""

import contextlib
import dataclasses
import errno
import fnmatch
import glob
import hashlib
import os
import pathlib
import shutil
from collections.abc import Generator

from bot.cli.errors import NoDatabaseError, TransferError
from bot.config.settings import Config
from bot.domain.clock import utc_now
from bot.domain.values import BackupTaken
from bot.service.backups.inventory import Contents
from bot.service.backups.scheduler import name_at
from bot.service.pictures.lookup import all_lacking
from storage import open_checks, private_files
from storage.backup import archive, private_copy
from storage.backup.archive import Step
from storage.backup.manifest import Manifest
from storage.backup.replace import exchange, in_place
from storage.chart_files import ChartFiles
from storage.connections import telling
from storage.errors import (
    BackupFailedError,
    BadBackupError,
    ChartsUnreadableError,
    ChartUnwritableError,
    DatabaseTooNewError,
    ForeignDatabaseError,
    SchemaError,
    StorageError,
    StorageUnwritableError,
    UnreadableError,
    WrongPlaceError,
)
from storage.file_identity import identity
from storage.fsync import name_new
from storage.online_backup import snapshot
from storage.process_lock import Hold
from storage.store import Store
from storage.suspicion import read_again

_DAY_SECONDS = 86_400


@dataclasses.dataclass(frozen=True, slots=True)
class Restored:
    """Files that a restore has put in place."""

    book: pathlib.Path
    charts: pathlib.Path
    manifest: Manifest
    set_aside: tuple[pathlib.Path, ...]
    """The files that were there before, under their new names."""


def take(book: pathlib.Path, charts: pathlib.Path, folder: pathlib.Path, step: Step) -> BackupTaken:
    """Make a backup of a book and its pictures in a folder, and look through it.

    The book may be in use meanwhile: the backup has it as it was at one moment.

    Raises:
        StorageError: the book can't be read or has faults, or the backup can't be written; nothing is left of it.
        NoDatabaseError: there is no database.
    """
    path, folder = book.absolute(), folder.absolute()
    open_checks.refuse_unfinished(path)
    if not open_checks.is_there(path):
        raise NoDatabaseError(path)
    try:
        private_files.make_folder(folder)
        _tidy(folder)
        with private_files.temporary_folder(".backup-", folder) as within:
            return _take(path, ChartFiles(charts.absolute(), utc_now), within, step)
    except OSError as error:
        why = error.strerror or str(error)
        elsewhere = error.filename and not pathlib.Path(os.fsdecode(error.filename)).is_relative_to(folder)
        target = folder / name_at(utc_now())
        raise BackupFailedError(target, f"{error.filename}: {why}" if elsewhere else why) from error


def read(path: pathlib.Path, step: Step = lambda _: None) -> Manifest:
    """Return the contents of a backup, which is whole.

    Raises:
        StorageError: it is not.
        TransferError: it can't be read.
    """
    try:
        return archive.read(path, step)
    except OSError as error:
        raise TransferError(f"{path} can't be read: {error.strerror or error}.") from error


def faults(config: Config) -> list[str]:
    """Return, in words, the backups that are not whole."""
    found: list[str] = []
    folder = config.backup_folder
    try:
        names = sorted(path.name for path in folder.iterdir())
    except FileNotFoundError:
        names = []
    except OSError as error:
        return [f"The backups in {folder} can't be read: {error.strerror or error}."]
    for name in fnmatch.filter(names, "coachbook-*.zip"):
        try:
            read(folder / name)
        except (StorageError, TransferError) as error:
            found.append(str(error))
    return found


def restore(config: Config, path: pathlib.Path, to: pathlib.Path | None, *, force: bool, step: Step) -> Restored:
    """Put a backup's book and pictures into their places, or into a folder, once all of it has been looked through.

    With `force`, what is there is set aside under another name; a file or folder is never overwritten. Broken off in
    the middle, it is to be done again: the book is refused until then.

    Raises:
        StorageError: the backup is not whole, or a bot runs on the book, or the disk is in the way.
        TransferError: something is there and `force` was not given, or the backup can't be read.
    """
    book = (to / archive.BOOK if to else config.storage.path).absolute()
    folder = (to / archive.CHARTS if to else config.storage.charts_folder).absolute()
    _refuse_half(config, book, folder)
    manifest = read(path, step)
    open_checks.make_folder(book)
    hold = Hold.take(book)
    try:
        return _restore(path, manifest, book, folder, force=force)
    finally:
        hold.release()


def _tidy(folder: pathlib.Path) -> None:
    """Remove what backups have left that were killed a day ago or before."""
    for left in folder.glob(".backup-*"):
        if left.stat().st_mtime < utc_now().timestamp() - _DAY_SECONDS:
            shutil.rmtree(left, ignore_errors=True)


def _take(path: pathlib.Path, files: ChartFiles, within: pathlib.Path, step: Step) -> BackupTaken:
    copy, made, target = within / archive.BOOK, within / "backup.zip", _free_name(within.parent)
    with _unexchanged(path, target):
        _copy(path, copy)
        with private_copy.speaking_of(path):
            contents, found = _looked_through(copy)
        if found or not contents:
            more = f", and {len(found) - 1:,} more" if len(found) > 1 else ""
            raise BackupFailedError(target, f"the book has faults: {found[0]}{more}")
        files.trust(contents.name)
        lacking = all_lacking(files, {sha256: f"the picture {sha256}" for sha256 in sorted(contents.pictures)})
        missing = tuple(each.sha256 for each in lacking)
        pictures = tuple(sorted(contents.pictures - set(missing)))
        manifest = Manifest(utc_now().isoformat(), contents.name, _sha256(copy), pictures, missing, contents.revisions)
        archive.pack(made, manifest, copy, files.folder, step)
    archive.read(made, step)
    target = _named(made, within.parent)
    size = target.stat().st_size
    hidden = [each for each in lacking if each.is_unreadable]
    counts = (contents.plans, contents.revisions, len(pictures), len(lacking) - len(hidden), len(hidden))
    return BackupTaken(target.name, size, *counts, str(hidden[0]) if hidden else None)


@contextlib.contextmanager
def _unexchanged(book: pathlib.Path, target: pathlib.Path) -> Generator[None]:
    """Go on only if the book is the same afterwards: else the pictures may be another's, or none."""
    before = identity(book)
    try:
        yield
    finally:
        if identity(book) != before:
            raise BackupFailedError(target, f"{book} was exchanged for another meanwhile; make it again")


def _copy(path: pathlib.Path, target: pathlib.Path) -> None:
    """Copy the book as it is at one moment, and leave it as it is whatever it is."""
    try:
        read_again(path, lambda: _snapshot(path, target))
    except WrongPlaceError:
        raise
    except (UnreadableError, StorageUnwritableError):  # even to read it, SQLite may have to write beside it
        with telling(path), private_copy.copied(path, target.parent) as source, private_copy.speaking_of(path):
            _snapshot(source, target)


def _snapshot(path: pathlib.Path, target: pathlib.Path) -> None:
    open_checks.refuse_foreign(path)
    with telling(path):
        snapshot(path, target)


def _looked_through(book: pathlib.Path) -> tuple[Contents | None, list[str]]:
    """Return the contents of a copy of a book, and its faults; nothing is read of one that is damaged."""
    contents: list[Contents] = []

    def look() -> list[str]:
        contents.append(Contents.read())
        return list(contents[0].faults)

    found = Store.check_file(book, look, book.parent)
    return (contents[0] if contents else None), found


def _free_name(folder: pathlib.Path) -> pathlib.Path:
    """The name of no file: a backup is never put in the place of another."""
    now, number = utc_now(), 1
    while (path := folder / name_at(now, number)).exists():
        number += 1
    return path


def _named(made: pathlib.Path, folder: pathlib.Path) -> pathlib.Path:
    while True:
        with contextlib.suppress(FileExistsError):  # another backup was as quick
            name_new(made, target := _free_name(folder))
            return target


def _refuse_half(config: Config, book: pathlib.Path, folder: pathlib.Path) -> None:
    """Go on only if the configured book keeps its own pictures, and its pictures their book, which guards them."""
    configured = (config.storage.path, config.storage.charts_folder)
    same = [one.resolve() == other.resolve() for one, other in zip((book, folder), configured, strict=True)]
    if any(same) and not all(same):
        what = f"the book {book}" if same[0] else f"the charts' folder {folder}"
        raise TransferError(f"{what} is the configured one: name another folder, or leave out --to-dir.")


def _restore(
    path: pathlib.Path, manifest: Manifest, book: pathlib.Path, folder: pathlib.Path, *, force: bool
) -> Restored:
    with _telling(path):
        there = in_place(book, folder)
    if there and not force:
        raise TransferError(f"{there[0]} is there already. With --force it is set aside, and nothing of it is lost.")
    with contextlib.ExitStack() as stack:
        with _telling(path, book.parent):
            new_book = stack.enter_context(_within(book.parent, book.name)) / archive.BOOK
            archive.unpack_book(path, new_book, manifest)
        with _telling(path, folder):
            private_files.make_folder(folder)
            new_charts = stack.enter_context(_within(folder, "charts")) / archive.CHARTS
            files = _unpacked(path, new_charts, manifest)
        _refuse_faulty(path, new_book, files, manifest)
        if open_checks.version_of(new_book).has_name:
            with _telling(path, folder):
                files.is_of(manifest.book)
        with _telling(path):
            set_aside = exchange(book, folder, new_book, new_charts, _free_moment(book.parent, folder))
    return Restored(book, folder, manifest, tuple(set_aside))


@contextlib.contextmanager
def _telling(path: pathlib.Path, place: pathlib.Path | None = None) -> Generator[None]:
    """Say of what fails on a disk where, which is at `place` if that is given, and that all is as it was."""
    try:
        yield
    except (OSError, ChartsUnreadableError, ChartUnwritableError) as error:
        failed = error if isinstance(error, OSError) else error.__cause__
        if not isinstance(failed, OSError):
            raise
        why = f"{place or failed.filename}: {failed.strerror or failed}"
        more = "; what is mounted by itself can't be moved: mount its folder" if failed.errno == errno.EBUSY else ""
        raise TransferError(f"{path} can't be restored: {why}{more}. Nothing was changed.") from error


def _unpacked(path: pathlib.Path, folder: pathlib.Path, manifest: Manifest) -> ChartFiles:
    """The pictures of a backup, in a new folder."""
    files = ChartFiles.open(folder, utc_now)
    for sha256 in manifest.pictures:
        _unpack_picture(path, sha256, files)
    return files


def _unpack_picture(path: pathlib.Path, sha256: str, files: ChartFiles) -> None:
    incoming = files.begin()
    try:
        archive.unpack_picture(path, sha256, incoming)
        files.keep(incoming)
    finally:
        files.discard(incoming)


def _refuse_faulty(path: pathlib.Path, book: pathlib.Path, files: ChartFiles, manifest: Manifest) -> None:
    """Go on only with a book that is sound, and pictures that are all there but those that were missing."""
    try:
        contents, found = _looked_through(book)
    except StorageError as error:
        raise BadBackupError(path, _fault_of_book(error)) from error
    if contents:
        if contents.name != manifest.book and open_checks.version_of(book).has_name:
            raise BadBackupError(path, "its list is that of another database")
        lacking = [each for each in contents.pictures - set(manifest.missing) if not files.path_of(each)]
        found += [f"the picture {sha256} is missing" for sha256 in lacking]
    if found:
        raise TransferError(f"{path} can't be restored: {found[0]}. Nothing was changed.")


def _fault_of_book(error: StorageError) -> str:
    """Why the database in a backup can't be used, as the end of a sentence about the backup."""
    match error:
        case SchemaError():
            return f"the structure of its database was changed by somebody else: {error.listed}. Use another backup"
        case DatabaseTooNewError():
            return (
                f"a newer version of Coachbook made its database: this program needs schema {error.needed}, "
                f"and does not know {error.listed}"
            )
        case ForeignDatabaseError():
            return "its database is of another program"
        case _:
            return "its database is damaged, or is none"


def _free_moment(*folders: pathlib.Path) -> str:
    """Now, as it stands in no name of what was set aside there before."""
    moment = now = f"{utc_now():%Y%m%dT%H%M%SZ}"
    number = 1
    while any(any(folder.glob(f"*before-{moment}*")) for folder in folders):
        number += 1
        moment = f"{now}-{number}"
    return moment


@contextlib.contextmanager
def _within(place: pathlib.Path, name: str) -> Generator[pathlib.Path]:
    """A folder that is gone afterwards; what was broken off long ago goes too."""
    prefix = f".restore-{name}-"
    for left in place.glob(f"{glob.escape(prefix)}*"):
        shutil.rmtree(left, ignore_errors=True)
    with private_files.temporary_folder(prefix, place) as folder:
        yield folder


def _sha256(path: pathlib.Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
