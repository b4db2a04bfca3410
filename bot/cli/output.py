"""Output of the commands, also where nobody takes it.

What it says may come from a file, so no line has a character that a terminal obeys.
"""

import contextlib
import errno
import io
import os
import sys
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from bot.domain.values import BackupResult, LackingPicture
from storage.shown_text import escaped


class OutputError(Exception):
    """The standard output can't be written: that is no trouble of the book's disk."""

    def __init__(self, text: str, error: OSError) -> None:
        why = error.strerror or error
        super().__init__(f"Can't write to standard output: {why}. The command itself is done. Its output was: {text}")
        self.is_closed = error.errno == errno.EPIPE
        """True: its reader has ended, as `head` does when it has enough."""


def set_up() -> None:
    """Say what the terminal has no letters for as well as can be."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(text: str) -> None:
    """Write a line.

    Raises:
        OutputError: it can't be written.
    """
    try:
        typer.echo(printable(text))
    except OSError as error:
        raise OutputError(text, error) from error


def program() -> str:
    """Return how this program was called, to be called so again."""
    name = Path(sys.argv[0]).name
    return "python -m bot" if name == "__main__.py" else name


def complain(text: str) -> None:
    """Write a line to the standard error."""
    typer.echo(printable(text), err=True)


def printable(text: str) -> str:
    """Return the text, with escapes for what is not seen; its lines stay lines."""
    return "\n".join(map(escaped, text.split("\n")))


def give_up(error: OutputError) -> int:
    """Write nothing more, and give the process's status."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())  # else Python tries to write the rest at its end
    if not error.is_closed:
        complain(str(error))
    return 1


def counts(taken: BackupResult) -> str:
    """Return what is in a backup, in words."""
    return f"plans: {taken.plans:,}, revisions: {taken.revisions:,}, pictures: {taken.pictures:,}"


def tell_lacking(pictures: Sequence[LackingPicture]) -> None:
    """Tell of pictures that are missing, and of those that may be there and can't be read now."""
    tell_missing([each.sha256 for each in pictures if not each.is_unreadable])
    hidden = [each for each in pictures if each.is_unreadable]
    if hidden:
        complain(f"unreadable pictures: {len(hidden):,}; the first: {hidden[0]}")


def tell_missing(pictures: Sequence[str]) -> None:
    """Tell of pictures, by their SHA-256, that are missing."""
    if pictures:
        complain(f"missing pictures: {len(pictures):,}; the first: {pictures[0]}")


@contextlib.contextmanager
def bar(label: str) -> Generator[Callable[[int], None]]:
    """Show a bar that moves by bytes on a terminal, and nothing elsewhere."""
    console = Console(stderr=True)
    columns = (TextColumn(label), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=None)
        yield lambda count: progress.advance(task, count)
