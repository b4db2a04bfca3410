"""The queue of changes while the database can't be written: in memory, and in a file where one can be written."""

import asyncio
from collections.abc import Callable, Sequence

import structlog
from pydantic import ValidationError

from bot.domain.clock import Clock
from bot.domain.commands import Request
from bot.domain.pending import DatabaseId, Durability, PendingOperation
from bot.domain.values import Actor, OperationId, Quotas, Usage
from bot.service.recovery import spool_format
from storage.errors.database import SpoolLockedError
from storage.spool import SpoolFile

MOST = 10_000
"""The most changes in the queue, of all servers together: they are in the memory, too."""
_MIB = 2**20

_log = structlog.get_logger(__name__)


class Spool:
    """Keeps what is asked for in the order in which it came, each operation once."""

    def __init__(self, file: SpoolFile, clock: Clock, database: Callable[[], DatabaseId], quotas: Quotas) -> None:
        """Queue for the database that `database` names."""
        self._quotas = quotas
        self._file = file
        self._clock = clock
        self._database = database
        self._kept: dict[OperationId, PendingOperation] = {}
        self._sizes: dict[OperationId, int] = {}
        """Bytes of what is written down of each."""
        self._in_file: set[OperationId] = set()
        self._has_more = False
        self._has_quotas = True
        self._told: str | None = None
        self._one_at_a_time = asyncio.Lock()
        self.is_new = asyncio.Event()
        """Set as something is kept."""

    @property
    def waiting(self) -> Sequence[PendingOperation]:
        """All changes in the queue, oldest first."""
        return tuple(self._kept.values())

    @property
    def in_memory(self) -> Sequence[PendingOperation]:
        """The changes that end with this process."""
        return tuple(kept for operation, kept in self._kept.items() if operation not in self._in_file)

    @property
    def has_more(self) -> bool:
        """True: the file has lines of another database, or unreadable ones; they stay there."""
        return self._has_more

    async def open(self) -> None:
        """Take up what an earlier run of the bot has left in the file."""
        try:
            await asyncio.to_thread(self._file.prepare)
        except (OSError, SpoolLockedError) as error:
            self._tell("what the book can't take would be kept in memory alone", error)
        else:
            await self._fill_reserve()
        try:
            lines = await asyncio.to_thread(self._file.read)
        except OSError as error:
            self._has_more = True
            self._tell("what was kept can't be read", error)
            return
        for line in lines:
            self._take_up(line)
        self._in_file = set(self._kept)
        if self._kept:
            _log.warning("kept from before", operations=len(self._kept))

    async def keep(self, operation: OperationId, actor: Actor, request: Request) -> Durability:
        """Keep what somebody asked for; the same operation once. What comes meanwhile is written together."""
        if operation not in self._kept:
            new = PendingOperation(operation, actor, actor.sent_at or self._clock(), request, self._database())
            self._sizes[operation] = len(spool_format.written(new))
            self._kept[operation] = new
            if self._is_too_much(actor):
                self._forget(operation)
                return Durability.NOWHERE
        async with self._one_at_a_time:
            if operation not in self._in_file:
                await self._write_rest()
        self.is_new.set()
        return Durability.FILE if operation in self._in_file else Durability.MEMORY

    def lift_quotas(self) -> None:
        """Keep what comes from now on whatever the quotas: the bot is being stopped, and can hardly return texts."""
        self._has_quotas = False

    def usage(self, actor: Actor) -> Usage:
        """Return the quota, the actor's or their server's, that has the least room."""
        return max(self._usages(actor), key=lambda usage: usage.used / usage.most)

    async def change(self, kept: PendingOperation) -> None:
        """Let something that is kept be this from now on: its pictures were fetched."""
        async with self._one_at_a_time:
            if kept.operation in self._kept:
                self._kept[kept.operation] = kept
                await self._write(kept)

    async def write_rest(self) -> None:
        """Write what is in memory alone, where it could not be written before, or what was written is gone."""
        async with self._one_at_a_time:
            await self._write_rest()

    async def leave_others(self) -> None:
        """Leave in the file what was sent to another book, for the bot that serves it."""
        mine = self._database()
        async with self._one_at_a_time:
            for kept in self.waiting:
                if kept.database and not kept.database.is_of(mine):
                    self._forget(kept.operation)
                    self._in_file.discard(kept.operation)
                    self._has_more = True
                    _log.error("what was sent to another book stays where it is kept", book=kept.database.path)

    async def done(self, kept: PendingOperation) -> None:
        """Forget a change that was saved, or refused for good."""
        async with self._one_at_a_time:
            self._forget(kept.operation)
            was_in_file = kept.operation in self._in_file
            self._in_file.discard(kept.operation)
            try:
                if not self._kept and not self._has_more:
                    await asyncio.to_thread(self._file.clear)
                    await self._fill_reserve()
                elif was_in_file:
                    await asyncio.to_thread(self._file.append, spool_format.written_done(kept.operation))
            except (OSError, SpoolLockedError) as error:  # it would be replayed, which the database then notices
                self._tell("what is done can't be taken off the file", error)

    async def _fill_reserve(self) -> None:
        try:
            await asyncio.to_thread(self._file.fill_reserve)
        except OSError as error:
            self._tell("no room on the disk could be set aside for what can't be saved", error)

    def _is_too_much(self, actor: Actor) -> bool:
        return len(self._kept) > MOST or any(usage.used > usage.most for usage in self._usages(actor))

    def _usages(self, actor: Actor) -> list[Usage]:
        if not self._has_quotas:
            return [Usage(0, self._quotas.user_queued)]
        server = [kept for kept in self._kept.values() if kept.actor.guild_id == actor.guild_id]
        own = [kept for kept in server if kept.actor.user_id == actor.user_id]
        quotas = self._quotas
        return [
            Usage(len(own), quotas.user_queued),
            Usage(len(server), quotas.server_queued),
            Usage(sum(self._sizes[kept.operation] for kept in own), quotas.user_queued_mib * _MIB),
            Usage(sum(self._sizes[kept.operation] for kept in server), quotas.server_queued_mib * _MIB),
        ]

    def _forget(self, operation: OperationId) -> None:
        self._kept.pop(operation, None)
        self._sizes.pop(operation, None)

    async def _write_rest(self) -> None:
        """Write in the order in which it came, as far as the disk takes it: so it is put in after a restart."""
        if await asyncio.to_thread(self._file.is_gone):
            _log.error("the spool was deleted; writing it again")
            self._file.forget()
            self._in_file.clear()
        rest = self.in_memory
        if len(rest) > 1 and await self._write(*rest):
            return
        for kept in self.in_memory:  # one by one: the disk may have room for some
            if not await self._write(kept):
                return

    async def _write(self, *kept: PendingOperation) -> bool:
        try:
            await asyncio.to_thread(self._file.append, *(spool_format.written(each) for each in kept))
        except (OSError, SpoolLockedError) as error:
            self._tell("kept in memory alone", error)
            return False
        self._in_file.update(each.operation for each in kept)
        self._told = None
        return True

    def _tell(self, what: str, error: OSError | SpoolLockedError) -> None:
        """Log it once, however often it is tried."""
        why = (isinstance(error, OSError) and error.strerror) or str(error)
        if why != self._told:
            self._told = why
            _log.error(what, why=why)

    def _take_up(self, line: bytes) -> None:
        try:
            read = spool_format.read(line)
        except (ValueError, KeyError, TypeError) as error:
            self._has_more = True
            _log.error("a line of what was kept can't be read; it stays in the file", why=_why(error))
        else:
            if isinstance(read, PendingOperation):
                self._kept[read.operation] = read
                self._sizes[read.operation] = len(line)
            else:
                self._forget(read)


def _why(error: Exception) -> str:
    """Return the words for a line that can't be read, without the line itself: that is somebody's text."""
    return f"{error.error_count()} faults" if isinstance(error, ValidationError) else type(error).__name__
