"""Exports and imports by the operator, without Discord; the bot may be running."""

import asyncio
import contextlib
import datetime
import os
import pathlib
import secrets
from collections.abc import Callable, Coroutine, Generator
from typing import IO, Any, TypeVar

from bot.cli.errors import CommandError
from bot.cli.migration import report_new, require_database
from bot.config.settings import Config
from bot.domain.clock import utc_now
from bot.domain.values import ExportFormat, GuildId, LackingPicture
from bot.service.guilds import GuildService
from bot.service.pictures import needed
from bot.service.readers import NoViews
from bot.service.transfer import exports, imports, packing
from bot.service.transfer.journal import Journal
from bot.service.transfer.journal_reader import InvalidJournalError
from bot.service.transfer.stored import journal_of
from storage import private_files
from storage.chart_files import ChartFiles
from storage.fsync import move_to_new, sync
from storage.store import Store

T = TypeVar("T")


def export_plans(
    config: Config,
    path: pathlib.Path,
    guild_id: GuildId,
    coach: str | None,
    first: datetime.date | None,
    last: datetime.date | None,
) -> tuple[Journal, list[LackingPicture]]:
    """Write the guild's plans, deleted ones included, into a new file whose suffix selects the format.

    Return the journal and the pictures that are unavailable.

    Raises:
        StorageError: the database can't be used.
        CommandError: there is no such plan, or the file can't be written.
    """
    form = next((each for each in ExportFormat if path.suffix == f".{each.suffix}"), None)
    if form is None:
        raise CommandError(f"{path.absolute()}: the name must end in .jsonl, .zip or .md.")
    require_database(config.storage.path.absolute())
    if first and last and first > last:
        raise CommandError(f"--from {first} is after --to {last}.")

    files = ChartFiles(config.storage.charts_folder.absolute(), utc_now)

    def written(guilds: GuildService, file: IO[bytes]) -> tuple[Journal, list[LackingPicture]]:
        journal = journal_of(guild_id, exports.selected(guild_id, coach, first, last))
        if not journal.plans:
            raise CommandError("No such plan in the database. Check the server's id, the coach and the days.")
        files.folder.trust(needed.database_name())
        return journal, packing.write(journal, form, guilds.timezone(guild_id), files, file)

    async def write(store: Store) -> tuple[Journal, list[LackingPicture]]:
        guilds = GuildService(store, utc_now, config.seeds, config.days.timezone, NoViews(), config.days.exchange)
        with private_files.create(part) as file:
            return await store.read(written, guilds, file)

    with _new_file(path) as part:
        return asyncio.run(_in_database(config, write))


def import_plans(config: Config, path: pathlib.Path) -> tuple[imports.ImportResult, list[LackingPicture]]:
    """Import the plans of an export that the database lacks, and return the pictures that are unavailable.

    Raises:
        StorageError: the database can't be used, or a picture can't be saved.
        CommandError: the file can't be read, is no complete export, or conflicts with the database.
    """
    if path.suffix.lower() == ".md":
        raise CommandError(f"{path.absolute()}: a .md export is only for reading. Import one in .jsonl or .zip.")
    try:
        journal = imports.read_file(path)
        proved = imports.prove(journal)
        report_new(config)
        files = ChartFiles.open(config.storage.charts_folder, utc_now)
        lacking = imports.store_pictures(path, journal, files)
        result = asyncio.run(
            _in_database(config, lambda store: store.write(imports.insert, journal, proved, utc_now()))
        )
    except (InvalidJournalError, imports.InvalidImportError) as error:
        raise CommandError(f"Nothing was imported from {path.absolute()}: {error}.") from error
    except OSError as error:
        raise CommandError(f"{path.absolute()} can't be read: {error.strerror or error}.") from error
    return result, lacking


@contextlib.contextmanager
def _new_file(path: pathlib.Path) -> Generator[pathlib.Path]:
    """Yield a temporary path for the content of a new file, which is renamed to `path` at the end of the block.

    Raises:
        CommandError: the file exists, or can't be written.
    """
    if os.path.lexists(path):
        raise _exists_already(path)
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        yield part
        sync(part)
        move_to_new(part, path)
    except FileExistsError as error:
        raise _exists_already(path) from error
    except OSError as error:
        raise CommandError(f"{path} can't be written: {error.strerror}.") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def _exists_already(path: pathlib.Path) -> CommandError:
    return CommandError(f"{path} already exists. Choose a new file.")


async def _in_database(config: Config, act: Callable[[Store], Coroutine[Any, Any, T]]) -> T:
    store = Store.open(config.storage.path)
    try:
        return await act(store)
    finally:
        await store.close()
