"""Users' views of a guild's channels and threads: from the gateway's cache, or by asking Discord."""

import asyncio
import contextlib
import dataclasses
import functools
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, TypeAlias

import hikari
import structlog

from bot.discord.lookups import MAX_LOOKUPS_OF_GUILD, Answers, Lookups, NotAskedError
from bot.discord.permissions import GuildPermissions
from bot.discord.rest_client import RateLimitedError
from bot.domain.values import Actor, ChannelId, UserId, View

ASK_SECONDS: Final = 1.0
"""The time limit of Discord's answers: the reader needs an answer within 3 s."""
CHANNEL_SECONDS: Final = 600.0
"""The seconds for which Discord's answer about a channel is used."""
MEMBER_SECONDS: Final = 60.0
"""The seconds for which Discord's answer about a member of a thread is used."""

_Channel: TypeAlias = hikari.PermissibleGuildChannel | hikari.GuildThreadChannel

_log = structlog.get_logger(__name__)


@dataclasses.dataclass(frozen=True, slots=True)
class _Question:
    """A question for a user's view of channels."""

    actor: Actor
    permissions: GuildPermissions
    parents: Mapping[ChannelId, ChannelId]
    """The parents of public threads that were seen before."""


class ChannelViews:
    """Computes which channels a user sees."""

    def __init__(self, gateway: hikari.GatewayBot) -> None:
        self._cache = gateway.cache
        self._rest: hikari.api.RESTClient | None = None
        self._lookups = Lookups()
        self._lasting: Answers[ChannelId, hikari.GuildThreadChannel | View] = Answers(math.inf)
        """Threads, which never change their parent, and channels that are gone."""
        self._fetched: Answers[ChannelId, _Channel | View] = Answers(CHANNEL_SECONDS)
        self._is_member: Answers[tuple[ChannelId, UserId], bool] = Answers(MEMBER_SECONDS)
        gateway.subscribe(hikari.GuildThreadDeleteEvent, self._note_deletion)

    def start(self, rest: hikari.api.RESTClient) -> None:
        """Ask Discord from now on, with a client that sends each request once."""
        self._rest = rest

    async def close(self) -> None:
        """Stop asking Discord."""
        self._rest = None
        await self._lookups.close()

    async def of(
        self, actor: Actor, channels: Collection[ChannelId], parents: Mapping[ChannelId, ChannelId]
    ) -> Mapping[ChannelId, View]:
        """Return the actor's view of each channel; `parents` are of public threads seen before."""
        if not channels:
            return {}
        try:
            async with asyncio.timeout(ASK_SECONDS):
                question = _Question(actor, await self._permissions(actor), parents)
        except (hikari.HikariError, OSError, TimeoutError, RateLimitedError, NotAskedError) as error:
            _log.warning("looking up a guild failed", guild_id=actor.guild_id, why=str(error))
            return dict.fromkeys(channels, View.UNKNOWN)
        views = {channel: self._known_view(question, channel) for channel in channels}
        if unknown := sorted((channel for channel in channels if views[channel] is View.UNKNOWN), reverse=True):
            await self._ask(question, unknown[:MAX_LOOKUPS_OF_GUILD])
            views |= {channel: self._known_view(question, channel) for channel in unknown}
        if left := sum(view is View.UNKNOWN for view in views.values()):
            _log.warning("looking up channels failed", guild_id=actor.guild_id, channels=left)
        return views

    def public_parents(self, channels: Iterable[ChannelId]) -> Mapping[ChannelId, ChannelId]:
        """Return the parents of the channels that are known public threads."""
        return {
            channel: ChannelId(thread.parent_id)
            for channel in channels
            if isinstance(thread := self._thread(channel), hikari.GuildThreadChannel)
            and not isinstance(thread, hikari.GuildPrivateThread)
        }

    async def _permissions(self, actor: Actor) -> GuildPermissions:
        """Return the permissions that the actor's roles give in the guild."""
        guild = self._cache.get_guild(actor.guild_id)
        if guild:
            roles = filter(None, map(self._cache.get_role, (actor.guild_id, *actor.role_ids)))
        else:  # the gateway has not sent it yet
            fetch = functools.partial(self._client().fetch_guild, actor.guild_id)
            guild = await self._lookups.ask((actor.guild_id,), fetch)
            roles = guild.roles.values()
        return GuildPermissions(actor.guild_id, int(guild.owner_id), {int(each.id): each.permissions for each in roles})

    def _known_view(self, question: _Question, channel_id: ChannelId) -> View:
        """Return the actor's view of the channel, as far as it is known."""
        channel, actor = self._known(channel_id), question.actor
        place = self._known(parent_id) if (parent_id := _parent_of(channel_id, channel, question)) else channel
        if isinstance(place, View):
            return place
        if not isinstance(place, hikari.PermissibleGuildChannel) or place.guild_id != actor.guild_id:
            return View.HIDDEN
        granted = question.permissions.in_channel(actor.user_id, actor.role_ids, place.permission_overwrites.values())
        if not granted & hikari.Permissions.VIEW_CHANNEL:
            return View.HIDDEN
        if not isinstance(channel, hikari.GuildPrivateThread) or granted & hikari.Permissions.MANAGE_THREADS:
            return View.SEEN
        is_member = self._is_member.get((channel_id, actor.user_id))
        return View.UNKNOWN if is_member is None else View.SEEN if is_member else View.HIDDEN

    def _known(self, channel_id: ChannelId) -> _Channel | View:
        known = self._cache.get_guild_channel(channel_id) or self._thread(channel_id)
        return known or self._fetched.get(channel_id) or View.UNKNOWN

    def _thread(self, channel_id: ChannelId) -> hikari.GuildThreadChannel | View | None:
        """Return a known thread, or that the channel is gone."""
        return self._cache.get_thread(channel_id) or self._lasting.get(channel_id)

    async def _ask(self, question: _Question, channels: Sequence[ChannelId]) -> None:
        """Ask Discord about unknown channels, and wait a moment for its answers."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ASK_SECONDS), asyncio.TaskGroup() as group:
                for each in channels:
                    group.create_task(self._ask_for(question, each))

    async def _ask_for(self, question: _Question, channel_id: ChannelId) -> None:
        """Ask Discord one question after another until the view of the channel is known."""
        guild_id, user_id = question.actor.guild_id, question.actor.user_id
        try:
            if parent_id := _parent_of(channel_id, await self._found(question, channel_id), question):
                await self._found(question, parent_id)
            if self._known_view(question, channel_id) is View.UNKNOWN:
                fetch = functools.partial(self._fetch_is_member, channel_id, user_id)
                await self._lookups.ask((guild_id, channel_id, user_id), fetch)
        except (RateLimitedError, NotAskedError, TimeoutError):
            pass  # the caller logs how many are unknown
        except (hikari.HikariError, OSError) as error:
            _log.warning("looking up a channel failed", channel_id=channel_id, why=str(error))

    async def _found(self, question: _Question, channel_id: ChannelId) -> _Channel | View:
        """Return the channel as it is known, or ask Discord, but not for a public thread seen before."""
        known = self._known(channel_id)
        if known is View.UNKNOWN and channel_id not in question.parents:
            fetch = functools.partial(self._fetch, channel_id)
            await self._lookups.ask((question.actor.guild_id, channel_id), fetch)
        return self._known(channel_id)

    async def _fetch(self, channel_id: ChannelId) -> None:
        """Cache the channel as Discord returns it."""
        try:
            channel = await self._client().fetch_channel(channel_id)
        except hikari.NotFoundError:
            self._lasting.put(channel_id, View.GONE)
        except hikari.ForbiddenError:
            self._fetched.put(channel_id, View.HIDDEN)
        else:
            if isinstance(channel, hikari.GuildThreadChannel):
                self._lasting.put(channel_id, channel)
            else:
                is_of_guild = isinstance(channel, hikari.PermissibleGuildChannel)
                self._fetched.put(channel_id, channel if is_of_guild else View.HIDDEN)

    async def _fetch_is_member(self, thread_id: ChannelId, user_id: UserId) -> None:
        """Cache whether the user is a member of the thread."""
        is_member = True
        try:
            await self._client().fetch_thread_member(thread_id, user_id)
        except hikari.NotFoundError:
            is_member = False
        self._is_member.put((thread_id, user_id), is_member)

    def _client(self) -> hikari.api.RESTClient:
        """Return the client.

        Raises:
            NotAskedError: the bot is starting or stopping.
        """
        if self._rest is None:
            raise NotAskedError("the bot is starting or stopping")
        return self._rest

    async def _note_deletion(self, event: hikari.GuildThreadDeleteEvent) -> None:
        self._lasting.put(ChannelId(event.thread_id), View.GONE)


def _parent_of(channel_id: ChannelId, channel: _Channel | View, question: _Question) -> ChannelId | None:
    """Return the parent of a thread; None: it is no thread, or not known."""
    if isinstance(channel, hikari.GuildThreadChannel):
        return ChannelId(channel.parent_id)
    return question.parents.get(channel_id) if channel is View.UNKNOWN else None
