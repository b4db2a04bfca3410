"""The parts of a plugin: commands, listeners, tasks, and routes for buttons, selects and modals."""

import asyncio
import datetime
import functools
import inspect
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, NoReturn, TypeVar

import hikari
import lightbulb
import structlog
from lightbulb.tasks import TaskFunc, Trigger

from bot.domain import errors
from bot.domain.values import PluginFailure
from bot.interactions.context import FirstAnswer, PressContext, SubmitContext
from bot.interactions.lightbulb_internals import commands_of, has_guild_commands, loadables_of
from bot.interactions.routes import Handler, Route
from bot.plugin import loadables
from bot.plugin.exception_text import words_of
from bot.replies.custom_ids import UnknownRouteError, number_in

HandlerT = TypeVar("HandlerT", bound=Callable[..., Awaitable[None]])

NAME: Final = "[a-z][a-z0-9_]{0,31}"
"""Pattern of a plugin's name; its routes begin with the name."""

PART_SECONDS: Final = 0.3
"""Maximum duration of adding or removing a part: interactions wait meanwhile."""

GUILD_ONLY: dict[str, Any] = {
    "contexts": [hikari.ApplicationContextType.GUILD],
    "integration_types": [hikari.ApplicationIntegrationType.GUILD_INSTALL],
}
"""Keyword arguments for each command: only in guilds, only where the bot was invited."""


class Plugin(lightbulb.Loader):
    """A module's commands, listeners, tasks and routes; added and removed together.

    A plugin is a module with `plugin = Plugin(...)` in it. Handlers get services by the type of a parameter.
    `requires` names plugins that must be loaded too. A task or listener that fails is logged, remembered as
    `last_error`, and goes on.
    """

    __slots__ = ("last_error", "log", "name", "requires", "routes", "summary")

    def __init__(self, name: str, summary: str, requires: Sequence[str] = ()) -> None:
        super().__init__()
        if not re.fullmatch(NAME, name):
            raise ValueError(f"“{name}” can’t be a plugin’s name: use 1 to 32 of a-z, 0-9 and _, a letter first")
        if isinstance(requires, str):
            raise TypeError(f"requires is a list of names: [{requires!r}]")
        self.name = name
        self.summary = summary
        self.requires = tuple(requires)
        self.log: structlog.stdlib.BoundLogger = structlog.get_logger(f"plugins.{name}")
        self.routes: dict[str, Route] = {}
        self.last_error: PluginFailure | None = None

    @property
    def registered(self) -> list[Any]:
        """Its command classes and groups, as lightbulb has them."""
        return commands_of(self)

    @property
    def is_for_some_guilds(self) -> bool:
        """True: a command is for some servers alone, which `bot.discord.commands.sync` does not do."""
        return has_guild_commands(self)

    @property
    def commands(self) -> set[tuple[hikari.CommandType, str]]:
        """Its commands by kind and name, which identify them at Discord."""
        data = map(lightbulb.utils.get_command_data, self.registered)
        return {(each.type, each.name) for each in data}

    @property
    def running_tasks(self) -> set[asyncio.Task[None]]:
        """Its tasks that have begun and not ended."""
        return {each.running for each in self._tasks if each.running is not None and not each.running.done()}

    def cancel_tasks(self) -> None:
        """Cancel its tasks; the ones in `running_tasks` have not ended yet."""
        for each in self._tasks:
            each.cancel()

    async def remove_from_client(self, client: lightbulb.Client) -> None:
        """Remove all parts from the client; one that can't be removed stops no other."""
        for part in reversed(loadables_of(self)):
            try:
                async with asyncio.timeout(PART_SECONDS):
                    await part.unload(client)
            except loadables.CAUGHT as error:
                self._failed("removing it", error)

    def route(self, action: str, first_answer: FirstAnswer = FirstAnswer.PRIVATE) -> Callable[[HandlerT], HandlerT]:
        """Handle presses, choices and submitted modals whose `custom_id` names `<plugin>.<action>`.

        The handler takes a `PressContext` or a `SubmitContext`, then one parameter for each
        argument of the `custom_id`, annotated int or str, then services. If it takes longer than a
        second, its answer is deferred as `first_answer`; a command has an attribute of that name.
        """
        name = f"{self.name}.{action}"
        if name in self.routes:
            raise ValueError(f"the plugin has two routes {action}")

        def register(handler: HandlerT) -> HandlerT:
            self.routes[name] = Route(_reading_arguments(handler), first_answer)
            self.add(loadables.RouteLoadable(name, self.routes[name]))
            return handler

        return register

    def task(
        self, trigger: Trigger, /, auto_start: bool = True, max_failures: int = -1, max_invocations: int = -1
    ) -> Callable[[TaskFunc], lightbulb.Task]:
        """Run the function by a trigger of lightbulb's.

        Failures are caught here, logged and shown to operators, so lightbulb counts none: `max_failures`, which
        decorators of lightbulb have too, is ignored, and the task goes on.
        """

        def register(function: TaskFunc) -> lightbulb.Task:
            make = functools.partial(
                loadables.task,
                self._failed,
                function,
                trigger,
                auto_start=auto_start,
                max_invocations=max_invocations,
            )
            loadable = loadables.TaskLoadable(make)
            self.add(loadable)
            return loadable.task

        return register

    def listener(self, *event_types: type[Any]) -> Callable[[HandlerT], HandlerT]:
        """Call the function with each event of these types.

        Raises:
            TypeError: a type is none of an event.
        """
        for each in event_types:
            if not issubclass(each, hikari.Event):
                raise TypeError(f"{each.__name__} is no type of event: use one such as hikari.MessageCreateEvent")
        add = super().listener(*event_types)

        def register(function: HandlerT) -> HandlerT:
            add(loadables.listener(self._failed, function))
            return function

        return register

    def error_handler(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse: `bot.interactions.error_handler` answers all interactions that fail.

        Raises:
            TypeError: always.
        """
        raise TypeError("a plugin has no error handlers: the bot answers interactions that fail")

    @property
    def _tasks(self) -> list[loadables.TaskLoadable]:
        return [each for each in loadables_of(self) if isinstance(each, loadables.TaskLoadable)]

    def _failed(self, what: str, error: BaseException) -> None:
        if isinstance(error, errors.DatabaseUnavailableError):
            self.log.warning("database unavailable", plugin=self.name, what=what, why=error.reason)
            return
        self.log.error("failed", plugin=self.name, what=what, exc_info=error)
        now = datetime.datetime.now(datetime.UTC)
        self.last_error = PluginFailure(now, f"{what}: {words_of(error)}")


def _reading_arguments(handler: Callable[..., Awaitable[None]]) -> Handler:
    """Convert a `custom_id`'s arguments to the types of the handler's parameters, and inject the rest."""
    parameters = list(inspect.signature(handler).parameters.values())[1:]
    types = [parameter.annotation for parameter in parameters if parameter.annotation in (int, str)]
    injected = lightbulb.di.with_di(handler)

    @functools.wraps(handler)
    async def read(ctx: PressContext | SubmitContext, *arguments: str) -> None:
        if len(arguments) != len(types):
            raise UnknownRouteError(ctx.interaction.custom_id)
        await injected(ctx, *(_read(given, read_as) for read_as, given in zip(types, arguments, strict=True)))

    return read


def _read(given: str, kind: type[int] | type[str]) -> int | str:
    """Return the argument of a `custom_id`.

    Raises:
        UnknownRouteError: it is not the number it should be.
    """
    return number_in(given) if kind is int else given
