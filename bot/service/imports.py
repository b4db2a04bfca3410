"""Taking plans with their histories into the book from a journal, or from a ZIP with one and its pictures."""

import contextlib
import dataclasses
import datetime
import pathlib
import zipfile
import zlib
from collections.abc import Generator, Iterator
from typing import IO

from peewee import IntegrityError

from bot.service import revisions
from bot.service.exports import JOURNAL, picture_name
from bot.service.journal import LONGEST_LINE, ChartPart, CoachLine, Journal, PlanLine, RevisionLine, read_journal
from bot.values import PlanId
from storage.charts import ChartFiles
from storage.models import CoachRow, GuildSettingsRow, PlanRow, RevisionRow

_BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
"""What reading a ZIP that is cut, altered, locked or packed in a strange way raises."""


class ImportFaultError(Exception):
    """The journal can't be taken in, and nothing was. The message says why, for the operator."""


@dataclasses.dataclass(frozen=True, slots=True)
class TakenIn:
    """What came of an import."""

    plans: int
    """That the book did not have."""
    revisions: int
    """That the book did not have."""
    known: int
    """Revisions that the book had already."""


def read_file(path: pathlib.Path) -> Journal:
    """The journal in the file: JSON lines, or a ZIP with them.

    Raises:
        ImportFaultError: the file is damaged, or a ZIP of something else.
        JournalFaultError: it is no whole journal.
        OSError: it can't be read.
    """
    with _opened(path) as archive:
        if archive is None:
            with path.open("rb") as file:
                return read_journal(_lines(file))
        with _entry(archive, JOURNAL) as file:
            return read_journal(_lines(file))


def keep_pictures(path: pathlib.Path, journal: Journal, files: ChartFiles) -> list[str]:
    """Keep the pictures that the journal shows, and give the SHA-256 of those that neither it nor the folder has.

    Raises:
        ImportFaultError: a picture in the file is not the one that its name says.
        StorageError: the disk does not take one.
    """
    wanted = [chart for sha256, chart in sorted(journal.pictures().items()) if files.path_of(sha256) is None]
    with _opened(path) as archive:
        there = set(archive.namelist()) if archive else set[str]()
        for chart in wanted:
            if archive and picture_name(chart) in there:
                with _entry(archive, picture_name(chart)) as file:
                    _keep(file, chart, files)
    return [chart.sha256 for chart in wanted if picture_name(chart) not in there]


def take_in(journal: Journal, now: datetime.datetime) -> TakenIn:
    """Take in what the book does not have, and prove it; to be done in one transaction.

    Raises:
        ImportFaultError: a history does not prove itself, or the book has another in its place.
    """
    GuildSettingsRow.insert(guild_id=int(journal.head.guild), created_at=now).on_conflict_ignore().execute()
    coaches = {line.key: _coach(int(journal.head.guild), line, now) for line in journal.coaches}
    lines = {line.plan: line for line in journal.plans}
    begun = taken = 0
    for revision in journal.revisions:
        if _is_known(revision):
            continue
        line = lines[revision.plan]
        plan = PlanRow.get_or_none(PlanRow.id == line.plan)
        if plan is None:
            plan = _begun(line, coaches[line.coach], revision)
            begun += 1
        _adopt(plan, revision)
        taken += 1
    for plan_id in lines:
        for fault in revisions.verify(PlanId(plan_id)):
            raise ImportFaultError(f"plan {fault.plan_id}, revision {fault.revision}: {fault.why}")
    return TakenIn(begun, taken, len(journal.revisions) - taken)


def _is_known(line: RevisionLine) -> bool:
    """Whether the book has the revision; its hash says also of which plan, coach, day and guild it is."""
    row = RevisionRow.get_or_none((RevisionRow.plan == line.plan) & (RevisionRow.revision == line.revision))
    if row is not None and row.hash != line.hash:
        raise ImportFaultError(f"the book has another plan {line.plan}, or another revision {line.revision} of it")
    return row is not None


def _coach(guild_id: int, line: CoachLine, now: datetime.datetime) -> CoachRow:
    row = CoachRow.get_or_none((CoachRow.guild == guild_id) & (CoachRow.key == line.key))
    retired = line.retired_at and datetime.datetime.fromisoformat(line.retired_at)
    return row or CoachRow.create(guild=guild_id, key=line.key, name=line.name, created_at=now, retired_at=retired)


def _begun(line: PlanLine, coach: CoachRow, first: RevisionLine) -> PlanRow:
    """The plan as a row that is not yet in the book."""
    row = first.row()
    return PlanRow(
        id=line.plan,
        guild_id=coach.guild_id,
        coach=coach,
        day=datetime.date.fromisoformat(line.day),
        text="",
        author_id=int(line.author),
        revision=first.revision,
        hash=first.hash,
        posted_at=row.made_at,
        changed_at=row.made_at,
        changed_by=int(line.author),
    )


def _adopt(plan: PlanRow, line: RevisionLine) -> None:
    try:
        if line.revision == 1:
            plan.save(force_insert=True)
        revisions.adopt(plan, line.row())
    except IntegrityError as error:
        raise ImportFaultError(
            f"the book can't have revision {line.revision} of plan {line.plan} beside what it has: {error}"
        ) from error


@contextlib.contextmanager
def _opened(path: pathlib.Path) -> Generator[zipfile.ZipFile | None]:
    """The file as a ZIP; None: it is none."""
    if not zipfile.is_zipfile(path):
        yield None
        return
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except _BROKEN_ZIP as error:
        raise ImportFaultError(f"{path.name} is a damaged ZIP: {error}") from error


def _entry(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    try:
        return archive.open(name)
    except KeyError as error:
        raise ImportFaultError(f"the ZIP has no {name}: it is no export of Coachbook") from error


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """The lines without their ends, none longer than it takes to see that it is too long."""
    while line := file.readline(LONGEST_LINE + 2):
        yield line.removesuffix(b"\n")


def _keep(file: IO[bytes], chart: ChartPart, files: ChartFiles) -> None:
    incoming = files.begin()
    try:
        data = file.read(chart.bytes + 1)
        incoming.write_bytes(data)
        if len(data) != chart.bytes or files.keep(incoming).sha256 != chart.sha256:
            raise ImportFaultError(f"{picture_name(chart)} is not the picture that its name says")
    finally:
        files.discard(incoming)
