"""Import of plans with their histories from a journal, or from a ZIP with a journal and its pictures."""

import contextlib
import dataclasses
import datetime
import errno
import pathlib
import zipfile
from collections.abc import Generator, Iterator, Sequence
from typing import IO

from peewee import IntegrityError, chunked

from bot.domain.values import LackingPicture, PlanId, UserId
from bot.service.pictures.lookup import look_up
from bot.service.records import chains, revisions
from bot.service.records import charts as chart_rows
from bot.service.records.charts import charts_in
from bot.service.transfer.journal import ChartPart, CoachLine, Journal, PlanLine
from bot.service.transfer.journal_reader import MAX_LINE_LENGTH, read_journal
from bot.service.transfer.packing import JOURNAL, picture_name
from storage import private_files
from storage.backup import members
from storage.backup.archive import BROKEN_ZIP
from storage.chart_files import ChartFiles
from storage.errors.charts import ChartUnwritableError
from storage.fsync import require_file
from storage.models import CoachRow, GuildSettingsRow, PlanRow, RevisionRow
from storage.shown_text import cut

MAX_BYTES = 256 * 2**20
"""Unpacked bytes of a journal: about a million short revisions. More is exported in parts."""

_BATCH_SIZE = 500
"""Rows in one statement."""


class InvalidImportError(Exception):
    """The journal can't be imported, and nothing was; the message is the reason, for the operator."""


@dataclasses.dataclass(frozen=True, slots=True)
class ImportResult:
    """Result of an import: the new coaches, plans and revisions."""

    coaches: tuple[str, ...]
    """Names, as in the file: no hash covers them."""
    plans: int
    revisions: int
    known: int
    """Number of revisions that were in the database already."""


@dataclasses.dataclass(frozen=True, slots=True)
class ProvedPlan:
    """A plan with a verified history."""

    row: PlanRow
    """In its last state; not saved, and without a saved coach."""
    coach: str
    history: tuple[RevisionRow, ...]


def read_file(path: pathlib.Path) -> Journal:
    """Read the journal in the file: JSON lines, or a ZIP with them.

    Raises:
        InvalidImportError: the file is damaged, too large, or a ZIP of something else.
        InvalidJournalError: it is not a complete journal.
        OSError: it can't be read.
    """
    require_file(path)
    with _opened(path) as archive:
        if archive is None:
            with path.open("rb") as file:
                return read_journal(_lines(file))
        with _entry(archive, JOURNAL) as file:
            return read_journal(_lines(file))


def prove(journal: Journal) -> list[ProvedPlan]:
    """Verify the histories of the journal's plans and return the plans.

    Raises:
        InvalidImportError: a hash is wrong; names the first such revision.
    """
    coaches = {line.key: CoachRow(guild=int(journal.head.guild), key=line.key) for line in journal.coaches}
    histories: dict[int, list[RevisionRow]] = {line.plan: [] for line in journal.plans}
    for number, line in enumerate(journal.revisions, 1):
        row = line.row()
        row.id = number
        histories[line.plan].append(row)
    proved: list[ProvedPlan] = []
    for line in journal.plans:
        plan, history = _begun(line, coaches[line.coach], histories[line.plan][0]), histories[line.plan]
        for why in chains.prove(plan, history):
            raise InvalidImportError(why)
        proved.append(ProvedPlan(plan, line.coach, tuple(history)))
    return proved


def store_pictures(path: pathlib.Path, journal: Journal, files: ChartFiles) -> list[LackingPicture]:
    """Store the journal's pictures, and return those that are neither in the file nor in the folder.

    Raises:
        InvalidImportError: a picture does not have the hash in its name.
        StorageError: the disk fails.
    """
    lacking: list[LackingPicture] = []
    with _opened(path) as archive:
        names = set(archive.namelist()) if archive else set[str]()
        for sha256, chart in sorted(journal.pictures().items()):
            stored = look_up(files.refresh, sha256, sha256)
            if not isinstance(stored, LackingPicture):
                continue
            if archive and picture_name(chart) in names:
                with _entry(archive, picture_name(chart)) as file:
                    _store(file, chart, files)
            else:
                lacking.append(stored)
    return lacking


def insert(journal: Journal, proved: Sequence[ProvedPlan], now: datetime.datetime) -> ImportResult:
    """Insert the coaches, plans and revisions that are not in the database, in one transaction.

    Raises:
        InvalidImportError: the database has another plan, or another history, with the same id.
    """
    guild_id = int(journal.head.guild)
    known = _known([plan.row.id for plan in proved])
    GuildSettingsRow.insert(guild_id=guild_id, created_at=now).on_conflict_ignore().execute()
    new = {plan.row.id: [row for row in plan.history if not _is_known(row, known)] for plan in proved}
    try:
        coaches, made = _coaches(guild_id, journal.coaches, now)
        for plan in sorted(
            proved, key=lambda plan: plan.row.deleted_at is None
        ):  # deleted ones first, to free their days
            if new[plan.row.id]:
                plan.row.coach = coaches[plan.coach]
                plan.row.save(force_insert=(plan.row.id, 1) not in known)
        rows = sorted((row for each in new.values() for row in each), key=lambda row: row.id)
        for some in chunked([_fields(row) | {"recorded_at": now} for row in rows], _BATCH_SIZE):
            RevisionRow.insert_many(some).execute()
        for plan in proved:
            _put_charts(plan, new[plan.row.id])
    except IntegrityError as error:
        raise InvalidImportError(f"it conflicts with the database: {error}") from error
    begun = sum((plan.row.id, 1) not in known for plan in proved)
    return ImportResult(tuple(made), begun, len(rows), len(journal.revisions) - len(rows))


def _known(plan_ids: Sequence[int]) -> dict[tuple[int, int], str]:
    """Return the hashes of the revisions in the database, by plan and number."""
    known: dict[tuple[int, int], str] = {}
    for some in chunked(plan_ids, _BATCH_SIZE):
        rows = RevisionRow.select(RevisionRow.plan, RevisionRow.revision, RevisionRow.hash)
        known |= {(row.plan_id, row.revision): row.hash for row in rows.where(RevisionRow.plan.in_(some))}
    return known


def _is_known(row: RevisionRow, known: dict[tuple[int, int], str]) -> bool:
    """Return whether the database has the revision; its hash also covers plan, coach, day and guild."""
    known_hash = known.get((row.plan_id, row.revision))
    if known_hash not in (None, row.hash):
        raise InvalidImportError(
            f"the database has another plan {row.plan_id}, or another revision {row.revision} of it"
        )
    return known_hash is not None


def _coaches(
    guild_id: int, lines: Sequence[CoachLine], now: datetime.datetime
) -> tuple[dict[str, CoachRow], list[str]]:
    """Return the coaches' rows by key, and the names of the new ones."""
    rows = {row.key: row for row in CoachRow.select().where(CoachRow.guild == guild_id)}
    made: list[str] = []
    for line in lines:
        if line.key not in rows:
            retired = line.retired_at and datetime.datetime.fromisoformat(line.retired_at)
            rows[line.key] = CoachRow.create(
                guild=guild_id,
                key=line.key,
                name=line.name,
                created_at=now,
                retired_at=retired,
                color=line.color,
                picture=line.stored_picture,
            )
            made.append(line.name)
    return rows, made


def _begun(line: PlanLine, coach: CoachRow, first: RevisionRow) -> PlanRow:
    return PlanRow(
        id=line.plan,
        guild_id=coach.guild_id,
        coach=coach,
        day=datetime.date.fromisoformat(line.day),
        author_id=int(line.author),
        posted_at=first.made_at,
    )


def _fields(row: RevisionRow) -> dict[str, object]:
    """Return the fields of a revision to insert; its id is assigned on insertion."""
    return {name: value for name, value in row.__data__.items() if name != "id"}


def _put_charts(plan: ProvedPlan, new: Sequence[RevisionRow]) -> None:
    """Update the plan's charts for each new revision in turn."""
    before = {row.revision: row.charts for row in plan.history}
    for row in new:
        earlier = charts_in(before.get(row.revision - 1, revisions.NO_CHARTS))
        actor_id = revisions.ERASED if row.actor_id is None else UserId(row.actor_id)
        chart_rows.put(PlanId(plan.row.id), earlier, charts_in(row.charts), actor_id, row.made_at)


@contextlib.contextmanager
def _opened(path: pathlib.Path) -> Generator[zipfile.ZipFile | None]:
    """Open the file as a ZIP; None: it is not one."""
    if not zipfile.is_zipfile(path):
        yield None
        return
    try:
        with zipfile.ZipFile(path) as archive:
            if why := members.fault_of(archive):
                raise InvalidImportError(why)
            yield archive
    except BROKEN_ZIP as error:
        raise InvalidImportError(f"it is a damaged ZIP: {cut(str(error))}") from error


def _entry(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    try:
        return archive.open(name)
    except KeyError as error:
        raise InvalidImportError(f"the ZIP has no {name}: it is not an export of Coachbook") from error
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        raise InvalidImportError(f"the ZIP is damaged: {name} begins before the file does") from error


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the lines without their ends, each cut just over the limit."""
    size = 0
    while line := file.readline(MAX_LINE_LENGTH + 2):
        size += len(line)
        if size > MAX_BYTES:
            raise InvalidImportError(f"it has more than {MAX_BYTES // 2**20} MiB of lines: export fewer days at a time")
        yield line.removesuffix(b"\n")


def _store(file: IO[bytes], chart: ChartPart, files: ChartFiles) -> None:
    data = file.read(chart.bytes + 1)
    with files.incoming() as incoming:
        try:
            with private_files.rewrite(incoming) as copy:
                copy.write(data)
        except OSError as error:
            raise ChartUnwritableError(incoming.parent, error.strerror or str(error)) from error
        if len(data) != chart.bytes or files.store(incoming).sha256 != chart.sha256:
            raise InvalidImportError(f"{picture_name(chart)} is not the picture that its name says")
