"""The queue of changes while the database can't be written: in memory, and in a file where one can be written."""

import asyncio
import collections
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

MAX_QUEUED = 10_000
"""Changes in the queue, of all servers together: they are in the memory, too."""
_MIB = 2**20

_log = structlog.get_logger(__name__)


class Spool:
    """Stores the changes in the order in which they came, each operation once."""

    def __init__(self, file: SpoolFile, clock: Clock, database: Callable[[], DatabaseId], quotas: Quotas) -> None:
        """Queue for the database that `database` names."""
        self._quotas = quotas
        self._file = file
        self._clock = clock
        self._database = database
        self._queue: dict[OperationId, PendingOperation] = {}
        self._sizes: dict[OperationId, int] = {}
        """Bytes of the line of each."""
        self._in_file: set[OperationId] = set()
        self._has_more = False
        self._has_quotas = True
        self._logged: tuple[str, dict[str, int]] | None = None
        self._lock = asyncio.Lock()
        self.changed = asyncio.Event()
        """Set when a change is added."""

    @property
    def waiting(self) -> Sequence[PendingOperation]:
        """All changes in the queue, oldest first."""
        return tuple(self._queue.values())

    @property
    def in_memory(self) -> Sequence[PendingOperation]:
        """The changes that end with this process."""
        return tuple(pending for operation, pending in self._queue.items() if operation not in self._in_file)

    @property
    def has_more(self) -> bool:
        """True: the file has lines of another database, or unreadable ones; they stay there."""
        return self._has_more

    async def open(self) -> None:
        """Load the changes that an earlier run of the bot has left in the file."""
        try:
            await asyncio.to_thread(self._file.prepare)
        except (OSError, SpoolLockedError) as error:
            self._log_once("queue has no file; changes would be held in memory only", error)
        else:
            await self._fill_reserve()
        try:
            lines = await asyncio.to_thread(self._file.read)
        except OSError as error:
            self._has_more = True
            self._log_once("queue can't be read", error)
            return
        for line in lines:
            self._load(line)
        self._in_file = set(self._queue)
        if self._queue:
            _log.warning("queued changes loaded", operations=len(self._queue))

    async def add(self, operation: OperationId, actor: Actor, request: Request) -> Durability:
        """Queue a request; the same operation once. Requests that come meanwhile are written together."""
        if operation not in self._queue:
            pending = PendingOperation(operation, actor, actor.sent_at or self._clock(), request, self._database())
            self._sizes[operation] = len(spool_format.written(pending))
            self._queue[operation] = pending
            if self._is_too_much(actor):
                self._forget(operation)
                return Durability.NOWHERE
        async with self._lock:
            if operation not in self._in_file:
                await self._write_rest()
        self.changed.set()
        return Durability.FILE if operation in self._in_file else Durability.MEMORY

    def lift_quotas(self) -> None:
        """Queue from now on whatever the quotas: the bot is being stopped, and can hardly return texts."""
        self._has_quotas = False

    def usage(self, actor: Actor) -> Usage:
        """Return the quota, the actor's or their server's, that has the least room."""
        return max(self._usages(actor), key=lambda usage: usage.used / usage.limit)

    async def replace(self, pending: PendingOperation) -> None:
        """Replace a change in the queue: its pictures were downloaded."""
        async with self._lock:
            if pending.operation in self._queue:
                self._queue[pending.operation] = pending
                await self._write(pending)

    async def write_rest(self) -> None:
        """Write the changes that are only in memory, as they could not be written before, or the file is gone."""
        async with self._lock:
            await self._write_rest()

    async def skip_other_databases(self) -> None:
        """Leave changes of another database in the file, for the bot that serves it."""
        own = self._database()
        async with self._lock:
            others = [each for each in self.waiting if each.database and not each.database.is_of(own)]
            for pending in others:
                self._forget(pending.operation)
                self._has_more = True
        paths = collections.Counter(each.database.path for each in others if each.database)
        for path, changes in paths.items():
            _log.error(
                "queued changes of another database left in the spool: run a bot with that database and this spool",
                operations=changes,
                database=path,
                spool=str(self._file.folder),
            )

    async def remove(self, pending: PendingOperation) -> None:
        """Remove a change that was saved, or refused for good."""
        async with self._lock:
            was_in_file = pending.operation in self._in_file
            self._forget(pending.operation)
            try:
                if not self._queue and not self._has_more:
                    await asyncio.to_thread(self._file.clear)
                    await self._fill_reserve()
                elif was_in_file:
                    await asyncio.to_thread(self._file.append, spool_format.written_done(pending.operation))
            except (OSError, SpoolLockedError) as error:  # it would be replayed, which the database then notices
                self._log_once("finished change not removed from the queue's file", error)

    async def _fill_reserve(self) -> None:
        try:
            await asyncio.to_thread(self._file.fill_reserve)
        except OSError as error:
            self._log_once("no room on the disk reserved for the queue", error)

    def _is_too_much(self, actor: Actor) -> bool:
        return len(self._queue) > MAX_QUEUED or any(usage.used > usage.limit for usage in self._usages(actor))

    def _usages(self, actor: Actor) -> list[Usage]:
        if not self._has_quotas:
            return [Usage(0, self._quotas.user_queued)]
        server = [pending for pending in self._queue.values() if pending.actor.guild_id == actor.guild_id]
        own = [pending for pending in server if pending.actor.user_id == actor.user_id]
        quotas = self._quotas
        return [
            Usage(len(own), quotas.user_queued),
            Usage(len(server), quotas.server_queued),
            Usage(self._size(own), quotas.user_queued_mib * _MIB),
            Usage(self._size(server), quotas.server_queued_mib * _MIB),
        ]

    def _size(self, changes: Sequence[PendingOperation]) -> int:
        return sum(self._sizes[pending.operation] for pending in changes)

    def _forget(self, operation: OperationId) -> None:
        self._queue.pop(operation, None)
        self._sizes.pop(operation, None)
        self._in_file.discard(operation)

    async def _write_rest(self) -> None:
        """Write in the order in which they came, as far as the disk has room: they are replayed so after a restart."""
        if await asyncio.to_thread(self._file.is_gone):
            _log.error("the spool was deleted; writing it again")
            self._file.forget()
            self._in_file.clear()
        rest = self.in_memory
        if len(rest) > 1 and await self._write(*rest):
            return
        for pending in self.in_memory:  # one by one: the disk may have room for some
            if not await self._write(pending):
                return

    async def _write(self, *changes: PendingOperation) -> bool:
        try:
            await asyncio.to_thread(self._file.append, *(spool_format.written(each) for each in changes))
        except (OSError, SpoolLockedError) as error:
            self._log_once("queued changes held in memory only", error, operations=len(self.in_memory))
            return False
        self._in_file.update(each.operation for each in changes)
        if not self.in_memory:
            self._logged = None
        return True

    def _log_once(self, event: str, error: OSError | SpoolLockedError, **facts: int) -> None:
        """Log the error, unless the last one was the same with the same facts."""
        why = (isinstance(error, OSError) and error.strerror) or str(error)
        if (why, facts) != self._logged:
            self._logged = (why, facts)
            _log.error(event, why=why, **facts)

    def _load(self, line: bytes) -> None:
        try:
            entry = spool_format.read(line)
        except (ValueError, KeyError, TypeError) as error:
            self._has_more = True
            _log.error("unreadable line left in the queue's file", why=_reason(error))
        else:
            if isinstance(entry, PendingOperation):
                self._queue[entry.operation] = entry
                self._sizes[entry.operation] = len(line)
            else:
                self._forget(entry)


def _reason(error: Exception) -> str:
    """Return the words for a line that can't be read, without the line itself: that is somebody's text."""
    return f"{error.error_count()} faults" if isinstance(error, ValidationError) else type(error).__name__
