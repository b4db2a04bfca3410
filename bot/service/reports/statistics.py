"""How much there is in a guild's book: by coach, by week, and on the disk."""

import asyncio
import dataclasses
import datetime
import zoneinfo
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

import structlog
from peewee import DateTimeField, ModelSelect, fn

from bot.domain.clock import Clock
from bot.domain.days import zone_of
from bot.domain.values import Activity, Actor, Coach, CoachId, CoachStatistics, Statistics, StorageSize
from bot.service.guilds import GuildService
from bot.service.records.roster import Roster, is_given
from bot.service.reports.plot_worker import Bars, Plot
from bot.service.reports.plotter import PlotError, Plotter
from bot.service.transactions import Service, reads, refuse_others
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
        """The numbers of one coach, as typed, or of all, with a picture of them where one can be drawn.

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
        refuse_others(actor)
        roster = Roster.of(actor.guild_id)
        wanted = [roster.named(coach)] if is_given(coach) else [*roster.coaches, *roster.retired]
        zone = zone_of(self.guilds.timezone(actor.guild_id))
        weeks = _Weeks.until(self.guilds.today(actor), zone)
        return Statistics(tuple(_statistics(wanted, weeks)), weeks.mondays)

    async def _drawn(self, found: Statistics) -> bytes | None:
        try:
            return await self._plotter.draw(_plot(found))
        except PlotError as error:
            _log.error("not drawn", why=str(error))
            return None


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
    def start(self) -> datetime.datetime:
        midnight = datetime.datetime.combine(self.mondays[0], datetime.time(), self.zone)
        return midnight.astimezone(datetime.UTC)

    def of(self, moments: Iterable[datetime.datetime]) -> tuple[int, ...]:
        """How many of the moments are in each week."""
        counts = [0] * WEEKS
        for moment in moments:
            week = (moment.astimezone(self.zone).date() - self.mondays[0]).days // 7
            if 0 <= week < WEEKS:
                counts[week] += 1
        return tuple(counts)


@dataclasses.dataclass(frozen=True, slots=True)
class _Acts:
    """One kind of act of some coaches: how often ever, and when in the last weeks."""

    totals: dict[CoachId, int]
    recent: dict[CoachId, list[datetime.datetime]]

    @classmethod
    def of(cls, rows: "ModelSelect[PlanRow]", at: "DateTimeField[Any]", start: datetime.datetime) -> "_Acts":
        """The acts that the rows are of, each done at the moment in its column `at`."""
        recent: dict[CoachId, list[datetime.datetime]] = {}
        for coach_id, moment in _pairs(rows.select(PlanRow.coach, at).where(at >= start)):
            recent.setdefault(coach_id, []).append(moment)
        return cls(_counts(rows), recent)


def _statistics(coaches: Sequence[Coach], weeks: _Weeks) -> Iterator[CoachStatistics]:
    theirs = PlanRow.select().where(PlanRow.coach.in_([coach.id for coach in coaches]))
    changes = theirs.join(RevisionRow).where(RevisionRow.revision > 1)
    kinds = (
        _Acts.of(theirs, PlanRow.posted_at, weeks.start),
        _Acts.of(theirs.join(ChartRow), ChartRow.added_at, weeks.start),
        _Acts.of(changes, RevisionRow.made_at, weeks.start),
    )
    deleted = _counts(theirs.where(PlanRow.deleted_at.is_null(False)))
    for coach in coaches:
        weekly = [weeks.of(acts.recent.get(coach.id, ())) for acts in kinds]
        yield CoachStatistics(
            coach=coach,
            ever=Activity(*(acts.totals.get(coach.id, 0) for acts in kinds)),
            deleted=deleted.get(coach.id, 0),
            weeks=tuple(Activity(*counts) for counts in zip(*weekly, strict=True)),
        )


def _counts(rows: "ModelSelect[PlanRow]") -> dict[CoachId, int]:
    return dict(_pairs(rows.select(PlanRow.coach, fn.COUNT(PlanRow.id)).group_by(PlanRow.coach)))


def _pairs(rows: "ModelSelect[PlanRow]") -> list[tuple[CoachId, Any]]:
    return cast("list[tuple[CoachId, Any]]", list(rows.tuples()))


def _plot(found: Statistics) -> Plot:
    return Plot(
        title=f"The last {WEEKS} weeks",
        weeks=tuple(f"W{monday.isocalendar().week:02}" for monday in found.mondays),
        plans=tuple(
            Bars(f"{each.coach.key}: {each.coach.name}", tuple(week.plans for week in each.weeks))
            for each in found.coaches
        ),
        charts=tuple(week.charts for week in found.weeks),
        edits=tuple(week.edits for week in found.weeks),
    )
