"""How much there is in a guild's book: by coach, by week, and on the disk."""

import asyncio
import dataclasses
import datetime
import zoneinfo
from collections.abc import Iterator, Sequence
from typing import Any, cast

import structlog
from peewee import Case, DateTimeField, ModelSelect, fn

from bot.domain.clock import Clock
from bot.domain.days import zone_of
from bot.domain.values import Activity, Actor, Coach, CoachId, CoachStatistics, Statistics, StorageSize
from bot.service.guilds import GuildService
from bot.service.records.roster import Roster, is_given
from bot.service.reports.plot import Panel, Plot, Series, largest_first
from bot.service.reports.plotter import PlotError, Plotter
from bot.service.transactions import Service, reads, require_manager
from storage.chart_files import ChartFiles
from storage.models import ChartRow, PlanRow, RevisionRow
from storage.store import Store

WEEKS = 12

_log = structlog.get_logger(__name__)


class StatisticsService(Service):
    """Counts what a guild has, for its managers."""

    def __init__(self, store: Store, clock: Clock, guilds: GuildService, files: ChartFiles, plotter: Plotter) -> None:
        super().__init__(store, clock, guilds)
        self._files = files
        self._plotter = plotter

    async def read(self, actor: Actor, coach: str | None = None) -> Statistics:
        """Return the numbers of one coach, as typed, or of all, with a picture of the weeks since the first active one.

        Raises:
            NotManagerError: the actor does not manage the guild.
            CoachError: the coach is unknown, or more than one would do.
        """
        found = await self.count(actor, coach)
        size = StorageSize(*await asyncio.gather(self.store.size(), asyncio.to_thread(self._files.size)))
        return dataclasses.replace(found, size=size, picture=await self._drawn(found))

    @reads
    def count(self, actor: Actor, coach: str | None = None) -> Statistics:
        """As `read`, without what is on the disk and without the picture."""
        require_manager(actor)
        roster = Roster.of(actor.guild_id)
        wanted = [roster.named(coach)] if is_given(coach) else [*roster.coaches, *roster.retired]
        zone = zone_of(self.guilds.timezone(actor.guild_id))
        weeks = _Weeks.until(self.guilds.today(actor), zone)
        return Statistics(tuple(_statistics(wanted, weeks)), weeks.mondays)

    async def _drawn(self, found: Statistics) -> bytes | None:
        plot = plot_of(found)
        if plot is None:
            return None
        try:
            return await self._plotter.draw(plot)
        except PlotError as error:
            _log.error("not drawn", why=str(error))
            return None


def plot_of(found: Statistics) -> Plot | None:
    """Return the plot of the weeks from the first active one on; None: there is none."""
    start = found.first_active_week
    if start is None:
        return None
    mondays, weeks = found.mondays[start:], found.weeks[start:]
    coaches = (
        Series(each.coach.name, tuple(week.plans for week in each.weeks[start:]), each.coach.key)
        for each in found.coaches
    )
    changes = (
        Series("edits", tuple(week.edits for week in weeks)),
        Series("charts added", tuple(week.charts for week in weeks)),
    )
    return Plot(
        weeks=tuple(f"W{monday.isocalendar().week:02}" for monday in mondays),
        panels=(
            Panel("Plans posted", largest_first(coaches), is_stacked=True),
            Panel("Edits and charts added", changes, is_stacked=False),
        ),
    )


@dataclasses.dataclass(frozen=True, slots=True)
class _Weeks:
    """ISO weeks in a time zone."""

    mondays: tuple[datetime.date, ...]
    zone: zoneinfo.ZoneInfo

    @classmethod
    def until(cls, today: datetime.date, zone: zoneinfo.ZoneInfo) -> "_Weeks":
        monday = today - datetime.timedelta(days=today.weekday())
        return cls(tuple(monday - datetime.timedelta(weeks=ago) for ago in reversed(range(WEEKS))), zone)

    @property
    def starts(self) -> list[datetime.datetime]:
        """When each begins, and when the last ends."""
        days = (*self.mondays, self.mondays[-1] + datetime.timedelta(weeks=1))
        return [datetime.datetime.combine(day, datetime.time(), self.zone).astimezone(datetime.UTC) for day in days]


@dataclasses.dataclass(frozen=True, slots=True)
class _Acts:
    """One kind of act of some coaches: how often ever, and in each of the last weeks, by its number."""

    totals: dict[CoachId, int]
    recent: dict[tuple[CoachId, int], int]

    @classmethod
    def of(cls, rows: "ModelSelect[PlanRow]", at: "DateTimeField[Any]", weeks: _Weeks) -> "_Acts":
        """The acts that the rows are of, each done at the moment in its column `at`."""
        first, *others = weeks.starts
        week = Case(None, [(at < start, number) for number, start in enumerate(others)])
        counted = rows.select(PlanRow.coach, week, fn.COUNT(PlanRow.id)).where((at >= first) & (at < others[-1]))
        found = cast("list[tuple[CoachId, int, int]]", list(counted.group_by(PlanRow.coach, week).tuples()))
        return cls(_counts(rows), {(coach_id, number): count for coach_id, number, count in found})

    def weekly(self, coach: Coach) -> tuple[int, ...]:
        """Return the number of acts of the coach in each week."""
        return tuple(self.recent.get((coach.id, number), 0) for number in range(WEEKS))


def _statistics(coaches: Sequence[Coach], weeks: _Weeks) -> Iterator[CoachStatistics]:
    theirs = PlanRow.select().where(PlanRow.coach.in_([coach.id for coach in coaches]))
    changes = theirs.join(RevisionRow).where(RevisionRow.revision > 1)
    kinds = (
        _Acts.of(theirs, PlanRow.posted_at, weeks),
        _Acts.of(theirs.join(ChartRow), ChartRow.added_at, weeks),
        _Acts.of(changes, RevisionRow.made_at, weeks),
    )
    deleted = _counts(theirs.where(PlanRow.deleted_at.is_null(False)))
    for coach in coaches:
        weekly = zip(*(acts.weekly(coach) for acts in kinds), strict=True)
        yield CoachStatistics(
            coach=coach,
            ever=Activity(*(acts.totals.get(coach.id, 0) for acts in kinds)),
            deleted=deleted.get(coach.id, 0),
            weeks=tuple(Activity(*counts) for counts in weekly),
        )


def _counts(rows: "ModelSelect[PlanRow]") -> dict[CoachId, int]:
    counted = rows.select(PlanRow.coach, fn.COUNT(PlanRow.id)).group_by(PlanRow.coach)
    return dict(cast("list[tuple[CoachId, int]]", list(counted.tuples())))
