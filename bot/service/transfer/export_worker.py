"""The program that writes an export into a file, in a process of its own that can only read the database."""

import io
import json
import os
import pathlib
import sys
import time
from typing import Any

from pydantic import TypeAdapter

from bot.domain.clock import utc_now
from bot.domain.values import ExportForm, ExportRequest, LackingPicture
from bot.service.pictures.lookup import unreadable
from bot.service.pictures.needed import book_name
from bot.service.process_limits import limit_memory
from bot.service.transfer.packing import steps, write
from bot.service.transfer.stored import StoredJournal, journal_of
from storage import read_only
from storage.chart_files import ChartFiles

MOST_MEMORY = 1 << 29
"""Bytes of address space that the process may take; it needs a third of them, however much is exported."""
NICENESS = 10
"""The bot's own answers go first."""
TELL_SECONDS = 0.25
"""Between two lines that say how far it is."""


class FileTooLargeError(Exception):
    """The file would have more bytes than it may."""


class LimitedFile(io.FileIO):
    """A file that takes so many bytes and no more."""

    def __init__(self, number: int, most_bytes: int) -> None:
        """Write into the open file with this number."""
        super().__init__(number, "r+b")
        self._most_bytes = most_bytes

    def write(self, data: Any, /) -> int:  # noqa: ANN401 - any buffer, as FileIO takes
        """Write the bytes.

        Raises:
            FileTooLargeError: the file would have too many.
        """
        if self.tell() + len(memoryview(data)) > self._most_bytes:
            raise FileTooLargeError
        return super().write(data)


def main() -> None:
    """Read the question from standard input, write the file, and say on standard output how far it is."""
    os.nice(NICENESS)
    limit_memory(MOST_MEMORY)
    asked = json.load(sys.stdin.buffer)
    request: ExportRequest = TypeAdapter(ExportRequest).validate_python(asked["request"])
    files = ChartFiles(pathlib.Path(asked["charts"]), utc_now)
    try:
        with read_only.reading(pathlib.Path(asked["book"])):
            files.folder.trust(book_name())
            journal = journal_of(request.guild_id, request.plan_ids)
            lacking = _written(journal, request, files, asked["file"])
    except FileTooLargeError:
        _tell(is_too_large=True)
    else:
        hidden = unreadable(lacking)
        counts = {"missing": len(lacking) - hidden, "unreadable": hidden}
        _tell(plans=len(journal.plans), revisions=len(journal.revisions), **counts)


def _written(journal: StoredJournal, request: ExportRequest, files: ChartFiles, number: int) -> list[LackingPicture]:
    pictures = journal.pictures() if request.form is ExportForm.ZIP else {}
    if sum(chart.bytes for chart in pictures.values()) > request.most_bytes:
        raise FileTooLargeError
    total, done, told_at = steps(journal, request.form) + len(pictures), 0, 0.0

    def step() -> None:
        nonlocal done, told_at
        done += 1
        if (now := time.monotonic()) >= told_at + TELL_SECONDS:
            told_at = now
            _tell(percent=100 * done // total)

    with io.BufferedRandom(LimitedFile(number, request.most_bytes)) as file:
        return write(journal, request.form, request.timezone, files, file, step)


def _tell(**answer: object) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
