"""Discord's permissions, computed from roles and channel overwrites (Discord's page "Permissions")."""

import enum

from sandbox.world.entities import Channel, ChannelKind, Guild, Member


class Permissions(enum.IntFlag):
    """The permission bits that the sandbox checks."""

    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_AUDIT_LOG = 1 << 7
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    SEND_TTS_MESSAGES = 1 << 12
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    CONNECT = 1 << 20
    CHANGE_NICKNAME = 1 << 26
    MANAGE_NICKNAMES = 1 << 27
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    SEND_MESSAGES_IN_THREADS = 1 << 38
    MODERATE_MEMBERS = 1 << 40
    SEND_POLLS = 1 << 49
    USE_EXTERNAL_APPS = 1 << 50
    PIN_MESSAGES = 1 << 51
    BYPASS_SLOWMODE = 1 << 52


ALL = (1 << 53) - 1
"""Every permission, as owners and administrators have."""

EVERYONE = int(
    Permissions.ADD_REACTIONS
    | Permissions.VIEW_CHANNEL
    | Permissions.SEND_MESSAGES
    | Permissions.EMBED_LINKS
    | Permissions.ATTACH_FILES
    | Permissions.READ_MESSAGE_HISTORY
    | Permissions.USE_EXTERNAL_EMOJIS
    | Permissions.CONNECT
    | Permissions.CHANGE_NICKNAME
    | Permissions.USE_APPLICATION_COMMANDS
    | Permissions.CREATE_PUBLIC_THREADS
    | Permissions.SEND_MESSAGES_IN_THREADS
    | Permissions.SEND_POLLS
    | Permissions.USE_EXTERNAL_APPS
)
"""The permissions of @everyone in a new guild."""

DIRECT_MESSAGE = EVERYONE & ~int(Permissions.CHANGE_NICKNAME)
"""The permissions of both users in a direct message."""


def in_guild(guild: Guild, member: Member) -> int:
    """Return a member's permissions in the guild, before a channel's overwrites."""
    if guild.owner_id == member.user_id:
        return ALL
    granted = guild.roles[guild.id].permissions
    for role_id in member.role_ids:
        granted |= guild.roles[role_id].permissions
    return ALL if granted & Permissions.ADMINISTRATOR else granted


def in_channel(guild: Guild, channel: Channel, member: Member) -> int:
    """Return a member's permissions in a channel, without those implicitly denied by a missing one."""
    granted = in_guild(guild, member)
    if granted & Permissions.ADMINISTRATOR:
        return ALL
    granted = _overwritten(granted, channel, member, guild.id)
    if not granted & Permissions.VIEW_CHANNEL:
        return 0
    if not granted & Permissions.SEND_MESSAGES:
        granted &= ~int(
            Permissions.MENTION_EVERYONE
            | Permissions.SEND_TTS_MESSAGES
            | Permissions.ATTACH_FILES
            | Permissions.EMBED_LINKS
        )
    return granted


def in_thread(guild: Guild, parent: Channel, thread: Channel, member: Member) -> int:
    """Return a member's permissions in a thread: those in its parent; none in a private thread they are not in.

    With Manage Threads every private thread is visible (page "Threads").
    """
    granted = in_channel(guild, parent, member)
    is_private = thread.kind == ChannelKind.PRIVATE_THREAD
    is_member = thread.thread is not None and member.user_id in thread.thread.joined
    return granted if not is_private or is_member or granted & Permissions.MANAGE_THREADS else 0


def to_write(channel: Channel) -> Permissions:
    """Return the permission needed to send messages in the channel."""
    return Permissions.SEND_MESSAGES_IN_THREADS if channel.thread else Permissions.SEND_MESSAGES


def _overwritten(granted: int, channel: Channel, member: Member, everyone_id: int) -> int:
    if everyone := channel.overwrites.get(everyone_id):
        granted = granted & ~everyone.deny | everyone.allow
    allow = deny = 0
    for role_id in member.role_ids:
        if overwrite := channel.overwrites.get(role_id):
            allow |= overwrite.allow
            deny |= overwrite.deny
    granted = granted & ~deny | allow
    if own := channel.overwrites.get(member.user_id):
        granted = granted & ~own.deny | own.allow
    return granted
