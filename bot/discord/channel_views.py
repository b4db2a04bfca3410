"""People's views of a guild's channels and threads: from the gateway's cache, or else by asking Discord."""

import asyncio
import time
from collections.abc import Collection, Mapping
from typing import Final, Generic, TypeAlias, TypeVar

import hikari
import structlog

from bot.discord.permissions import GuildPermissions
from bot.domain.values import Actor, ChannelId, UserId, View

ASK_SECONDS: Final = 1.0
"""Seconds for Discord's answer: the one who reads is to have theirs within 3 s."""
MOST_ASKED: Final = 20
"""Threads that Discord is asked about at once, the newest first; it takes 50 requests in a second."""
CHANNEL_SECONDS: Final = 600.0
"""Seconds for which Discord's answer on a channel is used. A thread never changes its parent."""
MEMBER_SECONDS: Final = 60.0
"""Seconds for which Discord's answer on a member of a thread is used."""
MOST_REMEMBERED: Final = 10_000

_Channel: TypeAlias = hikari.PermissibleGuildChannel | hikari.GuildThreadChannel
K = TypeVar("K")
V = TypeVar("V")

_log = structlog.get_logger(__name__)


class ChannelViews:
    """Computes who sees what. What can't be found out is hidden."""

    def __init__(self, gateway: hikari.GatewayBot) -> None:
        self._cache = gateway.cache
        self._rest = gateway.rest
        self._fetched: _Answers[ChannelId, _Channel | View] = _Answers(CHANNEL_SECONDS)
        self._is_member: _Answers[tuple[ChannelId, UserId], bool] = _Answers(MEMBER_SECONDS)

    async def of(self, actor: Actor, channels: Collection[ChannelId]) -> Mapping[ChannelId, View]:
        """Return what the actor sees of each of the channels."""
        if not channels:
            return {}
        try:
            async with asyncio.timeout(ASK_SECONDS):
                permissions = await self._permissions(actor)
        except (hikari.HikariError, OSError, TimeoutError) as error:
            _log.warning("guild not looked up", guild_id=actor.guild_id, why=str(error))
            return dict.fromkeys(channels, View.HIDDEN)
        views = {each: self._known_view(actor, permissions, each) for each in channels}
        unknown = sorted((channel for channel, view in views.items() if view is None), reverse=True)
        if unknown:
            await self._ask(actor, permissions, unknown[:MOST_ASKED])
            views |= {each: self._known_view(actor, permissions, each) for each in unknown}
        return {channel: view or View.HIDDEN for channel, view in views.items()}

    async def _permissions(self, actor: Actor) -> GuildPermissions:
        """Return what the actor's roles allow in the guild."""
        guild = self._cache.get_guild(actor.guild_id)
        if guild:
            roles = filter(None, map(self._cache.get_role, (actor.guild_id, *actor.role_ids)))
        else:  # the gateway has not told of it yet
            guild = await self._rest.fetch_guild(actor.guild_id)
            roles = guild.roles.values()
        return GuildPermissions(actor.guild_id, int(guild.owner_id), {int(each.id): each.permissions for each in roles})

    def _known_view(self, actor: Actor, permissions: GuildPermissions, channel_id: ChannelId) -> View | None:
        """Return what the actor sees of the channel; None: Discord is to be asked."""
        channel = place = self._known(channel_id)
        if isinstance(channel, hikari.GuildThreadChannel):
            place = self._known(ChannelId(channel.parent_id))
        if place is None or isinstance(place, View):
            return place
        if not isinstance(place, hikari.PermissibleGuildChannel) or place.guild_id != actor.guild_id:
            return View.HIDDEN
        granted = permissions.in_channel(actor.user_id, actor.role_ids, place.permission_overwrites.values())
        if not granted & hikari.Permissions.VIEW_CHANNEL:
            return View.HIDDEN
        if not isinstance(channel, hikari.GuildPrivateThread) or granted & hikari.Permissions.MANAGE_THREADS:
            return View.SEEN
        is_member = self._is_member.get((channel_id, actor.user_id))
        return None if is_member is None else View.SEEN if is_member else View.HIDDEN

    def _known(self, channel_id: ChannelId) -> _Channel | View | None:
        in_cache = self._cache.get_guild_channel(channel_id) or self._cache.get_thread(channel_id)
        return in_cache or self._fetched.get(channel_id)

    async def _ask(self, actor: Actor, permissions: GuildPermissions, channels: Collection[ChannelId]) -> None:
        """Ask Discord for what is not known of the channels, all at the same time."""
        try:
            async with asyncio.timeout(ASK_SECONDS), asyncio.TaskGroup() as group:
                for each in channels:
                    group.create_task(self._ask_for(actor, permissions, each))
        except TimeoutError:
            _log.warning("channels not looked up in time", guild_id=actor.guild_id, channels=len(channels))

    async def _ask_for(self, actor: Actor, permissions: GuildPermissions, channel_id: ChannelId) -> None:
        try:
            channel = await self._found(channel_id)
            if isinstance(channel, hikari.GuildThreadChannel):
                await self._found(ChannelId(channel.parent_id))
            if self._known_view(actor, permissions, channel_id) is None:
                is_member = await self._fetch_is_member(channel_id, actor.user_id)
                self._is_member.put((channel_id, actor.user_id), is_member)
        except (hikari.HikariError, OSError) as error:
            _log.warning("channel not looked up", channel_id=channel_id, why=str(error))

    async def _found(self, channel_id: ChannelId) -> _Channel | View:
        """Return the channel, as it is known or as Discord has it."""
        if known := self._known(channel_id):
            return known
        channel = await self._fetch(channel_id)
        self._fetched.put(channel_id, channel)
        return channel

    async def _fetch(self, channel_id: ChannelId) -> _Channel | View:
        try:
            channel = await self._rest.fetch_channel(channel_id)
        except hikari.NotFoundError:
            return View.GONE
        except hikari.ForbiddenError:
            return View.HIDDEN
        is_of_guild = isinstance(channel, hikari.PermissibleGuildChannel | hikari.GuildThreadChannel)
        return channel if is_of_guild else View.HIDDEN

    async def _fetch_is_member(self, thread_id: ChannelId, user_id: UserId) -> bool:
        """Return whether the user is a member of the thread."""
        try:
            await self._rest.fetch_thread_member(thread_id, user_id)
        except hikari.NotFoundError:
            return False
        return True


class _Answers(Generic[K, V]):
    """Discord's answers, for so many seconds; the oldest are forgotten first."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._answers: dict[K, tuple[V, float]] = {}

    def get(self, key: K) -> V | None:
        """Return the answer; None: there is none any more."""
        value, since = self._answers.get(key, (None, 0.0))
        return value if time.monotonic() - since < self._seconds else None

    def put(self, key: K, value: V) -> None:
        """Remember an answer from now on."""
        self._answers.pop(key, None)
        if len(self._answers) >= MOST_REMEMBERED:
            del self._answers[next(iter(self._answers))]
        self._answers[key] = value, time.monotonic()
