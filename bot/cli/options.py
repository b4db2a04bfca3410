"""Values typed after a command, such as ids, days and paths, with the words for wrong ones."""

import datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from bot.config.types import is_text

Given = TypeVar("Given", str, Path)

LARGEST_ID = 2**63 - 1
_MOST_DIGITS = len(str(LARGEST_ID))
LAST_PORT = 65_535


def is_id(given: str) -> bool:
    """Return true if this is an id that Discord can give and the database can hold."""
    return _is_number(given) and 1 <= int(given) <= LARGEST_ID


def id_of(given: str) -> int:
    """Return the id of a server.

    Raises:
        BadParameter: it is none.
    """
    if is_id(given):
        return int(given)
    raise typer.BadParameter(f"{given!a} is not an id: copy the server's id in Discord, such as 123456789012345678")


def day_of(given: str) -> datetime.date:
    """Return the day of an ISO date.

    Raises:
        BadParameter: it is none.
    """
    try:
        return datetime.date.fromisoformat(given)
    except ValueError as error:
        raise typer.BadParameter(f"{given!a} is not a day: write it as 2026-11-23") from error


def count_of(given: str | int) -> int:
    """Return a whole number from 0 on; a default is one already.

    Raises:
        BadParameter: it is none.
    """
    if isinstance(given, int):
        return given
    if _is_number(given):
        return int(given)
    raise typer.BadParameter(f"{given!a} is not a whole number")


def _is_number(given: str) -> bool:
    return given.isascii() and given.isdecimal() and len(given) <= _MOST_DIGITS


def port_of(given: str) -> int:
    """Return the number of a port; 0 for a free one.

    Raises:
        BadParameter: it is none.
    """
    number = count_of(given)
    if number > LAST_PORT:
        raise typer.BadParameter(f"{given!a} is not a port: use 0 to {LAST_PORT}")
    return number


def text(given: Given | None) -> Given | None:
    """Return a text or path, if it is text that SQLite can hold.

    Raises:
        BadParameter: it is not UTF-8.
    """
    if given and not is_text(given):
        raise typer.BadParameter(f"{str(given)!a} is not UTF-8 text")
    return given


def folder(given: Path | None) -> Path | None:
    """Return the whole path of a folder.

    Raises:
        BadParameter: it is not text.
    """
    return text(given.absolute()) if given else None


def file(given: Path) -> Path:
    """Return the whole path of a file; unlike a folder's, it need not be text."""
    return given.absolute()


Guild = Annotated[int, typer.Option(parser=id_of, metavar="ID", help="The server's id.")]
