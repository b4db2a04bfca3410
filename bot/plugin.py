"""What a plugin is made of: commands, listeners, tasks, and routes for buttons, selects and modals."""

import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias, TypeVar

import hikari
import lightbulb
import structlog
from lightbulb.loaders import Loadable

from bot import errors
from bot.routes import Handler, PressContext, Routes, SubmitContext, UnknownRouteError
from bot.values import Actor, GuildId, OperationId, RoleId, UserId

HandlerT = TypeVar("HandlerT", bound=Callable[..., Awaitable[None]])

_LARGEST_ID = 2**63 - 1

Respondable: TypeAlias = lightbulb.Context | PressContext | SubmitContext
"""What can be answered with a message."""

GUILD_ONLY: dict[str, Any] = {
    "contexts": [hikari.ApplicationContextType.GUILD],
    "integration_types": [hikari.ApplicationIntegrationType.GUILD_INSTALL],
}
"""Keyword arguments for each command: only in guilds, only where the bot was invited."""


class Plugin(lightbulb.Loader):
    """A module's commands, listeners, tasks and routes; they come and go together.

    A plugin is a module with `plugin = Plugin(...)` in it. Handlers get services by the type of a parameter.
    """

    __slots__ = ("log", "name", "routes", "summary")

    def __init__(self, name: str, summary: str) -> None:
        super().__init__()
        self.name = name
        self.summary = summary
        self.log: structlog.stdlib.BoundLogger = structlog.get_logger(f"plugins.{name}")
        self.routes: dict[str, Handler] = {}

    @property
    def commands(self) -> set[tuple[hikari.CommandType, str]]:
        """Its commands by kind and name, as Discord tells them apart."""
        loaded = (getattr(each, "_command", None) for each in self._loadables)
        data = [command._command_data for command in loaded if command is not None]
        return {(each.type, each.name) for each in data}

    def route(self, action: str) -> Callable[[HandlerT], HandlerT]:
        """Handle presses, choices and sent modals that lead to `<plugin>.<action>`.

        The handler takes a `PressContext` or a `SubmitContext`, then one parameter for each
        argument of the `custom_id`, annotated int or str, then services.
        """

        def register(handler: HandlerT) -> HandlerT:
            name = f"{self.name}.{action}"
            self.routes[name] = _reading_arguments(handler)
            self.add(_RouteLoadable(name, self.routes[name]))
            return handler

        return register


class _RouteLoadable(Loadable):
    """One route; lightbulb's loader adds and removes it with the rest of the plugin."""

    __slots__ = ("_action", "_handler")

    def __init__(self, action: str, handler: Handler) -> None:
        self._action = action
        self._handler = handler

    async def load(self, client: lightbulb.Client) -> None:
        _routes_of(client).add(self._action, self._handler)

    async def unload(self, client: lightbulb.Client) -> None:
        _routes_of(client).remove(self._action, self._handler)


def actor_of(interaction: hikari.PartialInteraction) -> Actor:
    """Who acts, and where, as Discord vouches for it.

    Raises:
        NotInGuildError: not in a guild, or in one that the bot was not invited to.
    """
    member = getattr(interaction, "member", None)
    owners = getattr(interaction, "authorizing_integration_owners", {})
    if member is None or hikari.ApplicationIntegrationType.GUILD_INSTALL not in owners:
        raise errors.NotInGuildError
    manages = hikari.Permissions.MANAGE_GUILD | hikari.Permissions.ADMINISTRATOR
    return Actor(
        guild_id=GuildId(member.guild_id),
        user_id=UserId(member.id),
        role_ids=frozenset(RoleId(role_id) for role_id in member.role_ids),
        is_manager=bool(member.permissions & manages),
    )


def member_of(interaction: hikari.CommandInteraction, user: hikari.User) -> Actor:
    """A user that a command points at, as one who would act in the same guild; one who left has no roles."""
    member = interaction.resolved.members.get(user.id) if interaction.resolved else None
    roles = member.role_ids if member else ()
    return Actor(actor_of(interaction).guild_id, UserId(user.id), frozenset(RoleId(role_id) for role_id in roles))


def operation_of(interaction: hikari.PartialInteraction) -> OperationId:
    """What makes an act one act, however often Discord delivers it."""
    return OperationId(interaction.id)


def _reading_arguments(handler: Callable[..., Awaitable[None]]) -> Handler:
    """Read a `custom_id`'s arguments as the handler's parameters say, and inject the rest."""
    parameters = list(inspect.signature(handler).parameters.values())[1:]
    types = [parameter.annotation for parameter in parameters if parameter.annotation in (int, str)]
    injected = lightbulb.di.with_di(handler)

    @functools.wraps(handler)
    async def read(ctx: PressContext | SubmitContext, *arguments: str) -> None:
        try:
            values = [_read(given, read_as) for read_as, given in zip(types, arguments, strict=True)]
        except ValueError as error:
            raise UnknownRouteError(ctx.interaction.custom_id) from error
        await injected(ctx, *values)

    return read


def _read(given: str, kind: type[int] | type[str]) -> int | str:
    """The argument of a `custom_id`.

    Raises:
        ValueError: it is no number, or none that an id can be.
    """
    if kind is int and not 0 <= int(given) <= _LARGEST_ID:
        raise ValueError(given)
    return kind(given)


def _routes_of(client: lightbulb.Client) -> Routes:
    routes = getattr(client, "routes", None)
    if not isinstance(routes, Routes):
        raise TypeError("a plugin with routes needs a client that has routes")
    return routes
