"""The files that stay open while the bot runs."""

import contextlib
import dataclasses
import functools
import glob
import os
import pathlib
from collections.abc import Mapping
from typing import Final, Self

import structlog

from bot import VERSION
from bot.config.loader import config_file
from bot.config.paths import other_spools
from bot.config.settings import Config, StorageSection
from bot.domain.clock import utc_now
from bot.domain.pending import DatabaseId
from bot.service.recovery.spool_contents import SpoolContents
from storage.backup.file_names import moment_in
from storage.chart_files import ChartFiles
from storage.chart_folder import ChartFolder
from storage.errors import StorageError
from storage.errors.charts import ChartsUnreadableError
from storage.errors.database import DatabaseMissingError
from storage.private_files import open_to_others
from storage.resilient_store import ResilientStore
from storage.spool import SpoolFile
from storage.spool_transfer import move_queue

_SQLITE = b"SQLite format 3\0"
"""The beginning of a database (https://sqlite.org/fileformat.html)."""

RESCUED: Final = "rescued*.db"
"""The names of copies that are made of an open database whose file is gone."""

_log = structlog.get_logger(__name__)


@dataclasses.dataclass(frozen=True, slots=True)
class OpenFiles:
    """The database, the pictures and the spool, locked against other bots."""

    store: ResilientStore
    files: ChartFiles
    spool: SpoolFile

    @classmethod
    def open(cls, config: Config) -> Self:
        """Open the configured files, and log them. Blocks.

        Raises:
            StorageError: the database or the charts' folder can't be opened, or another bot uses them.
        """
        signs = functools.cache(lambda: _signs(config))  # most starts need none
        _log_start(config, is_new=not (os.path.lexists(config.storage.path) or signs()))
        store = ResilientStore.serve(config.storage.path, lambda: _refuse_signs(config, signs()))
        files = _open_charts(config.storage.charts_folder, store)
        spool = SpoolFile.open(config.storage.spool_folder)
        _empty_other_spools(config.storage, spool)
        _warn_of_modes(config)
        return cls(store, files, spool)

    async def close(self) -> None:
        """Finish queued work of the database, and release the files to another bot."""
        await self.store.close()
        self.spool.close()


def refuse_missing(config: Config) -> None:
    """Go on only where a new database may be made: nothing that is stored elsewhere says that there was one.

    A disk that is not mounted often leaves an empty folder in its place.

    Raises:
        DatabaseMissingError: something does.
    """
    _refuse_signs(config, _signs(config))


def _refuse_signs(config: Config, signs: Mapping[pathlib.Path, str]) -> None:
    if signs:
        raise DatabaseMissingError(config.storage.path.absolute(), signs)


def _signs(config: Config) -> dict[pathlib.Path, str]:
    """Return the folders and files that say that there was a database, each with the words for what it has."""
    is_beside_another = _is_beside_another(config.storage.path.absolute())
    return _queued(config.storage) | ({} if is_beside_another else _files_of_one(config))


def _is_beside_another(path: pathlib.Path) -> bool:
    """Return whether another database is in the same folder, which then may share its folders.

    The bot's own copies are none; one that the operator named, or another program's database, counts.
    """
    with contextlib.suppress(OSError):
        others = [each for each in path.parent.iterdir() if not each.name.startswith((path.name, "rescued"))]
        return any(map(_is_sqlite, others))
    return False


def _is_sqlite(path: pathlib.Path) -> bool:
    """Return whether the file begins as a database does; false where it can't be read."""
    try:
        if not path.is_file():  # the opening of a pipe waits
            return False
        with path.open("rb") as file:
            return file.read(len(_SQLITE)) == _SQLITE
    except OSError:
        return False


def _files_of_one(config: Config) -> dict[pathlib.Path, str]:
    """Return the rescued copies of a database, and the folders with its pictures or backups, each with these words."""
    charts, backups = config.storage.charts_folder.absolute(), config.backup_folder.absolute()
    files: dict[pathlib.Path, str] = {}
    for folder in (config.storage.spool_folder.absolute(), config.storage.path.absolute().parent):
        with contextlib.suppress(OSError):  # reported when the folder is used, as below
            copies = filter(_is_sqlite, sorted(folder.glob(RESCUED)))
            files |= dict.fromkeys(copies, "what was open when it was lost")
    with contextlib.suppress(OSError):
        if ChartFolder(charts).read_owner():
            files[charts] = "the pictures of one"
    with contextlib.suppress(OSError):
        if any(moment_in(each.name) for each in backups.iterdir()):
            files[backups] = "backups of one"
    return files


def _queued(storage: StorageSection) -> dict[pathlib.Path, str]:
    """Return the spools that have changes of when the database was open, each with their number in words."""
    path, used = storage.path.absolute(), storage.spool_folder.absolute()
    queued: dict[pathlib.Path, str] = {}
    for folder in (used, *other_spools(path, used)):
        if changes := SpoolContents.if_readable(folder, DatabaseId(str(path), None)).seen:
            queued[folder] = f"{changes:,} queued " + ("change for it" if changes == 1 else "changes for it")
    return queued


def _log_start(config: Config, *, is_new: bool) -> None:
    """Log the paths, coaches and plugins of the configuration, before anything is created."""
    storage = config.storage
    _log.info(
        "starting",
        version=VERSION,
        configuration=str(config_file() or "defaults and the environment"),
        database=str(storage.path.absolute()),
        is_new=is_new,
        charts=str(storage.charts_folder.absolute()),
        spool=str(storage.spool_folder.absolute()),
        coaches=[coach.key for coach in config.coaches],
        plugins=[*config.plugins.enabled, *config.plugins.extra],
    )


def _open_charts(folder: pathlib.Path, store: ResilientStore) -> ChartFiles:
    """Open the charts' folder; while the database is unavailable, both may become available later."""
    try:
        return ChartFiles.open(folder, utc_now, store.name)
    except ChartsUnreadableError:
        if not store.outage:
            raise
        return ChartFiles(folder.absolute(), utc_now)


def _empty_other_spools(storage: StorageSection, spool: SpoolFile) -> None:
    """Move the queued changes of other default folders into the spool."""
    for folder in other_spools(storage.path, spool.folder):
        try:
            if operations := move_queue(folder, spool, utc_now):
                _log.warning("queued changes moved from another spool", operations=operations, folder=str(folder))
        except (OSError, StorageError) as error:
            _log.error("another spool of this database could not be moved", folder=str(folder), why=str(error))


def _warn_of_modes(config: Config) -> None:
    """Log files that other users can read or write; an operator may have meant it, so the modes stay."""
    database, backups = config.storage.path.absolute(), config.backup_folder
    names = [f"{glob.escape(database.name)}{suffix}" for suffix in ("", "-wal", "-shm", "-journal", ".before-*")]
    patterns = [(database.parent, name) for name in (*names, RESCUED)]
    patterns += [(config.storage.spool_folder, RESCUED), (backups, "coachbook-*.zip")]
    with contextlib.suppress(OSError):  # reported when the folder is used
        files = {file for folder, name in patterns for file in folder.glob(name)}
        for path, mode in open_to_others(sorted(files), (database.parent, config.storage.charts_folder, backups)):
            _log.warning(
                "other users can read or write this file; fix it with chmod go-rwx", path=str(path), mode=f"{mode:o}"
            )
