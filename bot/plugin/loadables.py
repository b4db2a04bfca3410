"""The parts of a plugin that lightbulb adds and removes: routes, tasks and listeners that fail safely."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

import lightbulb
from lightbulb.tasks import TaskFunc, Trigger

from bot.interactions.lightbulb_internals import forget_task, runner_of
from bot.interactions.routes import Route, Routes

OnFailure: TypeAlias = Callable[[str, BaseException], None]
"""Takes what failed, in a word or two, and how."""

SHORTEST_WAIT: Final = 0.1
"""Seconds between two runs of a task, whatever its trigger says: a loop without a pause would stop the bot."""
WAIT_AFTER_TRIGGER_FAILED: Final = 60.0

CAUGHT: Final = (Exception, SystemExit)
"""What a plugin's code may raise without harm: in a task of asyncio's, sys.exit would end the bot."""


class RouteLoadable(lightbulb.Loadable):
    """One route."""

    __slots__ = ("_action", "_route")

    def __init__(self, action: str, route: Route) -> None:
        self._action = action
        self._route = route

    async def load(self, client: lightbulb.Client) -> None:
        """Add the route."""
        _routes_of(client).add(self._action, self._route)

    async def unload(self, client: lightbulb.Client) -> None:
        """Take the route back."""
        _routes_of(client).remove(self._action, self._route)


class TaskLoadable(lightbulb.Loadable):
    """A repeating task, which goes on by its trigger when it fails, and can be loaded again after it was removed."""

    __slots__ = ("_was_loaded", "make", "task")

    def __init__(self, make: Callable[[], lightbulb.Task]) -> None:
        self.make = make
        self.task = make()
        self._was_loaded = False

    @property
    def running(self) -> asyncio.Task[None] | None:
        """What runs it; None: the client has not started yet, or it was stopped."""
        return runner_of(self.task)

    async def load(self, client: lightbulb.Client) -> None:
        """Begin it."""
        if self._was_loaded:  # a task of lightbulb's that was cancelled can't be started again
            self.task = self.make()
        self._was_loaded = True
        client.task(self.task)

    async def unload(self, client: lightbulb.Client) -> None:
        """Cancel it; `running` is done when it has ended."""
        forget_task(client, self.task)
        self.cancel()

    def cancel(self) -> None:
        """Have it end, also where it has not begun yet."""
        if self.running is not None:
            self.running.cancel()


def failing_safely(on_failure: OnFailure, function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[None]]:
    """The function with its services injected, whose failures are told and end here."""
    injected = lightbulb.di.with_di(function)
    name = getattr(function, "__name__", "?")

    async def run(*arguments: Any) -> None:
        try:
            await injected(*arguments)
        except CAUGHT as error:
            on_failure(name, error)

    run.__name__ = name
    return run


def task(
    on_failure: OnFailure, function: TaskFunc, trigger: Trigger, *, auto_start: bool, max_invocations: int
) -> lightbulb.Task:
    """A task that runs by its trigger whatever happens: also when its first run fails, or the trigger itself."""

    async def wait(data: lightbulb.TaskExecutionData) -> float:
        try:
            seconds = await lightbulb.utils.maybe_await(trigger(data))
        except CAUGHT as error:
            on_failure("the trigger of a task", error)
            return WAIT_AFTER_TRIGGER_FAILED
        return max(seconds, SHORTEST_WAIT) if data.invocation_count else seconds

    return lightbulb.Task(failing_safely(on_failure, function), wait, auto_start, -1, max_invocations)


def listener(on_failure: OnFailure, function: Callable[..., Awaitable[Any]]) -> Callable[[Any], Awaitable[None]]:
    """A listener whose failures are told and end here."""
    safe = failing_safely(on_failure, function)

    async def listen(*event: Any) -> None:
        await safe(*event)

    listen.__name__ = safe.__name__
    return listen


def _routes_of(client: lightbulb.Client) -> Routes:
    routes = getattr(client, "routes", None)
    if not isinstance(routes, Routes):
        raise TypeError("a plugin with routes needs a client that has routes")
    return routes
