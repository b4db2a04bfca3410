"""The running bot: how it starts, serves and stops."""

import asyncio
import contextlib
import pathlib
import time
from typing import Final

import hikari
import structlog
from pydantic import SecretStr

from bot import signals
from bot.cards.messages import CardMessages
from bot.composition import Parts, compose
from bot.config.settings import Config
from bot.discord.connection.gateway import connect
from bot.discord.connection.liveness import ConnectionLostError
from bot.discord.connection.start_conditions import is_passing, wait_to_start
from bot.discord.rest_client import background_client
from bot.domain.clock import utc_now
from bot.open_files import OpenFiles

# Seconds after the signal: all is done within 5, if neither the disk nor the processor is overloaded.
FINISH_SECONDS: Final = 1.0
"""The end of the time in which all that is in hand goes on as ever. Then acts that have not begun are queued for the
next start, and fetches of pictures are broken off."""
ANSWER_SECONDS: Final = 2.0
"""Until then the senders of what was queued are told; they get a message in any case when it is carried out."""
BREAK_OFF_SECONDS: Final = 3.5
"""The moment at which all that has not ended is broken off."""
DISCONNECT_SECONDS: Final = 4.0
"""Cards that are on their way to Discord, and the connection, have until then to end."""
UNFINISHED: Final = 3
"""The process's status when it ends with something queued, as the book can't be used or there was too much."""
LOST: Final = 4
"""And when something was in memory alone."""
OFFLINE: Final = 5
"""And when it gave up on its connection to Discord."""

_HASTE: Final = "Stopped before all changes could be saved."

_log = structlog.get_logger(__name__)


class StartError(Exception):
    """The bot can't start or can't go on. The message says why, for the operator."""

    status = 1
    """The process's."""


class OfflineError(StartError):
    """The bot had no connection to Discord for too long; a new process may have."""

    status = OFFLINE


class UnfinishedError(Exception):
    """The bot was stopped while the book could not be used. The message is for the operator."""

    def __init__(
        self, why: str | None, kept: int, lost: int, folder: pathlib.Path, *, is_book_lost: bool = False
    ) -> None:
        words = [f"Stopped while the database was unavailable: {why}" if why else _HASTE]
        if is_book_lost:
            words.append("Its file was removed, and no copy of the open database could be made. Restore a backup.")
        if kept:
            words.append(f"Changes queued in {folder}, which are saved at the next start: {kept:,}.")
        if lost:
            words.append(
                f"Changes that were queued only in memory and are lost; their senders were notified: {lost:,}."
            )
        super().__init__("\n".join(words))
        self.status = LOST if lost or is_book_lost else UNFINISHED


class Application:
    """The running bot."""

    def __init__(self, config: Config, token: SecretStr, parts: Parts) -> None:
        self._config = config
        self._token = token
        self._parts = parts
        self._gateway = parts.gateway
        self._client = parts.client
        self._plugins = parts.plugins
        self._publisher = parts.publisher
        self._recovery = parts.recovery
        self._has_announced = False
        self._sync_failure: Exception | None = None
        self._sync_failed = asyncio.Event()
        self._stopping = asyncio.Event()
        self._stop_began: float | None = None
        """In the time of `time.monotonic`."""
        self._gateway.subscribe(hikari.StartingEvent, self._sync)

    def stop(self, loop: asyncio.AbstractEventLoop) -> None:
        """Have `serve`, which runs in the loop, end; a signal's handler may call this in the middle of anything.

        The loop may have a thousand interactions to go on with before it learns of it, so the clocks start here.
        """
        if self._stop_began is None:
            self._stop_began = time.monotonic()
            self._parts.store.stop_accepting(FINISH_SECONDS)
            self._parts.spool.lift_quotas()
            self._client.stop_answering(ANSWER_SECONDS)
        with contextlib.suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(self._stopping.set)

    async def serve(self) -> None:
        """Connect, and answer until `stop` is called; then finish what is in hand.

        Raises:
            PluginFailedError: a plugin of this program can't be loaded.
            StartError: Discord refuses the bot, or there was no connection for too long.
            UnfinishedError: it was stopped while the book could not be used.
        """
        await self._plugins.start()
        async with background_client(self._gateway, self._token, self._config.discord.rest_url) as client:
            await self._recovery.open()
            messages = CardMessages(client, self._parts.charts)
            self._publisher.start(messages)
            self._parts.reconciler.start()
            self._parts.views.start(client)
            self._parts.names.start(client)
            runs = (self._parts.picture_watch.run(), self._parts.stray_watch.run(messages))
            watching = [asyncio.create_task(each) for each in runs]
            try:
                await self._serve()
            finally:
                for each in watching:
                    each.cancel()
                await asyncio.gather(*watching, return_exceptions=True)
        kept, lost = self._recovery.left
        if self._recovery.outage or kept or lost:
            folder, is_book_lost = self._config.storage.spool_folder, self._recovery.is_database_lost
            raise UnfinishedError(self._recovery.outage, kept, lost, folder, is_book_lost=is_book_lost)

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
            self._recovery.start()
            _log.info("ready", guilds=len(self._gateway.cache.get_available_guilds_view()))
            await self._gateway.join()
        except (hikari.HikariError, OSError) as error:
            raise StartError(_why(error, self._config.discord.rest_url)) from error

    async def _start(self) -> None:
        """Connect, again where Discord went away in between."""
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
        """Connect; where what comes before the connection failed, that is why it can't be done, at once."""
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
        """Tell Discord the commands before the gateway connects: lightbulb ignores what comes before."""
        try:
            await wait_to_start(self._gateway.rest, utc_now)
            if not self._has_announced:
                self._has_announced = True
                await self._plugins.announce()
                await self._client.start()
        except Exception as error:  # noqa: BLE001 - hikari swallows what a StartingEvent listener raises
            self._sync_failure = error
            self._sync_failed.set()

    async def _finish(self, running: "asyncio.Task[None]") -> None:
        self.stop(asyncio.get_running_loop())
        await self._recovery.halt()
        if not await self._client.in_flight.wait_idle(self._left_until(FINISH_SECONDS)):
            self._parts.intakes.charts.stop()
            await self._parts.workers.plotter.close()
            await self._parts.workers.exporter.close()
            self._publisher.end_waits()
            if not await self._client.in_flight.wait_idle(self._left_until(BREAK_OFF_SECONDS)):
                await self._client.in_flight.cancel()
        await self._client.stop()
        await self._plugins.stop()
        await self._parts.late.stop()
        self._parts.intakes.spool.stop()
        await self._parts.backups.close()
        await self._recovery.stop()
        await self._parts.reconciler.stop()
        await self._publisher.stop(self._left_until(DISCONNECT_SECONDS))
        await self._parts.views.close()
        await self._parts.names.close()
        if self._gateway.is_alive:
            try:
                await asyncio.wait_for(self._gateway.close(), max(self._left_until(DISCONNECT_SECONDS), 0.5))
            except TimeoutError:
                _log.warning("closing the gateway timed out")
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await self._parts.workers.close()

    def _left_until(self, seconds: float) -> float:
        """Seconds from now until so many after the stop began."""
        began = self._stop_began or time.monotonic()
        return max(began + seconds - time.monotonic(), 0.0)


def run(config: Config, token: SecretStr) -> None:
    """Open the book and run the bot until SIGTERM, SIGINT or SIGHUP.

    Raises:
        StorageError: the book or the charts' folder can't be opened, or another bot uses them.
        PluginError: a plugin of this program can't be loaded.
        StartError: Discord refuses the bot, or there was no connection for too long.
        UnfinishedError: it was stopped while the book could not be used.
    """
    opened = OpenFiles.open(config)  # before there is anything that a signal would have to finish
    asyncio.run(_serve(config, token, opened))


async def _serve(config: Config, token: SecretStr, opened: OpenFiles) -> None:
    loop = asyncio.get_running_loop()
    application = Application(config, token, compose(config, token, opened))
    signals.call(lambda _: application.stop(loop))
    try:
        await application.serve()
    finally:
        await opened.close()
    _log.info("stopped")


def _why(error: Exception, rest_url: str) -> str:
    if isinstance(error, hikari.UnauthorizedError):
        return "Discord rejected the token. Reset it on the application's page: Bot, Reset Token."
    if isinstance(error, hikari.GatewayServerClosedConnectionError):
        return f"Discord closed the connection permanently with code {error.code}: {error.reason}."
    if isinstance(error, hikari.HTTPResponseError):
        return f"Discord rejected the bot with status {int(error.status)}: {error.message}"
    return f"Discord can't be reached at {rest_url}: {error}"
