"""The `custom_id` of buttons, selects and modals: a route to their handler, and arguments.

A route is written `cb:<plugin>.<action>:<arguments>`. Nothing about a message or a modal is held in memory,
so they work after restarts.
"""

import dataclasses
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

PREFIX: Final = "cb"
MAX_CUSTOM_ID: Final = 100
"""Characters; Discord's documentation, Component Reference."""

_FRESH_MARK: Final = "~"
_FRESH_BYTES: Final = 4
_LARGEST_NUMBER: Final = 2**63 - 1


class UnknownRouteError(Exception):
    """A button, choice or form has no handler: it is of another release, or forged."""


@dataclasses.dataclass(frozen=True, slots=True)
class RouteId:
    """A parsed `custom_id`."""

    action: str
    """`<plugin>.<action>`."""
    arguments: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the `custom_id`.

        Raises:
            ValueError: it is too long for Discord, or an argument has a reserved character.
        """
        if any(set(argument) & {":", _FRESH_MARK} for argument in self.arguments):
            raise ValueError(f"an argument of {self.action} holds ':' or '{_FRESH_MARK}'")
        custom_id = ":".join((PREFIX, self.action, *self.arguments))
        if len(custom_id) > MAX_CUSTOM_ID:
            raise ValueError(f"the custom_id of {self.action} has {len(custom_id)} characters")
        return custom_id

    @classmethod
    def parse(cls, custom_id: str) -> "RouteId":
        """Parse a `custom_id`.

        Raises:
            UnknownRouteError: it is not one of ours.
        """
        prefix, _, rest = custom_id.partition(_FRESH_MARK)[0].partition(":")
        action, *arguments = rest.split(":")
        if prefix != PREFIX or not action:
            raise UnknownRouteError(custom_id)
        return cls(action, tuple(arguments))


def route_id(action: str, *arguments: object) -> str:
    """Return the `custom_id` for the route `action` (`<plugin>.<action>`) with these arguments."""
    return str(RouteId(action, tuple(str(argument) for argument in arguments)))


def fresh_route_id(action: str, *arguments: object) -> str:
    """Return a `route_id` that is different each time.

    Phones cache the text of modals by it, and no two components of a message can have the same.
    """
    custom_id = f"{route_id(action, *arguments)}{_FRESH_MARK}{secrets.token_hex(_FRESH_BYTES)}"
    if len(custom_id) > MAX_CUSTOM_ID:
        raise ValueError(f"the custom_id of {action} has {len(custom_id)} characters")
    return custom_id


def number_in(text: str) -> int:
    """Parse a number from 0 to 2^63-1, in its canonical form.

    Raises:
        UnknownRouteError: it has any other form.
    """
    if not re.fullmatch("0|[1-9][0-9]{0,18}", text) or int(text) > _LARGEST_NUMBER:
        raise UnknownRouteError(text)
    return int(text)


def with_custom_ids(components: Iterable[Any]) -> Iterator[Any]:
    """Yield the components of a message that have a `custom_id`, at any depth."""
    for component in components:
        if getattr(component, "custom_id", None):
            yield component
        inner: Sequence[Any] = getattr(component, "components", None) or ()
        yield from with_custom_ids(inner)


def plugin_of(custom_id: str) -> str | None:
    """Return the plugin of a `custom_id`; None: it is not one of ours."""
    try:
        return RouteId.parse(custom_id).action.partition(".")[0]
    except UnknownRouteError:
        return None
