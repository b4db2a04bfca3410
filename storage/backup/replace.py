"""Puts a database and its pictures in the place of others: all of it or nothing, and nothing is overwritten.

Only names change. The folder of the pictures stays where it is, as it may be a disk of its own, and so do other files
in it: what was there is set aside within it.
"""

import contextlib
import functools
import pathlib
import re
from collections.abc import Callable, Generator

from storage import open_checks, private_files
from storage.backup.paths import DataPaths
from storage.errors.backups import RestoreUnfinishedError
from storage.fsync import sync

_ENDINGS = ("", "-wal", "-shm", "-journal")
"""The endings of a database's files."""
_PICTURES = re.compile("[0-9a-f]{2}|incoming|[.]book")
"""The names in a folder of pictures, but for its lock, which others may wait for."""


def existing(paths: DataPaths) -> list[pathlib.Path]:
    """Return the files that are there of a database and of pictures, but for empty folders."""
    return [*_files_of(paths.database).values(), *_pictures_in(paths.charts)]


def replace(target: DataPaths, source: DataPaths, moment: str) -> list[pathlib.Path]:
    """Rename the files of the target, move the source to its place, and return the new names, which have `moment`.

    The source is on the same disks. Meanwhile the database can't be opened.

    Raises:
        OSError: something can't be moved, and all is as it was.
        RestoreUnfinishedError: not even that could be done.
    """
    database, charts = target.database, target.charts
    with _moving(database) as moves:
        renamed: list[pathlib.Path] = []
        for ending, file in _files_of(database).items():
            renamed.append(database.with_name(f"{database.name}.before-{moment}{ending}"))
            moves.move(file, renamed[-1])
        if pictures := _pictures_in(charts):
            renamed.append(charts / f"before-{moment}")
            moves.make(renamed[-1])
            for each in pictures:
                moves.move(each, renamed[-1] / each.name)
        for each in _pictures_in(source.charts):
            moves.move(each, charts / each.name)
        moves.move(source.database, database)
        for place in {charts, database.parent, *(each for each in renamed if each.parent == charts)}:
            sync(place)
    return renamed


class _Moves:
    """Moves that can be reverted."""

    def __init__(self) -> None:
        self._back: list[Callable[[], object]] = []

    def move(self, source: pathlib.Path, target: pathlib.Path) -> None:
        """Rename `source` to `target`."""
        source.rename(target)
        self._back.append(functools.partial(target.rename, source))

    def make(self, folder: pathlib.Path) -> None:
        """Make a folder."""
        private_files.make_subfolder(folder)
        self._back.append(folder.rmdir)

    def revert(self) -> None:
        """Undo all, the last one first."""
        while self._back:
            self._back.pop()()


@contextlib.contextmanager
def _moving(database: pathlib.Path) -> Generator[_Moves]:
    """Mark the database as being restored, so that nobody opens it; a failure is reverted, a kill leaves the mark."""
    marker, moves = open_checks.restore_marker(database), _Moves()
    was_there = marker.exists()
    try:
        private_files.touch(marker)
        sync(marker.parent)
        yield moves
    except OSError:
        with _reporting_unfinished(database):
            moves.revert()
            if not was_there:
                marker.unlink(missing_ok=True)
        raise
    with _reporting_unfinished(database):
        marker.unlink()
        sync(marker.parent)


@contextlib.contextmanager
def _reporting_unfinished(database: pathlib.Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise RestoreUnfinishedError(database) from error


def _files_of(database: pathlib.Path) -> dict[str, pathlib.Path]:
    """Return those of the database's files that are there, by the endings of their names."""
    files = {ending: database.with_name(f"{database.name}{ending}") for ending in _ENDINGS}
    return {ending: file for ending, file in files.items() if file.exists() or file.is_symlink()}


def _pictures_in(folder: pathlib.Path) -> list[pathlib.Path]:
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return [each for each in files if _PICTURES.fullmatch(each.name) and not _is_empty(each)]


def _is_empty(place: pathlib.Path) -> bool:
    try:
        return place.is_dir() and not any(place.iterdir())
    except PermissionError:
        return False
