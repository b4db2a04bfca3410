"""The import of the predecessor's data by the operator, without Discord; the bot may be running."""

import asyncio
import contextlib
import dataclasses
import pathlib
import zoneinfo
from collections.abc import Callable, Generator, Mapping, Sequence

from bot.cli.errors import CommandError
from bot.cli.migration import report_new
from bot.cli.options import is_id
from bot.cli.output import bar, echo
from bot.config.settings import Config
from bot.domain.clock import utc_now
from bot.domain.values import MAX_COACHES_PER_FILE, GuildId, UserId
from bot.service.guilds import GuildService
from bot.service.pictures.downloads import Downloads
from bot.service.pictures.fetch import ChartFetcher
from bot.service.pictures.inspector import Inspector
from bot.service.predecessor import report
from bot.service.predecessor.migration import MigrationService
from bot.service.predecessor.plan import ImportPlan, import_plan
from bot.service.predecessor.rules import Rules, is_key
from bot.service.readers import NoViews
from storage import open_checks, predecessor, private_files
from storage.backup import private_copy
from storage.chart_files import ChartFiles
from storage.connections import translate_errors
from storage.shown_text import quoted
from storage.store import Store

_MAX_NAMES = 20
"""Unknown authors in one sentence; the report lists all."""


@dataclasses.dataclass(frozen=True, slots=True)
class ImportOptions:
    """The options of an import, as the operator gave them."""

    path: pathlib.Path
    guild_id: GuildId
    timezone: str | None
    """The time zone of the times in the file; None: the configured one."""
    users: Mapping[str, UserId]
    coaches: Mapping[str, str]
    unmapped: bool
    """True: import texts of authors without a user as by someone unknown."""
    without_unreachable: bool
    """True: import plans without the charts whose servers do not answer."""
    max_rows: int
    """Rows of each kind in the report."""
    is_dry_run: bool


def read_users(pairs: Sequence[str]) -> dict[str, UserId]:
    """Return the users by name, from pairs `author=user-id`.

    Raises:
        CommandError: a pair is invalid, or a name has two users.
    """
    advice = "write author=user-id, such as --map dana=123456789012345678."
    return {name: UserId(int(number)) for name, number in _read(pairs, "--map", "user", is_id, advice).items()}


def read_coaches(pairs: Sequence[str]) -> dict[str, str]:
    """Return the coaches' keys by name, from pairs `name=key`.

    Raises:
        CommandError: a pair is invalid, or a name has two keys.
    """
    advice = "write name=key, such as --coach 'Coach Swing=s'; a key has 1 to 16 of a-z 0-9 _."
    return _read(pairs, "--coach", "key", is_key, advice)


def _read(pairs: Sequence[str], option: str, kind: str, is_valid: Callable[[str], bool], advice: str) -> dict[str, str]:
    """Return the values of an option's pairs by name."""
    values: dict[str, str] = {}
    for pair in pairs:
        name, _, value = pair.rpartition("=")
        name = name.strip()
        if not name or not is_valid(value):
            raise CommandError(f"{option} {quoted(pair)}: {advice}")
        if values.setdefault(name, value) != value:
            raise CommandError(f"{option} {quoted(pair)}: {quoted(name)} already has another {kind}.")
    return values


def import_data(config: Config, options: ImportOptions) -> None:
    """Report on the predecessor's data, then import them unless it is a dry run.

    Raises:
        StorageError: the file is not the predecessor's, or the database or the disk can't be used.
        CommandError: the data can't be imported; after a disk failure, the plans imported before it stay.
    """
    rules = Rules(options.users, _zone(options.timezone or config.days.timezone), utc_now(), options.coaches)
    plan = import_plan(predecessor.read(options.path), rules)
    if (coaches := len({each.coach for each in plan.plans})) > MAX_COACHES_PER_FILE:
        limit = f"the limit is {MAX_COACHES_PER_FILE:,}"
        raise CommandError(f"Nothing was changed. {options.path} names {coaches:,} coaches; {limit}.")
    names = plan.unmapped(rules)
    if names and not options.unmapped:
        problem = _unknown_authors([*names])
        if not options.is_dry_run:
            raise CommandError(f"{problem} Nothing was changed.")
        echo(problem)
    path = config.storage.path
    report_new(config)
    if options.is_dry_run:
        with _private_copy(path) as copy, private_copy.reporting_as(path):
            asyncio.run(_import(config, options, rules, plan, copy))
        echo("Nothing was changed: this was --dry-run.")
        return
    try:
        asyncio.run(_import(config, options, rules, plan, path))
    except OSError as error:
        why = f"A chart can't be saved: {error.strerror or error}."
        raise CommandError(f"{why} Run this again to import the rest.") from error


async def _import(
    config: Config, options: ImportOptions, rules: Rules, plan: ImportPlan, database: pathlib.Path
) -> None:
    limits = config.plan_limits
    hosts, proxy = config.discord.cdn_hosts, config.discord.proxy
    downloads = Downloads(hosts, limits.chart_mib * 2**20, limits.chart_seconds, proxy=proxy)
    inspector = Inspector(limits.chart_megapixels * 10**6)
    store = Store.open(database)
    try:
        folder = database.with_name("charts") if options.is_dry_run else config.storage.charts_folder
        fetcher = ChartFetcher(ChartFiles.open(folder, utc_now), downloads, inspector.strip_and_inspect, limits)
        guilds = GuildService(store, utc_now, config.seeds, config.days.timezone, NoViews(), config.days.exchange)
        service = MigrationService(store, utc_now, guilds, fetcher)
        migration = await service.plan_migration(options.guild_id, plan)
        for line in report.before(plan, migration, rules, options.max_rows):
            echo(line)
        if not options.is_dry_run:
            with bar("plans and charts", len(migration.plans) + migration.links) as on_progress:
                patient = not options.without_unreachable
                result = await service.run(options.guild_id, migration.groups, patient=patient, on_progress=on_progress)
            for line in report.after(result, options.max_rows):
                echo(line)
    finally:
        await downloads.close()
        await inspector.close()
        await store.close()


def _unknown_authors(names: Sequence[str]) -> str:
    listed = ", ".join(quoted(name) if name else "(no name)" for name in names[:_MAX_NAMES])
    more = f" and {len(names) - _MAX_NAMES:,} more" if len(names) > _MAX_NAMES else ""
    return (
        f"Unknown authors: {listed}{more}. Map each with --map author=user-id, "
        "or use --unmapped to import their texts as by someone unknown."
    )


def _zone(name: str) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError) as error:
        raise CommandError(f"Nothing was changed. --timezone {name}: use a name such as Europe/London.") from error


@contextlib.contextmanager
def _private_copy(path: pathlib.Path) -> Generator[pathlib.Path]:
    """Yield the path of a copy of the database for a dry run, of no file if there is no database yet."""
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
            raise CommandError(f"The database {path} can't be read: {error.strerror or error}.") from error
        yield copy
