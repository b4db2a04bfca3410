"""Constructs the bot from its configuration: services, gateway client, publisher, plugins."""

import dataclasses
import datetime
import functools
import sys

import hikari
import lightbulb
from pydantic import SecretStr

from bot import VERSION
from bot.cards.picture_watch import PictureWatch
from bot.cards.publisher import Publisher
from bot.cards.reconcile import Reconciler
from bot.cards.strays import StrayWatch
from bot.cards.watcher import CardWatch
from bot.config.settings import Config
from bot.discord.channel_views import ChannelViews
from bot.discord.commands.sync import CommandSync
from bot.discord.connection.gateway import gateway_client
from bot.discord.connection.liveness import Liveness
from bot.discord.direct_messages import DirectMessages
from bot.discord.member_names import NameLookup
from bot.discord.operators import Operators
from bot.domain.clock import utc_now
from bot.feed.port import FeedPort
from bot.health.checks import HealthChecks
from bot.health.port import HealthPort
from bot.health.readings import Meter
from bot.interactions.client import Client
from bot.interactions.clock_watch import ClockWatch
from bot.interactions.coach_flow import CoachFlow
from bot.interactions.connection_status import ConnectionWatch
from bot.interactions.error_handler import ErrorHandler
from bot.interactions.export_flow import ExportFlow
from bot.interactions.late_charts import LateCharts
from bot.interactions.missing_permissions import MissingPermissions
from bot.interactions.outdated_panels import OutdatedPanels
from bot.interactions.plan_flow import PlanFlow
from bot.interactions.plan_panel import PlanPanel
from bot.interactions.plan_views import PlanViews
from bot.interactions.settings_flow import SettingsFlow
from bot.interactions.setup_panel import SetupPanel
from bot.interactions.undo import Undo
from bot.interactions.write_button import WriteButtonLookup
from bot.open_files import OpenFiles
from bot.parts import Core, Intakes, Parts, Services, Workers
from bot.plugin_host.host import PluginHost
from bot.plugin_host.sources import sources
from bot.recovery_loop import Recovery
from bot.service.backups.scheduler import BackupService
from bot.service.calendars.calendar_process import CalendarProcess
from bot.service.card_channels import CardChannelService
from bot.service.cards import CardService
from bot.service.charts import ChartService
from bot.service.cleanup import CleanupService
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
from bot.service.message_lookup import MessageService
from bot.service.pictures.downloads import Downloads
from bot.service.pictures.inspectors import Inspectors
from bot.service.pictures.intake import IntakeService
from bot.service.plans import PlanService
from bot.service.read_markers import ReadMarkers
from bot.service.recovery.monitor import DatabaseMonitor
from bot.service.recovery.replay import ReplayService
from bot.service.recovery.spool import Spool
from bot.service.reports.health import HealthService
from bot.service.reports.plotter import Plotter
from bot.service.reports.statistics import StatisticsService
from bot.service.reports.storage_probe import StorageProbe
from bot.service.reports.workload import WorkloadService
from bot.service.search import SearchService
from bot.service.sessions import SessionService
from bot.service.settings import SettingsService
from bot.service.strays import StrayService
from bot.service.templates import TemplateService
from bot.service.today import TodayService
from bot.service.transfer.exporter import Exporter
from bot.service.transfer.exports import ExportService


def compose(config: Config, token: SecretStr, opened: OpenFiles) -> Parts:
    """Construct the bot without connecting."""
    gateway = gateway_client(token, config.discord.rest_url, config.discord.proxy)
    views, names = ChannelViews(gateway), NameLookup(gateway)
    core = _core(config, opened, gateway, views)
    services, intakes = core.services, core.intakes
    monitor = DatabaseMonitor(opened.store, opened.files, opened.spool)
    spool = Spool(opened.spool, utc_now, lambda: monitor.database, config.user_quotas)
    direct_messages = DirectMessages(gateway.rest, config.user_quotas)
    publisher = Publisher(services.cards)
    reconciler = _reconciler(core, publisher)
    client = Client(gateway, ErrorHandler(services.plans, services.drafts, intakes.charts, spool), utc_now)
    operators = Operators(gateway.rest, config.discord.operators)
    plugins = _plugins(core, client, operators)
    backups = _backups(config)
    late = LateCharts(services.late, intakes.charts, direct_messages)
    liveness = Liveness(utc_now, config.discord.offline_exit_seconds)
    _register(client, *(getattr(services, each.name) for each in dataclasses.fields(services)))
    _register(client, config.plan_limits, intakes.charts, backups, plugins, operators, names, late, direct_messages)
    _register(client, *_flows(core, late, publisher, names), *_leaf_services(core))
    probe = StorageProbe(opened.store, opened.files, config.plan_limits.reserve_mib * 2**20)
    _register(client, _health(core, probe, spool, backups, reconciler), ClockWatch(gateway, utc_now))
    tokens = FeedTokenService(opened.store, utc_now, services.guilds)
    _register(client, tokens, ConnectionWatch(gateway, client, utc_now, liveness, plugins.deployment))
    checks = HealthChecks(gateway, liveness, probe, spool, backups, utc_now)
    return Parts(
        *(gateway, liveness, client, plugins, services.charts, late, services.markers, publisher, reconciler),
        PictureWatch(services.cards, services.charts, publisher.nudge),
        StrayWatch(gateway, services.strays),
        *(views, names),
        Recovery(monitor, spool, _replay(core), direct_messages, publisher.nudge),
        *(spool, opened.store, intakes, backups, core.workers),
        *(_health_port(core, client, checks), _feed_port(core, tokens, checks)),
    )


def _core(config: Config, opened: OpenFiles, gateway: hikari.GatewayBot, views: ChannelViews) -> Core:
    workers = _workers(config)
    services = _services(config, opened, views, workers.calendars)
    return Core(config, opened, gateway, workers, services, _intakes(config, opened, services, workers))


def _workers(config: Config) -> Workers:
    limits = config.plan_limits
    return Workers(
        Downloads(config.discord.cdn_hosts, limits.chart_mib * 2**20, limits.chart_seconds, proxy=config.discord.proxy),
        Inspectors(limits.chart_megapixels * 10**6),
        Plotter(),
        Exporter(config.storage.path.absolute(), config.storage.charts_folder.absolute()),
        CalendarProcess(),
    )


def _services(config: Config, opened: OpenFiles, views: ChannelViews, calendars: CalendarProcess) -> Services:
    store = opened.store
    guilds = GuildService(store, utc_now, config.seeds, config.days.timezone, views, config.days.exchange)
    markers = ReadMarkers(store, utc_now)
    return Services(
        guilds,
        markers,
        CoachService(store, utc_now, guilds),
        DraftService(store, utc_now, guilds, config.user_quotas),
        PlanService(store, utc_now, guilds, config.plan_limits),
        ChartService(store, utc_now, guilds, opened.files),
        LateChartService(store, utc_now, guilds),
        HistoryService(store, utc_now, guilds, markers),
        TodayService(store, utc_now, guilds, markers),
        TemplateService(store, utc_now, guilds, config.plan_limits),
        CardService(store, utc_now, guilds),
        StrayService(store, utc_now, guilds),
        SettingsService(store, utc_now, guilds),
        SessionService(store, utc_now, guilds, calendars),
    )


def _intakes(config: Config, opened: OpenFiles, services: Services, workers: Workers) -> Intakes:
    intake = functools.partial(
        IntakeService,
        *(opened.store, utc_now, services.guilds, services.drafts),
        downloads=workers.downloads,
        inspectors=workers.inspectors,
        limits=config.plan_limits,
    )
    spooled = opened.spool.pictures(utc_now)
    return Intakes(intake(files=opened.files), intake(files=spooled), spooled)


def _replay(core: Core) -> ReplayService:
    services, intakes = core.services, core.intakes
    return ReplayService(
        *(services.plans, services.charts, services.history, services.drafts),
        *(intakes.charts, core.opened.files, intakes.spooled, intakes.spool),
    )


def _reconciler(core: Core, publisher: Publisher) -> Reconciler:
    channels = CardChannelService(core.opened.store, utc_now, core.services.guilds)
    reconciler = Reconciler(channels, publisher)
    CardWatch(core.gateway, reconciler)  # referenced by the gateway, as a listener
    return reconciler


def _plugins(core: Core, client: Client, operators: Operators) -> PluginHost:
    named = sources(core.config.plugins.enabled, core.config.plugins.extra)
    return PluginHost(client, CommandSync(core.gateway.rest), operators, named, utc_now)


def _backups(config: Config) -> BackupService:
    folder, storage = config.backup_folder.absolute(), config.storage
    paths = (storage.path.absolute(), storage.charts_folder.absolute(), folder)
    command = (sys.executable, "-m", "bot", "backup-of", *map(str, paths))
    return BackupService(utc_now, folder, datetime.timedelta(hours=config.backup.every), config.retention, command)


def _flows(core: Core, late: LateCharts, publisher: Publisher, names: NameLookup) -> tuple[object, ...]:
    """Return the parts that answer interactions for the plugins."""
    services, guilds = core.services, core.services.guilds
    missing = MissingPermissions(core.gateway)
    views = PlanViews(services.charts, services.plans, services.cards, publisher, missing, services.markers)
    undo = Undo(services.plans, services.history, views)
    panel = PlanPanel(services.plans, services.charts, undo, views)
    coaches = CoachFlow(services.coaches, core.intakes.charts, publisher)
    settings = SettingsFlow(services.settings, services.sessions, publisher)
    buttons = WriteButtonLookup(core.gateway, services.settings)
    setup = SetupPanel(core.gateway, services.settings, settings, services.coaches, names, missing, buttons)
    flow = PlanFlow(
        *(services.plans, services.charts, services.drafts),
        *(core.intakes.charts, views, late, core.config.plan_limits),
    )
    exports = ExportService(core.opened.store, utc_now, guilds, core.workers.exporter)
    return missing, views, undo, panel, coaches, settings, buttons, setup, flow, ExportFlow(exports)


def _leaf_services(core: Core) -> tuple[object, ...]:
    """Return the parts that only plugins need."""
    opened, guilds = core.opened, core.services.guilds
    return (
        MessageService(opened.store, utc_now, guilds),
        OutdatedPanels(core.services.drafts, core.services.templates, core.config.plan_limits),
        SearchService(opened.store, utc_now, guilds),
        StatisticsService(opened.store, utc_now, guilds, opened.files, core.workers.plotter),
        CleanupService(opened.store, opened.files, utc_now, core.config.plan_limits),
    )


def _health(
    core: Core, probe: StorageProbe, spool: Spool, backups: BackupService, reconciler: Reconciler
) -> HealthService:
    services = core.services
    return HealthService(
        *(core.opened.store, utc_now, core.intakes.charts, services.cards, services.strays),
        *(spool, backups, VERSION, probe, reconciler.unverified),
    )


def _health_port(core: Core, client: Client, checks: HealthChecks) -> HealthPort:
    workload = WorkloadService(core.opened.store, core.intakes.charts, core.services.cards)
    return HealthPort(core.config.health, checks, Meter(VERSION, core.gateway, client, checks, workload))


def _feed_port(core: Core, tokens: FeedTokenService, checks: HealthChecks) -> FeedPort:
    opened, guilds = core.opened, core.services.guilds
    turns = FairSlots(READS_AT_ONCE)
    feed = FeedService(opened.store, utc_now, guilds, turns, opened.files)
    changes = ChangeService(opened.store, utc_now, guilds, turns)
    return FeedPort(core.config.feed, feed, changes, tokens, checks)


def _register(client: Client, *values: object) -> None:
    """Inject the values into plugins by the types of their handlers' parameters."""
    injected = client.di.registry_for(lightbulb.di.Contexts.DEFAULT)
    for value in values:
        injected.register_value(type(value), value)
