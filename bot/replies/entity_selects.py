"""Menus of channels, members and roles that show what is chosen, which hikari's builders can't."""

from collections.abc import MutableMapping, Sequence
from typing import Any, Final

import hikari
from hikari.impl import SelectMenuBuilder

from bot.domain.values import MAX_CHOSEN, ChannelId, Members

SHOWN_IN: Final = (hikari.ChannelType.GUILD_TEXT, hikari.ChannelType.GUILD_NEWS)
"""The types of channels that cards are posted in."""


class EntitySelect(SelectMenuBuilder):
    """A menu of a guild's channels, or of its members and roles."""

    def __init__(self, custom_id: str, placeholder: str, kind: hikari.ComponentType, **fields: Any) -> None:
        super().__init__(type=kind, custom_id=custom_id, placeholder=placeholder)
        self._fields = fields

    def build(self) -> tuple[MutableMapping[str, Any], Sequence[hikari.files.Resource[Any]]]:
        """Return the menu as Discord's JSON (page "Component Reference")."""
        body, files = super().build()
        return {**body, **self._fields}, files


def channel_select(custom_id: str, placeholder: str, chosen: ChannelId | None = None) -> EntitySelect:
    """Return a menu to choose a channel for cards."""
    return EntitySelect(
        custom_id,
        placeholder,
        hikari.ComponentType.CHANNEL_SELECT_MENU,
        min_values=1,
        max_values=1,
        channel_types=list(SHOWN_IN),
        default_values=[_value("channel", chosen)] if chosen else [],
    )


def members_select(custom_id: str, placeholder: str, chosen: Members) -> EntitySelect:
    """Return a menu to choose up to 25 members and roles, or none."""
    roles = [_value("role", role_id) for role_id in sorted(chosen.roles)]
    users = [_value("user", user_id) for user_id in sorted(chosen.users)]
    return EntitySelect(
        custom_id,
        placeholder,
        hikari.ComponentType.MENTIONABLE_SELECT_MENU,
        min_values=0,
        max_values=MAX_CHOSEN,
        default_values=[*roles, *users],
    )


def _value(kind: str, entity_id: int) -> dict[str, str]:
    return {"id": str(entity_id), "type": kind}
