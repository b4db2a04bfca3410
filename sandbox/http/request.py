"""Calls of the HTTP API: routes, requests and replies."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.errors import DiscordError
from sandbox.gateway.server import Gateway
from sandbox.interactions.invoke import Interactions
from sandbox.world import permissions
from sandbox.world.entities import Application, Channel, Guild, Json, Message, Upload, as_object
from sandbox.world.permissions import Permissions
from sandbox.world.state import World

_ID = re.compile("[0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class Reply:
    """Status and JSON body (unless 204) of a response."""

    status: int = 200
    body: Any = None


@dataclass(frozen=True, slots=True)
class Backend:
    """The state that handlers work on."""

    world: World
    interactions: Interactions
    gateway: Gateway


@dataclass(slots=True)
class Call:
    """One parsed and authorized request."""

    backend: Backend
    method: str
    path: str
    """Below /api/v10."""
    template: str
    """The path template of Discord's OpenAPI description."""
    parameters: dict[str, str]
    query: Mapping[str, str]
    headers: dict[str, str]
    body: Any = None
    uploads: dict[str, Upload] = field(default_factory=dict[str, Upload])
    """By the n of `files[n]`."""
    caller: Application | None = None
    too_early: bool = False
    """True: the request was sent before a `retry_after` had passed."""

    @property
    def world(self) -> World:
        """The world of the backend."""
        return self.backend.world

    @property
    def application(self) -> Application:
        """The calling application.

        Raises:
            DiscordError: 401, unauthorized.
        """
        if self.caller is None:
            raise DiscordError(401, 0, "401: Unauthorized")
        return self.caller

    @property
    def json(self) -> Json:
        """The body, which must be an object.

        Raises:
            DiscordError: 50109, not an object.
        """
        body = as_object(self.body)
        if body is None:
            raise DiscordError(400, 50109, "The request body contains invalid JSON.")
        return body

    @property
    def upload_names(self) -> dict[str, str]:
        """File names of the uploads by their n, as the rules expect them."""
        return {key: upload.filename for key, upload in self.uploads.items()}

    def number(self, name: str) -> int:
        """Return a path parameter that is an id.

        Raises:
            DiscordError: 50035, it is none.
        """
        return _number(name, self.parameters[name])

    def query_number(self, name: str, default: int = 0) -> int:
        """Return a query parameter that is a number.

        Raises:
            DiscordError: 50035, it is none.
        """
        return _number(name, self.query[name]) if name in self.query else default

    def flag(self, name: str) -> bool:
        """Return a boolean query parameter."""
        return self.query.get(name, "").lower() in ("true", "1")

    def guild(self) -> Guild:
        """Return the path's guild, which the bot must be in.

        Raises:
            DiscordError: 10004 or 50001.
        """
        guild = self.world.guilds.get(self.number("guild_id"))
        if guild is None:
            raise DiscordError(404, 10004, "Unknown Guild")
        if self.application.id not in guild.members:
            raise DiscordError(403, 50001, "Missing Access")
        return guild

    def channel(self, *needed: Permissions) -> Channel:
        """Return the path's channel, which the bot must see and where it must have the `needed` permissions.

        Raises:
            DiscordError: 10003, 50001 or 50013.
        """
        channel = self.world.channels.get(self.number("channel_id"))
        if channel is None:
            raise DiscordError(404, 10003, "Unknown Channel")
        granted = self.world.permissions_of(self.application.id, channel)
        if not granted & Permissions.VIEW_CHANNEL:
            raise DiscordError(403, 50001, "Missing Access")
        to_write = permissions.to_write(channel)
        if not all(granted & (to_write if each is Permissions.SEND_MESSAGES else each) for each in needed):
            raise DiscordError(403, 50013, "Missing Permissions")
        return channel

    def message(self, channel: Channel) -> Message:
        """Return the path's message; ephemeral messages are unknown to these routes.

        Raises:
            DiscordError: 10008.
        """
        message = self.world.messages.get(self.number("message_id"))
        if message is None or message.deleted or message.ephemeral or message.channel_id != channel.id:
            raise DiscordError(404, 10008, "Unknown Message")
        return message


def _number(name: str, value: str) -> int:
    if not _ID.fullmatch(value):
        fault = {"code": "NUMBER_TYPE_COERCE", "message": f'Value "{value}" is not snowflake.'}
        raise DiscordError(400, 50035, "Invalid Form Body", {name: {"_errors": [fault]}})
    return int(value)


Handler = Callable[[Call], Reply]


@dataclass(frozen=True, slots=True)
class Route:
    """A method and path of the API with its handler."""

    method: str
    template: str
    handler: Handler
    open: bool = False
    """True: no bot token is needed (the path has a token, or the route is public)."""
