"""Statistics of a guild, and the bot's health."""

import dataclasses
import datetime
from typing import Final

from bot.domain.values.backups import BackupState
from bot.domain.values.cards import CardProblem, LackingCard, StrayMessage
from bot.domain.values.guilds import Coach


@dataclasses.dataclass(frozen=True, slots=True)
class Activity:
    """Numbers of changes, including those of deleted plans."""

    plans: int = 0
    """Posted plans."""
    charts: int = 0
    """Added charts."""
    edits: int = 0
    """Revisions after the first of a plan."""

    def __add__(self, other: "Activity") -> "Activity":
        """Return the sum."""
        return Activity(self.plans + other.plans, self.charts + other.charts, self.edits + other.edits)


@dataclasses.dataclass(frozen=True, slots=True)
class CoachStatistics:
    """Statistics of a coach."""

    coach: Coach
    ever: Activity
    deleted: int
    """Number of its deleted plans."""
    weeks: tuple[Activity, ...]
    """The last weeks, oldest first."""


@dataclasses.dataclass(frozen=True, slots=True)
class StorageSize:
    """Bytes on disk, of all servers."""

    database: int
    pictures: int


@dataclasses.dataclass(frozen=True, slots=True)
class Statistics:
    """Statistics of a guild."""

    coaches: tuple[CoachStatistics, ...]
    """In the order of their keys, the retired ones last."""
    mondays: tuple[datetime.date, ...]
    """The first day of each of the last weeks, oldest first; in the guild's time zone."""
    size: StorageSize | None = None
    """None: not determined."""
    picture: bytes | None = None
    """A PNG of the weeks since the first active one; None: there is none, or it could not be drawn."""

    @property
    def ever(self) -> Activity:
        """The sum over all coaches."""
        return sum((each.ever for each in self.coaches), Activity())

    @property
    def weeks(self) -> tuple[Activity, ...]:
        """The sums over all coaches in the last weeks, oldest first."""
        return tuple(
            sum((each.weeks[number] for each in self.coaches), Activity()) for number in range(len(self.mondays))
        )

    @property
    def first_active_week(self) -> int | None:
        """The number of the first of the last weeks in which anything was done; None: nothing was."""
        return next((number for number, done in enumerate(self.weeks) if done != Activity()), None)


@dataclasses.dataclass(frozen=True, slots=True)
class Outage:
    """A period without a connection to Discord."""

    began_at: datetime.datetime
    ended_at: datetime.datetime | None = None
    """None: ongoing."""


@dataclasses.dataclass(frozen=True, slots=True)
class Deployment:
    """State of the command sync."""

    failure: str | None = None
    """Reason why Discord does not have the current commands; None: it has them."""
    retry_at: datetime.datetime | None = None
    """Time of the next attempt; None: none is planned, or not known yet."""


@dataclasses.dataclass(frozen=True, slots=True)
class Connection:
    """The bot's connection to Discord."""

    latency: float | None
    """Seconds until Discord acknowledged the last heartbeat; None: none yet."""
    since: datetime.datetime | None
    """None: not connected."""
    in_flight: int
    """Number of interactions in progress."""
    outage: Outage | None = None
    """The last outage since the start that was longer than a minute."""
    deployment: Deployment = Deployment()
    answered_elsewhere: int = 0
    """Interactions of the last hour that another process answered; 0: none, or too few to be certain."""


@dataclasses.dataclass(frozen=True, slots=True)
class WriteProbe:
    """Result of a test write."""

    milliseconds: float | None
    """None: the write failed."""
    why: str | None = None
    """Reason of the failure."""


MAX_COUNTED: Final = 1000
"""Work that waits is counted up to so many: its number must not slow down the report on it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Waiting:
    """Numbers of operations in progress or queued."""

    writes: int
    """Writes to the database."""
    reads: int
    pictures: int
    """Pictures being downloaded."""
    drafts: int | None
    """Drafts with pictures still to be downloaded, `MAX_COUNTED` at most; None: the database can't be read."""
    cards: int | None
    """Cards that are outdated or wait for pictures, `MAX_COUNTED` at most; None: the database can't be read."""
    queued: int = 0
    """Changes queued until the database can be written."""
    queued_in_memory: int = 0
    """Of the queued changes, those held only in memory."""


@dataclasses.dataclass(frozen=True, slots=True)
class Workload:
    """The work of the services now, and since the database was opened."""

    writes: int
    """Writes to the database in progress."""
    reads: int
    downloads: int
    """Pictures being downloaded."""
    writes_done: int
    write_seconds: float
    """The time of the finished writes in total, with their wait."""
    reads_done: int
    read_seconds: float


@dataclasses.dataclass(frozen=True, slots=True)
class Totals:
    """The contents of the database, of all servers."""

    live_plans: int
    deleted_plans: int
    revisions: int
    charts: int
    """All that were ever added."""
    waiting_cards: int
    """`MAX_COUNTED` at most, as below."""
    waiting_drafts: int


MIN_FREE_FOR_DATABASE: Final = 64 * 2**20
"""The free bytes below which the database's disk counts as full: writes fail soon, though one may still pass."""


@dataclasses.dataclass(frozen=True, slots=True)
class StorageHealth:
    """The health of the database, of the pictures and of their disks."""

    database: WriteProbe
    pictures: WriteProbe
    free_for_database: int | None
    """Free bytes; None: not known."""
    free_for_pictures: int | None
    reserve: int
    """Reserved bytes on the pictures' disk: pictures are rejected below that."""

    @property
    def is_disk_nearly_full(self) -> bool:
        """True if pictures are rejected for lack of disk space."""
        return self.free_for_pictures is not None and self.free_for_pictures < self.reserve

    @property
    def is_database_disk_full(self) -> bool:
        """True if the database's disk has next to no space left."""
        return self.free_for_database is not None and self.free_for_database < MIN_FREE_FOR_DATABASE


@dataclasses.dataclass(frozen=True, slots=True)
class Health(StorageHealth):
    """The bot's health."""

    waiting: Waiting
    backups: BackupState
    versions: tuple[tuple[str, str], ...]
    """Components with their versions."""
    started_at: datetime.datetime
    card_problems: tuple[CardProblem, ...] = ()
    """Cards of the user's guild that can't be posted."""
    lacking: tuple[LackingCard, ...] = ()
    """Cards of that guild that wait for pictures."""
    unverified: int = 0
    """Recent cards of that guild that were not verified since an event that may have deleted them."""
    strays: tuple[StrayMessage, ...] = ()
    """Messages in that guild that look like cards but belong to none."""
    missing_years: tuple[int, ...] = ()
    """This year or the next, if the sessions of that guild's exchange are not known in them."""
