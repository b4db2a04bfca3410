"""A guild: its coaches, their members, its settings."""

import dataclasses
import enum
from collections.abc import Mapping

from bot.domain.values.ids import ChannelId, CoachId, GuildId, RoleId, UserId


@dataclasses.dataclass(frozen=True, slots=True)
class Coach:
    """A named voice in a guild."""

    id: CoachId
    guild_id: GuildId
    key: str
    """1 to 16 of a-z 0-9 _; unique in the guild."""
    name: str
    is_retired: bool = False
    """Nobody posts as it any more; its plans stay."""


@dataclasses.dataclass(frozen=True, slots=True)
class CoachAdded:
    """What came of adding a coach."""

    coach: Coach
    is_back: bool
    """It was retired, and is there again with its plans and members."""


@dataclasses.dataclass(frozen=True, slots=True)
class Members:
    """Users and roles that may post as a coach; a role stands for all who have it."""

    users: frozenset[UserId] = frozenset()
    roles: frozenset[RoleId] = frozenset()

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self.users or self.roles)

    def __sub__(self, others: "Members") -> "Members":
        """Those who are not among the others."""
        return Members(self.users - others.users, self.roles - others.roles)


@dataclasses.dataclass(frozen=True, slots=True)
class MemberNames:
    """The names of users and roles in a guild, as far as they are known."""

    users: Mapping[UserId, str]
    roles: Mapping[RoleId, str]
    gone: Members
    """Users who left the guild, and roles that were deleted: they have no name."""


@dataclasses.dataclass(frozen=True, slots=True)
class ListedCoach:
    """A coach in a list, with those who may post as it."""

    coach: Coach
    members: Members
    plans: int
    """How many it has, live and deleted."""


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
        """The members of all coaches of the page together."""
        users = frozenset(user_id for each in self.coaches for user_id in each.members.users)
        return Members(users, frozenset(role_id for each in self.coaches for role_id in each.members.roles))


@dataclasses.dataclass(frozen=True, slots=True)
class MembersChanged:
    """What came of assigning members to a coach, or taking them off it."""

    coach: Coach
    members: Members
    """Those who came or went."""


@dataclasses.dataclass(frozen=True, slots=True)
class CoachSeed:
    """A coach as the configuration names it: every guild starts with these."""

    key: str
    name: str
    users: frozenset[UserId] = frozenset()
    roles: frozenset[RoleId] = frozenset()


class Audience(enum.StrEnum):
    """Who may see the history of deleted plans."""

    MEMBERS = "members"
    """The members of the plan's coach and the guild's managers."""
    MANAGERS = "managers"
    EVERYONE = "everyone"


class DeletedCards(enum.StrEnum):
    """What becomes of a card whose message was deleted by hand."""

    PUT_BACK = "put_back"
    LET_GO = "let_go"


@dataclasses.dataclass(frozen=True, slots=True)
class GuildSettings:
    """What the managers of a guild have set."""

    timezone: str
    """An IANA name."""
    is_timezone_own: bool
    """False: it is the configuration's."""
    plans_channel_id: ChannelId | None
    deleted_visible_to: Audience
    deleted_cards: DeletedCards


class Clearable(enum.StrEnum):
    """A setting that a guild can be without."""

    TIMEZONE = "timezone"
    """It is the configuration's then."""
    PLANS_CHANNEL = "plans_channel"


@dataclasses.dataclass(frozen=True, slots=True)
class SettingsChange:
    """What is to be set, and what is to be cleared; None: it stays as it is."""

    timezone: str | None = None
    """A name, or a city, as typed."""
    plans_channel_id: ChannelId | None = None
    deleted_visible_to: Audience | None = None
    deleted_cards: DeletedCards | None = None
    clear: Clearable | None = None
