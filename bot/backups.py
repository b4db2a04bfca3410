"""Backups made and put back, for the one who runs the bot: without Discord, and while the bot runs or not."""

import contextlib
import dataclasses
import hashlib
import pathlib
import shutil
import tempfile
from collections.abc import Generator, Sequence

from bot.app import utc_now
from bot.config import Config
from bot.service.backups import name_at
from bot.service.contents import Contents
from bot.transfers import TransferError
from bot.values import BackupTaken
from storage import archive, opening
from storage.archive import Manifest, Step
from storage.backup import snapshot
from storage.charts import ChartFiles
from storage.connections import telling
from storage.database import Store
from storage.disk import sync
from storage.errors import BackupFailedError, StorageError
from storage.hold import Hold

_BESIDE = ("", "-wal", "-shm")
"""What belongs to a book's file."""
_DAY_SECONDS = 86_400


@dataclasses.dataclass(frozen=True, slots=True)
class Restored:
    """What a restore has put where."""

    book: pathlib.Path
    charts: pathlib.Path
    manifest: Manifest
    set_aside: tuple[pathlib.Path, ...]
    """What was there before, under its new names."""


def take(book: pathlib.Path, charts: pathlib.Path, folder: pathlib.Path, step: Step) -> BackupTaken:
    """Make a backup of a book and its pictures in a folder, and look through it.

    The book may be in use meanwhile: the backup has it as it was at one moment.

    Raises:
        StorageError: the book can't be read or has faults, or the backup can't be written; nothing is left of it.
        TransferError: there is no book.
    """
    path, folder = book.absolute(), folder.absolute()
    if not path.exists():
        raise TransferError(f"There is no book at {path}: see storage.path.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _tidy(folder)
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=folder) as aside:
            return _take(path, ChartFiles(charts.absolute(), utc_now), pathlib.Path(aside), step)
    except OSError as error:
        raise BackupFailedError(folder, error.strerror or str(error)) from error


def read(path: pathlib.Path, step: Step = lambda _: None) -> Manifest:
    """What is in a backup, which is whole.

    Raises:
        StorageError: it is not.
        TransferError: it can't be read.
    """
    try:
        return archive.read(path, step)
    except OSError as error:
        raise TransferError(f"{path} can't be read: {error.strerror or error}.") from error


def faults(config: Config) -> list[str]:
    """Which backups are not whole, for the operator."""
    found: list[str] = []
    for path in sorted(config.backup_folder.glob("coachbook-*.zip")):
        try:
            read(path)
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
    manifest = read(path, step)
    opening.make_folder(book)
    hold = Hold.take(book)
    try:
        return _restore(path, manifest, book, folder, force=force)
    except OSError as error:
        raise TransferError(f"{path} can't be restored: {error.filename}: {error.strerror or error}.") from error
    finally:
        hold.release()


def _tidy(folder: pathlib.Path) -> None:
    """Remove what backups have left that were killed a day ago or before."""
    for left in folder.glob(".backup-*"):
        if left.stat().st_mtime < utc_now().timestamp() - _DAY_SECONDS:
            shutil.rmtree(left, ignore_errors=True)


def _take(path: pathlib.Path, files: ChartFiles, aside: pathlib.Path, step: Step) -> BackupTaken:
    copy, made = aside / archive.BOOK, aside / "backup.zip"
    with telling(path):
        snapshot(path, copy)
    contents, found = _looked_through(copy)
    if found or not contents:
        more = f", and {len(found) - 1:,} more" if len(found) > 1 else ""
        raise BackupFailedError(path, f"the book has faults: {found[0]}{more}")
    missing = tuple(sha256 for sha256 in sorted(contents.pictures) if not files.path_of(sha256))
    pictures = tuple(sorted(contents.pictures - set(missing)))
    manifest = Manifest(utc_now().isoformat(), contents.name, _sha256(copy), pictures, missing, contents.revisions)
    archive.pack(made, manifest, copy, files.folder, step)
    archive.read(made, step)
    target = _free_name(aside.parent)
    made.replace(target)
    sync(target.parent)
    size = target.stat().st_size
    return BackupTaken(target.name, size, contents.plans, contents.revisions, len(pictures), len(missing))


def _looked_through(book: pathlib.Path) -> tuple[Contents | None, list[str]]:
    """What a copy of a book holds, and what is wrong with it; nothing is read of one that is damaged."""
    contents: list[Contents] = []

    def look() -> list[str]:
        contents.append(Contents.read())
        return list(contents[0].faults)

    found = Store.check_file(book, look)
    return (contents[0] if contents else None), found


def _free_name(folder: pathlib.Path) -> pathlib.Path:
    """The name of no file: a backup is never put in the place of another."""
    now, number = utc_now(), 1
    while (path := folder / name_at(now, number)).exists():
        number += 1
    return path


def _restore(
    path: pathlib.Path, manifest: Manifest, book: pathlib.Path, folder: pathlib.Path, *, force: bool
) -> Restored:
    there = [each for each in (*_files_of(book), folder) if each.exists() or each.is_symlink()]
    there = [each for each in there if not (each == folder and folder.is_dir() and not any(folder.iterdir()))]
    if there and not force:
        raise TransferError(f"{there[0]} is there already. With --force it is set aside, and nothing of it is lost.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _beside(book) as for_book, _beside(folder) as for_charts:
        new_book, new_charts = for_book / archive.BOOK, for_charts / archive.CHARTS
        archive.unpack_book(path, new_book, manifest)
        files = ChartFiles.open(new_charts, utc_now)
        files.is_of(manifest.book)
        for sha256 in manifest.pictures:
            _unpack_picture(path, sha256, files)
        _refuse_faulty(path, new_book, files, manifest)
        set_aside = _exchange(book, folder, new_book, new_charts, there)
    return Restored(book, folder, manifest, set_aside)


def _unpack_picture(path: pathlib.Path, sha256: str, files: ChartFiles) -> None:
    incoming = files.begin()
    try:
        archive.unpack_picture(path, sha256, incoming)
        files.keep(incoming)
    finally:
        files.discard(incoming)


def _refuse_faulty(path: pathlib.Path, book: pathlib.Path, files: ChartFiles, manifest: Manifest) -> None:
    """Go on only with a book that is sound, and pictures that are all there but those that were missing."""
    contents, found = _looked_through(book)
    if contents:
        lacking = [each for each in contents.pictures - set(manifest.missing) if not files.path_of(each)]
        found += [f"the picture {sha256} is missing" for sha256 in lacking]
    if found := [each for each in found if not each.startswith("migration ")]:
        raise TransferError(f"{path} can't be restored: {found[0]}. Nothing was changed.")


def _exchange(
    book: pathlib.Path,
    folder: pathlib.Path,
    new_book: pathlib.Path,
    new_charts: pathlib.Path,
    there: list[pathlib.Path],
) -> tuple[pathlib.Path, ...]:
    """Set aside what is there, and put the new in its place; meanwhile the book is refused to all who would open it."""
    mark = opening.restoring(book)
    mark.touch()
    sync(mark.parent)
    ending = _free_ending(there)
    set_aside = [_set_aside(each, book, ending) for each in there]
    if folder.exists():
        folder.rmdir()  # an empty one
    new_charts.rename(folder)
    new_book.rename(book)
    for place in {folder.parent, book.parent}:
        sync(place)
    mark.unlink()
    sync(mark.parent)
    return tuple(set_aside)


def _set_aside(path: pathlib.Path, book: pathlib.Path, ending: str) -> pathlib.Path:
    """Give it another name, by which SQLite still finds what belongs together."""
    beside = path.name.removeprefix(book.name) if path in _files_of(book) else ""
    return path.rename(path.with_name(f"{path.name.removesuffix(beside)}{ending}{beside}"))


def _free_ending(there: Sequence[pathlib.Path]) -> str:
    """An ending for new names that no file has yet."""
    ending = wanted = f".before-{utc_now():%Y%m%dT%H%M%SZ}"
    number = 1
    while any(any(path.parent.glob(f"*{ending}*")) for path in there):
        number += 1
        ending = f"{wanted}-{number}"
    return ending


def _files_of(book: pathlib.Path) -> list[pathlib.Path]:
    return [book.with_name(f"{book.name}{ending}") for ending in _BESIDE]


@contextlib.contextmanager
def _beside(place: pathlib.Path) -> Generator[pathlib.Path]:
    """A folder on the same disk, which is gone afterwards; what was broken off long ago goes too."""
    for left in place.parent.glob(f".restore-{place.name}-*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f".restore-{place.name}-", dir=place.parent) as folder:
        yield pathlib.Path(folder)


def _sha256(path: pathlib.Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
