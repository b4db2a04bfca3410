"""Statistics of a guild: plans by coach and by week, and storage."""

import asyncio
import dataclasses
import datetime
import zoneinfo
from collections.abc import Iterator, Sequence
from typing import Any, cast

import structlog
from peewee import Case, DateTimeField, ModelSelect, fn

from bot.domain.clock import Clock
from bot.domain.values import Activity, Actor, Coach, CoachId, CoachStatistics, Statistics, StorageSize
from bot.domain.zones import zone_of
from bot.service.guilds import GuildService
from bot.service.records.roster import Roster, is_given
from bot.service.reports.plot import Panel, Plot, Series, largest_first
from bot.service.reports.plotter import Plotter
from bot.service.subprocesses import WorkerError
from bot.service.transactions import Service, reads, require_manager
from storage.chart_files import ChartFiles
from storage.models import ChartRow, CoachCountsRow, PlanRow, RevisionRow
from storage.store import Store

WEEKS = 12

_log = structlog.get_logger(__name__)


class StatisticsService(Service):
    """Counts a guild's plans, for its managers."""

    def __init__(self, store: Store, clock: Clock, guilds: GuildService, files: ChartFiles, plotter: Plotter) -> None:
        super().__init__(store, clock, guilds)
        self._files = files
        self._plotter = plotter

    async def read(self, actor: Actor, coach: str | None = None) -> Statistics:
        """Return the statistics of one coach, as typed, or of all, with a plot of the weeks since the first active one.

        Raises:
            NotManagerError: the actor does not manage the guild.
            CoachError: no coach matches, or several.
        """
        statistics = await self.count(actor, coach)
        size = StorageSize(*await asyncio.gather(self.store.size(), asyncio.to_thread(self._files.size)))
        return dataclasses.replace(statistics, size=size, picture=await self._draw(statistics))

    @reads
    def count(self, actor: Actor, coach: str | None = None) -> Statistics:
        """Return the statistics of `read` without the storage and the plot."""
        require_manager(actor)
        roster = Roster.of(actor.guild_id)
        coaches = [roster.named(coach)] if is_given(coach) else [*roster.coaches, *roster.retired]
        zone = zone_of(self.guilds.timezone(actor.guild_id))
        weeks = _Weeks.until(self.guilds.today(actor), zone)
        return Statistics(tuple(_statistics(coaches, weeks)), weeks.mondays)

    async def _draw(self, statistics: Statistics) -> bytes | None:
        plot = plot_of(statistics)
        if plot is None:
            return None
        try:
            return await self._plotter.draw(plot)
        except WorkerError as error:
            _log.error("plot not drawn", why=str(error))
            return None


def plot_of(statistics: Statistics) -> Plot | None:
    """Return the plot of the weeks since the first active one; None: no active week."""
    start = statistics.first_active_week
    if start is None:
        return None
    mondays, weeks = statistics.mondays[start:], statistics.weeks[start:]
    coaches = (
        Series(each.coach.name, tuple(week.plans for week in each.weeks[start:]), each.coach.key)
        for each in statistics.coaches
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
        """The start of each week, and the end of the last."""
        days = (*self.mondays, self.mondays[-1] + datetime.timedelta(weeks=1))
        return [datetime.datetime.combine(day, datetime.time(), self.zone).astimezone(datetime.UTC) for day in days]


class _Recent:
    """Counts of one kind of action in each of the weeks, by coach."""

    def __init__(self, rows: "ModelSelect[PlanRow]", at: "DateTimeField[Any]", weeks: _Weeks) -> None:
        """Count the rows, by the time in their column `at`."""
        first, *others = weeks.starts
        week = Case(None, [(at < start, number) for number, start in enumerate(others)])
        counted = rows.select(PlanRow.coach, week, fn.COUNT(PlanRow.id)).where((at >= first) & (at < others[-1]))
        counts = cast("list[tuple[CoachId, int, int]]", list(counted.group_by(PlanRow.coach, week).tuples()))
        self._counts = {(coach_id, number): count for coach_id, number, count in counts}

    def of(self, coach: Coach) -> tuple[int, ...]:
        """Return the coach's count in each week."""
        return tuple(self._counts.get((coach.id, number), 0) for number in range(WEEKS))


def _statistics(coaches: Sequence[Coach], weeks: _Weeks) -> Iterator[CoachStatistics]:
    """Yield the statistics of each coach: totals are stored, and what is older than the weeks is not read."""
    ids = [coach.id for coach in coaches]
    ever = {row.coach_id: row for row in CoachCountsRow.select().where(CoachCountsRow.coach.in_(ids))}
    plans = PlanRow.select().where(PlanRow.coach.in_(ids) & (PlanRow.changed_at >= weeks.starts[0]))
    kinds = (
        _Recent(plans, PlanRow.posted_at, weeks),
        _Recent(plans.join(ChartRow), ChartRow.added_at, weeks),
        _Recent(plans.join(RevisionRow).where(RevisionRow.revision > 1), RevisionRow.made_at, weeks),
    )
    for coach in coaches:
        counts = ever.get(coach.id)
        weekly = zip(*(recent.of(coach) for recent in kinds), strict=True)
        yield CoachStatistics(
            coach=coach,
            ever=Activity(counts.plans, counts.charts, counts.edits) if counts else Activity(),
            deleted=counts.deleted if counts else 0,
            weeks=tuple(Activity(*week) for week in weekly),
        )
