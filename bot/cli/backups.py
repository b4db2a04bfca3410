"""Backups by the operator, without Discord: created, verified and restored."""

import fnmatch
import pathlib

from bot.cli.errors import CommandError
from bot.cli.migration import require_database
from bot.config.settings import Config
from bot.domain.clock import utc_now
from bot.domain.progress import no_progress
from bot.domain.values import BackupResult
from bot.service.backups.inventory import inspect
from storage.backup import archive, create, restore
from storage.backup.archive import OnProgress
from storage.backup.create import Created
from storage.backup.file_names import PATTERN
from storage.backup.manifest import Manifest
from storage.backup.paths import DataPaths
from storage.backup.restore import Restored
from storage.errors import StorageError
from storage.errors.charts import ChartUnreadableError


def create_backup(source: DataPaths, folder: pathlib.Path, on_progress: OnProgress) -> BackupResult:
    """Create and verify a backup of a database and its pictures in a folder. The bot may be running.

    Raises:
        StorageError: the database can't be read or has errors, or the backup can't be written; no part of it remains.
        CommandError: there is no database.
    """
    require_database(source.database)
    return _summary(create.create(source, folder, inspect, utc_now, on_progress))


def verify_backup(path: pathlib.Path, on_progress: OnProgress = no_progress) -> Manifest:
    """Verify a backup and return its manifest.

    Raises:
        StorageError: the backup is damaged or not one of Coachbook.
        CommandError: the file can't be read.
    """
    try:
        return archive.read(path, on_progress)
    except OSError as error:
        raise _unreadable(path, error) from error


def backup_problems(config: Config) -> list[str]:
    """Return a line for each backup that can't be read or is damaged."""
    problems: list[str] = []
    folder = config.backup_folder
    try:
        names = sorted(path.name for path in folder.iterdir())
    except FileNotFoundError:
        names = []
    except OSError as error:
        return [f"The backups in {folder} can't be read: {error.strerror or error}."]
    for name in fnmatch.filter(names, PATTERN):
        try:
            verify_backup(folder / name)
        except (StorageError, CommandError) as error:
            problems.append(str(error))
    return problems


def restore_backup(
    config: Config, path: pathlib.Path, to: pathlib.Path | None, *, force: bool, on_progress: OnProgress
) -> Restored:
    """Restore a backup to the configured paths, or into a folder. See `storage.backup.restore`.

    Raises:
        StorageError: the backup can't be restored.
        CommandError: the backup can't be read, or only one of the two target paths is a configured one.
    """
    configured = paths_of(config)
    target = DataPaths.within(to.absolute()) if to else configured
    _require_both_or_neither(configured, target)
    try:
        return restore.restore(path, target, inspect, utc_now, force=force, on_progress=on_progress)
    except OSError as error:
        raise _unreadable(path, error) from error


def paths_of(config: Config) -> DataPaths:
    """Return the configured paths of the database and its pictures."""
    return DataPaths(config.storage.path.absolute(), config.storage.charts_folder.absolute())


def _summary(created: Created) -> BackupResult:
    unreadable = {
        sha256: error.why for sha256, error in created.lacking.items() if isinstance(error, ChartUnreadableError)
    }
    first = next(iter(unreadable.items()), None)
    return BackupResult(
        created.path.name,
        created.path.stat().st_size,
        created.contents.plans,
        created.contents.revisions,
        len(created.manifest.pictures),
        missing=len(created.lacking) - len(unreadable),
        unreadable=len(unreadable),
        why_unreadable=first and f"the picture {first[0]} can't be read now: {first[1]}",
        proved=created.contents.proved,
        is_index_sound=created.contents.is_index_sound,
    )


def _require_both_or_neither(configured: DataPaths, target: DataPaths) -> None:
    """Refuse to separate the configured database from its pictures."""
    is_same_database = target.database.resolve() == configured.database.resolve()
    is_same_folder = target.charts.resolve() == configured.charts.resolve()
    if is_same_database != is_same_folder:
        shared = f"database {target.database}" if is_same_database else f"charts folder {target.charts}"
        raise CommandError(f"The {shared} is the configured one. Choose another folder, or leave out --to-dir.")


def _unreadable(path: pathlib.Path, error: OSError) -> CommandError:
    return CommandError(f"{path} can't be read: {error.strerror or error}.")
