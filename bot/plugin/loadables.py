"""The parts of a plugin that lightbulb adds and removes: routes, tasks and listeners that fail safely."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

import lightbulb
from lightbulb.tasks import TaskFunc, Trigger

from bot.interactions.lightbulb_internals import forget_task, runner_of
from bot.interactions.routes import Route, Routes

OnFailure: TypeAlias = Callable[[str, BaseException], None]
"""Takes the name of the part that failed, and the error."""

MIN_WAIT: Final = 0.1
"""Minimum of seconds between two runs of a task: a loop without a pause would stop the bot."""
WAIT_AFTER_TRIGGER_FAILED: Final = 60.0

CAUGHT: Final = (Exception, SystemExit)
"""Exceptions of a plugin's code that are caught; in a task, sys.exit would end the bot."""


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
        """Remove the route."""
        _routes_of(client).remove(self._action, self._route)


class TaskLoadable(lightbulb.Loadable):
    """A repeating task, which goes on after failures, and can be loaded again after it was removed."""

    __slots__ = ("_was_loaded", "make", "task")

    def __init__(self, make: Callable[[], lightbulb.Task]) -> None:
        self.make = make
        self.task = make()
        self._was_loaded = False

    @property
    def running(self) -> asyncio.Task[None] | None:
        """The task of asyncio; None: not started yet, or stopped."""
        return runner_of(self.task)

    async def load(self, client: lightbulb.Client) -> None:
        """Start the task."""
        if self._was_loaded:  # a task of lightbulb's that was canceled can't be started again
            self.task = self.make()
        self._was_loaded = True
        client.task(self.task)

    async def unload(self, client: lightbulb.Client) -> None:
        """Cancel the task; `running` is done when it has ended."""
        forget_task(client, self.task)
        self.cancel()

    def cancel(self) -> None:
        """Cancel the task of asyncio, if there is one."""
        if self.running is not None:
            self.running.cancel()


def failing_safely(on_failure: OnFailure, function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[None]]:
    """Return the function with its services injected; its errors are reported, and not raised."""
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
    """Return a task that goes on after any failure: of its first run, or of the trigger itself."""

    async def wait(data: lightbulb.TaskExecutionData) -> float:
        try:
            seconds = await lightbulb.utils.maybe_await(trigger(data))
        except CAUGHT as error:
            on_failure("the trigger of a task", error)
            return WAIT_AFTER_TRIGGER_FAILED
        return max(seconds, MIN_WAIT) if data.invocation_count else seconds

    return lightbulb.Task(failing_safely(on_failure, function), wait, auto_start, -1, max_invocations)


def listener(on_failure: OnFailure, function: Callable[..., Awaitable[Any]]) -> Callable[[Any], Awaitable[None]]:
    """Return a listener whose errors are reported, and not raised."""
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
