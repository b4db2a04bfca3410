"""The pictures that the open database needs: those of its revisions, plans, drafts and coaches."""

from collections.abc import Callable, Sequence

from peewee import SQL, fn

from bot.domain.values import LackingPicture
from bot.service.pictures.formats.kinds import is_stripped
from bot.service.pictures.lookup import look_up
from bot.service.records.charts import charts_in
from storage.chart_files import ChartFiles
from storage.id_sets import ids_in
from storage.models import ChartRow, CoachRow, DatabaseRow, DraftRow, LatePicturesRow, RevisionRow
from storage.queries import rows_of

NO_PICTURES = "[]"
_HAS_METADATA = "still has metadata, such as the place where it was taken: an earlier version stored it"


def database_name() -> str:
    """Return the database's name, by which the pictures' folder identifies it."""
    return DatabaseRow.get().name


def faults(
    files: ChartFiles, note: Callable[[str], None] = lambda _: None, on_progress: Callable[[int], None] = lambda _: None
) -> list[str]:
    """Return a line for each missing, altered or unreadable picture of a revision or coach, for the operator.

    `note` is called with a line for each picture with metadata, `on_progress` with each number of pictures read.
    """
    files.folder.trust(database_name())
    lacking = list[str]()
    for sha256, whose in {**_of_coaches(), **_shown()}.items():
        name = f"{whose}: the picture {sha256}"
        data = look_up(files.read, sha256, name)
        if isinstance(data, LackingPicture):
            lacking.append(str(data))
        elif not is_stripped(data):
            note(f"{name} {_HAS_METADATA}")
        on_progress(1)
    return lacking


def unused(names: Sequence[str]) -> list[str]:
    """Return the pictures that no revision, plan, draft or coach shows.

    Each picture that a revision has ever shown has a row, so the index of the rows answers for all of them.
    """
    rows = ChartRow.select(ChartRow.sha256)
    unlisted = [name for (name,) in rows_of(ids_in(names).where(SQL("value").not_in(rows)))]
    others = {*_waiting(), *_of_coaches()} if unlisted else set[str]()
    return [name for name in unlisted if name not in others]


def count() -> int:
    """Return the number of pictures of all revisions, plans and coaches, to measure progress by."""
    return ChartRow.select(fn.COUNT(ChartRow.sha256.distinct())).scalar() + len(_of_coaches())


def shown(plan_ids: Sequence[int] | None = None) -> set[str]:
    """Return the SHA-256 of each picture of any revision, plan, draft or coach.

    With ids of plans only their histories are read, which is enough where those of all others were read before: each
    picture that they name has a row.
    """
    rows = rows_of(ChartRow.select(ChartRow.sha256).distinct())
    return {*(sha256 for (sha256,) in rows), *_in_histories(plan_ids), *_waiting(), *_of_coaches()}


def _waiting() -> set[str]:
    """Return the SHA-256 of each picture of a draft, or that is to be added to a plan."""
    drafts = DraftRow.select(DraftRow.pictures).where(DraftRow.pictures != NO_PICTURES)
    late = LatePicturesRow.select(LatePicturesRow.pictures)
    return {chart.sha256 for row in (*drafts, *late) for chart in charts_in(row.pictures)}


def _of_coaches() -> dict[str, str]:
    """Return the SHA-256 of each picture of a coach, with the coach's name for the operator."""
    rows = CoachRow.select(CoachRow.guild, CoachRow.key, CoachRow.picture).where(CoachRow.picture != NO_PICTURES)
    return {
        chart.sha256: f"coach {row.key} of server {row.guild_id}" for row in rows for chart in charts_in(row.picture)
    }


def _shown() -> dict[str, str]:
    """Return the SHA-256 of each picture of any revision or plan, with one of its plans for the operator."""
    shown = dict[str, int](ChartRow.select(ChartRow.sha256, ChartRow.plan).distinct().tuples().iterator())
    shown |= _in_histories()
    return {sha256: f"plan {plan_id}" for sha256, plan_id in shown.items()}


def _in_histories(plan_ids: Sequence[int] | None = None) -> dict[str, int]:
    """Return the SHA-256 of each picture of any revision of these plans, or of all, with one of its plans."""
    histories = RevisionRow.select(RevisionRow.charts, RevisionRow.plan).where(RevisionRow.charts != NO_PICTURES)
    if plan_ids is not None:
        histories = histories.where(RevisionRow.plan.in_(ids_in(plan_ids)))
    rows = histories.distinct().tuples().iterator()
    return {chart.sha256: plan_id for charts, plan_id in rows for chart in charts_in(charts)}
