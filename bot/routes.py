"""Where a press on a button, a choice in a select or a sent modal goes, told by its `custom_id` alone.

A route is written `cb:<plugin>.<action>:<arguments>`. Nothing about a message or a modal is kept in memory,
so each works after any number of restarts.
"""

import asyncio
import dataclasses
import secrets
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

import hikari
from lightbulb.context import MessageResponseMixin

PREFIX: Final = "cb"
LONGEST_CUSTOM_ID: Final = 100
"""Characters; Discord's documentation, Component Reference."""

_FRESH_MARK: Final = "~"
_FRESH_BYTES: Final = 4

Handler = Callable[..., Awaitable[Any]]


_ANSWERED_ALREADY: Final = 40060
"""Discord's code where an interaction has its first answer: it came twice, or the answer was sent twice."""


TOO_LATE: Final = (hikari.NotFoundError, hikari.UnauthorizedError)
"""What Discord answers when an interaction is past its 3 s or its token past its 15 min."""


class UnknownRouteError(Exception):
    """No loaded plugin has a route for this `custom_id`; it may come from another release."""


@dataclasses.dataclass(frozen=True, slots=True)
class RouteId:
    """A `custom_id`, taken apart."""

    action: str
    """`<plugin>.<action>`."""
    arguments: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The `custom_id`.

        Raises:
            ValueError: it would be longer than Discord takes, or an argument has a character of the notation.
        """
        if any(set(argument) & {":", _FRESH_MARK} for argument in self.arguments):
            raise ValueError(f"an argument of {self.action} holds ':' or '{_FRESH_MARK}'")
        custom_id = ":".join((PREFIX, self.action, *self.arguments))
        if len(custom_id) > LONGEST_CUSTOM_ID:
            raise ValueError(f"the custom_id of {self.action} has {len(custom_id)} characters")
        return custom_id

    @classmethod
    def parse(cls, custom_id: str) -> "RouteId":
        """Take a `custom_id` apart.

        Raises:
            UnknownRouteError: it is not one of ours.
        """
        prefix, _, rest = custom_id.partition(_FRESH_MARK)[0].partition(":")
        action, *arguments = rest.split(":")
        if prefix != PREFIX or not action:
            raise UnknownRouteError(custom_id)
        return cls(action, tuple(arguments))


def route_id(action: str, *arguments: object) -> str:
    """The `custom_id` that leads to the route `action` (`<plugin>.<action>`) with these arguments."""
    return str(RouteId(action, tuple(str(argument) for argument in arguments)))


def fresh_route_id(action: str, *arguments: object) -> str:
    """A `route_id` for a modal: different each time, because phones remember what was typed by `custom_id`."""
    custom_id = f"{route_id(action, *arguments)}{_FRESH_MARK}{secrets.token_hex(_FRESH_BYTES)}"
    if len(custom_id) > LONGEST_CUSTOM_ID:
        raise ValueError(f"the custom_id of {action} has {len(custom_id)} characters")
    return custom_id


def plugin_of(custom_id: str) -> str | None:
    """The plugin whose route a `custom_id` leads to; None: it is not one of ours."""
    try:
        return RouteId.parse(custom_id).action.partition(".")[0]
    except UnknownRouteError:
        return None


@dataclasses.dataclass(frozen=True, slots=True)
class Modal:
    """A form to open: a title and its text inputs."""

    title: str
    custom_id: str
    rows: Sequence[hikari.api.ModalActionRowBuilder]


class OpensModal(Protocol):
    """A context whose first answer may be a modal."""

    @property
    def interaction(self) -> hikari.PartialInteraction:
        """What it answers."""
        ...

    async def respond_with_modal(
        self, title: str, custom_id: str, *, components: Sequence[hikari.api.ComponentBuilder]
    ) -> None:
        """Open a modal as the first answer."""
        ...


async def open_modal(ctx: OpensModal, modal: Modal) -> None:
    """Answer with a modal."""
    await ctx.respond_with_modal(modal.title, modal.custom_id, components=modal.rows)


def is_answered_already(error: Exception) -> bool:
    """Whether Discord refused a first answer because it has one: an earlier try had arrived after all."""
    return isinstance(error, hikari.BadRequestError) and error.code == _ANSWERED_ALREADY


class PressContext(MessageResponseMixin[hikari.ComponentInteraction]):
    """A button was pressed, or something was chosen in a select."""

    def __init__(self, interaction: hikari.ComponentInteraction, initial_response_sent: asyncio.Event) -> None:
        super().__init__(initial_response_sent)
        self._interaction = interaction

    @property
    def interaction(self) -> hikari.ComponentInteraction:
        """The interaction as hikari gives it."""
        return self._interaction

    @property
    def chosen(self) -> Sequence[str]:
        """The values chosen in a select; empty for a button."""
        return self._interaction.values

    async def defer_update(self) -> None:
        """Let `update` take longer than 3 seconds."""
        async with self._response_lock:
            await self._create_initial_response(hikari.ResponseType.DEFERRED_MESSAGE_UPDATE)
            self._initial_response_sent.set()

    async def update(self, **reply: Any) -> None:
        """Put this reply in the place of the message that was pressed on, as the first answer."""
        if self._initial_response_sent.is_set():
            shown = {name: value for name, value in reply.items() if name != "flags"}
            await self._interaction.edit_initial_response(**shown)
            return
        async with self._response_lock:
            try:
                await self._create_initial_response(hikari.ResponseType.MESSAGE_UPDATE, **reply)
            except hikari.BadRequestError as error:
                if not is_answered_already(error):
                    raise
            self._initial_response_sent.set()

    async def respond_with_modal(
        self, title: str, custom_id: str, *, components: Sequence[hikari.api.ComponentBuilder]
    ) -> None:
        """Open a modal as the first answer."""
        async with self._response_lock:
            await self._interaction.create_modal_response(title, custom_id, components=components)
            self._initial_response_sent.set()


class SubmitContext(MessageResponseMixin[hikari.ModalInteraction]):
    """A modal was sent."""

    def __init__(self, interaction: hikari.ModalInteraction, initial_response_sent: asyncio.Event) -> None:
        super().__init__(initial_response_sent)
        self._interaction = interaction

    @property
    def interaction(self) -> hikari.ModalInteraction:
        """The interaction as hikari gives it."""
        return self._interaction

    @property
    def fields(self) -> Mapping[str, str]:
        """What was typed, by the input's `custom_id`."""
        return {field.custom_id: field.value for row in self._interaction.components for field in row}


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
