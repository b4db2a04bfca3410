"""The state of the local Discord and the operations that change it; each dispatches an event."""

import datetime
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence

from sandbox.world import events, permissions
from sandbox.world.condition import Changes
from sandbox.world.entities import (
    Application,
    Attachment,
    Channel,
    ChannelKind,
    Command,
    Guild,
    Member,
    Message,
    Overwrite,
    Role,
    Upload,
    User,
)
from sandbox.world.media_probe import media_type_of, size_of
from sandbox.world.signed_links import LinkSigner
from sandbox.world.snowflakes import Clock, SnowflakeMaker, utc_now
from sandbox.world.tokens import bot_token

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.-]")


class World:
    """All users, guilds, channels, applications, commands, messages and files, by id."""

    def __init__(self, clock: Clock = utc_now) -> None:
        """Create an empty world whose times come from `clock`."""
        self.clock = clock
        self.new_id = SnowflakeMaker(clock)
        self.links = LinkSigner(clock, secrets.token_bytes(32))
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.applications: dict[int, Application] = {}
        self.commands: dict[int, Command] = {}
        self.command_creates: dict[tuple[int, int | None], list[datetime.datetime]] = {}
        """Times of creation of commands, by application and guild (None: global)."""
        self.messages: dict[int, Message] = {}
        self.files: dict[int, bytes] = {}
        self.changes = Changes()
        self.observers: list[events.Observer] = []
        """Called synchronously with each event, in this order."""

    def dispatch(self, event: events.Event) -> None:
        """Pass an event to the observers, then notify the waiters of the change."""
        for observer in self.observers:
            observer(event)
        self.changes.wake()

    # Users, guilds, channels, roles and members.

    def add_user(
        self,
        name: str,
        id: int | None = None,
        *,
        global_name: str | None = None,
        bot: bool = False,
        locale: str = "en-US",
    ) -> User:
        """Create a user; `name` is the username."""
        user = User(id or self.new_id(), name.lower(), global_name or name, bot, locale)
        self.users[user.id] = user
        return user

    def add_guild(self, name: str, owner: User, id: int | None = None) -> Guild:
        """Create a guild with its @everyone role and its owner as a member."""
        guild = Guild(id or self.new_id(), name, owner.id)
        guild.roles[guild.id] = Role(guild.id, "@everyone", permissions.EVERYONE, position=0)
        self.guilds[guild.id] = guild
        self.add_member(guild, owner)
        return guild

    def add_channel(
        self,
        guild: Guild,
        name: str,
        kind: int = ChannelKind.TEXT,
        *,
        overwrites: Iterable[Overwrite] = (),
        topic: str | None = None,
        parent: Channel | None = None,
        id: int | None = None,
    ) -> Channel:
        """Create a channel in a guild; `parent` is its category."""
        channel = Channel(
            id or self.new_id(),
            kind,
            name,
            guild.id,
            len(guild.channels),
            topic,
            parent.id if parent else None,
            overwrites={o.id: o for o in overwrites},
        )
        guild.channels[channel.id] = self.channels[channel.id] = channel
        self.dispatch(events.ChannelCreated(guild, channel))
        return channel

    def remove_channel(self, channel: Channel) -> None:
        """Delete a guild's channel, with its threads and messages, or a thread."""
        for message in self.messages_in(channel.id):
            message.deleted = True
        del self.channels[channel.id]
        if channel.guild_id is None:
            return
        guild = self.guilds[channel.guild_id]
        if channel.thread:
            del guild.threads[channel.id]
            self.dispatch(events.ThreadDeleted(guild, channel))
            return
        for thread in [each for each in guild.threads.values() if each.parent_id == channel.id]:
            del guild.threads[thread.id], self.channels[thread.id]
        del guild.channels[channel.id]
        self.dispatch(events.ChannelDeleted(guild, channel))

    def set_overwrite(self, channel: Channel, overwrite: Overwrite) -> None:
        """Set a channel's permission overwrite of a role or member."""
        channel.overwrites[overwrite.id] = overwrite
        if channel.guild_id is not None:
            self.dispatch(events.ChannelUpdated(self.guilds[channel.guild_id], channel))

    def add_role(
        self,
        guild: Guild,
        name: str,
        permissions: int = 0,
        *,
        mentionable: bool = False,
        color: int = 0,
        hoisted: bool = False,
        id: int | None = None,
    ) -> Role:
        """Create a role in a guild."""
        position = len(guild.roles)
        role = Role(id or self.new_id(), name, permissions, position, mentionable, color=color, is_hoisted=hoisted)
        guild.roles[role.id] = role
        self.dispatch(events.RoleCreated(guild, role))
        return role

    def set_permissions(self, guild: Guild, role: Role, permissions: int) -> None:
        """Set a role's permissions; @everyone is the role with the guild's id."""
        role.permissions = int(permissions)
        self.dispatch(events.RoleUpdated(guild, role))

    def remove_role(self, guild: Guild, role: Role) -> None:
        """Delete a role, and remove it from its members and from the channels' overwrites."""
        del guild.roles[role.id]
        for member in guild.members.values():
            member.role_ids = [each for each in member.role_ids if each != role.id]
        for channel in guild.channels.values():
            channel.overwrites.pop(role.id, None)
        self.dispatch(events.RoleDeleted(guild, role))

    def begin_outage(self, guild: Guild) -> None:
        """Make a guild unavailable: no events of it are dispatched until the outage ends."""
        guild.available = False
        for application in self._installed_in(guild):
            self.dispatch(events.GuildUnavailable(application, guild))

    def end_outage(self, guild: Guild) -> None:
        """Make a guild available again."""
        guild.available = True
        for application in self._installed_in(guild):
            self.dispatch(events.GuildAvailable(application, guild))

    def add_member(self, guild: Guild, user: User, roles: Iterable[Role] = (), nick: str | None = None) -> Member:
        """Add a user to a guild, with roles."""
        member = Member(user.id, guild.id, self.clock(), [role.id for role in roles], nick)
        guild.members[user.id] = member
        self.dispatch(events.MemberJoined(member))
        return member

    def set_roles(self, member: Member, roles: Iterable[Role]) -> None:
        """Set a member's roles."""
        member.role_ids = [role.id for role in roles]
        self.dispatch(events.MemberUpdated(member))

    def remove_member(self, guild: Guild, user: User) -> None:
        """Remove a user from a guild."""
        del guild.members[user.id]
        self.dispatch(events.MemberLeft(guild, user))

    # Applications and their bots.

    def add_application(
        self,
        name: str,
        owner: User,
        id: int | None = None,
        *,
        privileged_intents: int = 0,
        token: str | None = None,
    ) -> tuple[Application, str]:
        """Create an application with its bot user; return it and its bot token."""
        bot = self.add_user(name, id, bot=True)
        bot.username, bot.global_name = name, None  # a bot's username has capitals
        token = token or bot_token(bot.id)
        application = Application(bot.id, name, owner.id, token, privileged_intents=privileged_intents)
        self.applications[application.id] = application
        return application, token

    def install(self, application: Application, guild: Guild, permissions: int | None = None) -> Member:
        """Add an application's bot to a guild, with a managed role of `permissions` (None: those of @everyone)."""
        role = self.add_role(guild, application.name, permissions or 0)
        role.managed, role.bot_id = True, application.id
        member = self.add_member(guild, self.users[application.id], [role])
        application.guild_ids.append(guild.id)
        self.dispatch(events.BotInstalled(application, guild))
        return member

    def remove_bot(self, application: Application, guild: Guild) -> None:
        """Remove an application's bot from a guild."""
        application.guild_ids.remove(guild.id)
        member = guild.members[application.id]
        for role_id in [role_id for role_id in member.role_ids if guild.roles[role_id].managed]:
            del guild.roles[role_id]
        del guild.members[application.id]
        for command in [c for c in self.commands.values() if c.guild_id == guild.id]:
            if command.application_id == application.id:
                del self.commands[command.id]
        self.dispatch(events.BotRemoved(application, guild))

    def application_of(self, token: str) -> Application | None:
        """Return the application with this bot token."""
        return next(
            (a for a in self.applications.values() if secrets.compare_digest(a.token.encode(), token.encode())),
            None,
        )

    def commands_of(self, application_id: int, guild_id: int | None) -> list[Command]:
        """Return an application's commands, global (None) or of one guild, oldest first."""
        return [c for c in self.commands.values() if (c.application_id, c.guild_id) == (application_id, guild_id)]

    # Channels, files and messages.

    def direct_channel(self, first: int, second: int) -> Channel:
        """Return the direct message channel of two users, created if missing."""
        for channel in self.channels.values():
            if channel.kind == ChannelKind.DIRECT and {first, second} == set(channel.recipient_ids):
                return channel
        channel = Channel(self.new_id(), ChannelKind.DIRECT, recipient_ids=[first, second])
        self.channels[channel.id] = channel
        return channel

    def permissions_of(self, user_id: int, channel: Channel) -> int:
        """Return a user's permissions in a channel; 0 for non-members and in a deleted channel."""
        if channel.id not in self.channels:
            return 0
        if channel.guild_id is None:
            return permissions.DIRECT_MESSAGE if user_id in channel.recipient_ids else 0
        guild = self.guilds[channel.guild_id]
        member = guild.members.get(user_id)
        if member is None:
            return 0
        if channel.thread is None or channel.parent_id is None:
            return permissions.in_channel(guild, channel, member)
        return permissions.in_thread(guild, guild.channels[channel.parent_id], channel, member)

    def keep_file(self, upload: Upload, owner_id: int, *, ephemeral: bool = False) -> Attachment:
        """Store an uploaded file's bytes; return its attachment.

        Unsupported characters are removed from its name; the original name without extension becomes the title.
        """
        width, height = size_of(upload.data) or (None, None)
        name = _NOT_IN_NAMES.sub("", upload.filename.replace(" ", "_")) or "file"
        true_name = upload.filename.rpartition(".")[0] if name != upload.filename else ""
        attachment = Attachment(
            self.new_id(),
            name,
            len(upload.data),
            media_type_of(name),
            owner_id,
            width,
            height,
            description=upload.description,
            title=upload.title or true_name or None,
            ephemeral=ephemeral,
            is_spoiler=upload.is_spoiler,
        )
        self.files[attachment.id] = upload.data
        return attachment

    def messages_in(self, channel_id: int) -> Iterator[Message]:
        """Yield the messages of a channel that were not deleted, oldest first, including ephemeral ones."""
        return (m for m in self.messages.values() if m.channel_id == channel_id and not m.deleted)

    def visible_messages(self, user: User, channel: Channel) -> list[Message]:
        """Return the messages that a user sees in a channel, oldest first."""
        if not self.permissions_of(user.id, channel) & permissions.Permissions.VIEW_CHANNEL:
            return []
        return [m for m in self.messages_in(channel.id) if m.visible_to in (None, user.id)]

    def post(self, message: Message) -> Message:
        """Add a message to its channel."""
        self.messages[message.id] = message
        if not message.ephemeral:
            self.channels[message.channel_id].last_message_id = message.id
        self.dispatch(events.MessagePosted(message))
        return message

    def changed(self, message: Message, *, edited: bool = True) -> None:
        """Dispatch the change of a message; `edited` sets its time of edit."""
        if edited:
            message.edited_at = self.clock()
        self.dispatch(events.MessageUpdated(message))

    def delete(self, message: Message) -> None:
        """Delete a message."""
        message.deleted = True
        self.dispatch(events.MessageDeleted(message))

    def delete_many(self, messages: Sequence[Message]) -> None:
        """Delete messages of one channel in bulk."""
        for message in messages:
            message.deleted = True
        if messages:
            self.dispatch(events.MessagesDeleted(messages))

    def now(self) -> datetime.datetime:
        """Return the world's time (aware UTC)."""
        return self.clock()

    def _installed_in(self, guild: Guild) -> list[Application]:
        return [each for each in self.applications.values() if guild.id in each.guild_ids]
