"""Has the book brought back into use after trouble, and then puts in what was kept meanwhile, in order, once."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

import structlog

from bot import replies
from bot.errors import BookUnavailableError, StoppingError
from bot.layout import Reply
from bot.letters import Letters
from bot.service.catch_up import CatchUpService
from bot.service.spool import Spool
from bot.service.upkeep import UpkeepService
from bot.values import Attachment, Kept, OperationId

LOOK_SECONDS: Final = 1.0
"""Between two looks at the book, and two tries to mend it: a lock that another program gives back is soon noticed."""
FAREWELL_SECONDS: Final = 2.0
"""How long a stop waits for letters that are on their way."""

_log = structlog.get_logger(__name__)


class Recovery:
    """Looks after the book for as long as the bot runs."""

    def __init__(
        self,
        upkeep: UpkeepService,
        spool: Spool,
        catch_up: CatchUpService,
        letters: Letters,
        is_back: Callable[[], None],
    ) -> None:
        """Call `is_back` when the book is in use again."""
        self._is_back = is_back
        self._upkeep = upkeep
        self._spool = spool
        self._catch_up = catch_up
        self._letters = letters
        self._fetched: set[OperationId] = set()
        self._told: str | None = None
        self._work: asyncio.Task[None] | None = None
        self._sending: set[asyncio.Task[None]] = set()

    @property
    def left(self) -> tuple[int, int]:
        """How many operations wait in the file, and how many in memory alone."""
        in_memory = len(self._spool.in_memory)
        return len(self._spool.waiting) - in_memory, in_memory

    async def open(self) -> None:
        """Take up what an earlier run has left: it is put in before anything new."""
        await self._spool.open()
        if self._spool.waiting:
            self._upkeep.pause()

    def start(self) -> None:
        """Look after the book from now on, when letters can be sent."""
        self._work = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End, and tell those whose words end with this process."""
        if self._work:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)
        await self._upkeep.rescue()
        await self._spool.write_rest()
        for kept in self._spool.in_memory:
            self._send(kept, replies.never_carried_out(kept))
        if self._sending:
            await asyncio.wait(self._sending, timeout=FAREWELL_SECONDS)

    async def _run(self) -> None:
        while True:
            try:
                await self._once()
            except Exception as error:  # noqa: BLE001 - the next look must come
                _log.error("looking after the book failed", exc_info=error)
            self._spool.is_new.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._spool.is_new.wait()

    async def _once(self) -> None:
        await self._upkeep.look()
        if self._upkeep.trouble:
            self._tell(self._upkeep.trouble)
        elif not self._spool.waiting:
            return
        try:
            await self._upkeep.mend()
            with self._upkeep.catching_up():
                await self._put_in()
        except BookUnavailableError as error:
            self._tell(str(error.__cause__))
            await self._save()
        except StoppingError:
            return
        else:
            self._upkeep.resume()
            self._is_back()
            if self._told:
                _log.warning("the book is in use again")
                self._told = None
            await asyncio.to_thread(self._catch_up.clear)

    async def _put_in(self) -> None:
        """Put in all that is kept; as the last of it is in, nothing has come in between."""
        while self._spool.waiting:
            kept = self._spool.waiting[0]
            done = await self._catch_up.carry_out(kept)
            await self._spool.done(kept)
            _log.info("put in what was kept", operation=kept.operation, is_refused=done.plan is None)
            self._send(kept, replies.carried_out(done))

    async def _save(self) -> None:
        """Bring to safety what can be, while the book can't be used."""
        await self._spool.write_rest()
        await self._upkeep.rescue()
        for kept in self._spool.waiting:
            if kept.operation not in self._fetched and any(isinstance(each, Attachment) for each in kept.pictures):
                self._fetched.add(kept.operation)
                with contextlib.suppress(BookUnavailableError):
                    await self._spool.change(await self._catch_up.fetch(kept))

    def _tell(self, why: str) -> None:
        if why != self._told:
            _log.error("the book can't be used; what is sent is kept, and it is tried again", why=why)
            self._told = why

    def _send(self, kept: Kept, reply: Reply) -> None:
        sending = asyncio.create_task(self._letters.send(kept.actor, reply))
        self._sending.add(sending)
        sending.add_done_callback(self._sending.discard)
