"""Backups for the operator: created, read and restored, without Discord, and while the bot runs or not."""

import fnmatch
import pathlib

from bot.cli.errors import NoDatabaseError, TransferError
from bot.config.settings import Config
from bot.domain.clock import utc_now
from bot.domain.values import BackupResult
from bot.service.backups.inventory import inspect
from storage import open_checks
from storage.backup import archive, create
from storage.backup import restore as restoring
from storage.backup.archive import Step
from storage.backup.create import Created
from storage.backup.file_names import PATTERN
from storage.backup.manifest import Manifest
from storage.backup.paths import DataPaths
from storage.backup.restore import Restored
from storage.errors import StorageError
from storage.errors.charts import ChartUnreadableError


def take(source: DataPaths, folder: pathlib.Path, step: Step) -> BackupResult:
    """Create a backup of a database and its pictures in a folder.

    Raises:
        StorageError: the database can't be read or has faults, or the backup can't be written; nothing is left of it.
        NoDatabaseError: there is no database.
    """
    open_checks.refuse_unfinished(source.database)
    if not open_checks.exists(source.database):
        raise NoDatabaseError(source.database)
    return _summary(create.create(source, folder, inspect, utc_now, step))


def read(path: pathlib.Path, step: Step = lambda _: None) -> Manifest:
    """Return the contents of a backup, which is whole.

    Raises:
        StorageError: it is not.
        TransferError: it can't be read.
    """
    try:
        return archive.read(path, step)
    except OSError as error:
        raise _unreadable(path, error) from error


def faults(config: Config) -> list[str]:
    """Return, in words, the backups that are not whole."""
    found: list[str] = []
    folder = config.backup_folder
    try:
        names = sorted(path.name for path in folder.iterdir())
    except FileNotFoundError:
        names = []
    except OSError as error:
        return [f"The backups in {folder} can't be read: {error.strerror or error}."]
    for name in fnmatch.filter(names, PATTERN):
        try:
            read(folder / name)
        except (StorageError, TransferError) as error:
            found.append(str(error))
    return found


def restore(config: Config, path: pathlib.Path, to: pathlib.Path | None, *, force: bool, step: Step) -> Restored:
    """Put a backup's database and pictures in their configured places, or into a folder. See `storage.backup.restore`.

    Raises:
        StorageError: it can't be restored.
        TransferError: the backup can't be read, or only one of its places is the configured one.
    """
    configured = paths_of(config)
    target = DataPaths.within(to.absolute()) if to else configured
    _refuse_half(configured, target)
    try:
        return restoring.restore(path, target, inspect, utc_now, force=force, step=step)
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
    )


def _refuse_half(configured: DataPaths, target: DataPaths) -> None:
    """Go on only if the configured database keeps its own pictures, and its pictures the database that guards them."""
    is_same_database = target.database.resolve() == configured.database.resolve()
    is_same_folder = target.charts.resolve() == configured.charts.resolve()
    if is_same_database != is_same_folder:
        what = f"the book {target.database}" if is_same_database else f"the charts' folder {target.charts}"
        raise TransferError(f"{what} is the configured one: name another folder, or leave out --to-dir.")


def _unreadable(path: pathlib.Path, error: OSError) -> TransferError:
    return TransferError(f"{path} can't be read: {error.strerror or error}.")
