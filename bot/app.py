"""The running bot: how it starts, serves and stops."""

import asyncio
import contextlib
import os
import pathlib
import time
from collections.abc import AsyncGenerator
from typing import Final

import hikari
import structlog
from pydantic import SecretStr

from bot import garbage, signals
from bot.cards.messages import CardMessages
from bot.composition import compose
from bot.config.settings import Config
from bot.discord.connection.gateway import connect
from bot.discord.connection.liveness import ConnectionLostError
from bot.discord.connection.start_conditions import is_passing, wait_to_start
from bot.discord.rest_client import background_client
from bot.domain.clock import utc_now
from bot.feed.port import FeedMissingError
from bot.open_files import OpenFiles
from bot.parts import Parts
from bot.service_manager import ServiceManager

# Seconds after the signal: the shutdown ends within 5, unless the disk or the processor is overloaded.
FINISH_SECONDS: Final = 1.0
"""The end of normal work. Then changes that have not started are queued for the next start, and downloads aborted."""
ANSWER_SECONDS: Final = 2.0
"""The end of responses about queued changes. Their senders get a message in any case after the next start."""
CANCEL_SECONDS: Final = 3.5
"""The cancellation of all other tasks."""
DISCONNECT_SECONDS: Final = 4.0
"""The end of requests for cards, and of the connection."""

SETTLE_SECONDS: Final = 60.0
"""The time after which Discord has sent the bot's guilds."""

UNFINISHED: Final = 3
"""The exit status after changes were queued, as the database was unavailable or there were too many."""
LOST: Final = 4
"""The exit status after changes or the database were lost."""
OFFLINE: Final = 5
"""The exit status after the bot gave up on its connection to Discord."""

_log = structlog.get_logger(__name__)


class StartError(Exception):
    """The bot can't start or can't go on. The message says why, for the operator."""

    status = 1
    """The exit status of the process."""


class OfflineError(StartError):
    """The bot had no connection to Discord for too long; a new process may have."""

    status = OFFLINE


class UnfinishedError(Exception):
    """The bot was stopped before all changes were saved. The message is for the operator."""

    def __init__(
        self, outage: str | None, queued: int, lost: int, folder: pathlib.Path, *, is_database_lost: bool
    ) -> None:
        reason = f"while the database was unavailable: {outage}" if outage else "before all changes could be saved."
        lines = [f"Stopped {reason}"]
        if is_database_lost:
            lines.append("Its file was removed, and no copy of the open database could be made. Restore a backup.")
        if queued:
            lines.append(f"Changes queued in {folder}, which are saved at the next start: {queued:,}.")
        if lost:
            lines.append(
                f"Changes that were queued only in memory and are lost; their senders were notified: {lost:,}."
            )
        super().__init__("\n".join(lines))
        self.status = LOST if lost or is_database_lost else UNFINISHED


class Application:
    """The running bot."""

    def __init__(self, config: Config, token: SecretStr, parts: Parts, manager: ServiceManager) -> None:
        self._config = config
        self._token = token
        self._parts = parts
        self._manager = manager
        self._gateway = parts.gateway
        self._has_announced = False
        self._sync_failure: Exception | None = None
        self._sync_failed = asyncio.Event()
        self._stopping = asyncio.Event()
        self._stop_began: float | None = None
        """In the time of `time.monotonic`."""
        self._gateway.subscribe(hikari.StartingEvent, self._sync)

    def stop(self, loop: asyncio.AbstractEventLoop) -> None:
        """End `serve`, which runs in the loop. Safe in a signal handler.

        The loop may have a thousand interactions to process before it notices, so the deadlines start here.
        """
        if self._stop_began is None:
            self._stop_began = time.monotonic()
            self._parts.store.stop_accepting(FINISH_SECONDS)
            self._parts.spool.lift_quotas()
            self._parts.client.stop_answering(ANSWER_SECONDS)
        with contextlib.suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(self._stopping.set)

    async def serve(self) -> None:
        """Connect and serve until `stop` is called; then shut down.

        Raises:
            PluginFailedError: a plugin of this program can't be loaded.
            StartError: Discord refuses the bot, there was no connection for too long, or a port is in use.
            UnfinishedError: it was stopped before all changes were saved.
        """
        await self._parts.plugins.start()
        connecting = background_client(self._gateway, self._token, self._config.discord.rest_url)
        async with self._ports(), connecting as client:
            await self._parts.recovery.open()
            messages = CardMessages(client, self._parts.charts)
            self._parts.publisher.start(messages)
            self._parts.reconciler.start()
            self._parts.views.start(client)
            self._parts.names.start(client)
            runs = (self._parts.picture_watch.run(), self._parts.stray_watch.run(messages), self._parts.markers.run())
            watching = [asyncio.create_task(each) for each in runs]
            try:
                await self._serve()
            finally:
                for each in watching:
                    each.cancel()
                await asyncio.gather(*watching, return_exceptions=True)
                await self._parts.markers.write()
        recovery, folder = self._parts.recovery, self._config.storage.spool_folder
        queued, lost = recovery.queued_counts
        if recovery.outage or queued or lost:
            raise UnfinishedError(recovery.outage, queued, lost, folder, is_database_lost=recovery.is_database_lost)

    @contextlib.asynccontextmanager
    async def _ports(self) -> AsyncGenerator[None]:
        """Have the ports open that are configured, while the block runs.

        Raises:
            StartError: one can't be opened.
        """
        ports = (
            ("health port", self._parts.health, self._config.health),
            ("feed port", self._parts.feed, self._config.feed),
        )
        async with contextlib.AsyncExitStack() as opened:
            for name, port, section in ports:
                try:
                    await port.open()
                except FeedMissingError as error:
                    raise StartError(str(error)) from error
                except OSError as error:
                    address, why = f"{section.host}:{section.port}", os.strerror(error.errno) if error.errno else error
                    setting = f"{name.removesuffix(' port')}.port"
                    raise StartError(f"The {name} {address} can't be opened: {why}. Check {setting}.") from error
                opened.push_async_callback(port.close)
            yield

    async def _serve(self) -> None:
        running = asyncio.create_task(self._run())
        stopping = asyncio.create_task(self._stopping.wait())
        watching = asyncio.create_task(self._parts.liveness.watch())
        try:
            await asyncio.wait({running, stopping, watching}, return_when=asyncio.FIRST_COMPLETED)
            for ended in (each for each in (running, watching) if each.done()):
                await ended
        except ConnectionLostError as error:
            raise OfflineError(str(error)) from error
        finally:
            stopping.cancel()
            watching.cancel()
            await self._finish(running)

    async def _run(self) -> None:
        try:
            await self._start()
            self._parts.recovery.start()
            self._manager.ready()
            _log.info("ready", guilds=len(self._gateway.cache.get_available_guilds_view()))
            asyncio.get_running_loop().call_later(SETTLE_SECONDS, garbage.resume_full_collections)
            await self._gateway.join()
        except (hikari.HikariError, OSError) as error:
            raise StartError(_why(error, self._config.discord.rest_url)) from error

    async def _start(self) -> None:
        """Connect, and retry after passing failures."""
        while True:
            try:
                await self._connect()
            except (hikari.HikariError, OSError) as error:
                if not is_passing(error):
                    raise
                _log.warning("connection failed; retrying", why=str(error))
                await self._gateway.close()
            else:
                return

    async def _connect(self) -> None:
        """Connect, and fail at once if the command sync before it fails."""
        starting = asyncio.create_task(connect(self._gateway, self._parts.liveness))
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
        """Sync the commands before the gateway connects: lightbulb ignores earlier interactions."""
        try:
            await wait_to_start(self._gateway.rest, utc_now)
            if not self._has_announced:
                self._has_announced = True
                await self._parts.plugins.announce()
                await self._parts.client.start()
        except Exception as error:  # noqa: BLE001 - hikari swallows what a StartingEvent listener raises
            self._sync_failure = error
            self._sync_failed.set()

    async def _finish(self, running: "asyncio.Task[None]") -> None:
        parts = self._parts
        self._manager.stopping()
        self.stop(asyncio.get_running_loop())
        parts.client.turns.open()
        await parts.recovery.halt()
        if not await parts.client.in_flight.wait_idle(self._left_until(FINISH_SECONDS)):
            parts.intakes.charts.stop()
            await parts.workers.plotter.close()
            await parts.workers.exporter.close()
            await parts.workers.calendars.close()
            parts.publisher.end_waits()
            if not await parts.client.in_flight.wait_idle(self._left_until(CANCEL_SECONDS)):
                await parts.client.in_flight.cancel()
        await parts.client.stop()
        await parts.plugins.stop()
        await parts.late.stop()
        parts.intakes.spool.stop()
        await parts.backups.close()
        await parts.recovery.stop()
        await parts.reconciler.stop()
        await parts.publisher.stop(self._left_until(DISCONNECT_SECONDS))
        await parts.views.close()
        await parts.names.close()
        if self._gateway.is_alive:
            try:
                await asyncio.wait_for(self._gateway.close(), max(self._left_until(DISCONNECT_SECONDS), 0.5))
            except TimeoutError:
                _log.warning("closing the gateway timed out")
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await parts.workers.close()

    def _left_until(self, seconds: float) -> float:
        """Return the seconds from now until so many seconds after the stop began."""
        began = self._stop_began or time.monotonic()
        return max(began + seconds - time.monotonic(), 0.0)


def run(config: Config, token: SecretStr) -> None:
    """Open the database and run the bot until SIGTERM, SIGINT or SIGHUP.

    Raises:
        StorageError: the database or the charts' folder can't be opened, or another bot uses them.
        PluginError: a plugin of this program can't be loaded.
        StartError: Discord refuses the bot, there was no connection for too long, or a port is in use.
        UnfinishedError: it was stopped before all changes were saved.
    """
    manager = ServiceManager(os.environ)
    with manager.extending_start():
        opened = OpenFiles.open(config)  # before signals have anything to finish
    asyncio.run(_serve(config, token, opened, manager))


async def _serve(config: Config, token: SecretStr, opened: OpenFiles, manager: ServiceManager) -> None:
    loop = asyncio.get_running_loop()
    application = Application(config, token, compose(config, token, opened), manager)
    signals.call(lambda _: application.stop(loop))
    pinging = asyncio.create_task(manager.ping())
    try:
        await application.serve()
    finally:
        await opened.close()
        pinging.cancel()
    _log.info("stopped")


def _why(error: Exception, rest_url: str) -> str:
    if isinstance(error, hikari.UnauthorizedError):
        return "Discord rejected the token. Reset it on the application's page: Bot, Reset Token."
    if isinstance(error, hikari.GatewayServerClosedConnectionError):
        return f"Discord closed the connection permanently with code {error.code}: {error.reason}."
    if isinstance(error, hikari.HTTPResponseError):
        return f"Discord rejected the bot with status {int(error.status)}: {error.message}"
    return f"Discord can't be reached at {rest_url}: {error}"
