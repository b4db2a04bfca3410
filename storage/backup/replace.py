"""A book with its pictures in the place of another: all of it, or as it was; nothing that was there is overwritten.

Only names change. The folder of the pictures stays where it is, as it may be a disk of its own, and what others keep in
it stays too: what was there is set aside within it.
"""

import contextlib
import functools
import pathlib
import re
from collections.abc import Callable, Generator

from storage import open_checks, private_files
from storage.errors import RestoreUnfinishedError
from storage.fsync import sync

_BESIDE = ("", "-wal", "-shm", "-journal")
"""What belongs to a book's file."""
_PICTURES = re.compile("[0-9a-f]{2}|incoming|[.]book")
"""What a folder of pictures has, but for its lock, which others may wait for."""


def in_place(book: pathlib.Path, folder: pathlib.Path) -> list[pathlib.Path]:
    """What is there of a book and of pictures; empty folders are nothing."""
    return [*_files_of(book).values(), *_pictures_in(folder)]


def exchange(
    book: pathlib.Path, folder: pathlib.Path, new_book: pathlib.Path, new_folder: pathlib.Path, since: str
) -> list[pathlib.Path]:
    """Put a book and pictures, which lie on the same disks, in their places; what is there gets `since` in its name.

    Meanwhile the book is refused to all who would open it. Gives what was set aside, under its new names.

    Raises:
        OSError: something can't be moved, and all is as it was.
        RestoreUnfinishedError: it was broken off.
    """
    with _moving(book) as moves:
        set_aside: list[pathlib.Path] = []
        for ending, file in _files_of(book).items():
            set_aside.append(book.with_name(f"{book.name}.before-{since}{ending}"))
            moves.move(file, set_aside[-1])
        if pictures := _pictures_in(folder):
            set_aside.append(folder / f"before-{since}")
            moves.make(set_aside[-1])
            for each in pictures:
                moves.move(each, set_aside[-1] / each.name)
        for each in _pictures_in(new_folder):
            moves.move(each, folder / each.name)
        moves.move(new_book, book)
        for place in {folder, book.parent, *(each for each in set_aside if each.parent == folder)}:
            sync(place)
    return set_aside


class _Moves:
    """New names, which can be taken back."""

    def __init__(self) -> None:
        self._back: list[Callable[[], object]] = []

    def move(self, source: pathlib.Path, target: pathlib.Path) -> None:
        """Let `target` be the name of `source`."""
        source.rename(target)
        self._back.append(functools.partial(target.rename, source))

    def make(self, folder: pathlib.Path) -> None:
        """Make a folder."""
        private_files.make_subfolder(folder)
        self._back.append(folder.rmdir)

    def take_back(self) -> None:
        """Let all be as it was."""
        while self._back:
            self._back.pop()()


@contextlib.contextmanager
def _moving(book: pathlib.Path) -> Generator[_Moves]:
    """Inside, the book is refused to all; what fails is taken back, and what is broken off has to be done again."""
    mark, moves = open_checks.restoring(book), _Moves()
    is_left = mark.exists()
    try:
        private_files.touch(mark)
        sync(mark.parent)
        yield moves
    except OSError:
        with _telling_unfinished(book):
            moves.take_back()
            if not is_left:
                mark.unlink(missing_ok=True)
        raise
    with _telling_unfinished(book):
        mark.unlink()
        sync(mark.parent)


@contextlib.contextmanager
def _telling_unfinished(book: pathlib.Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise RestoreUnfinishedError(book) from error


def _files_of(book: pathlib.Path) -> dict[str, pathlib.Path]:
    """Those of the book's files that are there, by the endings of their names."""
    files = {ending: book.with_name(f"{book.name}{ending}") for ending in _BESIDE}
    return {ending: file for ending, file in files.items() if file.exists() or file.is_symlink()}


def _pictures_in(folder: pathlib.Path) -> list[pathlib.Path]:
    there = sorted(folder.iterdir()) if folder.is_dir() else []
    return [each for each in there if _PICTURES.fullmatch(each.name) and not _is_empty(each)]


def _is_empty(place: pathlib.Path) -> bool:
    try:
        return place.is_dir() and not any(place.iterdir())
    except PermissionError:
        return False
