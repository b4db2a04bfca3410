"""A backup: one file with the book, the pictures that it names and a list of both, sealed over every byte.

It is an uncompressed ZIP, so any program can take out what is in it. The seal is its comment: the SHA-256, as 64
hexadecimal digits, of all bytes before the comment, the comment's length, which are the last two of them, being 0.
"""

import dataclasses
import hashlib
import json
import lzma
import os
import pathlib
import shutil
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterable
from typing import IO, Any, Self

from storage import private_files
from storage.errors import BadBackupError
from storage.fsync import refuse_no_file

BOOK = "book.db"
CHARTS = "charts"
_LIST = "manifest.json"
_SEAL = 64
_CHUNK = 1 << 20
_VERSION = 1
_ANY_DAY = (1980, 1, 1, 0, 0, 0)
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError, ValueError)
"""What reading a ZIP that is cut, altered, locked or packed in a strange way raises."""

Step = Callable[[int], None]
"""Called with the number of bytes that were dealt with."""


@dataclasses.dataclass(frozen=True, slots=True)
class Manifest:
    """What is in a backup."""

    made_at: str
    """ISO 8601, in UTC."""
    book: str
    """The book's name."""
    sha256: str
    """Of the book's file."""
    pictures: tuple[str, ...]
    """The SHA-256 of each, in order."""
    missing: tuple[str, ...]
    """Of those that the book names, and that were not there, or not as they were kept."""
    revisions: int = 0
    """How many the book has; 0 where a backup does not say."""
    version: int = _VERSION

    @classmethod
    def read(cls, text: bytes) -> Self:
        """The manifest that `written` wrote.

        Raises:
            ValueError, TypeError, KeyError: it is none.
        """
        fields: dict[str, Any] = json.loads(text)
        for name in ("pictures", "missing"):
            fields[name] = tuple(fields[name])
        return cls(**fields)

    def covers(self, earlier: Self) -> bool:
        """Whether all that an earlier backup has is in this one: of the same book, which only ever grows."""
        lost = set(earlier.pictures) & set(self.missing)
        return self.book == earlier.book and self.revisions >= earlier.revisions and not lost

    def written(self) -> bytes:
        """As JSON."""
        return json.dumps(dataclasses.asdict(self), indent=1).encode()


def pack(target: pathlib.Path, manifest: Manifest, book: pathlib.Path, charts: pathlib.Path, step: Step) -> None:
    """Make a backup of a book that nobody writes, and of the pictures in `charts`, that the manifest lists.

    Raises:
        BadBackupError: a file is not what the manifest says.
        OSError: it can't be written.
    """
    with private_files.create(target) as made, zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as file:
        file.writestr(zipfile.ZipInfo(_LIST, _ANY_DAY), manifest.written())
        for name, sha256, source in _members(manifest, book, charts):
            with source.open("rb") as content, file.open(_entry(name), "w", force_zip64=True) as member:
                if _copied(content, member, step) != sha256:
                    raise BadBackupError(target, f"{name} was changed while it was copied")
    _seal(target)


def listed(path: pathlib.Path) -> Manifest:
    """What a backup says is in it; whether it is whole is not looked at.

    Raises:
        BadBackupError: it is no backup.
        OSError: it can't be read.
    """
    refuse_no_file(path)
    try:
        with zipfile.ZipFile(path) as file:
            return Manifest.read(file.read(_LIST))
    except (*BROKEN_ZIP, TypeError, KeyError) as error:
        raise BadBackupError(path, "it is no backup of Coachbook") from error


def read(path: pathlib.Path, step: Step = lambda _: None) -> Manifest:
    """What is in the backup, which is whole and as it was made.

    Raises:
        BadBackupError: it is not.
        OSError: it can't be read.
    """
    refuse_no_file(path)
    _refuse_broken_seal(path, step)
    manifest = listed(path)
    with zipfile.ZipFile(path) as file:
        if set(file.namelist()) != {_LIST, BOOK, *(f"{CHARTS}/{name}" for name in manifest.pictures)}:
            raise BadBackupError(path, "what is in it is not what it lists")
    if manifest.version != _VERSION:
        raise BadBackupError(path, f"a newer Coachbook made it (form {manifest.version})")
    return manifest


def unpack_book(path: pathlib.Path, target: pathlib.Path, manifest: Manifest) -> None:
    """Write the book into a new file, which is on the disk then.

    Raises:
        BadBackupError: it is not what was packed.
        OSError: it can't be written.
    """
    with zipfile.ZipFile(path) as file, file.open(BOOK) as member, private_files.create(target) as content:
        if _copied(member, content, lambda _: None) != manifest.sha256:
            raise BadBackupError(path, f"{BOOK} was changed")
        content.flush()
        os.fsync(content.fileno())


def unpack_picture(path: pathlib.Path, sha256: str, target: pathlib.Path) -> None:
    """Write a picture into a file that is there.

    Raises:
        OSError: it can't be written.
    """
    picture = f"{CHARTS}/{sha256}"
    with zipfile.ZipFile(path) as file, file.open(picture) as member, private_files.rewrite(target) as content:
        shutil.copyfileobj(member, content, _CHUNK)


def _members(manifest: Manifest, book: pathlib.Path, charts: pathlib.Path) -> Iterable[tuple[str, str, pathlib.Path]]:
    yield BOOK, manifest.sha256, book
    for sha256 in manifest.pictures:
        yield f"{CHARTS}/{sha256}", sha256, charts / sha256[:2] / sha256


def _entry(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, _ANY_DAY)


def _copied(source: IO[bytes], target: IO[bytes], step: Step) -> str:
    """The SHA-256 of what was copied."""
    digest = hashlib.sha256()
    for chunk in _chunks(source):
        digest.update(chunk)
        target.write(chunk)
        step(len(chunk))
    return digest.hexdigest()


def _chunks(source: IO[bytes]) -> Generator[bytes]:
    while chunk := source.read(_CHUNK):
        yield chunk


def _seal(path: pathlib.Path) -> None:
    with path.open("r+b") as file:
        digest = hashlib.file_digest(file, "sha256")
        file.seek(-2, os.SEEK_END)
        file.write(_SEAL.to_bytes(2, "little"))
        file.write(digest.hexdigest().encode())
        file.flush()
        os.fsync(file.fileno())


def _refuse_broken_seal(path: pathlib.Path, step: Step) -> None:
    with path.open("rb") as file:
        left = file.seek(0, os.SEEK_END) - _SEAL - 2
        if left < 0:
            raise BadBackupError(path, "it is too short")
        file.seek(0)
        digest = hashlib.sha256()
        while left:
            chunk = file.read(min(left, _CHUNK))
            digest.update(chunk)
            left -= len(chunk)
            step(len(chunk))
        length, seal = file.read(2), file.read()
    digest.update(bytes(2))
    if int.from_bytes(length, "little") != _SEAL or seal != digest.hexdigest().encode():
        raise BadBackupError(path, "it is cut off or was altered, or it is no backup of Coachbook")
