"""Decorators that make a method of a service one transaction, in a thread of the store, awaited."""

import contextlib
import datetime
import functools
import inspect
from collections.abc import Callable, Coroutine, Generator
from typing import Any, Concatenate, Final, ParamSpec, TypeAlias, TypeVar

from bot.domain.clock import Clock
from bot.domain.commands import Command
from bot.domain.errors import (
    DatabaseUnavailableError,
    DatabaseUnreadableError,
    NotManagerError,
    ReadersUncheckedError,
    UnsavedError,
)
from bot.domain.values import Actor, OperationId, Reader
from bot.service.guilds import GuildService
from bot.service.records import operations
from bot.service.records.operations import Outcome
from storage.errors import StorageError
from storage.store import Store

ADMISSIONS: Final = 5
"""The times that the channels of a reader are looked up, if each time another gets its first card meanwhile."""

P = ParamSpec("P")
T = TypeVar("T")
CommandT = TypeVar("CommandT", bound=Command)


class _OutdatedReaderError(Exception):
    """A channel got its first card while it was looked up what the reader sees."""


class Service:
    """A part of the shared service. Its acts take the actor first, and make sure that the guild exists."""

    def __init__(self, store: Store, clock: Clock, guilds: GuildService) -> None:
        self.store = store
        self.clock = clock
        self.guilds = guilds

    def now(self, actor: Actor) -> datetime.datetime:
        """Return the time of the actor's act: never before they asked for it, should the clock be slow."""
        now = self.clock()
        return max(now, actor.sent_at or now)

    async def read_for(self, actor: Actor, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return the result of a read transaction in which the actor acts.

        Raises:
            StorageError: the database can't be read.
        """
        del actor  # all are alike here
        return await self.store.read(act, *args, **kwargs)

    async def read_long_for(self, actor: Actor, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return the result of a long read transaction in which the actor acts.

        Raises:
            StorageError: the database can't be read.
        """
        return await self.read_for(actor, act, *args, **kwargs)

    def is_current(self, reader: Reader) -> bool:
        """Return whether the reader may still be used, inside the transaction; else it is looked up again."""
        del reader  # people see what was there when they asked
        return True

    async def _read(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return the result of a read transaction in which nobody acts in a guild.

        Raises:
            DatabaseUnreadableError: the database can't be read.
        """
        with _translate_errors(DatabaseUnreadableError()):
            return await self.store.read(act, *args, **kwargs)

    async def _write(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return the result of a write transaction in which nobody acts in a guild.

        Raises:
            DatabaseUnavailableError: the database can't be written.
        """
        with _translate_errors(DatabaseUnavailableError()):
            return await self.store.write(act, *args, **kwargs)


ServiceT = TypeVar("ServiceT", bound=Service)
Handler: TypeAlias = Callable[[ServiceT, Reader, CommandT, OperationId], T]
Execute: TypeAlias = Callable[[ServiceT, Actor, CommandT, OperationId], Coroutine[Any, Any, T]]
Act: TypeAlias = Callable[Concatenate[ServiceT, Reader, P], T]
Transaction: TypeAlias = Callable[Concatenate[ServiceT, Actor, P], Coroutine[Any, Any, T]]


def executes(
    command: type[CommandT], *, first_result: Callable[[Outcome], T]
) -> Callable[[Handler[ServiceT, CommandT, T]], Execute[ServiceT, CommandT, T]]:
    """Make the method the handler of this kind of command: one write transaction, in which an operation is done once.

    The method raises `UnsavedError` where the database can't be written now: the command can be queued. When it
    returns, its change is on the disk; when it raises, nothing is.

    Args:
        command: the kind.
        first_result: returns the command's result again, of the outcome of the operation.
    """

    def decorate(handler: Handler[ServiceT, CommandT, T]) -> Execute[ServiceT, CommandT, T]:
        admit = _admission(handler)

        def once(service: ServiceT, reader: Reader, command: CommandT, operation: OperationId) -> T:
            if done := operations.outcome(operation):
                return first_result(done)
            return handler(service, reader, command, operation)

        @functools.wraps(handler)
        async def execute(service: ServiceT, actor: Actor, command: CommandT, operation: OperationId) -> T:
            with _translate_errors(UnsavedError(command)):
                reader = await admit(service, actor)
                return await _write_of(service, actor)(_in_time, once, service, reader, command, operation)

        return execute

    return decorate


def writes(act: Act[ServiceT, P, T]) -> Transaction[ServiceT, P, T]:
    """Make the method one write transaction.

    When it returns, its change is on the disk; when it raises, nothing is.
    """
    return _transaction(act, DatabaseUnavailableError, _write_of)


def reads(act: Act[ServiceT, P, T]) -> Transaction[ServiceT, P, T]:
    """Make the method one read transaction: it sees the database as it was at one moment."""
    return _transaction(act, DatabaseUnreadableError, lambda service, actor: functools.partial(service.read_for, actor))


def reads_long(act: Act[ServiceT, P, T]) -> Transaction[ServiceT, P, T]:
    """Make the method one long read transaction; a service may have only some of them run at once."""
    return _transaction(
        act, DatabaseUnreadableError, lambda service, actor: functools.partial(service.read_long_for, actor)
    )


def reads_first(act: Act[ServiceT, P, T]) -> Transaction[ServiceT, P, T]:
    """Make the method one short read transaction, which waits for no longer one.

    It is for opening modals and autocomplete, whose answers can't be deferred.
    """
    return _transaction(act, DatabaseUnreadableError, lambda service, _: service.store.read_first)


def require_manager(actor: Actor) -> None:
    """Go on only for one who manages the guild.

    Raises:
        NotManagerError: they don't.
    """
    if not actor.is_manager:
        raise NotManagerError


def _transaction(
    act: Act[ServiceT, P, T],
    refusal: type[DatabaseUnavailableError],
    run_of: Callable[[Service, Actor], Callable[..., Coroutine[Any, Any, Any]]],
) -> Transaction[ServiceT, P, T]:
    """Make the act a transaction, run by what `run_of` returns; it raises the refusal where the database fails."""
    admit = _admission(act)

    @functools.wraps(act)
    async def transaction(service: ServiceT, actor: Actor, *args: P.args, **kwargs: P.kwargs) -> T:
        with _translate_errors(refusal()):
            for _ in range(ADMISSIONS):
                reader = await admit(service, actor)
                with contextlib.suppress(_OutdatedReaderError):
                    return await run_of(service, actor)(_in_time, act, service, reader, *args, **kwargs)
            raise ReadersUncheckedError

    return transaction


def _admission(act: Callable[..., Any]) -> Callable[[Service, Actor], Coroutine[Any, Any, Reader]]:
    """Return the step before the act: it makes sure that the guild exists.

    The channels that the actor sees are looked up only where the act takes a `Reader`, as that may need Discord.
    """
    _, taken, *_ = inspect.signature(act).parameters.values()
    reads_plans = taken.annotation is Reader

    async def admit(service: Service, actor: Actor) -> Reader:
        service.store.refuse_stopping()
        await service.guilds.ensure_guild(actor.guild_id, is_replay=actor.is_replay)
        return await service.guilds.reader(actor) if reads_plans else Reader.of(actor)

    return admit


def _write_of(service: Service, actor: Actor) -> Callable[..., Coroutine[Any, Any, Any]]:
    """Return the write for this actor: a queued change that is replayed goes before all that was sent later."""
    return service.store.write_first if actor.is_replay else service.store.write


def _in_time(act: Act[ServiceT, P, T], service: ServiceT, reader: Reader, *args: P.args, **kwargs: P.kwargs) -> T:
    """Do the act, unless the bot is being stopped: of many that wait for their turn, most can't be done in time."""
    service.store.refuse_stopping()
    if not service.is_current(reader):
        raise _OutdatedReaderError
    return act(service, reader, *args, **kwargs)


@contextlib.contextmanager
def _translate_errors(refusal: DatabaseUnavailableError) -> Generator[None]:
    """Raise the refusal for what fails for the disk, another process or too many open files alone."""
    try:
        yield
    except (StorageError, OSError) as error:
        raise refusal from error
