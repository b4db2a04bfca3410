"""A backup: one file with the database, the pictures that it names and a list of both, sealed over every byte.

It is an uncompressed ZIP, so any program can take out what is in it. The seal is its comment: the SHA-256, as 64
hexadecimal digits, of all bytes before the comment, the comment's length, which are the last two of them, being 0.
"""

import hashlib
import lzma
import os
import pathlib
import shutil
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterable
from typing import IO

from storage import private_files
from storage.backup import members
from storage.backup.manifest import MAX_BYTES, Manifest, ManifestError
from storage.backup.paths import CHARTS, DATABASE
from storage.errors.backups import BadBackupError
from storage.fsync import require_file

_LIST = "manifest.json"
_SEAL = 64
_CHUNK = 1 << 20
_ANY_DAY = (1980, 1, 1, 0, 0, 0)
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError, ValueError)
"""Errors of reading a ZIP that is cut, altered, locked or packed in a strange way."""

OnProgress = Callable[[int], None]
"""Called with the number of bytes that were processed."""


def pack(
    target: pathlib.Path, manifest: Manifest, database: pathlib.Path, charts: pathlib.Path, on_progress: OnProgress
) -> None:
    """Make a backup of a database that nobody writes, and of the pictures in `charts`, that the manifest lists.

    Raises:
        BadBackupError: a file is not what the manifest says.
        OSError: it can't be written.
    """
    with private_files.create(target) as made, zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as file:
        file.writestr(zipfile.ZipInfo(_LIST, _ANY_DAY), manifest.to_json())
        for name, sha256, source in _members(manifest, database, charts):
            with source.open("rb") as content, file.open(_entry(name), "w", force_zip64=True) as member:
                if _copied(content, member, on_progress) != sha256:
                    raise BadBackupError(target, f"{name} was changed while it was copied")
    _seal(target)


def read_list(path: pathlib.Path) -> Manifest:
    """Return the list in a backup, which is not verified.

    Raises:
        BadBackupError: it is no backup, or one that another program made.
        OSError: it can't be read.
    """
    require_file(path)
    try:
        with zipfile.ZipFile(path) as file, file.open(_LIST) as member:
            return Manifest.read(member.read(MAX_BYTES + 1))
    except ManifestError as error:
        raise BadBackupError(path, str(error)) from error
    except (*BROKEN_ZIP, KeyError) as error:
        raise BadBackupError(path, "it is not a Coachbook backup") from error


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


def _fault_of_members(file: zipfile.ZipFile, size: int, manifest: Manifest) -> str | None:
    infos = file.infolist()
    if {info.filename for info in infos} != {_LIST, DATABASE, *(f"{CHARTS}/{name}" for name in manifest.pictures)}:
        return "what is in it is not what it lists"
    return "it unpacks to more than it holds" if sum(info.file_size for info in infos) > size else None


def _members(
    manifest: Manifest, database: pathlib.Path, charts: pathlib.Path
) -> Iterable[tuple[str, str, pathlib.Path]]:
    yield DATABASE, manifest.sha256, database
    for sha256 in manifest.pictures:
        yield f"{CHARTS}/{sha256}", sha256, charts / sha256[:2] / sha256


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


def _refuse_broken_seal(path: pathlib.Path, on_progress: OnProgress) -> None:
    with path.open("rb") as file:
        remaining = file.seek(0, os.SEEK_END) - _SEAL - 2
        if remaining < 0:
            raise BadBackupError(path, "it is too short")
        file.seek(0)
        digest = hashlib.sha256()
        while remaining:
            chunk = file.read(min(remaining, _CHUNK))
            digest.update(chunk)
            remaining -= len(chunk)
            on_progress(len(chunk))
        length, seal = file.read(2), file.read()
    digest.update(bytes(2))
    if int.from_bytes(length, "little") != _SEAL or seal != digest.hexdigest().encode():
        raise BadBackupError(path, "it is truncated or altered, or not a Coachbook backup")
