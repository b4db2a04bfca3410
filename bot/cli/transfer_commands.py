"""The commands that export plans to files and import them."""

import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import options
from bot.cli.exits import exit_on_error, read_config
from bot.cli.output import echo, report_unavailable
from bot.domain.values import GuildId

_MAX_NAMES = 20
"""Coaches' names on one line."""


def export_plans(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            callback=options.file,
            help="The new file: .jsonl, .zip with the pictures, or .md to read.",
        ),
    ],
    guild: options.Guild,
    coach: Annotated[
        str | None, typer.Option(metavar="KEY", callback=options.text, help="Only the coach with this key.")
    ] = None,
    first: Annotated[
        datetime.date | None,
        typer.Option("--from", parser=options.day_of, metavar="DAY", help="The first day, such as 2026-11-23."),
    ] = None,
    last: Annotated[
        datetime.date | None, typer.Option("--to", parser=options.day_of, metavar="DAY", help="The last day.")
    ] = None,
) -> None:
    """Export a server's plans with their whole histories, including deleted plans, to a new file."""
    from bot.cli import transfers

    with exit_on_error():
        journal, lacking = transfers.export_plans(read_config(), file, GuildId(guild), coach, first, last)
    echo(f"{file}: plans: {len(journal.plans):,}, revisions: {len(journal.revisions):,}")
    report_unavailable(lacking)


def import_plans(
    file: Annotated[Path, typer.Argument(metavar="FILE", callback=options.file, help="An exported .jsonl or .zip.")],
) -> None:
    """Import the plans of an export that are not in the database: all of them, once verified, or none."""
    from bot.cli import transfers

    with exit_on_error():
        taken, lacking = transfers.import_plans(read_config(), file)
    echo(f"new plans: {taken.plans:,}, new revisions: {taken.revisions:,}; already in the database: {taken.known:,}")
    if taken.coaches:
        more = f" and {len(taken.coaches) - _MAX_NAMES:,} more" if len(taken.coaches) > _MAX_NAMES else ""
        echo(f"new coaches, named as in the file: {', '.join(taken.coaches[:_MAX_NAMES])}{more}")
    report_unavailable(lacking)


_Predecessor = Annotated[
    Path,
    typer.Argument(metavar="FILE", callback=options.file, help="The predecessor's database. It is not changed."),
]
_Timezone = Annotated[str | None, typer.Option(metavar="NAME", help="Time zone of its times. Default: as configured.")]
_Users = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="AUTHOR=ID", help="The user id of an author. Repeat for each name."),
]
_Coaches = Annotated[
    list[str] | None,
    typer.Option(
        "--coach", metavar="NAME=KEY", help="The coach key of a coach_name that is no valid key. Repeat for each."
    ),
]
_Unmapped = Annotated[
    bool, typer.Option("--unmapped", help="Import texts of authors without --map as by someone unknown.")
]
_WithoutUnreachable = Annotated[
    bool, typer.Option("--without-unreachable", help="Import plans even if a chart's server does not answer.")
]
_Rows = Annotated[int, typer.Option(parser=options.count_of, metavar="NUMBER", help="Rows of each kind in the report.")]


def import_predecessor(
    file: _Predecessor,
    guild: options.Guild,
    timezone: _Timezone = None,
    users: _Users = None,
    coaches: _Coaches = None,
    unmapped: _Unmapped = False,
    without_unreachable: _WithoutUnreachable = False,
    rows: _Rows = 50,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report only; change nothing.")] = False,
) -> None:
    """Import the plans of Coachbook's predecessor with their histories; running it again changes nothing."""
    from bot.cli import predecessor

    with exit_on_error():
        import_options = predecessor.ImportOptions(
            path=file,
            guild_id=GuildId(guild),
            timezone=timezone,
            users=predecessor.read_users(users or ()),
            coaches=predecessor.read_coaches(coaches or ()),
            unmapped=unmapped,
            without_unreachable=without_unreachable,
            max_rows=rows,
            is_dry_run=dry_run,
        )
        predecessor.import_data(read_config(), import_options)
