"""Cards: the messages in Discord that show plans."""

import dataclasses
import datetime
import enum

from bot.domain.values.charts import ChartFile, LackingPicture
from bot.domain.values.ids import CardId, ChannelId, GuildId, MessageId, PlanId
from bot.domain.values.plans import Plan


class CardFailure(enum.StrEnum):
    """Reasons why a card can't be posted that a retry does not solve."""

    NO_CHANNEL = "no_channel"
    """The channel was deleted."""
    CLOSED = "closed"
    """The bot may not send messages in the channel."""
    ARCHIVED = "archived"
    """The thread is archived or locked, and the bot may not unarchive it."""
    REFUSED = "refused"
    """Discord rejects the message."""


class CardPermission(enum.StrEnum):
    """Permissions needed to post cards, by their names in Discord."""

    VIEW_CHANNEL = "View Channel"
    SEND_MESSAGES = "Send Messages"
    SEND_IN_THREADS = "Send Messages in Threads"
    ATTACH_FILES = "Attach Files"
    READ_HISTORY = "Read Message History"
    MANAGE_THREADS = "Manage Threads"
    """Needed in a private thread that the bot is not in."""


@dataclasses.dataclass(frozen=True, slots=True)
class Card:
    """The message that shows a plan, as recorded in the database."""

    id: CardId
    plan_id: PlanId
    guild_id: GuildId
    channel_id: ChannelId
    message_id: MessageId | None
    """None: no known message."""
    is_current: bool
    """True: it shows the current state of the plan."""
    is_gone: bool
    """True: its message was deleted by hand and is not posted again."""
    failure: CardFailure | None
    """None also while a retry is pending."""

    @property
    def is_settled(self) -> bool:
        """True if no update is pending."""
        return self.is_current or self.is_gone or self.failure is not None


@dataclasses.dataclass(frozen=True, slots=True)
class CardWork:
    """A card that is being updated."""

    card: Card
    plan: Plan
    """The current state, to be shown."""
    wanted: int
    """Number of the last change that the card should show."""
    nonce: str
    """Nonce of the message: 25 characters at most."""
    tried_at: datetime.datetime | None
    """Start of an earlier attempt whose outcome is unknown."""
    is_changed_today: bool = False
    """True: the plan was changed after it was posted, today in its guild."""


@dataclasses.dataclass(frozen=True, slots=True)
class CardPictures:
    """The pictures of a card."""

    charts: tuple[ChartFile, ...] = ()
    coach: ChartFile | None = None
    """The coach's picture; None: it has none, or the message has no room for it."""

    @property
    def all(self) -> tuple[ChartFile, ...]:
        """All of them."""
        return (*self.charts, self.coach) if self.coach else self.charts

    @property
    def lacking(self) -> tuple[LackingPicture, ...]:
        """The pictures whose files are unavailable."""
        return tuple(each.lacking for each in self.all if each.lacking)


@dataclasses.dataclass(frozen=True, slots=True)
class ShownCard:
    """A card's posted or updated message in Discord."""

    message_id: MessageId
    lacking: tuple[LackingPicture, ...] = ()
    """Pictures whose files are unavailable; the message may still have some of them from before."""


@dataclasses.dataclass(frozen=True, slots=True)
class LackingCard:
    """A card that waits for pictures whose files are unavailable."""

    card_id: CardId
    plan: Plan
    pictures: tuple[LackingPicture, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class CardProblem:
    """Cards of a channel that can't be posted."""

    channel_id: ChannelId
    failure: CardFailure
    cards: int


@dataclasses.dataclass(frozen=True, slots=True)
class FoundMessage:
    """A message of the bot that looks like a card."""

    message_id: MessageId
    channel_id: ChannelId
    plan_id: PlanId
    """The plan that its buttons name."""
    hashes: tuple[str, ...]
    """Prefixes of revision hashes in the message."""


@dataclasses.dataclass(frozen=True, slots=True)
class StrayMessage:
    """A message of the bot that looks like a card but belongs to none."""

    message_id: MessageId
    guild_id: GuildId
    channel_id: ChannelId
    plan_id: PlanId
    """The plan that its buttons name; it may not exist."""
    is_removable: bool
    """True: the message shows a revision of that plan, so it is a duplicate."""
