"""Has the book brought back into use after trouble, and then puts in what was kept meanwhile, in order, once."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

import structlog

from bot import replies
from bot.discord.direct_messages import DirectMessages
from bot.domain.errors import DatabaseUnavailableError, PicturesUnavailableError, StoppingError
from bot.domain.pending import PendingOperation
from bot.domain.values import Attachment, GuildId, OperationId, UserId
from bot.service.recovery.monitor import DatabaseMonitor
from bot.service.recovery.replay import ReplayService
from bot.service.recovery.spool import Spool

LOOK_SECONDS: Final = 1.0
"""Between two looks at the book, and two tries to mend it: a lock that another program gives back is soon noticed."""
PICTURES_SECONDS: Final = 10.0
"""Between two tries to keep pictures that were fetched once more, and for which there was no room."""

_log = structlog.get_logger(__name__)


class Recovery:
    """Looks after the book for as long as the bot runs."""

    def __init__(
        self,
        monitor: DatabaseMonitor,
        spool: Spool,
        replay: ReplayService,
        letters: DirectMessages,
        is_back: Callable[[], None],
    ) -> None:
        """Call `is_back` when the book is in use again."""
        self._is_back = is_back
        self._monitor = monitor
        self._spool = spool
        self._replay = replay
        self._letters = letters
        self._fetched: set[OperationId] = set()
        self._told: str | None = None
        self._why_no_pictures: str | None = None
        self._is_told_of_pictures = False
        self._pictures_from = 0.0
        """In the time of the event loop: not to be tried before."""
        self._is_database_lost = False
        self._work: asyncio.Task[None] | None = None

    @property
    def outage(self) -> str | None:
        """Why what is sent can't be put into the book; None: all is well."""
        return self._monitor.outage or (self._why_no_pictures if self._spool.waiting else None)

    @property
    def left(self) -> tuple[int, int]:
        """How many operations wait in the file, and how many in memory alone."""
        in_memory = len(self._spool.in_memory)
        return len(self._spool.waiting) - in_memory, in_memory

    @property
    def is_database_lost(self) -> bool:
        """Whether a book whose file was taken away ends with this process, as no disk took a copy."""
        return self._is_database_lost

    async def open(self) -> None:
        """Take up what an earlier run has left: it is put in before anything new."""
        await self._spool.open()
        if self._spool.waiting:
            self._monitor.pause()

    def start(self) -> None:
        """Look after the book from now on, when letters can be sent."""
        self._work = asyncio.create_task(self._run())

    async def halt(self) -> None:
        """Put nothing more in: the bot is being stopped, and what waits is put in at the next start."""
        if self._work:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)

    async def stop(self) -> None:
        """End, and tell those whose words end with this process."""
        await self.halt()
        self._is_database_lost = not await self._monitor.rescue()
        await self._spool.write_rest()
        for kept in self._spool.in_memory:
            self._letters.send(kept.actor, replies.never_carried_out(kept), is_urgent=True)
        await self._letters.finish()

    async def _run(self) -> None:
        while True:
            try:
                await self._once()
            except Exception as error:  # noqa: BLE001 - the next look must come
                _log.error("recovery of the database failed", exc_info=error)
            self._spool.is_new.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._spool.is_new.wait()

    async def _once(self) -> None:
        await self._monitor.probe()
        if self._monitor.outage:
            self._tell(self._monitor.outage)
        elif not self._spool.waiting:
            return
        else:
            await self._save()  # pictures are fetched before others must wait
            if not await self._first():
                return
        try:
            await self._monitor.recover()
            await self._put_in()
        except DatabaseUnavailableError as error:
            self._tell(str(error.__cause__))
            await self._save()
        except StoppingError:
            return
        else:
            self._monitor.resume()
            self._is_back()
            if self._told:
                _log.warning("database available again")
                self._told = None
            if not self._spool.waiting and not self._spool.has_more:
                await asyncio.to_thread(self._replay.clear)

    async def _put_in(self) -> None:
        """Put in all that is kept and can be; as the last of it is in, nothing has come in between."""
        await self._spool.skip_other_databases()
        kept = await self._first()
        while kept:
            try:
                done = await self._replay.replay(kept)
            except PicturesUnavailableError as error:
                self._note_pictures(str(error.__cause__))
                self._pictures_from = asyncio.get_running_loop().time() + PICTURES_SECONDS
            else:
                await self._spool.done(kept)
                self._is_told_of_pictures = self._is_told_of_pictures and not kept.pictures
                _log.info("queued change replayed", operation=kept.operation, is_refused=done.plan is None)
                is_only_copy = bool(done.refusal and kept.text and not done.is_draft)
                self._letters.send(kept.actor, replies.carried_out(done), is_urgent=is_only_copy)
            kept = self._next()

    async def _first(self) -> PendingOperation | None:
        """See `_next`, with what the disk of the pictures says now."""
        is_time = asyncio.get_running_loop().time() >= self._pictures_from
        if is_time and any(kept.pictures for kept in self._spool.waiting):
            self._note_pictures(await self._monitor.why_no_pictures())
        return self._next()

    def _next(self) -> PendingOperation | None:
        """The oldest that can be put in: what has pictures waits for their disk, and holds up its sender alone."""
        held_up: set[tuple[GuildId, UserId]] = set()
        for kept in self._spool.waiting:
            sender = (kept.actor.guild_id, kept.actor.user_id)
            if kept.pictures and self._why_no_pictures:
                held_up.add(sender)
            if sender not in held_up:
                return kept
        return None

    def _note_pictures(self, why: str | None) -> None:
        if why and not self._is_told_of_pictures:
            self._is_told_of_pictures = True
            _log.error("pictures can't be saved; queueing plans with pictures and retrying", why=why)
        self._why_no_pictures = why

    async def _save(self) -> None:
        """Bring to safety what can be, while it can't be put in."""
        await self._spool.write_rest()
        await self._monitor.rescue()
        for kept in self._spool.waiting:
            if kept.operation not in self._fetched and any(isinstance(each, Attachment) for each in kept.pictures):
                self._fetched.add(kept.operation)
                with contextlib.suppress(DatabaseUnavailableError):
                    fetched = await self._replay.fetch(kept)
                    await self._spool.change(fetched)
                    _log.info(
                        "pictures of a queued change downloaded",
                        operation=kept.operation,
                        pictures=len(fetched.put_aside),
                    )

    def _tell(self, why: str) -> None:
        if why != self._told:
            _log.error("database unavailable; queueing writes and retrying", why=why)
            self._told = why
