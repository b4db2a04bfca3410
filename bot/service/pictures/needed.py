"""The pictures that a book needs: those that any revision, plan or draft of it shows."""

from collections.abc import Callable, Sequence

from bot.domain.values import LackingPicture
from bot.service.pictures.formats.kinds import is_stripped
from bot.service.pictures.lookup import look_up
from bot.service.records import revisions
from bot.service.records.charts import charts_in
from storage.chart_files import ChartFiles
from storage.models import ChartRow, DatabaseRow, DraftRow, LatePicturesRow, RevisionRow

_HOLDS_MORE = (
    "also holds data that do not show it, perhaps the place where it was taken: it was stored before these were removed"
)


def book_name() -> str:
    """Return the name by which the folder of the pictures knows the book."""
    return DatabaseRow.get().name


def faults(files: ChartFiles, note: Callable[[str], None] = lambda _: None) -> list[str]:
    """Return which pictures that any revision shows can't be had, and why, for the operator.

    `note` is called with a line on each that an earlier version stored with more than what shows it.
    """
    files.folder.trust(book_name())
    lacking = list[str]()
    for sha256, plan_id in _shown().items():
        name = f"plan {plan_id}: the picture {sha256}"
        found = look_up(files.read, sha256, name)
        if isinstance(found, LackingPicture):
            lacking.append(str(found))
        elif not is_stripped(found):
            note(f"{name} {_HOLDS_MORE}")
    return lacking


def unused(names: Sequence[str]) -> list[str]:
    """Return the pictures that no revision of any plan and no draft shows."""
    used = shown()
    return [name for name in names if name not in used]


def shown() -> set[str]:
    """The SHA-256 of each picture that any revision, plan or draft shows."""
    used = set(_shown())
    for row in (*DraftRow.select(DraftRow.pictures), *LatePicturesRow.select(LatePicturesRow.pictures)):
        used |= {chart.sha256 for chart in charts_in(row.pictures)}
    return used


def _shown() -> dict[str, int]:
    """The SHA-256 of each picture that any revision shows or any plan has, and one of the plans."""
    shown = {row.sha256: row.plan_id for row in ChartRow.select(ChartRow.sha256, ChartRow.plan).distinct()}
    histories = RevisionRow.select(RevisionRow.charts, RevisionRow.plan).where(
        RevisionRow.charts != revisions.NO_CHARTS
    )
    for row in histories.distinct():
        shown |= {chart.sha256: row.plan_id for chart in charts_in(row.charts)}
    return shown
