"""The predecessor's data into the book, for the one who runs the bot: without Discord, while the bot runs or not."""

import asyncio
import contextlib
import dataclasses
import pathlib
import zoneinfo
from collections.abc import Callable, Generator, Mapping, Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.cli import options
from bot.cli.errors import TransferError
from bot.config.settings import Config
from bot.domain.clock import utc_now
from bot.domain.values import MAX_COACHES_PER_FILE, GuildId, UserId
from bot.service.guilds import GuildService
from bot.service.pictures.downloads import Downloads
from bot.service.pictures.fetch import ChartFetcher
from bot.service.pictures.inspector import Inspector
from bot.service.predecessor import report
from bot.service.predecessor.migration import MigrationService, Step
from bot.service.predecessor.plan import ImportPlan, import_plan
from bot.service.predecessor.rules import Rules, is_key
from bot.service.readers import NoViews
from storage import open_checks, predecessor, private_files
from storage.backup import private_copy
from storage.chart_files import ChartFiles
from storage.connections import translate_errors
from storage.shown_text import shown
from storage.store import Store

Say = Callable[[str], None]

_NAMES = 20
"""Of those whom nobody knows, in one sentence; the report has all."""


@dataclasses.dataclass(frozen=True, slots=True)
class Wish:
    """The move that the operator wants."""

    path: pathlib.Path
    guild_id: GuildId
    timezone: str | None
    """Of the clock that wrote the times; None: the configured one."""
    users: Mapping[str, UserId]
    coaches: Mapping[str, str]
    keeps_unmapped: bool
    keeps_unreachable: bool
    most_rows: int
    is_dry: bool


def read_users(pairs: Sequence[str]) -> dict[str, UserId]:
    """Return the users by their names, of `author=user-id` each.

    Raises:
        TransferError: one is something else, or a name has two users.
    """
    advice = "write author=user-id, such as --map dana=123456789012345678."
    return {name: UserId(int(number)) for name, number in _read(pairs, "--map", "user", options.is_id, advice).items()}


def read_coaches(pairs: Sequence[str]) -> dict[str, str]:
    """Return the coaches' keys by their names, of `name=key` each.

    Raises:
        TransferError: one is something else, or a name has two keys.
    """
    advice = "write name=key, such as --coach 'Coach Swing=s'; a key has 1 to 16 of a-z 0-9 _."
    return _read(pairs, "--coach", "key", is_key, advice)


def _read(pairs: Sequence[str], option: str, kind: str, is_valid: Callable[[str], bool], advice: str) -> dict[str, str]:
    """Return what each name means by the pairs of an option."""
    meant: dict[str, str] = {}
    for pair in pairs:
        name, _, value = pair.rpartition("=")
        name = name.strip()
        if not name or not is_valid(value):
            raise TransferError(f"{option} {shown(pair)}: {advice}")
        if meant.setdefault(name, value) != value:
            raise TransferError(f"{option} {shown(pair)}: {shown(name)} already has another {kind}.")
    return meant


def move(config: Config, wish: Wish, say: Say) -> None:
    """Report what comes of the predecessor's data; then take them in, unless the wish is to see the report alone.

    Raises:
        StorageError: the file is not the predecessor's, or the book can't be used, or the disk is in the way.
        TransferError: the wish can't be fulfilled; of a disk that failed on the way, what came before stays.
    """
    rules = Rules(wish.users, _zone(wish.timezone or config.days.timezone), utc_now(), wish.coaches)
    found = import_plan(predecessor.read(wish.path), rules)
    if (coaches := len({plan.coach for plan in found.plans})) > MAX_COACHES_PER_FILE:
        most = f"the limit is {MAX_COACHES_PER_FILE:,}"
        raise TransferError(f"Nothing was changed. {wish.path} names {coaches:,} coaches; {most}.")
    if unmapped := _refusal(wish, found, rules):
        if not wish.is_dry:
            raise TransferError(f"{unmapped} Nothing was changed.")
        say(unmapped)
    if wish.is_dry:
        path = config.storage.path
        with _book_aside(path) as copy, private_copy.reporting_as(path):
            asyncio.run(_move(config, wish, rules, found, copy, say))
        say("Nothing was changed: this was --dry-run.")
    else:
        try:
            asyncio.run(_move(config, wish, rules, found, config.storage.path, say))
        except OSError as error:
            why = f"A chart can't be saved: {error.strerror or error}."
            raise TransferError(f"{why} Run this again to import the rest.") from error


async def _move(config: Config, wish: Wish, rules: Rules, found: ImportPlan, book: pathlib.Path, say: Say) -> None:
    limits = config.plan_limits
    hosts, proxy = config.discord.cdn_hosts, config.discord.proxy
    downloads = Downloads(hosts, limits.chart_mib * 2**20, limits.chart_seconds, proxy=proxy)
    inspector = Inspector(limits.chart_megapixels * 10**6)
    store = Store.open(book)
    try:
        folder = book.with_name("charts") if wish.is_dry else config.storage.charts_folder
        fetcher = ChartFetcher(ChartFiles.open(folder, utc_now), downloads, inspector.inspect, limits)
        guilds = GuildService(store, utc_now, config.seeds, config.days.timezone, NoViews())
        moves = MigrationService(store, utc_now, guilds, fetcher)
        migration_plan = await moves.plan_migration(wish.guild_id, found)
        for line in report.before(found, migration_plan, rules, wish.most_rows):
            say(line)
        if not wish.is_dry:
            with _progress(len(migration_plan.plans) + migration_plan.links) as step:
                patient = not wish.keeps_unreachable
                result = await moves.run(wish.guild_id, migration_plan.groups, patient=patient, step=step)
            for line in report.after(result, wish.most_rows):
                say(line)
    finally:
        await downloads.close()
        await inspector.close()
        await store.close()


def _refusal(wish: Wish, found: ImportPlan, rules: Rules) -> str | None:
    names = found.unmapped(rules)
    if not names or wish.keeps_unmapped:
        return None
    listed = ", ".join(shown(name) if name else "(no name)" for name in [*names][:_NAMES])
    listed += f" and {len(names) - _NAMES:,} more" if len(names) > _NAMES else ""
    return (
        f"Unknown authors: {listed}. Map each with --map author=user-id, "
        "or use --unmapped to import their texts as by someone unknown."
    )


def _zone(name: str) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError) as error:
        raise TransferError(f"Nothing was changed. --timezone {name}: use a name such as Europe/London.") from error


@contextlib.contextmanager
def _book_aside(path: pathlib.Path) -> Generator[pathlib.Path]:
    """A copy of the database, or an empty folder if there is none yet, for a dry run."""
    open_checks.refuse_unfinished(path)
    if not open_checks.exists(path):
        with private_files.temporary_folder("coachbook-") as folder:
            yield folder / "book.db"
        return
    with contextlib.ExitStack() as stack:
        try:
            with translate_errors(path):
                copy = stack.enter_context(private_copy.copied(path))
        except OSError as error:
            raise TransferError(f"The database {path} can't be read: {error.strerror or error}.") from error
        yield copy


@contextlib.contextmanager
def _progress(total: int) -> Generator[Step]:
    """A bar on a terminal; nothing elsewhere."""
    console = Console(stderr=True)
    columns = (TextColumn("plans and charts"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=total)
        yield lambda count: progress.advance(task, count)
