"""The entities of the local Discord: ids and fields, no protocol behavior."""

import datetime
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from typing import Any, TypeAlias, cast

Json = dict[str, Any]
"""A decoded JSON object."""

AnyJson: TypeAlias = Any
"""A decoded JSON value of any kind."""

UPLOADED = "uploaded"
"""The key under which stored media refer to an attachment."""


def as_object(value: AnyJson) -> Json | None:
    """Return the value if it is a JSON object."""
    return cast("Json", value) if isinstance(value, dict) else None


def as_list(value: AnyJson) -> list[AnyJson] | None:
    """Return the value if it is a JSON list."""
    return cast("list[AnyJson]", value) if isinstance(value, list) else None


class ChannelKind(IntEnum):
    """The channel types that the sandbox simulates."""

    TEXT = 0
    DIRECT = 1
    VOICE = 2
    CATEGORY = 4
    ANNOUNCEMENT = 5
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    FORUM = 15


class CommandKind(IntEnum):
    """The types of application commands."""

    SLASH = 1
    USER = 2
    MESSAGE = 3


class MessageKind(IntEnum):
    """The message types that the sandbox creates."""

    DEFAULT = 0
    REPLY = 19
    SLASH_COMMAND = 20
    CONTEXT_MENU_COMMAND = 23


class MessageFlag(IntFlag):
    """The message flags that the sandbox simulates."""

    SUPPRESS_EMBEDS = 1 << 2
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    HAS_SNAPSHOT = 1 << 14
    COMPONENTS_V2 = 1 << 15


@dataclass(slots=True)
class User:
    """A person's account or a bot's."""

    id: int
    username: str
    global_name: str | None = None
    bot: bool = False
    locale: str = "en-US"
    takes_direct_messages: bool = True
    """True: members of a shared guild can send it direct messages."""


@dataclass(slots=True)
class Role:
    """A role of a guild; the one with the guild's id is @everyone."""

    id: int
    name: str
    permissions: int = 0
    position: int = 1
    mentionable: bool = False
    managed: bool = False
    bot_id: int | None = None
    color: int = 0
    """The color of its members' names as 0xRRGGBB; 0: none."""
    is_hoisted: bool = False
    """True: its members are listed separately."""


@dataclass(slots=True)
class Overwrite:
    """A permission overwrite of a channel for one role or one member."""

    id: int
    is_member: bool
    allow: int = 0
    deny: int = 0


@dataclass(slots=True)
class Thread:
    """The fields that a thread has in addition to a channel's; permissions are its parent's."""

    owner_id: int
    changed_at: datetime.datetime
    """Time of creation, or of the last archiving or unarchiving."""
    is_archived: bool = False
    is_locked: bool = False
    """Sending messages and unarchiving need Manage Threads."""
    joined: dict[int, datetime.datetime] = field(default_factory=dict[int, datetime.datetime])
    """Time of joining of its members, by user id."""


@dataclass(slots=True)
class Channel:
    """A channel or thread of a guild, or a direct message (no guild, two recipients)."""

    id: int
    kind: int
    name: str | None = None
    guild_id: int | None = None
    position: int = 0
    topic: str | None = None
    parent_id: int | None = None
    recipient_ids: list[int] = field(default_factory=list[int])
    overwrites: dict[int, Overwrite] = field(default_factory=dict[int, Overwrite])
    last_message_id: int | None = None
    thread: Thread | None = None
    """None: not a thread."""


@dataclass(slots=True)
class Member:
    """A user in a guild."""

    user_id: int
    guild_id: int
    joined_at: datetime.datetime
    role_ids: list[int] = field(default_factory=list[int])
    nick: str | None = None


@dataclass(slots=True)
class Guild:
    """A Discord server: its roles, channels, threads and members by id."""

    id: int
    name: str
    owner_id: int
    roles: dict[int, Role] = field(default_factory=dict[int, Role])
    channels: dict[int, Channel] = field(default_factory=dict[int, Channel])
    threads: dict[int, Channel] = field(default_factory=dict[int, Channel])
    members: dict[int, Member] = field(default_factory=dict[int, Member])
    preferred_locale: str = "en-US"
    available: bool = True


@dataclass(slots=True)
class Application:
    """A bot's application; its bot user has the same id."""

    id: int
    name: str
    owner_id: int
    token: str
    guild_ids: list[int] = field(default_factory=list[int])
    privileged_intents: int = 0
    description: str = ""


@dataclass(slots=True)
class Command:
    """A registered application command; `body` is Discord's JSON of it without the ids."""

    id: int
    application_id: int
    guild_id: int | None
    kind: int
    name: str
    version: int
    body: Json


@dataclass(slots=True)
class Attachment:
    """An uploaded file; its bytes are in `World.files` under its id."""

    id: int
    filename: str
    size: int
    content_type: str | None
    owner_id: int
    """The channel id of its path, or the application's id for an ephemeral attachment."""
    width: int | None = None
    height: int | None = None
    description: str | None = None
    title: str | None = None
    ephemeral: bool = False
    is_spoiler: bool = False


@dataclass(slots=True)
class Message:
    """A message; `visible_to` is the only user who sees an ephemeral one."""

    id: int
    channel_id: int
    guild_id: int | None
    author_id: int
    made_at: datetime.datetime
    content: str = ""
    kind: int = MessageKind.DEFAULT
    flags: int = 0
    embeds: list[Json] = field(default_factory=list[Json])
    components: list[Json] = field(default_factory=list[Json])
    attachments: list[Attachment] = field(default_factory=list[Attachment])
    edited_at: datetime.datetime | None = None
    mention_ids: list[int] = field(default_factory=list[int])
    mention_role_ids: list[int] = field(default_factory=list[int])
    mention_everyone: bool = False
    nonce: str | int | None = None
    tts: bool = False
    pinned_at: datetime.datetime | None = None
    application_id: int | None = None
    interaction: Json | None = None
    """Discord's `interaction_metadata`: the interaction it responds to."""
    reference: Json | None = None
    snapshot: Json | None = None
    """Content of the forwarded message without its attachments."""
    snapshot_attachments: list[Attachment] = field(default_factory=list[Attachment])
    more: Json = field(default_factory=dict[str, AnyJson])
    """Further fields as Discord's JSON: a poll, stickers, the webhook that sent it."""
    visible_to: int | None = None
    deleted: bool = False

    @property
    def ephemeral(self) -> bool:
        """True if only one user sees it."""
        return self.visible_to is not None


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to upload, from a request's multipart form or from a person."""

    filename: str
    data: bytes
    description: str | None = None
    content_type: str | None = None
    title: str | None = None
    is_spoiler: bool = False
