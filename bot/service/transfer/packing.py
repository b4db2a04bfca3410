"""Writer of a journal to a file in one of three formats, a few revisions at a time."""

import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import IO

from bot.domain.values import ExportFormat, LackingPicture
from bot.service.pictures.lookup import look_up
from bot.service.transfer.journal import ChartPart
from bot.service.transfer.markdown import markdown
from bot.service.transfer.stored import StoredJournal
from storage.chart_files import ChartFiles

JOURNAL, READABLE, MISSING = "book.jsonl", "plans.md", "missing.txt"
"""Names of files in a ZIP."""

_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}
_NO_TIME = (1980, 1, 1, 0, 0, 0)
"""The first time of the ZIP format: the same plans give the same file."""

Step = Callable[[], None]
"""Called as each line of the journal, readable plan, and picture is written."""


def _no_step() -> None:
    """Report no progress."""


def write(
    journal: StoredJournal,
    form: ExportFormat,
    timezone: str,
    files: ChartFiles,
    file: IO[bytes],
    step: Step = _no_step,
) -> list[LackingPicture]:
    """Write the journal to `file`, and return the pictures that are missing, altered or unreadable."""
    if form is ExportFormat.MARKDOWN:
        file.writelines(_stepping(markdown(journal, timezone), step))
        return []
    if form is ExportFormat.JSON_LINES:
        file.writelines(_stepping(journal.lines(), step))
        return []
    return _write_zip(journal, timezone, files, file, step)


def steps(journal: StoredJournal, form: ExportFormat) -> int:
    """Return the number of steps of `write`; for a ZIP without its pictures."""
    readable = len(journal.plans) + 1
    lines = 1 + len(journal.coaches) + len(journal.plans) + len(journal.revisions)
    return {ExportFormat.MARKDOWN: readable, ExportFormat.JSON_LINES: lines, ExportFormat.ZIP: readable + lines}[form]


def picture_name(chart: ChartPart) -> str:
    """Return the picture's name in a ZIP."""
    return f"charts/{chart.sha256}.{_ENDINGS[chart.media_type]}"


def _write_zip(
    journal: StoredJournal, timezone: str, files: ChartFiles, file: IO[bytes], step: Step
) -> list[LackingPicture]:
    lacking: list[LackingPicture] = []
    with zipfile.ZipFile(file, "w") as archive:
        for name, texts in ((JOURNAL, journal.lines()), (READABLE, markdown(journal, timezone, picture_name))):
            with archive.open(_entry(name, zipfile.ZIP_DEFLATED), "w", force_zip64=True) as entry:
                entry.writelines(_stepping(texts, step))
        for sha256, chart in sorted(journal.pictures().items()):
            path = look_up(files.find, sha256, sha256)
            if isinstance(path, LackingPicture):
                lacking.append(path)
            else:
                archive.writestr(_entry(picture_name(chart), zipfile.ZIP_STORED), path.read_bytes())
            step()
        if lacking:
            archive.writestr(_entry(MISSING, zipfile.ZIP_DEFLATED), "".join(f"{each}\n" for each in lacking))
    return lacking


def _stepping(texts: Iterable[str], step: Step) -> Iterator[bytes]:
    for text in texts:
        yield text.encode()
        step()


def _entry(name: str, compression: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _NO_TIME)
    entry.compress_type = compression
    entry.external_attr = 0o644 << 16
    return entry
