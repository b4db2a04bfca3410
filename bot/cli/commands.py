"""The command line, one command a function: `python -m bot --help` lists them.

Each command has its own imports, as hikari takes half a second: only `run`, `check` and `plugins` load it.
"""

import asyncio
import dataclasses
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr

from bot import VERSION, signals
from bot.cli import mcp, options, output, transfer_commands
from bot.cli.exits import exit_on_error, failed, read_config
from bot.cli.output import bar, counts, echo, echo_error, program, report_missing
from bot.config.errors import ConfigError, MissingTokenError
from bot.config.loader import DEFAULT_PATH, config_file, read_token
from bot.domain.errors import PluginFailedError
from bot.logs import set_up_logs
from storage.errors import StorageError

cli = typer.Typer(
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    invoke_without_command=True,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@cli.callback()
def version(
    is_asked: Annotated[bool, typer.Option("--version", is_eager=True, help="Show the version and exit.")] = False,
) -> None:
    """Coachbook: trading plans on Discord."""
    if is_asked:
        echo(f"Coachbook {VERSION}")
        raise typer.Exit


@cli.command(short_help="Run the bot.")
def run() -> None:
    """Run the bot against Discord, with the token from DISCORD_TOKEN or the file DISCORD_TOKEN_FILE."""
    config, token = read_config(), _token()

    from bot import app as application

    set_up_logs(config.log, token)
    try:
        with signals.unwinding(status=0):
            application.run(config, token)
    except PluginFailedError as error:
        traceback.print_exception(error)
        raise failed(str(error)) from error
    except (application.UnfinishedError, application.StartError) as error:
        raise failed(str(error), error.status) from error
    except StorageError as error:
        raise failed(str(error)) from error


@cli.command(short_help="Migrate the database.")
def migrate() -> None:
    """Migrate the database to this program's schema, as the bot does when it starts; the bot must not be running.

    A copy of the database is made next to it first.
    """
    from bot.cli import migration

    config = read_config()
    with exit_on_error():
        applied = migration.migrate(config.storage.path)
    names = ", ".join(applied) or "none needed"
    echo(f"{config.storage.path.absolute()}: migrations applied: {names}")


@cli.command(short_help="Say what an upgrade of the database would take.")
def upgrade_check() -> None:
    """Say which migrations this program would apply to the database, and what time and disk space they take.

    Nothing is changed, and a bot of an earlier version can keep running. Exit status 1: the upgrade would fail.
    """
    from bot.cli.upgrade import Upgrade

    config = read_config()
    with exit_on_error():
        upgrade = Upgrade.of(config.storage.path)
    for line in (f"Program: Coachbook {VERSION}", *upgrade.lines):
        echo(line)
    if upgrade.problem:
        raise failed(upgrade.problem)
    echo("ready: the next start migrates it" if upgrade.migrations else "up to date")


@cli.command(short_help="Write a commented configuration file.")
def init(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE", callback=options.folder, help="The file to write. Default: config.toml in this folder."
        ),
    ] = None,
) -> None:
    """Write a configuration file with every setting, its default and a comment."""
    from bot.cli.template import write

    with exit_on_error():
        written = write(file or DEFAULT_PATH.absolute())
    echo(f"Wrote {written}. Edit it, then run: {program()} check")


@cli.command("try", short_help="Try the bot in a local Discord, without an account.")
def try_out(
    keep: Annotated[bool, typer.Option("--keep", help="Keep the data, and use the data kept last time.")] = False,
    port: Annotated[
        int | None,
        typer.Option(
            parser=options.port_of,
            metavar="NUMBER",
            help="The page's port. Default: 8484, or a free port if that is in use. 0: a free port.",
        ),
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Stop after the tour.")] = False,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Don't open the page in the browser.")] = False,
) -> None:
    """Try the bot in a local Discord, without an account: a short tour, then it runs until Ctrl-C."""
    echo("Starting a local Discord and the bot. This takes a few seconds.")
    from demo.tour import TourOptions, run_tour

    tour_options = TourOptions(keep=keep, port=port, once=once, opens_browser=not no_browser)
    raise typer.Exit(asyncio.run(run_tour(echo, tour_options)))


@cli.command(short_help="Check configuration, database, files and plugins.")
def check(
    deep: Annotated[bool, typer.Option("--deep", help="Verify all backups as well.")] = False,
) -> None:
    """Check the configuration, the database with its histories, charts and cards, and the plugins.

    Print "ok" and the number of queued changes, if any; or the problems, with exit status 1.
    """
    from bot.cli.check import notes, problems_of, queued

    config = read_config()
    set_up_logs(config.log, None)
    with exit_on_error():
        for note in notes(config, config_file()):
            echo(note)
        problems = problems_of(config, echo, deep=deep)
        waiting = queued(config.storage)
    for problem in problems:
        echo_error(problem)
    if problems:
        raise typer.Exit(1)
    echo(f"ok; queued changes, which the bot saves when it runs: {waiting:,}" if waiting else "ok")


@cli.command(short_help="Ask the running bot for its health.")
def health() -> None:
    """Ask the running bot over its health port (health.port) whether it is connected to Discord and can save changes.

    Print a line that says so, with exit status 0; or why it is unhealthy or does not answer, with exit status 1.
    """
    from bot.cli.health import ask

    config = read_config()
    with exit_on_error():
        echo(ask(config.health))


@cli.command(short_help="Make a backup.")
def backup(
    to: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", callback=options.folder, help="Where to put it. Default: as configured."),
    ] = None,
) -> None:
    """Make and verify a backup: one file with the database and its pictures. The bot can keep running."""
    from bot.cli import backups, migration
    from storage import search_index

    config = read_config()
    folder = to or config.backup_folder.absolute()
    with exit_on_error(), bar("backup") as on_progress:
        result = backups.create_backup(backups.paths_of(config), folder, on_progress)
    echo(f"{folder / result.name}: {counts(result)}, {result.size:,} bytes")
    migration.report_outdated(config.storage.path)
    if result.missing:
        echo_error(f"left out, missing or altered pictures: {result.missing:,}")
    if result.unreadable:
        echo_error(f"left out, unreadable pictures: {result.unreadable:,}; {result.why_unreadable}")
    if not result.is_index_sound:
        echo_error(search_index.FAULT)


@cli.command(hidden=True)
def backup_of(database: Path, charts_folder: Path, to: Path) -> None:
    """Back up the given paths of a running bot, whatever the configuration is now, and print the result as JSON."""
    from bot.cli import backups
    from storage.backup.paths import DataPaths

    with exit_on_error():
        result = backups.create_backup(DataPaths(database, charts_folder), to, lambda _: None)
        echo(json.dumps(dataclasses.asdict(result)))


@cli.command(short_help="Restore a backup.")
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", callback=options.file, help="The backup.")],
    to_dir: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", callback=options.folder, help="Restore book.db and charts/ into this folder."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Rename existing files first.")] = False,
) -> None:
    """Verify and restore a backup; the bot must not be running on that database."""
    from bot.cli import backups, migration

    with exit_on_error(), bar("restore") as on_progress:
        restored = backups.restore_backup(read_config(), file, to_dir, force=force, on_progress=on_progress)
    for each in restored.renamed:
        echo(f"existing file renamed: {each}")
    pictures = len(restored.manifest.pictures)
    paths = restored.paths
    echo(f"restored, as of {restored.manifest.made_at}: {paths.database}, {paths.charts} (pictures: {pictures:,})")
    migration.report_outdated(paths.database)
    report_missing(restored.manifest.missing)


cli.command("export", short_help="Export a server's plans to a file.")(transfer_commands.export_plans)
cli.command("import", short_help="Import an exported file.")(transfer_commands.import_plans)
cli.command("import-predecessor", short_help="Import plans from Coachbook's predecessor.")(
    transfer_commands.import_predecessor
)


cli.command("mcp", short_help="Serve plans to language models (MCP).")(mcp.serve)


@cli.command("plugins", short_help="List the plugins.")
def list_plugins() -> None:
    """List the plugins with their versions and commands; exit status 1 if one can't be loaded."""
    from bot.cli.plugins import discover_plugins
    from bot.plugin_host.candidates import listed

    discoveries = discover_plugins(read_config())
    for each in discoveries:
        echo(listed(each))
    if any(each.refusal for each in discoveries):
        raise typer.Exit(1)


def main() -> None:
    """Run the command line, and print the operating system's errors as messages."""
    output.set_up()
    try:
        cli()
    except output.OutputError as error:
        sys.exit(output.discard_output(error))
    except OSError as error:
        sys.exit(output.printable(f"{error.filename or 'Failed'}: {error.strerror or error}."))


def _token() -> SecretStr:
    try:
        return read_token(os.environ)
    except MissingTokenError as error:
        raise failed(f"{error} To try the bot without a Discord account: {program()} try") from error
    except ConfigError as error:
        raise failed(str(error)) from error
