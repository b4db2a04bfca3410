"""Who acts, when, and what is offered to them."""

import dataclasses
import datetime

from bot.domain.values.ids import ChannelId, GuildId, RoleId, UserId


@dataclasses.dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as Discord vouched for them in the interaction, in the guild they act in."""

    guild_id: GuildId
    user_id: UserId
    role_ids: frozenset[RoleId] = frozenset()
    is_manager: bool = False
    """Has Manage Server in this guild."""
    channel_id: ChannelId | None = None
    """Where they act; None: in no channel."""
    sent_at: datetime.datetime | None = None
    """When they asked for it, if that was long before it is carried out; None: now."""


@dataclasses.dataclass(frozen=True, slots=True)
class Suggestion:
    """A choice that Discord shows while one types. Both at most 100 characters."""

    label: str
    value: str
