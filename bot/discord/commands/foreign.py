"""Commands of types that hikari skips: an Activity's entry point, and later ones.

A bulk overwrite must name them, or it would remove them; Discord refuses to remove an entry point that way (50240).
hikari's client has no public place to see them; `_request` is what its own methods use.
"""

from collections.abc import Mapping
from typing import Any, Final, cast

import hikari
from hikari.internal import routes
from hikari.internal.data_binding import StringMapBuilder

Builder = hikari.api.CommandBuilder

_WRITABLE: Final = (
    "id",
    "type",
    "name",
    "name_localizations",
    "description",
    "description_localizations",
    "default_member_permissions",
    "integration_types",
    "contexts",
    "nsfw",
    "handler",
)


class ForeignCommand:
    """A command that is sent back as Discord returned it: the part of a builder that hikari uses."""

    def __init__(self, payload: Mapping[str, Any]) -> None:
        self._payload = payload

    def build(self, _: hikari.api.EntityFactory) -> dict[str, Any]:
        """Return the fields that may be sent."""
        return {field: self._payload[field] for field in _WRITABLE if self._payload.get(field) is not None}


async def fetch_commands(
    rest: hikari.api.RESTClient, application: hikari.PartialApplication
) -> tuple[list[hikari.PartialCommand], list[Builder]]:
    """Return the application's global commands that hikari knows, and the others ready to be sent back.

    Raises:
        HikariError: Discord can't be reached, or refuses.
    """
    route = routes.GET_APPLICATION_COMMANDS.compile(application=application.id)
    query = StringMapBuilder()
    query.put("with_localizations", True)
    client = cast("hikari.impl.RESTClientImpl", rest)
    payloads: Any = await client._request(  # pyright: ignore[reportPrivateUsage]
        route, query=query
    )
    known: list[hikari.PartialCommand] = []
    foreign: list[Builder] = []
    for payload in payloads:
        try:
            known.append(client.entity_factory.deserialize_command(payload, guild_id=None))
        except hikari.UnrecognisedEntityError:
            foreign.append(cast("Builder", ForeignCommand(payload)))
    return known, foreign
