"""Coaches, their members, and settings of a guild."""

import dataclasses
import datetime
import enum
from collections.abc import Mapping
from typing import Final

from bot.domain.colors import default_color
from bot.domain.sessions import DayKind, Exchange, Session, SessionCalendar
from bot.domain.values.charts import Chart
from bot.domain.values.ids import ChannelId, CoachId, GuildId, MessageId, RoleId, UserId

COACH_KEY: Final = "[a-z0-9_]{1,16}"
"""The pattern of a coach's key."""


@dataclasses.dataclass(frozen=True, slots=True)
class Coach:
    """A named voice in a guild."""

    id: CoachId
    guild_id: GuildId
    key: str
    """1 to 16 of a-z 0-9 _; unique in the guild."""
    name: str
    is_retired: bool = False
    """True: nobody can post as it; its plans remain."""
    chosen_color: int | None = None
    """Red, green and blue as one number; None: no manager chose one."""
    picture: Chart | None = None
    """Shown on its cards."""

    @property
    def color(self) -> int:
        """The color of its cards, as one number."""
        return default_color(self.key) if self.chosen_color is None else self.chosen_color


class ClearableLook(enum.StrEnum):
    """A part of a coach's look that can be cleared."""

    COLOR = "color"
    """Cleared: the default of its key applies."""
    PICTURE = "picture"


@dataclasses.dataclass(frozen=True, slots=True)
class CoachChange:
    """Parts of a coach to change; None: unchanged."""

    name: str | None = None
    color: str | None = None
    """A name or a code, as typed."""
    picture: Chart | None = None
    clear: ClearableLook | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Members:
    """Users and roles that may post as a coach; a role includes all its members."""

    users: frozenset[UserId] = frozenset()
    roles: frozenset[RoleId] = frozenset()

    def __sub__(self, others: "Members") -> "Members":
        """Return the members without the others."""
        return Members(self.users - others.users, self.roles - others.roles)

    def __len__(self) -> int:
        """Return the number of users and roles."""
        return len(self.users) + len(self.roles)


@dataclasses.dataclass(frozen=True, slots=True)
class AddCoachResult:
    """Result of adding a coach."""

    coach: Coach
    is_back: bool
    """True: it was retired, and is restored with its plans and members."""
    members: Members = Members()
    """The members that were assigned at once."""
    is_everyone_left_out: bool = False
    """True: all members of the guild were to be assigned too, which has to be confirmed first."""


@dataclasses.dataclass(frozen=True, slots=True)
class MemberNames:
    """The known names of users and roles in a guild."""

    users: Mapping[UserId, str]
    roles: Mapping[RoleId, str]
    gone: Members
    """Users who left the guild and deleted roles, which have no name."""


@dataclasses.dataclass(frozen=True, slots=True)
class ListedCoach:
    """A coach in a list, with its members."""

    coach: Coach
    members: Members
    plans: int
    """Number of its plans, live and deleted."""


@dataclasses.dataclass(frozen=True, slots=True)
class CoachPage:
    """Coaches in the order of their keys, the retired ones last; `number` counts from 1."""

    coaches: tuple[ListedCoach, ...]
    number: int
    pages: int
    """At least 1."""
    total: int

    @property
    def members(self) -> Members:
        """Return the members of all coaches of the page."""
        users = frozenset(user_id for each in self.coaches for user_id in each.members.users)
        return Members(users, frozenset(role_id for each in self.coaches for role_id in each.members.roles))


@dataclasses.dataclass(frozen=True, slots=True)
class MembersChange:
    """Result of assigning members to a coach, or unassigning them."""

    coach: Coach
    members: Members
    """The added or removed members."""


@dataclasses.dataclass(frozen=True, slots=True)
class MembersReplacement:
    """Result of replacing the members of a coach."""

    coach: Coach
    added: Members
    removed: Members
    is_everyone_left_out: bool = False
    """True: all members of the guild were chosen as well, which is to be confirmed."""


@dataclasses.dataclass(frozen=True, slots=True)
class CoachSeed:
    """A coach in the configuration, which every guild starts with."""

    key: str
    name: str
    users: frozenset[UserId] = frozenset()
    roles: frozenset[RoleId] = frozenset()


class Audience(enum.StrEnum):
    """Readers of the history of deleted plans."""

    MEMBERS = "members"
    """The members of the plan's coach and the guild's managers."""
    MANAGERS = "managers"
    EVERYONE = "everyone"


class DeletedCards(enum.StrEnum):
    """Handling of a card whose message was deleted by hand."""

    POST_AGAIN = "put_back"
    LEAVE_DELETED = "let_go"


@dataclasses.dataclass(frozen=True, slots=True)
class WriteButton:
    """The message with the button that opens the form for today's plan."""

    channel_id: ChannelId
    message_id: MessageId | None
    """None: it was deleted."""


@dataclasses.dataclass(frozen=True, slots=True)
class GuildSettings:
    """The settings of a guild."""

    timezone: str
    """An IANA name."""
    is_timezone_own: bool
    """False: the time zone is the configuration's."""
    plans_channel_id: ChannelId | None
    deleted_visible_to: Audience
    deleted_cards: DeletedCards
    calendar: SessionCalendar = dataclasses.field(default_factory=SessionCalendar)
    write_button: WriteButton | None = None
    """None: it was never posted."""

    def session_of(self, day: datetime.date) -> Session | None:
        """Return the session of a day; None: closed.

        Raises:
            MissingYearError: it is not known.
        """
        return self.calendar.session_of(day, self.timezone)


@dataclasses.dataclass(frozen=True, slots=True)
class OverriddenDay:
    """A day after managers said what it is."""

    day: datetime.date
    exchange: Exchange
    kind: DayKind | None
    """None: the day follows the exchange again."""
    session: Session | None = None
    """None: it is closed, or follows the exchange."""


class Clearable(enum.StrEnum):
    """A setting that can be unset."""

    TIMEZONE = "timezone"
    """Unset: the configuration's applies."""
    PLANS_CHANNEL = "plans_channel"


@dataclasses.dataclass(frozen=True, slots=True)
class SettingsChange:
    """Settings to set or clear; None: unchanged."""

    timezone: str | None = None
    """A name, or a city, as typed."""
    plans_channel_id: ChannelId | None = None
    deleted_visible_to: Audience | None = None
    deleted_cards: DeletedCards | None = None
    exchange: Exchange | None = None
    clear: Clearable | None = None
