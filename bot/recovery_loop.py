"""Recovery of the database after an outage, and then the replay of the queued changes, in order, each once."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

import structlog

from bot import replies
from bot.discord.direct_messages import DirectMessages
from bot.domain.errors import DatabaseUnavailableError, PicturesUnavailableError, StoppingError
from bot.domain.pending import PendingOperation
from bot.domain.values import Actor, Attachment, GuildId, OperationId, UserId
from bot.replies.layout import Reply
from bot.service.recovery.monitor import DatabaseMonitor
from bot.service.recovery.replay import ReplayService
from bot.service.recovery.spool import Spool

CHECK_SECONDS: Final = 1.0
"""Between two checks of the database, and two tries to recover it: a lock that is released is soon noticed."""
PICTURES_SECONDS: Final = 10.0
"""Between two tries to save pictures that were downloaded, and for which there was no room."""

_log = structlog.get_logger(__name__)


class Recovery:
    """Watches the database for as long as the bot runs."""

    def __init__(
        self,
        monitor: DatabaseMonitor,
        spool: Spool,
        replay: ReplayService,
        direct_messages: DirectMessages,
        on_recovery: Callable[[], None],
    ) -> None:
        """Call `on_recovery` when the database is in use again."""
        self._on_recovery = on_recovery
        self._monitor = monitor
        self._spool = spool
        self._replay = replay
        self._direct_messages = direct_messages
        self._downloaded: set[OperationId] = set()
        self._logged_outage: str | None = None
        self._pictures_outage: str | None = None
        self._is_pictures_outage_logged = False
        self._pictures_retry_at = 0.0
        """In the time of the event loop."""
        self._is_database_lost = False
        self._work: asyncio.Task[None] | None = None

    @property
    def outage(self) -> str | None:
        """The reason why changes can't be saved; None: they can."""
        return self._monitor.outage or (self._pictures_outage if self._spool.waiting else None)

    @property
    def queued_counts(self) -> tuple[int, int]:
        """The numbers of changes that wait in the file, and in memory only."""
        in_memory = len(self._spool.in_memory)
        return len(self._spool.waiting) - in_memory, in_memory

    @property
    def is_database_lost(self) -> bool:
        """True: the open database, whose file was removed, ends with this process, as no disk took a copy."""
        return self._is_database_lost

    async def open(self) -> None:
        """Load the changes that an earlier run has left: they are replayed before anything new."""
        await self._spool.open()
        if self._spool.waiting:
            self._monitor.pause()

    def start(self) -> None:
        """Watch the database from now on, as direct messages can be sent."""
        self._work = asyncio.create_task(self._run())

    async def halt(self) -> None:
        """Replay nothing more: the bot is being stopped, and the queue is replayed at the next start."""
        if self._work:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)

    async def stop(self) -> None:
        """End, and notify those whose changes end with this process."""
        await self.halt()
        self._is_database_lost = not await self._monitor.rescue()
        await self._spool.write_rest()
        for pending in self._spool.in_memory:
            self._notify(pending.actor, replies.discarded(pending), is_urgent=True)
        await self._direct_messages.finish()

    async def _run(self) -> None:
        while True:
            try:
                await self._once()
            except Exception as error:  # noqa: BLE001 - the next check must come
                _log.error("recovery of the database failed", exc_info=error)
            self._spool.changed.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CHECK_SECONDS):
                    await self._spool.changed.wait()

    async def _once(self) -> None:
        await self._monitor.probe()
        if self._monitor.outage:
            self._log_outage(self._monitor.outage)
        elif not self._spool.waiting:
            return
        else:
            await self._persist_queue()  # pictures are downloaded before others must wait
            if not await self._first():
                return
        try:
            await self._monitor.recover()
            await self._replay_queue()
        except DatabaseUnavailableError as error:
            self._log_outage(error.reason)
            await self._persist_queue()
        except StoppingError:
            return
        else:
            self._monitor.resume()
            self._on_recovery()
            if self._logged_outage:
                _log.warning("database available again")
                self._logged_outage = None
            if not self._spool.waiting and not self._spool.has_more:
                await asyncio.to_thread(self._replay.clear)

    async def _replay_queue(self) -> None:
        """Replay all changes that can be; no other write comes before the last of them."""
        await self._spool.skip_other_databases()
        pending = await self._first()
        while pending:
            try:
                result = await self._replay.replay(pending)
            except PicturesUnavailableError as error:
                self._set_pictures_outage(error.reason)
                self._pictures_retry_at = asyncio.get_running_loop().time() + PICTURES_SECONDS
            else:
                await self._spool.remove(pending)
                self._is_pictures_outage_logged = self._is_pictures_outage_logged and not pending.pictures
                _log.info("queued change replayed", operation=pending.operation, is_refused=result.plan is None)
                self._notify(pending.actor, replies.replayed(result), is_urgent=result.is_lost)
            pending = self._next()

    def _notify(self, actor: Actor, reply: Reply, *, is_urgent: bool) -> None:
        instead = replies.replayed_dm_failed(actor.user_id)
        self._direct_messages.send(actor, reply, instead=instead, is_urgent=is_urgent)

    async def _first(self) -> PendingOperation | None:
        """Return what `_next` does, after a check of the pictures' disk."""
        is_time = asyncio.get_running_loop().time() >= self._pictures_retry_at
        if is_time and any(pending.pictures for pending in self._spool.waiting):
            self._set_pictures_outage(await self._monitor.pictures_outage())
        return self._next()

    def _next(self) -> PendingOperation | None:
        """Return the oldest change that can be replayed; one that waits for its pictures blocks its sender alone."""
        blocked: set[tuple[GuildId, UserId]] = set()
        for pending in self._spool.waiting:
            sender = (pending.actor.guild_id, pending.actor.user_id)
            if pending.pictures and self._pictures_outage:
                blocked.add(sender)
            if sender not in blocked:
                return pending
        return None

    def _set_pictures_outage(self, why: str | None) -> None:
        if why and not self._is_pictures_outage_logged:
            self._is_pictures_outage_logged = True
            _log.error("pictures can't be saved; queueing plans with pictures and retrying", why=why)
        self._pictures_outage = why

    async def _persist_queue(self) -> None:
        """Write changes to the disk, and download their pictures, while they can't be replayed."""
        await self._spool.write_rest()
        await self._monitor.rescue()
        for pending in self._spool.waiting:
            operation = pending.operation
            if operation not in self._downloaded and any(isinstance(each, Attachment) for each in pending.pictures):
                self._downloaded.add(operation)
                with contextlib.suppress(DatabaseUnavailableError):
                    fetched = await self._replay.fetch(pending)
                    await self._spool.replace(fetched)
                    pictures = len(fetched.downloaded)
                    _log.info("pictures of a queued change downloaded", operation=operation, pictures=pictures)

    def _log_outage(self, why: str) -> None:
        if why != self._logged_outage:
            _log.error("database unavailable; queueing writes and retrying", why=why)
            self._logged_outage = why
