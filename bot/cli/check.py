"""Faults of the database, its backups, the spool and the plugins, for the operator."""

import pathlib

from bot.cli import backups, plugins
from bot.config.settings import Config, StorageSection
from bot.domain.clock import utc_now
from bot.service import charts
from bot.service.records import cards as card_rows
from bot.service.records import revisions
from storage import private_files
from storage.chart_files import ChartFiles
from storage.errors import StorageError
from storage.store import Store


def faults_of(config: Config, *, deep: bool) -> list[str]:
    """Return all faults, a line each; empty: all is well.

    Args:
        config: names the book, its folders and the plugins.
        deep: read all backups through as well.
    """
    spool = _faults_of_spool(config.storage.spool_folder)
    return [
        *_faults_of_book(config.storage),
        *spool,
        *(backups.faults(config) if deep else ()),
        *plugins.faults(config),
    ]


def _faults_of_book(storage: StorageSection) -> list[str]:
    files = ChartFiles(storage.charts_folder, utc_now)
    try:
        files.refuse_unwritable()
        return Store.check_file(storage.path, lambda: [*revisions.faults(), *charts.faults(files), *card_rows.faults()])
    except StorageError as error:
        return [str(error)]


def _faults_of_spool(folder: pathlib.Path) -> list[str]:
    """Return why changes could not wait in this folder; it is made when it is needed."""
    try:
        private_files.refuse_unsafe(folder)
    except FileNotFoundError:
        return []
    except OSError as error:
        return [f"The spool can't be used: {error.strerror}."]
    return []
