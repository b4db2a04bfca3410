"""Parsers of command line values, such as ids, days and paths, with messages for invalid ones."""

import datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from bot.config.types import MAX_PORT, MAX_SNOWFLAKE, is_text
from bot.domain.as_of import UnknownAsOfError, parse_as_of

Given = TypeVar("Given", str, Path)

_MAX_DIGITS = len(str(MAX_SNOWFLAKE))


def is_id(given: str) -> bool:
    """Return true if the text is an id that Discord can assign and the database can store."""
    return _is_number(given) and 1 <= int(given) <= MAX_SNOWFLAKE


def id_of(given: str) -> int:
    """Return the id of a server.

    Raises:
        BadParameter: the text is no id.
    """
    if is_id(given):
        return int(given)
    raise typer.BadParameter(f"{given!a} is not an id: copy the server's id in Discord, such as 123456789012345678")


def day_of(given: str) -> datetime.date:
    """Return the day of an ISO date.

    Raises:
        BadParameter: the text is no ISO date.
    """
    try:
        return datetime.date.fromisoformat(given)
    except ValueError as error:
        raise typer.BadParameter(f"{given!a} is not a day: write it as 2026-11-23") from error


def count_of(given: str | int) -> int:
    """Return a whole number from 0 on; a default is one already.

    Raises:
        BadParameter: the text is no such number.
    """
    if isinstance(given, int):
        return given
    if _is_number(given):
        return int(given)
    raise typer.BadParameter(f"{given!a} is not a whole number")


def _is_number(given: str) -> bool:
    return given.isascii() and given.isdecimal() and len(given) <= _MAX_DIGITS


def port_of(given: str) -> int:
    """Return the number of a port; 0 for a free one.

    Raises:
        BadParameter: the text is no port.
    """
    number = count_of(given)
    if number > MAX_PORT:
        raise typer.BadParameter(f"{given!a} is not a port: use 0 to {MAX_PORT}")
    return number


def moment(given: str) -> str:
    """Return the words for a moment as of which plans are read.

    Raises:
        BadParameter: the text names none.
    """
    try:
        parse_as_of(given)
    except UnknownAsOfError as error:
        raise typer.BadParameter(f"{given!a} is no moment. {error}") from error
    return given


def text(given: Given | None) -> Given | None:
    """Return a text or path that SQLite can store.

    Raises:
        BadParameter: the text is not UTF-8.
    """
    if given and not is_text(given):
        raise typer.BadParameter(f"{str(given)!a} is not UTF-8 text")
    return given


def folder(given: Path | None) -> Path | None:
    """Return the absolute path of a folder.

    Raises:
        BadParameter: the path is not UTF-8.
    """
    return text(given.absolute()) if given else None


def file(given: Path) -> Path:
    """Return the absolute path of a file, which need not be UTF-8."""
    return given.absolute()


Guild = Annotated[int, typer.Option(parser=id_of, metavar="ID", help="The server's id.")]
