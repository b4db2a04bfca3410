"""The pictures that the open database needs: those of its revisions, plans and drafts."""

from collections.abc import Callable, Sequence

from bot.domain.values import LackingPicture
from bot.service.pictures.formats.kinds import is_stripped
from bot.service.pictures.lookup import look_up
from bot.service.records import revisions
from bot.service.records.charts import charts_in
from storage.chart_files import ChartFiles
from storage.models import ChartRow, DatabaseRow, DraftRow, LatePicturesRow, RevisionRow

_HAS_METADATA = "still has metadata, such as the place where it was taken: an earlier version stored it"


def database_name() -> str:
    """Return the database's name, by which the pictures' folder identifies it."""
    return DatabaseRow.get().name


def faults(files: ChartFiles, note: Callable[[str], None] = lambda _: None) -> list[str]:
    """Return a line for each missing, altered or unreadable picture of any revision, for the operator.

    `note` is called with a line for each picture with metadata.
    """
    files.folder.trust(database_name())
    lacking = list[str]()
    for sha256, plan_id in _shown().items():
        name = f"plan {plan_id}: the picture {sha256}"
        data = look_up(files.read, sha256, name)
        if isinstance(data, LackingPicture):
            lacking.append(str(data))
        elif not is_stripped(data):
            note(f"{name} {_HAS_METADATA}")
    return lacking


def unused(names: Sequence[str]) -> list[str]:
    """Return the pictures that no revision, plan or draft shows."""
    used = shown()
    return [name for name in names if name not in used]


def shown() -> set[str]:
    """Return the SHA-256 of each picture of any revision, plan or draft."""
    used = set(_shown())
    for row in (*DraftRow.select(DraftRow.pictures), *LatePicturesRow.select(LatePicturesRow.pictures)):
        used |= {chart.sha256 for chart in charts_in(row.pictures)}
    return used


def _shown() -> dict[str, int]:
    """Return the SHA-256 of each picture of any revision or plan, with the id of one of its plans."""
    shown = {row.sha256: row.plan_id for row in ChartRow.select(ChartRow.sha256, ChartRow.plan).distinct()}
    histories = RevisionRow.select(RevisionRow.charts, RevisionRow.plan).where(
        RevisionRow.charts != revisions.NO_CHARTS
    )
    for row in histories.distinct():
        shown |= {chart.sha256: row.plan_id for chart in charts_in(row.charts)}
    return shown
