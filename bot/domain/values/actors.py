"""Acting users, readers, and suggestions for them."""

import dataclasses
import datetime
import enum
import operator
from collections.abc import Iterable
from typing import Self

from bot.domain.days import DateOrder
from bot.domain.values.ids import ChannelId, GuildId, RoleId, UserId


@dataclasses.dataclass(frozen=True, slots=True)
class Actor:
    """The acting user in a guild, as authenticated by Discord in the interaction."""

    guild_id: GuildId
    user_id: UserId
    role_ids: frozenset[RoleId] = frozenset()
    is_manager: bool = False
    """True: has Manage Server in this guild."""
    channel_id: ChannelId | None = None
    """Channel of the interaction; None: no channel."""
    sent_at: datetime.datetime | None = None
    """Time of the interaction by Discord's clock; None: now."""
    date_order: DateOrder | None = None
    """Order of their numeric dates; None: not known."""
    is_replay: bool = False
    """True: a replay of an operation that was queued in an outage; it goes before other writes."""


class View(enum.Enum):
    """Visibility of a channel to a user."""

    SEEN = enum.auto()
    HIDDEN = enum.auto()
    GONE = enum.auto()
    """The channel was deleted."""
    UNKNOWN = enum.auto()
    """Discord did not answer in time."""


@dataclasses.dataclass(frozen=True, slots=True)
class Reader(Actor):
    """The acting user, with the channels whose plans they may read.

    In addition, members of a coach may read its plans, and managers all plans.
    """

    channels: frozenset[ChannelId] = frozenset()
    """Channels of readable cards, posted or planned."""
    reads_unplaced: bool = False
    """True: may also read plans without a card."""
    is_partial: bool = False
    """True: some channels could not be checked, so readable plans may be missing."""
    asked: tuple[ChannelId | None, frozenset[ChannelId]] | None = None
    """The plans' channel, and the channels of cards, that were checked, or could not be; None: none matters."""

    @classmethod
    def of(
        cls,
        actor: Actor,
        channels: Iterable[ChannelId] = (),
        *,
        reads_unplaced: bool = False,
        is_partial: bool = False,
        asked: tuple[ChannelId | None, frozenset[ChannelId]] | None = None,
    ) -> Self:
        """Return the actor as a reader of these channels."""
        return cls(
            *_fields_of(actor),
            channels=frozenset(channels),
            reads_unplaced=reads_unplaced,
            is_partial=is_partial,
            asked=asked,
        )


_fields_of = operator.attrgetter(*(field.name for field in dataclasses.fields(Actor)))


@dataclasses.dataclass(frozen=True, slots=True)
class Suggestion:
    """An autocomplete choice. Both at most 100 characters."""

    label: str
    value: str
