"""Where a press on a button, a choice in a select or a sent modal goes, told by its `custom_id` alone."""

import dataclasses
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from bot.interactions.context import FirstAnswer, PressContext, SubmitContext
from bot.replies.custom_ids import RouteId, UnknownRouteError

Handler = Callable[..., Awaitable[Any]]


@dataclasses.dataclass(frozen=True, slots=True)
class Route:
    """A handler that a `custom_id` leads to, and its kind of first answer."""

    handler: Handler
    first_answer: FirstAnswer = FirstAnswer.PRIVATE


class Routes:
    """The routes of all loaded plugins, by `<plugin>.<action>`."""

    def __init__(self) -> None:
        self._routes: dict[str, Route] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._routes)

    def add(self, action: str, route: Route) -> None:
        """Send `action` on this route.

        Raises:
            ValueError: it has another already.
        """
        if self._routes.setdefault(action, route) is not route:
            raise ValueError(f"the route {action} is taken")

    def remove(self, action: str, route: Route) -> None:
        """Take back what `add` did."""
        if self._routes.get(action) is route:
            del self._routes[action]

    def first_answer(self, custom_id: str) -> FirstAnswer:
        """Return the kind of first answer to this `custom_id`; one that leads nowhere gets a private message."""
        try:
            return self._find(RouteId.parse(custom_id)).first_answer
        except UnknownRouteError:
            return FirstAnswer.PRIVATE

    async def follow(self, ctx: PressContext | SubmitContext) -> None:
        """Call the handler that the context's `custom_id` names, with its arguments.

        Raises:
            UnknownRouteError: there is none.
        """
        route_id = RouteId.parse(ctx.interaction.custom_id)
        await self._find(route_id).handler(ctx, *route_id.arguments)

    def _find(self, route_id: RouteId) -> Route:
        route = self._routes.get(route_id.action)
        if route is None:
            raise UnknownRouteError(route_id.action)
        return route
