"""Where a press on a button, a choice in a select or a sent modal goes, told by its `custom_id` alone."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from bot.interactions.context import PressContext, SubmitContext
from bot.replies.custom_ids import RouteId, UnknownRouteError

Handler = Callable[..., Awaitable[Any]]


class Routes:
    """The routes of all loaded plugins, by `<plugin>.<action>`."""

    def __init__(self) -> None:
        self._handlers: dict[str, Handler] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._handlers)

    def add(self, action: str, handler: Handler) -> None:
        """Send `action` to `handler`.

        Raises:
            ValueError: it goes to another handler already.
        """
        if self._handlers.setdefault(action, handler) is not handler:
            raise ValueError(f"the route {action} is taken")

    def remove(self, action: str, handler: Handler) -> None:
        """Take back what `add` did."""
        if self._handlers.get(action) is handler:
            del self._handlers[action]

    async def follow(self, ctx: PressContext | SubmitContext) -> None:
        """Call the handler that the context's `custom_id` names, with its arguments.

        Raises:
            UnknownRouteError: there is none.
        """
        route = RouteId.parse(ctx.interaction.custom_id)
        handler = self._handlers.get(route.action)
        if handler is None:
            raise UnknownRouteError(route.action)
        await handler(ctx, *route.arguments)
