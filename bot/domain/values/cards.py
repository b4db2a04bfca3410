"""Cards: the messages in Discord that show plans."""

import dataclasses
import datetime
import enum

from bot.domain.values.charts import LackingPicture
from bot.domain.values.ids import CardId, ChannelId, GuildId, MessageId, PlanId
from bot.domain.values.plans import Plan


class CardFailure(enum.StrEnum):
    """Why a card can't be shown, where trying again would not help."""

    NO_CHANNEL = "no_channel"
    """Its channel is gone."""
    CLOSED = "closed"
    """The bot may not write there."""
    ARCHIVED = "archived"
    """Its thread is archived or locked, and the bot may not open it."""
    REFUSED = "refused"
    """Discord does not take the message."""


class CardPermission(enum.StrEnum):
    """A permission that it takes to show cards, by its name in Discord."""

    VIEW_CHANNEL = "View Channel"
    SEND_MESSAGES = "Send Messages"
    SEND_IN_THREADS = "Send Messages in Threads"
    ATTACH_FILES = "Attach Files"
    READ_HISTORY = "Read Message History"
    MANAGE_THREADS = "Manage Threads"
    """In a private thread, for one who is not its member."""


@dataclasses.dataclass(frozen=True, slots=True)
class Card:
    """The message that shows a plan, as far as the book knows."""

    id: CardId
    plan_id: PlanId
    guild_id: GuildId
    channel_id: ChannelId
    message_id: MessageId | None
    """None: nobody knows of one."""
    is_current: bool
    """It shows the plan as it is."""
    is_gone: bool
    """Its message was deleted by hand, and it was let go."""
    failure: CardFailure | None
    """None also while it is tried again."""

    @property
    def is_settled(self) -> bool:
        """Nothing is going to happen to it before somebody does something."""
        return self.is_current or self.is_gone or self.failure is not None


@dataclasses.dataclass(frozen=True, slots=True)
class CardWork:
    """A card that is being brought up to date."""

    card: Card
    plan: Plan
    """As it is now: what is to be shown."""
    wanted: int
    """The number of the last change that the card is to show."""
    nonce: str
    """Of the message: 25 characters at most."""
    tried_at: datetime.datetime | None
    """When an earlier try began of which nobody knows what came of it."""


@dataclasses.dataclass(frozen=True, slots=True)
class ShownCard:
    """The message in Discord that a card became."""

    message_id: MessageId
    lacking: tuple[LackingPicture, ...] = ()
    """Pictures whose files can't be had; the message may have some of them all the same, from before."""


@dataclasses.dataclass(frozen=True, slots=True)
class LackingCard:
    """A card that waits for pictures whose files can't be had."""

    card_id: CardId
    plan: Plan
    pictures: tuple[LackingPicture, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class CardTrouble:
    """Cards of one channel that can't be shown."""

    channel_id: ChannelId
    failure: CardFailure
    cards: int


@dataclasses.dataclass(frozen=True, slots=True)
class FoundMessage:
    """A message of ours that looks like a card."""

    message_id: MessageId
    channel_id: ChannelId
    plan_id: PlanId
    """The plan that its buttons name."""
    hashes: tuple[str, ...]
    """The beginnings of revisions' hashes that it shows."""


@dataclasses.dataclass(frozen=True, slots=True)
class StrayMessage:
    """A message of ours that looks like a card, and that no card knows."""

    message_id: MessageId
    guild_id: GuildId
    channel_id: ChannelId
    plan_id: PlanId
    """The plan that its buttons name; perhaps there is none."""
    is_removable: bool
    """True: the message shows a revision of that plan, so it is a copy."""
