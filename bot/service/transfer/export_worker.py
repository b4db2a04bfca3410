"""The export process's program: it writes an export to a file, and can only read the database."""

import io
import json
import os
import pathlib
import sys
import time
from typing import Any

from pydantic import TypeAdapter

from bot.domain.clock import utc_now
from bot.domain.values import ExportFormat, ExportRequest, LackingPicture
from bot.service.pictures.lookup import unreadable
from bot.service.pictures.needed import database_name
from bot.service.process_limits import limit_memory
from bot.service.transfer.packing import steps, write
from bot.service.transfer.stored import StoredJournal, journal_of
from storage import read_only
from storage.chart_files import ChartFiles

MAX_MEMORY = 1 << 29
"""Bytes of the process's address space; any export needs a third of them."""
NICENESS = 10
"""Lower priority than the bot's."""
REPORT_SECONDS = 0.25
"""Interval of progress reports."""


class FileTooLargeError(Exception):
    """The file would exceed its limit."""


class LimitedFile(io.FileIO):
    """A file with a limit on its size."""

    def __init__(self, number: int, max_bytes: int) -> None:
        """Write to the open file with this descriptor."""
        super().__init__(number, "r+b")
        self._max_bytes = max_bytes

    def write(self, data: Any, /) -> int:  # noqa: ANN401 - any buffer, as FileIO takes
        """Write the bytes.

        Raises:
            FileTooLargeError: the file would exceed its limit.
        """
        if self.tell() + len(memoryview(data)) > self._max_bytes:
            raise FileTooLargeError
        return super().write(data)


def main() -> None:
    """Read the request from standard input, write the file, and report the progress on standard output."""
    os.nice(NICENESS)
    limit_memory(MAX_MEMORY)
    given = json.load(sys.stdin.buffer)
    request: ExportRequest = TypeAdapter(ExportRequest).validate_python(given["request"])
    files = ChartFiles(pathlib.Path(given["charts"]), utc_now)
    try:
        with read_only.reading(pathlib.Path(given["database"])):
            files.folder.trust(database_name())
            journal = journal_of(request.guild_id, request.plan_ids)
            lacking = _write(journal, request, files, given["file"])
    except FileTooLargeError:
        _report(is_too_large=True)
    else:
        unread = unreadable(lacking)
        counts = {"missing": len(lacking) - unread, "unreadable": unread}
        _report(plans=len(journal.plans), revisions=len(journal.revisions), **counts)


def _write(journal: StoredJournal, request: ExportRequest, files: ChartFiles, number: int) -> list[LackingPicture]:
    pictures = journal.pictures() if request.form is ExportFormat.ZIP else {}
    if sum(chart.bytes for chart in pictures.values()) > request.max_bytes:
        raise FileTooLargeError
    total, done, reported_at = steps(journal, request.form) + len(pictures), 0, 0.0

    def step() -> None:
        nonlocal done, reported_at
        done += 1
        if (now := time.monotonic()) >= reported_at + REPORT_SECONDS:
            reported_at = now
            _report(percent=100 * done // total)

    with io.BufferedRandom(LimitedFile(number, request.max_bytes)) as file:
        return write(journal, request.form, request.timezone, files, file, step)


def _report(**answer: object) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
