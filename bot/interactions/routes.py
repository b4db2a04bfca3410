"""The routes of buttons, selects and modals: from a `custom_id` to a handler."""

import dataclasses
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from bot.interactions.context import FirstAnswer, PressContext, SubmitContext
from bot.replies.custom_ids import RouteId, UnknownRouteError

Handler = Callable[..., Awaitable[Any]]


@dataclasses.dataclass(frozen=True, slots=True)
class Route:
    """A handler, and the type of its first answer."""

    handler: Handler
    first_answer: FirstAnswer = FirstAnswer.PRIVATE


class Routes:
    """The routes of all loaded plugins, by `<plugin>.<action>`."""

    def __init__(self) -> None:
        self._routes: dict[str, Route] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._routes)

    def add(self, action: str, route: Route) -> None:
        """Add the route of `action`.

        Raises:
            ValueError: `action` has another route.
        """
        if self._routes.setdefault(action, route) is not route:
            raise ValueError(f"the route {action} exists already")

    def remove(self, action: str, route: Route) -> None:
        """Remove the route that `add` added."""
        if self._routes.get(action) is route:
            del self._routes[action]

    def action_of(self, custom_id: str) -> str | None:
        """Return the `<plugin>.<action>` of this `custom_id`; None: it has no route."""
        try:
            action = RouteId.parse(custom_id).action
        except UnknownRouteError:
            return None
        return action if action in self._routes else None

    def first_answer(self, custom_id: str) -> FirstAnswer:
        """Return the type of the first answer to this `custom_id`; without a route that is a private message."""
        try:
            return self._find(RouteId.parse(custom_id)).first_answer
        except UnknownRouteError:
            return FirstAnswer.PRIVATE

    async def follow(self, ctx: PressContext | SubmitContext) -> None:
        """Call the handler that the `custom_id` of the context names, with its arguments.

        Raises:
            UnknownRouteError: there is no such handler.
        """
        route_id = RouteId.parse(ctx.interaction.custom_id)
        await self._find(route_id).handler(ctx, *route_id.arguments)

    def _find(self, route_id: RouteId) -> Route:
        route = self._routes.get(route_id.action)
        if route is None:
            raise UnknownRouteError(route_id.action)
        return route
