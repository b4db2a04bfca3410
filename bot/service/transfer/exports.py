"""Plans with their histories as files: to read, to keep elsewhere, and to take in again."""

import asyncio
import datetime
import io
import zipfile
from collections.abc import Collection
from typing import IO

from peewee import ModelSelect, fn

from bot.domain.clock import Clock
from bot.domain.errors import ExportTooLargeError, NothingToExportError, WrongWayError
from bot.domain.values import Actor, Exported, ExportForm, LackingPicture, Reader
from bot.service.guilds import GuildService
from bot.service.pictures.lookup import look_up, unreadable
from bot.service.plan_base import PlanActs, day_meant
from bot.service.records.plans import plans, plans_of, readable
from bot.service.records.roster import Roster, is_given
from bot.service.transactions import reads
from bot.service.transfer.journal import ChartPart, CoachLine, Head, Journal, PlanLine, RevisionLine
from bot.service.transfer.markdown import markdown
from storage.chart_files import ChartFiles
from storage.models import CoachRow, PlanRow, RevisionRow
from storage.store import Store

FILE_BYTES = 10 * 2**20
"""What a server without boosts takes (Discord's documentation, Uploading Files)."""
DAYS = 30
"""From the first to the last, where only one is given, or none."""
MOST_TEXT = 64 * 2**20
"""Bytes of texts that are read for an export before the size of its file is known."""
FORMS = {"md": ExportForm.MARKDOWN, "jsonl": ExportForm.JSON_LINES, "zip": ExportForm.ZIP}
"""By the end of the file's name."""
JOURNAL, READABLE, MISSING = "book.jsonl", "plans.md", "missing.txt"
"""Names of files in a ZIP."""

_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}
_NO_TIME = (1980, 1, 1, 0, 0, 0)
"""The first moment that a ZIP can tell: the same plans give the same file."""


class ExportService(PlanActs):
    """Writes down plans for those who may read them; deleted ones as their histories are shown."""

    def __init__(
        self, store: Store, clock: Clock, guilds: GuildService, files: ChartFiles, most_text: int = MOST_TEXT
    ) -> None:
        super().__init__(store, clock, guilds)
        self._files = files
        self._most_text = most_text

    async def plan(self, actor: Actor, form: ExportForm, *, coach: str | None, day: str | None) -> Exported:
        """One plan, which coach and day, as typed, mean.

        Raises:
            ExportTooLargeError: Discord would not take the file.
            RefusalError: there is no such plan, or several would do.
        """
        journal, timezone = await self._of_plan(actor, coach, day)
        line = journal.plans[0]
        return await asyncio.to_thread(self._exported, journal, form, timezone, f"{line.coach}-{line.day}")

    async def days(
        self, actor: Actor, form: ExportForm, *, coach: str | None, first: str | None, last: str | None
    ) -> Exported:
        """The plans of all coaches, or of one, from the first day to the last, all as typed.

        Without a last day up to the last plan there is, without a first one for 30 days.

        Raises:
            ExportTooLargeError: Discord would not take the file.
            NothingToExportError: there is no plan that the actor may see.
            RefusalError: a day or the coach is none, or the days are the wrong way round.
        """
        journal, timezone = await self._of_days(actor, coach, first, last)
        found = sorted(line.day for line in journal.plans)
        whose = f"{journal.coaches[0].key}-" if is_given(coach) else ""
        return await asyncio.to_thread(self._exported, journal, form, timezone, f"{whose}{found[0]}-to-{found[-1]}")

    @reads
    def _of_plan(self, actor: Reader, coach: str | None, day: str | None) -> tuple[Journal, str]:
        plan = self.to_look_back(actor, coach, day)
        self._refuse_much([plan.id])
        return journal_of(actor.guild_id, [plan.id]), self.guilds.timezone(actor.guild_id)

    @reads
    def _of_days(self, actor: Reader, coach: str | None, first: str | None, last: str | None) -> tuple[Journal, str]:
        roster, today = Roster.of(actor.guild_id), self.today(actor)
        rows = readable(plans().where(PlanRow.guild_id == actor.guild_id), actor, roster)
        if is_given(coach):
            rows = rows.where(PlanRow.coach == roster.named(coach).id)
        begin = day_meant(first, today) if is_given(first) else None
        end = day_meant(last, today) if is_given(last) else _last_day(rows) or today
        begin = begin or end - datetime.timedelta(days=DAYS)
        if begin > end:
            raise WrongWayError(begin, end)
        found = plans_of(rows.where(PlanRow.day.between(begin, end)))
        visible = [plan.id for plan in self.visible(actor, roster, found)]
        if not visible:
            raise NothingToExportError(begin, end)
        self._refuse_much(visible)
        return journal_of(actor.guild_id, visible), self.guilds.timezone(actor.guild_id)

    def _refuse_much(self, plan_ids: Collection[int]) -> None:
        size = fn.SUM(fn.LENGTH(fn.COALESCE(RevisionRow.text, "").cast("BLOB")) + fn.LENGTH(RevisionRow.charts))
        found = RevisionRow.select(size).where(RevisionRow.plan.in_(plan_ids)).scalar() or 0
        if found > self._most_text:
            raise ExportTooLargeError(found, FILE_BYTES)

    def _exported(self, journal: Journal, form: ExportForm, timezone: str, name: str) -> Exported:
        shown = journal.pictures() if form is ExportForm.ZIP else {}
        if (size := sum(chart.bytes for chart in shown.values())) > FILE_BYTES:
            raise ExportTooLargeError(size, FILE_BYTES)
        file = io.BytesIO()
        lacking = write(journal, form, timezone, self._files, file)
        hidden = unreadable(lacking)
        if (size := file.tell()) > FILE_BYTES:
            raise ExportTooLargeError(size, FILE_BYTES)
        ending = next(ending for ending, named in FORMS.items() if named is form)
        counts = (len(journal.plans), len(journal.revisions), len(lacking) - hidden, hidden)
        return Exported(f"coachbook-{name}.{ending}", file.getvalue(), *counts)


def journal_of(guild_id: int, plan_ids: "Collection[int] | ModelSelect[PlanRow]") -> Journal:
    """The guild's plans with their whole histories."""
    revisions = RevisionRow.select().where(RevisionRow.plan.in_(plan_ids))
    rows = list(plans().where(PlanRow.id.in_(plan_ids)).order_by(PlanRow.id))
    coaches: dict[str, CoachRow] = {row.coach.key: row.coach for row in rows}
    return Journal(
        Head(guild=str(guild_id)),
        tuple(CoachLine.of(coaches[key]) for key in sorted(coaches)),
        tuple(map(PlanLine.of, rows)),
        tuple(map(RevisionLine.of, revisions.order_by(RevisionRow.id).iterator())),
    )


def selected(
    guild_id: int, coach: str | None, first: datetime.date | None, last: datetime.date | None
) -> "ModelSelect[PlanRow]":
    """The ids of a guild's plans, deleted ones too: of the coach with this key, from the first day to the last."""
    ids = PlanRow.select(PlanRow.id).join(CoachRow).where(PlanRow.guild_id == guild_id)
    if coach is not None:
        ids = ids.where(CoachRow.key == coach)
    if first is not None:
        ids = ids.where(PlanRow.day >= first)
    if last is not None:
        ids = ids.where(PlanRow.day <= last)
    return ids


def write(
    journal: Journal, form: ExportForm, timezone: str, files: ChartFiles, file: IO[bytes]
) -> list[LackingPicture]:
    """Write the journal into `file`, and return the pictures that can't be had."""
    if form is ExportForm.MARKDOWN:
        file.write(markdown(journal, timezone).encode())
        return []
    if form is ExportForm.JSON_LINES:
        file.writelines(line.encode() for line in journal.lines())
        return []
    return _write_zip(journal, timezone, files, file)


def picture_name(chart: ChartPart) -> str:
    """What the picture is called in a ZIP."""
    return f"charts/{chart.sha256}.{_ENDINGS[chart.media_type]}"


def _write_zip(journal: Journal, timezone: str, files: ChartFiles, file: IO[bytes]) -> list[LackingPicture]:
    lacking: list[LackingPicture] = []
    with zipfile.ZipFile(file, "w") as archive:
        with archive.open(_entry(JOURNAL, zipfile.ZIP_DEFLATED), "w", force_zip64=True) as entry:
            entry.writelines(line.encode() for line in journal.lines())
        archive.writestr(_entry(READABLE, zipfile.ZIP_DEFLATED), markdown(journal, timezone, picture_name))
        for sha256, chart in sorted(journal.pictures().items()):
            found = look_up(files.find, sha256, sha256)
            if isinstance(found, LackingPicture):
                lacking.append(found)
            else:
                archive.writestr(_entry(picture_name(chart), zipfile.ZIP_STORED), found.read_bytes())
        if lacking:
            archive.writestr(_entry(MISSING, zipfile.ZIP_DEFLATED), "".join(f"{each}\n" for each in lacking))
    return lacking


def _entry(name: str, compression: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _NO_TIME)
    entry.compress_type = compression
    entry.external_attr = 0o644 << 16
    return entry


def _last_day(rows: "ModelSelect[PlanRow]") -> datetime.date | None:
    """Of the live ones: that there was another is not for everybody."""
    newest = rows.where(PlanRow.deleted_at.is_null()).order_by(PlanRow.day.desc()).limit(1).get_or_none()
    return newest and newest.day
