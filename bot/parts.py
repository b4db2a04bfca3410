"""The parts of the bot, in groups that are constructed together."""

import dataclasses

import hikari

from bot.cards.picture_watch import PictureWatch
from bot.cards.publisher import Publisher
from bot.cards.reconcile import Reconciler
from bot.cards.strays import StrayWatch
from bot.config.settings import Config
from bot.discord.channel_views import ChannelViews
from bot.discord.connection.liveness import Liveness
from bot.discord.member_names import NameLookup
from bot.feed.port import FeedPort
from bot.health.port import HealthPort
from bot.interactions.client import Client
from bot.interactions.late_charts import LateCharts
from bot.open_files import OpenFiles
from bot.plugin_host.host import PluginHost
from bot.recovery_loop import Recovery
from bot.service.backups.scheduler import BackupService
from bot.service.calendars.calendar_process import CalendarProcess
from bot.service.cards import CardService
from bot.service.charts import ChartService
from bot.service.coaches import CoachService
from bot.service.drafts import DraftService
from bot.service.guilds import GuildService
from bot.service.history import HistoryService
from bot.service.late_charts import LateChartService
from bot.service.pictures.downloads import Downloads
from bot.service.pictures.inspectors import Inspectors
from bot.service.pictures.intake import IntakeService
from bot.service.plans import PlanService
from bot.service.read_markers import ReadMarkers
from bot.service.recovery.spool import Spool
from bot.service.reports.plotter import Plotter
from bot.service.sessions import SessionService
from bot.service.settings import SettingsService
from bot.service.strays import StrayService
from bot.service.templates import TemplateService
from bot.service.today import TodayService
from bot.service.transfer.exporter import Exporter
from storage.chart_files import ChartFiles
from storage.resilient_store import ResilientStore


@dataclasses.dataclass(frozen=True, slots=True)
class Workers:
    """The parts that download, or work in a process of their own."""

    downloads: Downloads
    inspectors: Inspectors
    plotter: Plotter
    exporter: Exporter
    calendars: CalendarProcess

    async def close(self) -> None:
        """Close all workers."""
        await self.downloads.close()
        await self.inspectors.close()
        await self.plotter.close()
        await self.exporter.close()
        await self.calendars.close()


@dataclasses.dataclass(frozen=True, slots=True)
class Services:
    """The services that change plans and what belongs to them."""

    guilds: GuildService
    markers: ReadMarkers
    coaches: CoachService
    drafts: DraftService
    plans: PlanService
    charts: ChartService
    late: LateChartService
    history: HistoryService
    today: TodayService
    templates: TemplateService
    cards: CardService
    strays: StrayService
    settings: SettingsService
    sessions: SessionService


@dataclasses.dataclass(frozen=True, slots=True)
class Intakes:
    """The services that receive pictures."""

    charts: IntakeService
    """For the charts' folder."""
    spool: IntakeService
    """For the pictures of queued changes."""
    spooled: ChartFiles
    """The folder of `spool`."""


@dataclasses.dataclass(frozen=True, slots=True)
class Core:
    """The parts that most others need."""

    config: Config
    opened: OpenFiles
    gateway: hikari.GatewayBot
    workers: Workers
    services: Services
    intakes: Intakes


@dataclasses.dataclass(frozen=True, slots=True)
class Parts:
    """The parts that the running bot starts, watches and stops."""

    gateway: hikari.GatewayBot
    liveness: Liveness
    client: Client
    plugins: PluginHost
    charts: ChartService
    late: LateCharts
    markers: ReadMarkers
    publisher: Publisher
    reconciler: Reconciler
    picture_watch: PictureWatch
    stray_watch: StrayWatch
    views: ChannelViews
    names: NameLookup
    recovery: Recovery
    spool: Spool
    store: ResilientStore
    intakes: Intakes
    backups: BackupService
    workers: Workers
    health: HealthPort
    feed: FeedPort
