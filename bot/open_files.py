"""The files that stay open while the bot runs."""

import contextlib
import dataclasses
import glob
import os
import pathlib
from typing import Self

import structlog

from bot import VERSION
from bot.config.loader import config_file
from bot.config.paths import other_spools
from bot.config.settings import Config, StorageSection
from bot.domain.clock import utc_now
from storage.chart_files import ChartFiles
from storage.errors import StorageError
from storage.errors.charts import ChartsUnreadableError
from storage.private_files import open_to_others
from storage.resilient_store import ResilientStore
from storage.spool import SpoolFile
from storage.spool_transfer import move_queue

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
        _log_start(config)
        store = ResilientStore.serve(config.storage.path)
        files = _open_charts(config.storage.charts_folder, store)
        spool = SpoolFile.open(config.storage.spool_folder)
        _empty_other_spools(config.storage, spool)
        _warn_of_modes(config)
        return cls(store, files, spool)

    async def close(self) -> None:
        """Finish queued work of the database, and release the files to another bot."""
        await self.store.close()
        self.spool.close()


def _log_start(config: Config) -> None:
    """Log the paths, coaches and plugins of the configuration, before anything is created."""
    storage = config.storage
    _log.info(
        "starting",
        version=VERSION,
        configuration=str(config_file() or "defaults and the environment"),
        database=str(storage.path.absolute()),
        is_new=not os.path.lexists(storage.path),
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
    patterns = [(database.parent, name) for name in (*names, "rescued*.db")]
    patterns += [(config.storage.spool_folder, "rescued*.db"), (backups, "coachbook-*.zip")]
    with contextlib.suppress(OSError):  # reported when the folder is used
        files = {file for folder, name in patterns for file in folder.glob(name)}
        for path, mode in open_to_others(sorted(files), (database.parent, config.storage.charts_folder, backups)):
            _log.warning(
                "other users can read or write this file; fix it with chmod go-rwx", path=str(path), mode=f"{mode:o}"
            )
