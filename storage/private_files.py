"""Files and folders for this user alone, whatever the umask, and never by way of a symbolic link.

Everything that is written outside the database is made here. The database's own files are made here too, before SQLite
opens them: it gives its log and index the mode of the database (https://sqlite.org/src/file/src/os_unix.c,
findCreateFileMode).
"""

import contextlib
import errno
import os
import pathlib
import shutil
import stat
import tempfile
from collections.abc import Generator, Iterable, Iterator
from typing import IO, BinaryIO, Final

FILE_MODE: Final = 0o600
FOLDER_MODE: Final = 0o700
_OF_OTHERS: Final = 0o077
_WRITABLE_BY_OTHERS: Final = 0o022
_SAFE: Final = os.O_NOFOLLOW | os.O_CLOEXEC


class UnsafeFolderError(PermissionError):
    """A folder in which other users could read, replace or forge what is written. Nothing was written there."""

    def __init__(self, folder: pathlib.Path, why: str) -> None:
        super().__init__(errno.EPERM, why, str(folder))


def part_of(path: pathlib.Path) -> pathlib.Path:
    """Return the path at which a file is written until it is whole; what a killed process has left there is useless."""
    return path.with_name(f"{path.name}.part")


def unnamed() -> IO[bytes]:
    """Open a temporary file that has no name: nobody else finds it, and nothing is left of it.

    Raises:
        OSError: it can't be made.
    """
    return tempfile.TemporaryFile()


def make_folder(path: pathlib.Path) -> None:
    """Make a folder, and those above it that are missing; one that is there stays as it is, also behind a link.

    Raises:
        OSError: it can't be made.
    """
    try:
        _make_folder(path)
    except FileNotFoundError:
        make_folder(path.parent)
        _make_folder(path)
    except OSError:
        if not path.is_dir():
            raise


def make_subfolder(path: pathlib.Path) -> None:
    """Make a folder in one that is there; the same folder may be there already, a link may not.

    Raises:
        OSError: it can't be made.
    """
    try:
        _make_folder(path)
    except OSError:
        if path.is_symlink() or not path.is_dir():
            raise


def refuse_unsafe(folder: pathlib.Path) -> None:
    """Refuse a folder that another user owns or can write to.

    Raises:
        UnsafeFolderError: it is another's, a link, or writable by others.
        OSError: there is no such folder.
    """
    status = folder.lstat()
    if stat.S_ISLNK(status.st_mode):
        raise UnsafeFolderError(folder, f"{folder} is a symbolic link. Remove it")
    if not stat.S_ISDIR(status.st_mode):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    if status.st_uid != os.geteuid():
        raise UnsafeFolderError(
            folder, f"{folder} belongs to another user (id {status.st_uid}). Run as that user, or remove it"
        )
    if status.st_mode & _WRITABLE_BY_OTHERS:
        raise UnsafeFolderError(folder, f"Other users can write to {folder}. Run chmod go-rwx on it")


def create(path: pathlib.Path) -> BinaryIO:
    """Open a new file to write it.

    Raises:
        FileExistsError: there is something of this name.
        OSError: it can't be made.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFE, FILE_MODE)
    os.fchmod(handle, FILE_MODE)  # the umask may have taken from it
    return os.fdopen(handle, "wb")


def touch(path: pathlib.Path) -> None:
    """Make an empty file, if there is nothing of this name.

    What is there is not opened: closing a database's file drops the locks that SQLite has on it.

    Raises:
        OSError: it can't be made, or a link is there.
    """
    try:
        create(path).close()
    except FileExistsError as error:
        if path.is_symlink():
            raise _is_link(path) from error


def open_or_create(path: pathlib.Path, flags: int = os.O_RDWR) -> int:
    """Return the handle of a file, which is made if it is missing.

    Raises:
        OSError: it can't be made or opened, or is a link.
    """
    touch(path)
    return _open(path, flags)


def rewrite(path: pathlib.Path) -> BinaryIO:
    """Open a file to write it from its beginning; it is made if it is missing.

    Raises:
        OSError: it can't be made or opened, or is a link.
    """
    return os.fdopen(open_or_create(path, os.O_WRONLY | os.O_TRUNC), "wb")


def reading(path: pathlib.Path) -> BinaryIO:
    """Open a file that is there, to read it.

    Raises:
        OSError: it can't be opened, or is a link.
    """
    return os.fdopen(_open(path, os.O_RDONLY), "rb")


def copy(source: pathlib.Path, target: pathlib.Path) -> None:
    """Copy what a file holds into a new one.

    Raises:
        OSError: of the one that can't be read, or, with both names, of the one that can't be written.
    """
    create(target).close()
    try:
        shutil.copyfile(source, target)
    except OSError:
        target.unlink()
        raise


@contextlib.contextmanager
def temporary_folder(prefix: str, within: pathlib.Path | None = None) -> Generator[pathlib.Path]:
    """Make a folder that is gone when the block ends, among the system's temporary files unless another is named.

    Raises:
        OSError: it can't be made.
    """
    with tempfile.TemporaryDirectory(prefix=prefix, dir=within) as made:
        folder = pathlib.Path(made)
        folder.chmod(FOLDER_MODE)
        yield folder


def open_to_others(
    files: Iterable[pathlib.Path], folders: Iterable[pathlib.Path]
) -> Iterator[tuple[pathlib.Path, int]]:
    """Give the files that others can read or write, and the folders that others can write, with their modes."""
    for paths, others in ((files, _OF_OTHERS), (folders, _WRITABLE_BY_OTHERS)):
        for path in paths:
            with contextlib.suppress(OSError):
                mode = stat.S_IMODE(path.stat().st_mode)
                if mode & others:
                    yield path, mode


def _make_folder(path: pathlib.Path) -> None:
    path.mkdir(mode=FOLDER_MODE)
    path.chmod(FOLDER_MODE)  # the umask may have taken from it


def _open(path: pathlib.Path, flags: int) -> int:
    try:
        return os.open(path, flags | _SAFE)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise _is_link(path) from error
        raise


def _is_link(path: pathlib.Path) -> OSError:
    return OSError(errno.ELOOP, "it is a symbolic link; remove it", str(path))
