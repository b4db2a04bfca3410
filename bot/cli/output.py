"""Output of the commands. Text may come from a file, so no line contains a control character of the terminal."""

import contextlib
import errno
import io
import os
import sys
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

import typer

from bot.domain.values import BackupResult, LackingPicture
from storage.shown_text import escaped


class OutputError(Exception):
    """The standard output can't be written: the database is not concerned."""

    def __init__(self, text: str, error: OSError) -> None:
        why = error.strerror or error
        super().__init__(f"Can't write to standard output: {why}. The command itself is done. Its output was: {text}")
        self.is_closed = error.errno == errno.EPIPE
        """True: the reader has ended, as `head` does once it has enough."""


def set_up() -> None:
    """Escape characters that the terminal's encoding lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def echo(text: str) -> None:
    """Write a line to the standard output.

    Raises:
        OutputError: the line can't be written.
    """
    try:
        typer.echo(printable(text))
    except OSError as error:
        raise OutputError(text, error) from error


def program() -> str:
    """Return the command by which this program was started."""
    name = Path(sys.argv[0]).name
    return "python -m bot" if name == "__main__.py" else name


def echo_error(text: str) -> None:
    """Write a line to the standard error."""
    typer.echo(printable(text), err=True)


def printable(text: str) -> str:
    """Return the text with invisible characters escaped, except line breaks."""
    return "\n".join(map(escaped, text.split("\n")))


def discard_output(error: OutputError) -> int:
    """Discard the rest of the output, and return the process's exit status."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python tries to write the rest at its end
    if not error.is_closed:
        echo_error(str(error))
    return 1


def counts(taken: BackupResult) -> str:
    """Return the contents of a backup as a text."""
    proved = "" if taken.proved == taken.plans else f" (histories proved, as they changed: {taken.proved:,})"
    return f"plans: {taken.plans:,}{proved}, revisions: {taken.revisions:,}, pictures: {taken.pictures:,}"


def report_unavailable(pictures: Sequence[LackingPicture]) -> None:
    """Report pictures that are missing, and pictures that can't be read now."""
    report_missing([each.sha256 for each in pictures if not each.is_unreadable])
    if unreadable := [each for each in pictures if each.is_unreadable]:
        echo_error(f"unreadable pictures: {len(unreadable):,}; the first: {unreadable[0]}")


def report_missing(pictures: Sequence[str]) -> None:
    """Report missing pictures by their SHA-256."""
    if pictures:
        echo_error(f"missing pictures: {len(pictures):,}; the first: {pictures[0]}")


@contextlib.contextmanager
def bar(label: str, total: int | None = None) -> Generator[Callable[[int], None]]:
    """Show a progress bar on a terminal, and nothing elsewhere. Without a total it counts bytes."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (DownloadColumn(),) if total is None else (MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(
        TextColumn(label), BarColumn(), *columns, console=console, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task("", total=total)
        yield lambda count: progress.advance(task, count)
