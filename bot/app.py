"""The composition root: configuration, store, services, gateway client, plugins.

Only this constructs.
"""

import asyncio
import datetime
import functools
import pathlib
import signal
import sys
from typing import Final

import hikari
import lightbulb
import structlog
from pydantic import SecretStr

from bot import VERSION
from bot.cards.messages import CardMessages
from bot.cards.publisher import Publisher
from bot.cards.rest_client import card_client
from bot.cards.watcher import CardWatch
from bot.config.settings import Config
from bot.discord.command_sync import CommandSync
from bot.discord.direct_messages import Letters
from bot.discord.gateway import gateway_client
from bot.discord.operators import Operators
from bot.domain.clock import utc_now
from bot.domain.errors import CommandsRefusedError
from bot.domain.values import Limits
from bot.interactions.client import Client
from bot.interactions.connection_status import ConnectionWatch
from bot.interactions.error_handler import Failures
from bot.interactions.plan_flow import Posting
from bot.interactions.plan_views import Cards
from bot.plugin_host.host import PluginHost
from bot.plugin_host.sources import sources
from bot.recovery_loop import Recovery
from bot.service.backups.scheduler import BackupService
from bot.service.cards import CardService
from bot.service.charts import ChartService
from bot.service.cleanup import HousekeepingService
from bot.service.coaches import CoachService
from bot.service.drafts import DraftService
from bot.service.guilds import GuildService
from bot.service.history import HistoryService
from bot.service.message_lookup import MessageService
from bot.service.pictures.downloads import Downloads
from bot.service.pictures.inspector import Examiner
from bot.service.pictures.intake import IntakeService
from bot.service.plans import PlanService
from bot.service.recovery.monitor import UpkeepService
from bot.service.recovery.replay import CatchUpService
from bot.service.recovery.spool import Spool
from bot.service.reports.health import HealthService
from bot.service.reports.plotter import Plotter
from bot.service.reports.statistics import StatisticsService
from bot.service.settings import SettingsService
from bot.service.transfer.exports import ExportService
from storage.chart_files import ChartFiles
from storage.errors import ChartsUnreadableError
from storage.resilient_store import ServedStore
from storage.spool import SpoolFile

FINISH_SECONDS: Final = 2.0
"""How long a stop waits for the interactions in hand. Those that still fetch pictures then are broken off."""
BREAK_OFF_SECONDS: Final = 1.0
"""How long it then waits for them to say so."""
PUBLISH_SECONDS: Final = 1.0
"""How long a stop waits for cards that are on their way to Discord."""
DISCONNECT_SECONDS: Final = 1.5
UNFINISHED: Final = 3
"""The process's status when it ends while the book can't be used, and nothing is lost."""
LOST: Final = 4
"""And when something was in memory alone."""
EXAMINE_SECONDS: Final = 20.0
"""How long looking at one picture may take, with the start of the process that does: the largest needs about 2 s."""
DRAW_SECONDS: Final = 20.0
"""How long drawing a picture of numbers may take: about 1 s, and the first time on a machine a few more."""

_log = structlog.get_logger(__name__)


class StartError(Exception):
    """The bot can't start or can't go on. The message says why, for the operator."""


class UnfinishedError(Exception):
    """The bot was stopped while the book could not be used. The message is for the operator."""

    def __init__(
        self, why: str | None, kept: int, lost: int, folder: pathlib.Path, *, is_book_lost: bool = False
    ) -> None:
        words = [f"Stopped while the book could not be used: {why or 'it was being caught up.'}"]
        if is_book_lost:
            words.append(
                "Its file was taken away, and no disk took a copy of what was open: put a backup in its place."
            )
        if kept:
            words.append(f"Operations that wait in {folder}, and are put in at the next start: {kept:,}.")
        if lost:
            words.append(f"Operations that were in memory alone, and are gone; who sent them was told: {lost:,}.")
        super().__init__("\n".join(words))
        self.status = LOST if lost or is_book_lost else UNFINISHED


class Application:
    """The running bot."""

    def __init__(
        self, config: Config, token: SecretStr, store: ServedStore, files: ChartFiles, spool_file: SpoolFile
    ) -> None:
        self._config = config
        self._token = token
        self._gateway = gateway_client(token, config.discord.rest_url)
        limits = config.plan_limits
        self._downloads = Downloads(config.discord.cdn_hosts, limits.chart_mib * 2**20, limits.chart_seconds)
        self._examiner = Examiner(limits.chart_megapixels * 10**6, EXAMINE_SECONDS)
        self._plotter = Plotter(DRAW_SECONDS)
        guilds = GuildService(store, utc_now, config.seeds, config.days.timezone)
        coaches = CoachService(store, utc_now, guilds)
        drafts = DraftService(store, utc_now, guilds)
        plans = PlanService(store, utc_now, guilds, limits)
        charts = ChartService(store, utc_now, guilds, files)
        history = HistoryService(store, utc_now, guilds)
        intake = functools.partial(
            IntakeService,
            store,
            utc_now,
            guilds,
            drafts,
            downloads=self._downloads,
            examiner=self._examiner,
            limits=limits,
        )
        self._intake = intake(files=files)
        published = CardService(store, utc_now, guilds)
        self._charts = charts
        self._publisher = Publisher(published)
        cards = Cards(charts, plans, published, self._publisher)
        aside = ChartFiles(spool_file.folder / "charts", utc_now)
        self._intake_aside = intake(files=aside)
        self._upkeep = UpkeepService(store, files, spool_file.folder)
        spool = Spool(spool_file, utc_now, lambda: self._upkeep.book)
        catch_up = CatchUpService(plans, charts, history, drafts, self._intake, files, aside, self._intake_aside)
        self._recovery = Recovery(self._upkeep, spool, catch_up, Letters(self._gateway.rest), self._publisher.nudge)
        self._client = Client(self._gateway, Failures(drafts, spool))
        services = self._client.di.registry_for(lightbulb.di.Contexts.DEFAULT)
        services.register_value(GuildService, guilds)
        services.register_value(CoachService, coaches)
        services.register_value(DraftService, drafts)
        services.register_value(PlanService, plans)
        services.register_value(ChartService, charts)
        services.register_value(HistoryService, history)
        services.register_value(ExportService, ExportService(store, utc_now, guilds, files))
        services.register_value(MessageService, MessageService(store, utc_now, guilds))
        services.register_value(SettingsService, SettingsService(store, utc_now, guilds))
        services.register_value(StatisticsService, StatisticsService(store, utc_now, guilds, files, self._plotter))
        every = datetime.timedelta(hours=config.backup.every)
        backups, kept_in = config.backup_folder.absolute(), (config.storage.path, config.storage.charts_folder)
        program = (sys.executable, "-m", "bot", "backup-of", *(str(each.absolute()) for each in (*kept_in, backups)))
        self._backups = BackupService(utc_now, backups, every, config.keep, program)
        services.register_value(BackupService, self._backups)
        health = HealthService(store, files, utc_now, self._intake, published, spool, self._backups, VERSION)
        services.register_value(HealthService, health)
        services.register_value(ConnectionWatch, ConnectionWatch(self._gateway, self._client.in_hand, utc_now))
        services.register_value(IntakeService, self._intake)
        services.register_value(HousekeepingService, HousekeepingService(store, files, utc_now, limits))
        services.register_value(CardService, published)
        services.register_value(Cards, cards)
        services.register_value(Posting, Posting(coaches, plans, charts, drafts, self._intake, cards, limits))
        services.register_value(Limits, limits)
        operators = Operators(self._gateway.rest, config.discord.operators)
        plugins = sources(config.plugins.enabled, config.plugins.extra)
        self._plugins = PluginHost(self._client, CommandSync(self._gateway.rest), operators, plugins, utc_now)
        services.register_value(PluginHost, self._plugins)
        services.register_value(Operators, operators)
        self._card_watch = CardWatch(self._gateway, self._publisher)
        self._sync_failure: Exception | None = None
        self._sync_failed = asyncio.Event()
        self._gateway.subscribe(hikari.StartingEvent, self._sync)

    async def serve(self, stop: asyncio.Event) -> None:
        """Connect, and answer until `stop` is set; then finish what is in hand.

        Raises:
            PluginFailedError: a plugin of this program can't be loaded.
            StartError: Discord can't be reached, or refuses the bot.
            UnfinishedError: it was stopped while the book could not be used.
        """
        await self._plugins.start()
        async with card_client(self._gateway, self._token, self._config.discord.rest_url) as client:
            await self._recovery.open()
            self._publisher.start(CardMessages(client, self._charts))
            await self._serve(stop)
        kept, lost = self._recovery.left
        if self._recovery.trouble or kept or lost:
            folder, is_book_lost = self._config.storage.spool_folder, self._recovery.is_book_lost
            raise UnfinishedError(self._recovery.trouble, kept, lost, folder, is_book_lost=is_book_lost)

    async def _serve(self, stop: asyncio.Event) -> None:
        running = asyncio.create_task(self._run())
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                await running
        finally:
            stopping.cancel()
            await self._finish(running)

    async def _run(self) -> None:
        try:
            await self._start()
            self._recovery.start()
            _log.info("ready", guilds=len(self._gateway.cache.get_available_guilds_view()))
            await self._gateway.join()
        except CommandsRefusedError as refusal:
            raise StartError(str(refusal)) from refusal
        except (hikari.HikariError, OSError) as error:
            raise StartError(_why(error, self._config.discord.rest_url)) from error

    async def _start(self) -> None:
        """Connect; where telling the commands failed, that is why it can't be done, at once."""
        starting = asyncio.create_task(self._gateway.start(check_for_updates=False))
        failing = asyncio.create_task(self._sync_failed.wait())
        try:
            await asyncio.wait({starting, failing}, return_when=asyncio.FIRST_COMPLETED)
            if self._sync_failure:
                raise self._sync_failure
            await starting
        finally:
            starting.cancel()
            failing.cancel()
            await asyncio.gather(starting, failing, return_exceptions=True)

    async def _sync(self, _: hikari.StartingEvent) -> None:
        """Tell Discord the commands before the gateway connects: lightbulb ignores what comes before."""
        try:
            await self._plugins.announce()
            await self._client.start()
        except Exception as error:  # noqa: BLE001 - hikari swallows what a StartingEvent listener raises
            self._sync_failure = error
            self._sync_failed.set()

    async def _finish(self, running: "asyncio.Task[None]") -> None:
        if not await self._client.in_hand.finished(FINISH_SECONDS):
            self._intake.stop()
            await self._plotter.close()
            await self._client.in_hand.finished(BREAK_OFF_SECONDS)
        await self._client.stop()
        self._intake_aside.stop()
        await self._backups.close()
        await self._recovery.stop()
        await self._publisher.stop(PUBLISH_SECONDS)
        if self._gateway.is_alive:
            try:
                await asyncio.wait_for(self._gateway.close(), DISCONNECT_SECONDS)
            except TimeoutError:
                _log.warning("the gateway took too long to close")
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await self._downloads.close()
        await self._examiner.close()
        await self._plotter.close()


def run(config: Config, token: SecretStr) -> None:
    """Open the book and run the bot until SIGTERM or SIGINT.

    Raises:
        StorageError: the book or the charts' folder can't be opened, or another bot uses them.
        PluginError: a plugin of this program can't be loaded.
        StartError: Discord can't be reached, or refuses the bot.
        UnfinishedError: it was stopped while the book could not be used.
    """
    # Before there is anything that a signal would have to finish.
    store = ServedStore.serve(config.storage.path)
    try:
        files = ChartFiles.open(config.storage.charts_folder, utc_now)
    except ChartsUnreadableError:
        if not store.trouble:
            raise
        files = ChartFiles(config.storage.charts_folder.absolute(), utc_now)  # mended with the book
    spool = SpoolFile.open(config.storage.spool_folder)
    asyncio.run(_serve(config, token, store, files, spool))


async def _serve(config: Config, token: SecretStr, store: ServedStore, files: ChartFiles, spool: SpoolFile) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        await Application(config, token, store, files, spool).serve(stop)
    finally:
        await store.close()
        spool.close()
    _log.info("stopped")


def _why(error: Exception, rest_url: str) -> str:
    if isinstance(error, hikari.UnauthorizedError):
        return "Discord refuses the token. Make a new one: the application's page, Bot, Reset Token."
    if isinstance(error, hikari.GatewayServerClosedConnectionError):
        return f"Discord closed the connection for good: {error.reason}"
    if isinstance(error, hikari.HTTPResponseError):
        return f"Discord refuses the start of the bot with status {int(error.status)}: {error.message}"
    return f"Discord can't be reached at {rest_url}: {error}"
