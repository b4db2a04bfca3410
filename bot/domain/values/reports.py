"""What services tell managers in numbers: how much there is in the book, and how the bot is."""

import dataclasses
import datetime

from bot.domain.values.backups import BackupState
from bot.domain.values.cards import CardTrouble, LackingCard, StrayMessage
from bot.domain.values.guilds import Coach


@dataclasses.dataclass(frozen=True, slots=True)
class Activity:
    """How much was done; also what was deleted since counts."""

    plans: int = 0
    """Posted."""
    charts: int = 0
    """Added."""
    edits: int = 0
    """Revisions after the first of a plan."""

    def __add__(self, other: "Activity") -> "Activity":
        """Both together."""
        return Activity(self.plans + other.plans, self.charts + other.charts, self.edits + other.edits)


@dataclasses.dataclass(frozen=True, slots=True)
class CoachStatistics:
    """How much a coach did."""

    coach: Coach
    ever: Activity
    deleted: int
    """How many of its plans are deleted."""
    weeks: tuple[Activity, ...]
    """The last weeks, oldest first."""


@dataclasses.dataclass(frozen=True, slots=True)
class StorageSize:
    """Bytes on the disk, of all servers together."""

    book: int
    pictures: int


@dataclasses.dataclass(frozen=True, slots=True)
class Statistics:
    """How much there is in a guild's book."""

    coaches: tuple[CoachStatistics, ...]
    """In the order of their keys, the retired ones last."""
    mondays: tuple[datetime.date, ...]
    """The first day of each of the last weeks, oldest first; in the guild's time zone."""
    size: StorageSize | None = None
    """None: nobody looked."""
    picture: bytes | None = None
    """A PNG of the weeks since the first active one; None: there is none, or it could not be drawn."""

    @property
    def ever(self) -> Activity:
        """All coaches together."""
        return sum((each.ever for each in self.coaches), Activity())

    @property
    def weeks(self) -> tuple[Activity, ...]:
        """All coaches together, in the last weeks, oldest first."""
        return tuple(
            sum((each.weeks[number] for each in self.coaches), Activity()) for number in range(len(self.mondays))
        )

    @property
    def first_active_week(self) -> int | None:
        """The number of the first of the last weeks in which anything was done; None: nothing was."""
        return next((number for number, done in enumerate(self.weeks) if done != Activity()), None)


@dataclasses.dataclass(frozen=True, slots=True)
class Outage:
    """A time without a connection to Discord."""

    began_at: datetime.datetime
    ended_at: datetime.datetime | None = None
    """None: it lasts."""


@dataclasses.dataclass(frozen=True, slots=True)
class Deployment:
    """Discord's list of commands, compared with that of the plugins."""

    failure: str | None = None
    """Why Discord does not have the commands as they are; None: it has them."""
    retry_at: datetime.datetime | None = None
    """When they are sent again; None: they are not, or it is not known yet."""


@dataclasses.dataclass(frozen=True, slots=True)
class Connection:
    """How the bot is connected to Discord."""

    latency: float | None
    """Seconds that Discord took to answer the last heartbeat; None: there was none yet."""
    since: datetime.datetime | None
    """None: it is not connected now."""
    in_hand: int
    """Interactions that are being handled."""
    outage: Outage | None = None
    """The last since the start that was longer than a minute."""
    deployment: Deployment = Deployment()
    answered_elsewhere: int = 0
    """Interactions of the last hour that another process answered; 0: none, or too few to be sure."""


@dataclasses.dataclass(frozen=True, slots=True)
class WriteProbe:
    """What came of writing something and taking it away again."""

    milliseconds: float | None
    """None: it can't be written."""
    why: str | None = None
    """Why it can't be."""


@dataclasses.dataclass(frozen=True, slots=True)
class Waiting:
    """What is in hand or waits its turn."""

    writes: int
    """Acts that are to change the book."""
    reads: int
    pictures: int
    """That are being fetched."""
    drafts: int | None
    """With pictures still to be fetched; None: the book can't be read."""
    cards: int | None
    """That do not show their plans as they are, or wait for pictures; None: the book can't be read."""
    kept: int = 0
    """What was sent and waits until the book can be written."""
    kept_in_memory: int = 0
    """What of it would be lost with the bot."""


@dataclasses.dataclass(frozen=True, slots=True)
class Health:
    """How the bot is."""

    book: WriteProbe
    pictures: WriteProbe
    free_at_book: int | None
    """Bytes; None: the disk does not say."""
    free_at_pictures: int | None
    reserve: int
    """Bytes at the pictures that are held back: with less, no picture is taken."""
    waiting: Waiting
    backups: BackupState
    versions: tuple[tuple[str, str], ...]
    """What is in use, and its version."""
    started_at: datetime.datetime
    troubles: tuple[CardTrouble, ...] = ()
    """What keeps cards from being shown, in the guild of the one who asks."""
    lacking: tuple[LackingCard, ...] = ()
    """Cards that wait for pictures, in that guild."""
    unverified: int = 0
    """Recent cards of that guild that were not seen since something happened that may have taken them away."""
    strays: tuple[StrayMessage, ...] = ()
    """Messages in that guild that look like cards, and that no card knows."""

    @property
    def is_disk_nearly_full(self) -> bool:
        """True: pictures are refused for lack of room."""
        return self.free_at_pictures is not None and self.free_at_pictures < self.reserve
