"""The command line: `python -m bot run|try|check|migrate|init|backup|restore|export|import|import-predecessor|plugins`.

Each command imports what it alone needs: hikari takes half a second, which the bot and what looks at plugins need.
"""

import asyncio
import dataclasses
import gc
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr

from bot import VERSION, signals
from bot.cli import options, output, transfer_commands
from bot.cli.output import bar, complain, counts, program, say, tell_missing
from bot.cli.refusals import read_config, stop, stopping
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
    """Coachbook keeps the book of trading plans on Discord."""
    if is_asked:
        say(f"Coachbook {VERSION}")
        raise typer.Exit


@cli.command(short_help="Run the bot.")
def run() -> None:
    """Run the bot against Discord, with the token from DISCORD_TOKEN or the file DISCORD_TOKEN_FILE."""
    config, token = read_config(), _token()

    # What is imported stays for good: to look through it for garbage, again and again, takes a quarter of the import.
    gc.disable()
    from bot import app as application

    gc.freeze()
    gc.enable()
    set_up_logs(config.log, token)
    try:
        with signals.unwinding(status=0):
            application.run(config, token)
    except PluginFailedError as error:
        traceback.print_exception(error)
        raise stop(str(error)) from error
    except (application.UnfinishedError, application.StartError) as error:
        raise stop(str(error), error.status) from error
    except StorageError as error:
        raise stop(str(error)) from error


@cli.command(short_help="Bring the database to the schema of this program.")
def migrate() -> None:
    """Bring the database to the schema of this program, as a start of the bot does; the bot must not be running.

    A copy of the database is made beside it first.
    """
    from bot.cli import migration

    config = read_config()
    with stopping():
        applied = migration.migrate(config.storage.path)
    names = ", ".join(applied) or "none was needed"
    say(f"{config.storage.path.absolute()}: migrations applied: {names}")


@cli.command(short_help="Write a configuration with comments.")
def init(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE", callback=options.folder, help="The file to make; config.toml here if not given."
        ),
    ] = None,
) -> None:
    """Write a configuration in which each setting stands with its default and what it means."""
    from bot.cli.template import write

    with stopping():
        written = write(file or DEFAULT_PATH.absolute())
    say(f"{written} was made. Edit it, then see what is missing: {program()} check")


@cli.command("try", short_help="Try the bot in a local Discord, without an account.")
def try_out(
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the data for the next time, and use what was kept.")
    ] = False,
    port: Annotated[
        int | None,
        typer.Option(
            parser=options.port_of,
            metavar="NUMBER",
            help="The page's port: 8484 or, if that is taken, a free one. 0 takes a free one.",
        ),
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Stop when the tour has ended.")] = False,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Don't open the page in the browser.")] = False,
) -> None:
    """Try the bot in a local Discord, without an account: plays a short tour, then stays up until Ctrl-C."""
    say("Starting a local Discord and the bot. This takes some seconds.")
    from demo.tour import TourOptions, run_tour

    tour_options = TourOptions(keep=keep, port=port, once=once, opens_browser=not no_browser)
    raise typer.Exit(asyncio.run(run_tour(say, tour_options)))


@cli.command(short_help="Check configuration, database, files and plugins.")
def check(
    deep: Annotated[bool, typer.Option("--deep", help="Read all backups through as well.")] = False,
) -> None:
    """Read the configuration, check the book with its histories, charts and cards, import the plugins.

    Says where changes wait while the book can't be written, and "ok", or what is wrong and ends with status 1.
    """
    from bot.cli.check import faults_of, notes

    config = read_config()
    set_up_logs(config.log, None)
    with stopping():
        for note in notes(config, config_file()):
            say(note)
        faults = faults_of(config, say, deep=deep)
    for fault in faults:
        complain(fault)
    if faults:
        raise typer.Exit(1)
    say("ok")


@cli.command(short_help="Make a backup.")
def backup(
    to: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", callback=options.folder, help="Where to; as configured if not given."),
    ] = None,
) -> None:
    """Make a backup: one file with the book and its pictures, looked through. The bot may run meanwhile."""
    from bot.cli import backups, migration

    config = read_config()
    folder = to or config.backup_folder.absolute()
    with stopping(), bar("backup") as step:
        taken = backups.take(backups.paths_of(config), folder, step)
    say(f"{folder / taken.name}: {counts(taken)}, {taken.size:,} bytes")
    migration.tell_outdated(config.storage.path)
    if taken.missing:
        complain(f"pictures that were missing or altered, and are not in it: {taken.missing:,}")
    if taken.unreadable:
        told = f"pictures that can't be read now, and are not in it: {taken.unreadable:,}; {taken.why_unreadable}"
        complain(told)


@cli.command(hidden=True)
def backup_of(book: Path, charts_folder: Path, to: Path) -> None:
    """Make a backup of a running bot's own book, whatever the configuration says by now, and tell of it as JSON."""
    from bot.cli import backups
    from storage.backup.paths import DataPaths

    with stopping():
        say(json.dumps(dataclasses.asdict(backups.take(DataPaths(book, charts_folder), to, lambda _: None))))


@cli.command(short_help="Put a backup in its place.")
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", callback=options.file, help="The backup.")],
    to_dir: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", callback=options.folder, help="A folder to put book.db and charts/ into."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Set aside what is there.")] = False,
) -> None:
    """Put a backup in its place, once all of it was looked through; the bot must not be running on that book."""
    from bot.cli import backups, migration

    with stopping(), bar("restore") as step:
        restored = backups.restore(read_config(), file, to_dir, force=force, step=step)
    for each in restored.set_aside:
        say(f"set aside: {each}")
    pictures = len(restored.manifest.pictures)
    paths = restored.paths
    say(f"restored, as of {restored.manifest.made_at}: {paths.database}, {paths.charts} (pictures: {pictures:,})")
    migration.tell_outdated(paths.database)
    tell_missing(restored.manifest.missing)


cli.command("export", short_help="Write a server's plans into a file.")(transfer_commands.export_plans)
cli.command("import", short_help="Take in a file that was exported.")(transfer_commands.import_plans)
cli.command("import-predecessor", short_help="Take in the plans of Coachbook's predecessor.")(
    transfer_commands.import_predecessor
)


@cli.command("plugins", short_help="List the plugins.")
def list_plugins() -> None:
    """List the plugins with their versions and commands; end with status 1 if one can't be loaded."""
    from bot.cli import plugins

    found = plugins.find(read_config())
    for each in found:
        say(plugins.listed(each))
    if any(each.refusal for each in found):
        raise typer.Exit(1)


def main() -> None:
    """Run the command line; what the system refuses is told in words."""
    output.set_up()
    try:
        cli()
    except output.OutputError as error:
        sys.exit(output.give_up(error))
    except OSError as error:
        sys.exit(output.printable(f"{error.filename or 'This can not be done'}: {error.strerror or error}."))


def _token() -> SecretStr:
    try:
        return read_token(os.environ)
    except MissingTokenError as error:
        raise stop(f"{error} To see the bot at work without a Discord account: {program()} try") from error
    except ConfigError as error:
        raise stop(str(error)) from error
