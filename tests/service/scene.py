"""Who acts in the tests of the service, where, and when."""

import dataclasses
import datetime
import itertools

from bot.domain.clock import Clock, first_id_at
from bot.domain.sessions import Exchange
from bot.domain.values import (
    Actor,
    CardId,
    ChannelId,
    Chart,
    Coach,
    CoachSeed,
    Draft,
    GuildId,
    Limits,
    OperationId,
    Quotas,
    RoleId,
    UserId,
)
from bot.service.calendars.calendar_process import CalendarProcess
from bot.service.cards import CardService
from bot.service.charts import ChartService
from bot.service.coaches import CoachService
from bot.service.drafts import DraftService
from bot.service.fair_slots import FairSlots
from bot.service.feed.base import READS_AT_ONCE
from bot.service.feed.changes import ChangeService
from bot.service.feed.plans import FeedService
from bot.service.feed.tokens import FeedTokenService
from bot.service.guilds import GuildService
from bot.service.history import HistoryService
from bot.service.late_charts import LateChartService
from bot.service.plans import PlanService
from bot.service.read_markers import ReadMarkers
from bot.service.readers import ChannelViews, NoViews
from bot.service.records.roster import Roster
from bot.service.search import SearchService
from bot.service.sessions import SessionService
from bot.service.settings import SettingsService
from bot.service.templates import TemplateService
from bot.service.today import TodayService
from bot.service.transactions import Service
from storage.chart_files import ChartFiles
from storage.store import Store

GUILD = GuildId(500)
OTHER_GUILD = GuildId(501)
INTRADAY_ROLE = RoleId(700)

CHANNEL = ChannelId(900)
"""The channel in which all of them act, unless a test says otherwise: they see what is posted there."""

DANA = Actor(GUILD, UserId(1), channel_id=CHANNEL)
IVAN = Actor(GUILD, UserId(2), frozenset({INTRADAY_ROLE}), channel_id=CHANNEL)
MIA = Actor(GUILD, UserId(3), channel_id=CHANNEL)
MAX = Actor(GUILD, UserId(4), is_manager=True, channel_id=CHANNEL)

SEEDS = (
    CoachSeed("d", "Coach D (Day Trading)", users=frozenset({DANA.user_id})),
    CoachSeed("i", "Coach I (Intraday)", roles=frozenset({INTRADAY_ROLE})),
    CoachSeed("s", "Coach S (Swing)"),
)
TIMEZONE = "America/New_York"
SUNDAY_MORNING = datetime.datetime(2026, 11, 22, 15, 0, tzinfo=datetime.UTC)
"""10:00 in New York."""
MONDAY = datetime.date(2026, 11, 23)
DAY = MONDAY.isoformat()

_ids = itertools.count(9_000)


def fresh() -> OperationId:
    """The id of an interaction that was never seen."""
    return OperationId(next(_ids))


def interaction_at(moment: datetime.datetime) -> OperationId:
    """The id of an interaction that was never seen, as Discord makes it at this moment."""
    return OperationId(first_id_at(moment) + next(_ids))


def elsewhere(actor: Actor) -> Actor:
    """The same person, as a manager of another guild."""
    return dataclasses.replace(actor, guild_id=OTHER_GUILD, is_manager=True)


async def posting_as(service: Service, actor: Actor, given: str | None) -> Coach:
    """The coach that the actor posts as if they name it so."""
    await service.guilds.ensure_guild(actor.guild_id)
    return await service.store.read(lambda: Roster.of(actor.guild_id).to_post_as(actor, given))


async def drafts_of(drafts: DraftService, actor: Actor) -> list[Draft]:
    """The actor's drafts, newest first."""
    return [each.draft for each in (await drafts.page(actor)).drafts]


async def renewals(cards: CardService) -> list[tuple[CardId, ChannelId]]:
    """The next renewal of each channel, with it."""
    found = [(await cards.renewal(channel), channel) for channel in await cards.renewable_channels()]
    return [(card_id, channel) for card_id, channel in found if card_id is not None]


class FakeClock:
    """Shows the time that it was set to."""

    def __init__(self) -> None:
        self.now = SUNDAY_MORNING

    def __call__(self) -> datetime.datetime:
        """The time."""
        return self.now

    def move(self, **span: float) -> None:
        """Go forward, or with negative numbers back, by a timedelta."""
        self.now += datetime.timedelta(**span)


@dataclasses.dataclass(frozen=True)
class Services:
    """The service, as one process has it."""

    guilds: GuildService
    markers: ReadMarkers
    coaches: CoachService
    plans: PlanService
    drafts: DraftService
    charts: ChartService
    late: LateChartService
    files: ChartFiles
    history: HistoryService
    today: TodayService
    settings: SettingsService
    sessions: SessionService
    templates: TemplateService
    search: SearchService
    feed: FeedService
    feed_tokens: FeedTokenService
    changes: ChangeService

    @classmethod
    def on(
        cls, store: Store, clock: Clock, limits: Limits | None = None, views: ChannelViews | None = None
    ) -> "Services":
        """Build the services as the application does; the pictures lie beside the book.

        Without `views` people see the channel that they act in.
        """
        limits = limits or Limits()
        guilds = GuildService(store, clock, SEEDS, TIMEZONE, views or NoViews(), Exchange.EVERY_DAY)
        markers = ReadMarkers(store, clock)
        files = ChartFiles.open(store.path.parent / "charts", clock)
        turns = FairSlots(READS_AT_ONCE)
        return cls(
            guilds,
            markers,
            CoachService(store, clock, guilds),
            PlanService(store, clock, guilds, limits),
            DraftService(store, clock, guilds, Quotas()),
            ChartService(store, clock, guilds, files),
            LateChartService(store, clock, guilds),
            files,
            HistoryService(store, clock, guilds, markers),
            TodayService(store, clock, guilds, markers),
            SettingsService(store, clock, guilds),
            SessionService(store, clock, guilds, CalendarProcess()),
            TemplateService(store, clock, guilds, limits),
            SearchService(store, clock, guilds),
            FeedService(store, clock, guilds, turns, files),
            FeedTokenService(store, clock, guilds),
            ChangeService(store, clock, guilds, turns),
        )

    def keep(self, data: bytes, filename: str = "chart.png") -> Chart:
        """A chart whose bytes, which nobody looks at, are kept as those of a picture that came in."""
        path = self.files.begin()
        path.write_bytes(data)
        return Chart(self.files.store(path).sha256, filename, "image/png", 64, 48, len(data))
