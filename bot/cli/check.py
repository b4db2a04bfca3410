"""Faults of the database, its backups, the spool and the plugins, for the operator."""

import pathlib
from collections.abc import Callable

from bot import VERSION
from bot.cli import backups, plugins
from bot.config.loader import DEFAULT_PATH
from bot.config.paths import other_spools
from bot.config.settings import Config, StorageSection
from bot.domain.clock import utc_now
from bot.service.pictures import needed
from bot.service.records import cards as card_rows
from bot.service.records import revisions, strays
from storage import open_checks, row_checks
from storage.chart_files import ChartFiles
from storage.errors import StorageError
from storage.file_checks import check_file
from storage.spool import SpoolFile
from storage.spool_transfer import has_lines

_NONE_YET = (
    "The bot creates it when it first starts. If there should be one, check storage.path and the working directory."
)
_NONE_WAIT = "empty"
_HOW_MOVED = "Its changes are saved by the bot that uses it, or by one that starts with these settings."


def faults_of(config: Config, note: Callable[[str], None], *, deep: bool) -> list[str]:
    """Return all faults, a line each; empty: all is well.

    Args:
        config: names the book, its folders and the plugins.
        note: called with each line on what is worth knowing and no fault.
        deep: read all backups through as well.
    """
    spool = _faults_of_spool(config.storage.spool_folder)
    return [
        *_faults_of_book(config.storage, note),
        *spool,
        *(backups.faults(config) if deep else ()),
        *plugins.faults(config),
    ]


def notes(config: Config, file: pathlib.Path | None) -> list[str]:
    """Return lines on what the configuration, which was read from `file`, has the bot use."""
    storage = config.storage
    return [
        f"Coachbook {VERSION}",
        f"Configuration: {file or f'defaults and the environment; there is no {DEFAULT_PATH.absolute()}'}",
        f"Database: {_note_on_database(storage.path.absolute())}",
        f"Charts: {storage.charts_folder.absolute()}",
        f"Backups: {config.backup_folder.absolute()}",
        f"Coaches: {', '.join(f'{coach.key} ({coach.name})' for coach in config.coaches) or 'none'}",
        f"Plugins: {', '.join((*config.plugins.enabled, *config.plugins.extra)) or 'none'}",
        *_notes_on_spools(storage),
    ]


def _note_on_database(path: pathlib.Path) -> str:
    try:
        return f"{path}: {open_checks.version_of(path)}"
    except StorageError:  # its faults are told with the others
        return str(path)


def _notes_on_spools(storage: StorageSection) -> list[str]:
    """Return lines on the folder where changes wait while the book can't be written, and on others where some do."""
    folder = storage.spool_folder.absolute()
    found = "unusable" if _faults_of_spool(folder) else _waiting_in(folder)
    notes = [f"Spool: {folder}: {found}."]
    others = {other: _waiting_in(other) for other in other_spools(storage.path, folder)}
    return notes + [
        f"Another spool of this database: {other}: {waiting}. {_HOW_MOVED}"
        for other, waiting in others.items()
        if waiting != _NONE_WAIT
    ]


def _waiting_in(folder: pathlib.Path) -> str:
    try:
        return "changes are queued" if has_lines(folder) else _NONE_WAIT
    except OSError as error:
        return f"unreadable ({error.strerror})"


def _faults_of_book(storage: StorageSection, note: Callable[[str], None]) -> list[str]:
    files = ChartFiles(storage.charts_folder.absolute(), utc_now)
    try:
        files.folder.refuse_unwritable()
        if not open_checks.exists(storage.path):
            check_file(storage.path)
            return [f"There is no database at {storage.path.absolute()} yet. {_NONE_YET}"]
        return check_file(
            storage.path,
            lambda: [
                *revisions.faults(),
                *row_checks.missing_rows(),
                *needed.faults(files, note),
                *card_rows.faults(),
                *strays.faults(),
            ],
        )
    except StorageError as error:
        return [str(error)]


def _faults_of_spool(folder: pathlib.Path) -> list[str]:
    """Return why changes could not wait in this folder; it is made when it is needed."""
    try:
        SpoolFile(folder).refuse_unsafe()
    except FileNotFoundError:
        return []
    except OSError as error:
        return [f"The spool can't be used: {error.strerror}."]
    return []
