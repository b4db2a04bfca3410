"""What the services take and return: frozen, plain, and safe to keep or to send anywhere."""

import dataclasses
import datetime
import enum
import pathlib
from collections.abc import Callable
from typing import NewType, TypeAlias

from bot.diffs import Line, Skipped

GuildId = NewType("GuildId", int)
UserId = NewType("UserId", int)
RoleId = NewType("RoleId", int)
ChannelId = NewType("ChannelId", int)
CoachId = NewType("CoachId", int)
PlanId = NewType("PlanId", int)
DraftId = NewType("DraftId", int)
ChannelId = NewType("ChannelId", int)
MessageId = NewType("MessageId", int)
OperationId = NewType("OperationId", int)
"""The id of the interaction that asks for an act. The same id asks for the same act, done once."""

MOST_CHARTS = 10
"""On a plan: what one gallery of Discord's shows (Component Reference, Media Gallery)."""

REVISIONS_ON_PAGE = 10
COACHES_ON_PAGE = 10
LONGEST_NAME = 100
"""Characters in the name of a coach or a file."""
MOST_CHOICES = 25
"""That Discord shows while one types, and how long the name and the value of each may be (Option Choice)."""
LONGEST_CHOICE = 100

Clock: TypeAlias = Callable[[], datetime.datetime]
"""Tells the time as an aware UTC datetime."""


@dataclasses.dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as Discord vouched for them in the interaction, in the guild they act in."""

    guild_id: GuildId
    user_id: UserId
    role_ids: frozenset[RoleId] = frozenset()
    is_manager: bool = False
    """Has Manage Server in this guild."""


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


class ChangeKind(enum.StrEnum):
    """What made a revision."""

    POSTED = "posted"
    EDITED = "edited"
    DELETED = "deleted"
    RESTORED = "restored"
    CHART_ADDED = "chart_added"
    CHART_REMOVED = "chart_removed"
    CHART_MOVED = "chart_moved"
    CHART_CAPTIONED = "chart_captioned"
    TAKEN_BACK = "taken_back"

    @property
    def words(self) -> str:
        """As people say it: `chart added`."""
        return self.value.replace("_", " ")


@dataclasses.dataclass(frozen=True, slots=True)
class Attachment:
    """A picture that lies with Discord only, behind a link that ends after about a day."""

    url: str
    filename: str
    """As its owner named it: any text."""
    size: int
    """Bytes, as Discord says."""


@dataclasses.dataclass(frozen=True, slots=True)
class Chart:
    """A picture on a plan. Its bytes are kept as long as any revision of any plan shows it."""

    sha256: str
    """Of its bytes: 64 hexadecimal digits. On one plan each picture stands once."""
    filename: str
    """As its owner named it, in what can be shown on one line."""
    media_type: str
    """By its bytes: image/png, image/jpeg, image/gif or image/webp."""
    width: int
    height: int
    size: int
    """Bytes."""
    caption: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """The message in Discord that a plan was saved from."""

    channel_id: ChannelId
    message_id: MessageId
    author_id: UserId | None
    """None: a webhook wrote it, or it was forwarded, and Discord does not say whose it was."""


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """One coach's text and charts for one trading day, as they stood at `revision`."""

    id: PlanId
    coach: Coach
    day: datetime.date
    """A date in the guild's time zone."""
    text: str
    author_id: UserId
    revision: int
    """Counts from 1; each change is one more."""
    hash: str
    """Of this revision, over all before it: 64 hexadecimal digits."""
    posted_at: datetime.datetime
    changed_at: datetime.datetime
    """When this revision was made; `posted_at` for the first."""
    changed_by: UserId
    deleted_at: datetime.datetime | None = None
    deleted_by: UserId | None = None
    charts: tuple[Chart, ...] = ()
    """In the coach's order."""
    source: Source | None = None
    """What it was last saved from; None: it was written for Coachbook."""


@dataclasses.dataclass(frozen=True, slots=True)
class Edited:
    """What came of a change to a plan."""

    plan: Plan
    is_changed: bool
    """False: the plan was exactly so already, and no revision was made."""


@dataclasses.dataclass(frozen=True, slots=True)
class LeftOut:
    """A picture that was not taken."""

    filename: str
    why: str
    """For its owner: the end of a sentence that begins with the name."""


@dataclasses.dataclass(frozen=True, slots=True)
class Received:
    """What came of pictures that were to be fetched."""

    pictures: tuple[Chart | Attachment, ...]
    """In the order asked for; one that could not be had stayed an attachment."""
    left_out: tuple[LeftOut, ...]

    @property
    def charts(self) -> tuple[Chart, ...]:
        """The pictures that are kept."""
        return tuple(picture for picture in self.pictures if isinstance(picture, Chart))


@dataclasses.dataclass(frozen=True, slots=True)
class ChartsAdded:
    """What came of adding charts to a plan."""

    plan: Plan
    added: int
    """How many are new; 0: no revision was made."""
    left_out: tuple[LeftOut, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class KeptChart:
    """A chart at its place on a plan, with its file."""

    number: int
    """Counts from 1."""
    chart: Chart
    path: pathlib.Path | None
    """The file with its bytes; None: it is missing or was altered, and can't be shown."""


@dataclasses.dataclass(frozen=True, slots=True)
class PlanFilter:
    """Which plans to list: those that fit every field that is set."""

    day: datetime.date | None = None
    coach: str | None = None
    """A coach's key, already looked up."""
    mine: bool = False
    """Only plans that the one who asks wrote, or may edit as a member of the coach."""


@dataclasses.dataclass(frozen=True, slots=True)
class PlanPage:
    """Live plans, newest trading day first, then by the coach's name; `number` counts from 1."""

    plans: tuple[Plan, ...]
    number: int
    pages: int
    """At least 1, also when there are no plans."""
    total: int
    filter: PlanFilter
    today: datetime.date


@dataclasses.dataclass(frozen=True, slots=True)
class PostTarget:
    """Where a post would go: checked before the coach starts to write."""

    coach: Coach
    day: datetime.date


class DraftKind(enum.StrEnum):
    """What an unfinished text was meant for."""

    POST = "post"
    EDIT = "edit"


@dataclasses.dataclass(frozen=True, slots=True)
class Writing:
    """A text, perhaps with pictures, on its way into the book, and what it is meant for."""

    kind: DraftKind
    text: str
    coach: str | None = None
    """As it was asked for: a key, a name, or None for the only one."""
    day: str | None = None
    """As it was asked for, or None for today; in a draft a date, or the words if they name none."""
    plan_id: PlanId | None = None
    seen: int | None = None
    """Of an edit: the revision the writer had before their eyes."""
    draft_id: DraftId | None = None
    """The draft that it comes from."""
    pictures: tuple[Chart | Attachment, ...] = ()
    """In the coach's order: those that are kept, and those still to be fetched."""
    source: Source | None = None
    """The message that it quotes."""

    @property
    def charts(self) -> tuple[Chart, ...]:
        """The pictures that are kept."""
        return tuple(picture for picture in self.pictures if isinstance(picture, Chart))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Draft(Writing):
    """A writing that was not taken into the book, and is kept."""

    id: DraftId
    guild_id: GuildId
    user_id: UserId


@dataclasses.dataclass(frozen=True, slots=True)
class Suggestion:
    """A choice that Discord shows while one types. Both at most 100 characters."""

    label: str
    value: str


class Audience(enum.StrEnum):
    """Who may see the history of deleted plans."""

    MEMBERS = "members"
    """The plan's author, its coach's members and the guild's managers."""
    MANAGERS = "managers"
    EVERYONE = "everyone"


@dataclasses.dataclass(frozen=True, slots=True)
class GuildSettings:
    """What the managers of a guild have set."""

    timezone: str
    """An IANA name."""
    is_timezone_own: bool
    """False: it is the configuration's."""
    plans_channel_id: ChannelId | None
    deleted_visible_to: Audience


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
    clear: Clearable | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Limits:
    """How much of something there may be; the configuration may set others."""

    plan_text: int = 4000
    """Code points in a plan: what one text field of a Discord modal takes."""
    plans_on_page: int = 10
    draft_days: int = 30
    """Days after which an unused draft is thrown away."""
    chart_mib: int = 10
    """Of a picture's bytes: what a server without boosts lets anyone send (Discord, Uploading Files)."""
    chart_megapixels: int = 40
    """Of a picture's width times height; a screen of 8K has 33."""
    chart_seconds: int = 60
    """How long fetching one picture may take."""


@dataclasses.dataclass(frozen=True, slots=True)
class Revision:
    """One state of a plan, and what made it."""

    number: int
    """Counts from 1."""
    kind: ChangeKind
    text: str | None
    """None: it was erased at the wish of its writer."""
    charts: tuple[Chart, ...]
    actor_id: UserId | None
    """None: erased."""
    at: datetime.datetime
    hash: str
    note: str | None = None
    source: Source | None = None
    """The message that it was saved from."""


@dataclasses.dataclass(frozen=True, slots=True)
class ListedRevision:
    """A revision in a list, with the size of its change."""

    revision: Revision
    added: int
    """Characters (code points) of words that the one before did not have."""
    removed: int


@dataclasses.dataclass(frozen=True, slots=True)
class HistoryPage:
    """Revisions of a plan, newest first; `number` counts from 1."""

    plan: Plan
    revisions: tuple[ListedRevision, ...]
    number: int
    pages: int
    others: tuple[Plan, ...] = ()
    """Other plans that the coach had for the day, newest first."""


@dataclasses.dataclass(frozen=True, slots=True)
class Stood:
    """A plan as it stood once."""

    plan: Plan
    """As it is now."""
    revision: Revision
    until: datetime.datetime | None
    """When the next revision was made; None: it is the newest."""
    moment: datetime.datetime | None = None
    """The moment that was asked for; None: the revision was."""


@dataclasses.dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from one revision of a plan to another."""

    plan: Plan
    before: Revision
    after: Revision
    lines: tuple[Line | Skipped, ...]
    """Empty when the texts are equal."""


class ExportForm(enum.StrEnum):
    """What an export is written as."""

    MARKDOWN = "markdown"
    """To read: each plan as it stands, and its changes in a table."""
    JSON_LINES = "jsonl"
    """The journal: everything but the pictures, to be proved and taken in again."""
    ZIP = "zip"
    """Both, and the pictures."""


@dataclasses.dataclass(frozen=True, slots=True)
class Exported:
    """Plans with their histories as a file."""

    filename: str
    content: bytes
    plans: int
    revisions: int
    missing: int
    """Pictures that belong into it, and are missing or were altered."""


@dataclasses.dataclass(frozen=True, slots=True)
class HistoryFault:
    """A place where the history of a plan does not prove itself."""

    plan_id: PlanId
    revision: int
    why: str


class PluginState(enum.StrEnum):
    """How a plugin stands."""

    LOADED = "loaded"
    UNLOADED = "unloaded"
    FAILED = "failed"


@dataclasses.dataclass(frozen=True, slots=True)
class PluginFault:
    """Something that went wrong with a plugin, on one line."""

    at: datetime.datetime
    words: str


@dataclasses.dataclass(frozen=True, slots=True)
class PluginStanding:
    """A plugin, and how it stands."""

    name: str
    """As it calls itself; its module's name where it could never be read."""
    summary: str
    version: str
    state: PluginState
    since: datetime.datetime
    commands: tuple[str, ...] = ()
    """As they are typed: `/plan`; commands of a menu by their names."""
    last_error: PluginFault | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class PluginAct:
    """What an operator did, or wanted to do, with a plugin."""

    at: datetime.datetime
    user_id: UserId
    act: str
    plugin: str
    outcome: str


@dataclasses.dataclass(frozen=True, slots=True)
class Plugins:
    """All plugins, and the newest acts, newest first."""

    standings: tuple[PluginStanding, ...]
    acts: tuple[PluginAct, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Reloaded:
    """What came of putting a plugin's new code in the place of the old, or of loading or unloading one."""

    name: str
    added: tuple[str, ...]
    """Commands that are new."""
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    """Commands whose text, options or permissions are others."""
    seconds: float


@dataclasses.dataclass(frozen=True, slots=True)
class ReloadedAll:
    """What came of reloading each plugin that is loaded."""

    reloaded: tuple[Reloaded, ...]
    refused: tuple[str, ...]
    """Why the others were not, a sentence or two for each."""
