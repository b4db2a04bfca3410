"""A copy of a database that must not be touched, to be opened in its place."""

import contextlib
import pathlib
from collections.abc import Generator

import apsw

from storage import private_files
from storage.errors.database import (
    DatabaseTooNewError,
    DatabaseTooOldError,
    EmptyDatabaseError,
    ForeignDatabaseError,
    MigrationFailedError,
    NotADatabaseError,
    PredecessorError,
    ReadFailedError,
    SchemaError,
)
from storage.file_identity import Footprint, footprint
from storage.fsync import require_file
from storage.online_backup import snapshot

_JOURNALS = ("-wal", "-journal")
"""Files beside a database in use; a copy without them could be torn."""
TRIES = 3


@contextlib.contextmanager
def copied(path: pathlib.Path, folder: pathlib.Path | None = None) -> Generator[pathlib.Path]:
    """Copy the file with its journals, and yield the path of the copy, which is removed when the block ends.

    The file is only read, by this program or by SQLite, also while another process writes it. The copy lies in the
    folder, or among the system's temporary files.

    Raises:
        apsw.Error, OSError: it can't be read.
    """
    source = path.resolve(strict=True)
    require_file(source)
    with private_files.temporary_folder("coachbook-", folder) as within:
        copy = within / "copy.db"
        if not any(_copy_still(source, copy) for _ in range(TRIES)):
            snapshot(source, copy, apsw.SQLITE_OPEN_READONLY)  # SQLite respects the locks of whoever writes
        yield copy


@contextlib.contextmanager
def reporting_as(path: pathlib.Path) -> Generator[None]:
    """Raise what is wrong with a copy as an error of the file that was copied."""
    try:
        yield
    except DatabaseTooNewError as error:
        raise DatabaseTooNewError(path, error.names, error.needed) from error
    except DatabaseTooOldError as error:
        raise DatabaseTooOldError(path, error.found, error.needed) from error
    except MigrationFailedError as error:
        raise MigrationFailedError(path, error.name, error.why) from error
    except SchemaError as error:
        raise SchemaError(path, error.differences) from error
    except (PredecessorError, ForeignDatabaseError, EmptyDatabaseError, NotADatabaseError, ReadFailedError) as error:
        raise type(error)(path) from error


def _copy_still(source: pathlib.Path, copy: pathlib.Path) -> bool:
    """Copy the files; False: one of them changed meanwhile."""
    before = _footprints(source)
    for ending in ("", *_JOURNALS):
        copy.with_name(f"{copy.name}{ending}").unlink(missing_ok=True)
        try:
            private_files.copy(pathlib.Path(f"{source}{ending}"), pathlib.Path(f"{copy}{ending}"))
        except FileNotFoundError:
            continue
        except OSError as error:
            if error.filename2:  # it is the copy that can't be written
                why = f"{error.strerror} in {copy.parent.parent}, where it is copied to"
                raise OSError(error.errno, why) from error
            raise
    return _footprints(source) == before and copy.exists()


def _footprints(source: pathlib.Path) -> list[Footprint | None]:
    return [footprint(source.with_name(f"{source.name}{ending}")) for ending in ("", *_JOURNALS)]
