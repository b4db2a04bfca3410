"""Problems of the database, its backups, the spool and the plugins, for the operator."""

import pathlib
from collections.abc import Callable

from bot import VERSION
from bot.cli.backups import backup_problems
from bot.cli.disks import disks, low_space, why_unwritable
from bot.cli.migration import NEW_ADVICE
from bot.cli.output import bar
from bot.cli.plugins import discover_plugins
from bot.config.errors import ConfigError, MissingTokenError
from bot.config.loader import DEFAULT_PATH, read_token
from bot.config.paths import other_spools
from bot.config.settings import Config, FeedSection, StorageSection
from bot.domain.clock import utc_now
from bot.domain.pending import DatabaseId
from bot.feed.port import FeedMissingError, require_libraries
from bot.open_files import refuse_missing
from bot.service.pictures import needed
from bot.service.records import cards as card_rows
from bot.service.records import chains, strays
from bot.service.recovery.spool_contents import SpoolContents
from storage import open_checks, row_checks
from storage.chart_files import ChartFiles
from storage.errors import StorageError
from storage.file_checks import check_file
from storage.read_only import name_of
from storage.spool import SpoolFile

_CREATED_BY = f"In a new installation that is right: start the bot, which creates it. {NEW_ADVICE}"
_EMPTY = "empty"
_MOVED_BY = "Its changes are saved by the bot that uses it, or by one that starts with these settings."


def problems_of(config: Config, note: Callable[[str], None], *, deep: bool) -> list[str]:
    """Return all problems, a line each; empty: all is well.

    Args:
        config: names the database, its folders and the plugins.
        note: called with each line that is worth knowing and no problem.
        deep: verify all backups as well.
    """
    return [
        *_database_problems(config, note),
        *low_space(disks(config), config.limits.reserve_mib),
        *_backup_folder_problems(config.backup_folder.absolute()),
        *_spool_problems(config.storage.spool_folder),
        *(backup_problems(config) if deep else ()),
        *(str(each.refusal) for each in discover_plugins(config) if each.refusal),
        *_feed_problems(config.feed),
    ]


def _feed_problems(feed: FeedSection) -> list[str]:
    try:
        require_libraries(feed)
    except FeedMissingError as error:
        return [str(error)]
    return []


def queued(storage: StorageSection) -> int:
    """Return the number of changes that are queued for the database, in all its spools."""
    folder, database = storage.spool_folder.absolute(), _database_id(storage)
    spools = (folder, *other_spools(storage.path, folder))
    return sum(SpoolContents.if_readable(each, database).own for each in spools)  # others are among the notes


def notes(config: Config, file: pathlib.Path | None) -> list[str]:
    """Return lines on the paths, coaches and plugins of the configuration, which was read from `file`."""
    storage = config.storage
    return [
        f"Coachbook {VERSION}",
        f"Configuration: {file or f'defaults and the environment; there is no {DEFAULT_PATH.absolute()}'}",
        f"Database: {_note_on_database(config)}",
        f"Charts: {storage.charts_folder.absolute()}",
        f"Backups: {config.backup_folder.absolute()}",
        f"Coaches: {', '.join(f'{coach.key} ({coach.name})' for coach in config.coaches) or 'none'}",
        f"Plugins: {', '.join((*config.plugins.enabled, *config.plugins.extra)) or 'none'}",
        *_notes_on_spools(storage),
        *(f"Free space: {disk}" for disk in disks(config)),
        f"Token: {_state_of_token()}",
    ]


def _state_of_token() -> str:
    try:
        read_token()
    except MissingTokenError:
        return "none; the bot needs one to run (DISCORD_TOKEN or DISCORD_TOKEN_FILE)"
    except ConfigError as error:
        return f"unusable; {error}"
    return "given"


def _note_on_database(config: Config) -> str:
    path = config.storage.path.absolute()
    try:
        if not open_checks.exists(path):
            refuse_missing(config)
        version = open_checks.version_of(path)
        return f"{path}: " + (f"schema {version.found}" if version.found == version.needed else str(version))
    except StorageError:  # reported among the problems
        return str(path)


def _notes_on_spools(storage: StorageSection) -> list[str]:
    """Return lines on the configured spool, and on others of this database that hold queued changes."""
    folder, database = storage.spool_folder.absolute(), _database_id(storage)
    state = "unusable" if _spool_problems(folder) else _spool_state(folder, database)
    others = {other: _spool_state(other, database) for other in other_spools(storage.path, folder)}
    return [f"Spool: {folder}: {state}."] + [
        f"Another spool of this database: {other}: {state}. {_MOVED_BY}"
        for other, state in others.items()
        if state != _EMPTY
    ]


def _spool_state(folder: pathlib.Path, database: DatabaseId) -> str:
    try:
        return str(SpoolContents.of(folder, database)) or _EMPTY
    except OSError as error:
        return f"unreadable ({error.strerror})"


def _database_problems(config: Config, note: Callable[[str], None]) -> list[str]:
    storage = config.storage
    files = ChartFiles(storage.charts_folder.absolute(), utc_now)
    try:
        files.folder.refuse_unwritable()
        if not open_checks.exists(storage.path):
            check_file(storage.path)
            refuse_missing(config)
            if why := why_unwritable(storage.path.parent):
                return [f"The database can't be created at {storage.path.absolute()}: {why}. Check storage.path."]
            return [f"There is no database at {storage.path.absolute()} yet. {_CREATED_BY}"]
        return check_file(storage.path, lambda: _faults_of_rows(files, note))
    except StorageError as error:
        return [str(error)]


def _faults_of_rows(files: ChartFiles, note: Callable[[str], None]) -> list[str]:
    """Return the faults of the connected database's rows, and of its pictures, while a bar shows the progress."""
    with bar("check", chains.count() + needed.count()) as on_progress:
        return [
            *chains.faults(on_progress),
            *row_checks.missing_rows(),
            *needed.faults(files, note, on_progress),
            *card_rows.faults(),
            *strays.faults(),
        ]


def _backup_folder_problems(folder: pathlib.Path) -> list[str]:
    why = why_unwritable(folder)
    return [f"Backups can't be made in {folder}: {why}. Check backup.folder."] if why else []


def _spool_problems(folder: pathlib.Path) -> list[str]:
    """Return why changes can't be queued in this folder, which may not exist yet."""
    try:
        SpoolFile(folder).refuse_unsafe()
    except FileNotFoundError:
        return []
    except OSError as error:
        return [f"The spool can't be used: {error.strerror}."]
    return []


def _database_id(storage: StorageSection) -> DatabaseId:
    path = storage.path.absolute()
    return DatabaseId(str(path), name_of(path))
