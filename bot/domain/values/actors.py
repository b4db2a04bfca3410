"""Who acts, when, and what is offered to them."""

import dataclasses
import datetime
import enum
from collections.abc import Iterable
from typing import Self

from bot.domain.days import DateOrder
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
    """When they asked for it, by Discord's clock; None: now."""
    date_order: DateOrder | None = None
    """The order of their dates in numbers; None: not known."""
    is_late: bool = False
    """True: the act is carried out long after that, as the database could not be written."""


class View(enum.Enum):
    """Somebody's view of a channel."""

    SEEN = enum.auto()
    HIDDEN = enum.auto()
    GONE = enum.auto()
    """Nobody sees it: it was deleted."""
    UNKNOWN = enum.auto()
    """Discord did not say in time."""


@dataclasses.dataclass(frozen=True, slots=True)
class Reader(Actor):
    """Who acts, and which plans they may read for the channels that they can see.

    Beside these, the members of a coach read its plans, and managers all.
    """

    channels: frozenset[ChannelId] = frozenset()
    """Plans are read whose cards are, or are meant to be, in one of them."""
    reads_unplaced: bool = False
    """Plans without a card are read, too."""
    is_partial: bool = False
    """Channels that could not be checked may have more plans for them."""

    @classmethod
    def of(
        cls,
        actor: Actor,
        channels: Iterable[ChannelId] = (),
        *,
        reads_unplaced: bool = False,
        is_partial: bool = False,
    ) -> Self:
        """Return the actor as one who sees these channels."""
        fields = {field.name: getattr(actor, field.name) for field in dataclasses.fields(Actor)}
        return cls(**fields, channels=frozenset(channels), reads_unplaced=reads_unplaced, is_partial=is_partial)


@dataclasses.dataclass(frozen=True, slots=True)
class Suggestion:
    """A choice that Discord shows while one types. Both at most 100 characters."""

    label: str
    value: str
