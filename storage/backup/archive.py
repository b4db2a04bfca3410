"""A backup: one file with the database, the pictures that it names and a list of both, sealed over every byte.

It is an uncompressed ZIP, so any program can take out what is in it. The seal is its comment: the SHA-256, as 64
hexadecimal digits, of all bytes before the comment, the comment's length, which are the last two of them, being 0.
"""

import contextlib
import dataclasses
import hashlib
import lzma
import os
import pathlib
import shutil
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Collection, Generator
from typing import IO, TypeAlias

from storage import private_files
from storage.backup import members
from storage.backup.manifest import MAX_BYTES, Manifest, ManifestError
from storage.backup.paths import CHARTS, DATABASE
from storage.chart_files import ChartFiles
from storage.errors.backups import BadBackupError
from storage.errors.charts import ChartLostError, ChartUnreadableError
from storage.fsync import require_file

_LIST = "manifest.json"
_SEAL = 64
_CHUNK = 1 << 20
_MEMBER_HEADER = struct.Struct("<26xHH")
"""Before each member; it ends with the lengths of the name and the extra field, which follow."""
_ANY_DAY = (1980, 1, 1, 0, 0, 0)
BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
)
"""Errors of reading a ZIP that is cut, altered, locked or packed in a strange way."""

OnProgress = Callable[[int], None]
"""Called with the number of bytes that were processed."""


Lacking: TypeAlias = dict[str, ChartLostError | ChartUnreadableError]
"""The reasons why pictures are not in a backup, by their SHA-256."""


@dataclasses.dataclass(frozen=True, slots=True)
class Packed:
    """The members of a backup that is being made, for its list."""

    sha256: str
    """Of the database."""
    pictures: tuple[str, ...]
    lacking: Lacking


def pack(
    target: pathlib.Path,
    database: pathlib.Path,
    pictures: Collection[str],
    files: ChartFiles,
    list_of: Callable[[Packed], Manifest],
    on_progress: OnProgress,
) -> Packed:
    """Make a backup of a database that nobody writes, and of those of the pictures that can be read.

    Each file is read once. The seal is made of what is written, so reading the backup proves that it is on the disk.

    Raises:
        OSError: it can't be written.
    """
    with private_files.create(target) as made:
        sealed = _SealedFile(made)
        with zipfile.ZipFile(sealed, "w", zipfile.ZIP_STORED) as file:
            with database.open("rb") as content, file.open(_entry(DATABASE), "w", force_zip64=True) as member:
                sha256 = _copied(content, member, on_progress)
            lacking = _pack_pictures(file, pictures, files, on_progress)
            packed = Packed(sha256, tuple(sorted(set(pictures).difference(lacking))), lacking)
            file.writestr(_entry(_LIST), list_of(packed).to_json())
        sealed.seal()
        os.fsync(made.fileno())
    return packed


def read_list(path: pathlib.Path) -> Manifest:
    """Return the list in a backup, which is not verified.

    Raises:
        BadBackupError: it is no backup, or one that another program made.
        OSError: it can't be read.
    """
    require_file(path)
    with _translating_zip_errors(path), zipfile.ZipFile(path) as file, file.open(_LIST) as member:
        return Manifest.read(member.read(MAX_BYTES + 1))


def read(path: pathlib.Path, on_progress: OnProgress = lambda _: None) -> Manifest:
    """Return the contents of a backup, which is whole and as it was made.

    Raises:
        BadBackupError: it is not.
        OSError: it can't be read.
    """
    require_file(path)
    _refuse_broken_seal(path, on_progress)
    manifest = read_list(path)
    with zipfile.ZipFile(path) as file:
        if why := members.fault_of(file) or _fault_of_members(file, path.stat().st_size, manifest):
            raise BadBackupError(path, why)
    return manifest


def find_database(path: pathlib.Path, manifest: Manifest) -> tuple[int, int]:
    """Return the place and the size of the database's bytes in a backup, which are those that were packed.

    Raises:
        BadBackupError: they are not.
        OSError: it can't be read.
    """
    with _translating_zip_errors(path), path.open("rb") as content, zipfile.ZipFile(content) as file:
        info = file.getinfo(DATABASE)
        content.seek(info.header_offset)
        name_length, extra_length = _MEMBER_HEADER.unpack(content.read(_MEMBER_HEADER.size))
        offset = content.seek(name_length + extra_length, os.SEEK_CUR)
        digest = hashlib.sha256()
        for chunk in _chunks(content, info.file_size):
            digest.update(chunk)
    if digest.hexdigest() != manifest.sha256:
        raise BadBackupError(path, f"{DATABASE} was changed")
    return offset, info.file_size


def unpack_database(path: pathlib.Path, target: pathlib.Path, manifest: Manifest) -> None:
    """Write the database into a new file, which is on the disk then.

    Raises:
        BadBackupError: it is not what was packed.
        OSError: it can't be written.
    """
    with zipfile.ZipFile(path) as file, file.open(DATABASE) as member, private_files.create(target) as content:
        if _copied(member, content, lambda _: None) != manifest.sha256:
            raise BadBackupError(path, f"{DATABASE} was changed")
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


@contextlib.contextmanager
def _translating_zip_errors(path: pathlib.Path) -> Generator[None]:
    try:
        yield
    except ManifestError as error:
        raise BadBackupError(path, str(error)) from error
    except (*BROKEN_ZIP, KeyError) as error:
        raise BadBackupError(path, "it is not a Coachbook backup") from error


def _fault_of_members(file: zipfile.ZipFile, size: int, manifest: Manifest) -> str | None:
    infos = file.infolist()
    if {info.filename for info in infos} != {_LIST, DATABASE, *(f"{CHARTS}/{name}" for name in manifest.pictures)}:
        return "what is in it is not what it lists"
    return "it unpacks to more than it holds" if sum(info.file_size for info in infos) > size else None


def _pack_pictures(
    file: zipfile.ZipFile, pictures: Collection[str], files: ChartFiles, on_progress: OnProgress
) -> Lacking:
    lacking: Lacking = {}
    for sha256 in sorted(pictures):
        try:
            data = files.read(sha256)
        except (ChartLostError, ChartUnreadableError) as error:
            lacking[sha256] = error
        else:
            file.writestr(_entry(f"{CHARTS}/{sha256}"), data)
            on_progress(len(data))
    return lacking


class _SealedFile:
    """A file that is written from its beginning to its end, a ZIP without a comment, and then sealed."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()

    def write(self, data: bytes, /) -> int:
        """Write the bytes."""
        self._digest.update(data)
        return self._file.write(data)

    def flush(self) -> None:
        """Hand what was written to the system."""
        self._file.flush()

    def close(self) -> None:
        """Leave the file open: who opened it closes it."""

    def seal(self) -> None:
        """Append the seal, and hand all to the system."""
        self._file.seek(-2, os.SEEK_END)
        self._file.write(_SEAL.to_bytes(2, "little"))
        self._file.write(self._digest.hexdigest().encode())
        self._file.flush()


def _entry(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, _ANY_DAY)


def _copied(source: IO[bytes], target: IO[bytes], on_progress: OnProgress) -> str:
    """Return the SHA-256 of what was copied."""
    digest = hashlib.sha256()
    for chunk in _chunks(source):
        digest.update(chunk)
        target.write(chunk)
        on_progress(len(chunk))
    return digest.hexdigest()


def _chunks(source: IO[bytes], size: int = sys.maxsize) -> Generator[bytes]:
    """Yield what is left of the source, up to so many bytes."""
    while chunk := source.read(min(size, _CHUNK)):
        yield chunk
        size -= len(chunk)


def _refuse_broken_seal(path: pathlib.Path, on_progress: OnProgress) -> None:
    with path.open("rb") as file:
        remaining = file.seek(0, os.SEEK_END) - _SEAL - 2
        if remaining < 0:
            raise BadBackupError(path, "it is too short")
        file.seek(0)
        digest = hashlib.sha256()
        for chunk in _chunks(file, remaining):
            digest.update(chunk)
            on_progress(len(chunk))
        length, seal = file.read(2), file.read()
    digest.update(bytes(2))
    if int.from_bytes(length, "little") != _SEAL or seal != digest.hexdigest().encode():
        raise BadBackupError(path, "it is truncated or altered, or not a Coachbook backup")
