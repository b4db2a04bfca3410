"""Tokens with which programs read the plans of a guild."""

import dataclasses
import datetime

from bot.domain.values.ids import ChannelId, GuildId


@dataclasses.dataclass(frozen=True, slots=True)
class FeedToken:
    """A token, without its secret, of which only a hash is stored."""

    id: int
    guild_id: GuildId
    name: str
    as_of: str
    """The last moment that it may read: `now`, `session_open`, `session_close` or a time such as `09:25`."""
    channel_id: ChannelId | None
    """A channel whose plans it reads, beside those that every member reads; None: these alone."""
    created_at: datetime.datetime
    expires_at: datetime.datetime | None
    """None: never."""


@dataclasses.dataclass(frozen=True, slots=True)
class NewFeedToken:
    """A token that was just created."""

    token: FeedToken
    secret: str
    """Shown once."""
