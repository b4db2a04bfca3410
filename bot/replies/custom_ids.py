"""The `custom_id` of buttons, selects and modals: where a press, a choice or a sent form goes.

A route is written `cb:<plugin>.<action>:<arguments>`. Nothing about a message or a modal is kept in memory,
so each works after any number of restarts.
"""

import dataclasses
import secrets
from collections.abc import Sequence
from typing import Final

import hikari

PREFIX: Final = "cb"
LONGEST_CUSTOM_ID: Final = 100
"""Characters; Discord's documentation, Component Reference."""

_FRESH_MARK: Final = "~"
_FRESH_BYTES: Final = 4


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
