"""The names of a guild's users and roles: from the gateway's cache, or by asking Discord."""

import asyncio
import contextlib
import functools
from collections.abc import Collection
from typing import Final

import hikari
import structlog

from bot.discord.lookups import MAX_LOOKUPS_OF_GUILD, Answers, Lookups, NotAskedError
from bot.discord.rest_client import RateLimitedError
from bot.domain.values import GuildId, MemberNames, Members, RoleId, UserId

ASK_SECONDS: Final = 1.0
"""The time limit of Discord's answers: an autocompletion is due within 3 s."""
NAME_SECONDS: Final = 600.0
"""The seconds for which Discord's answer about a user is used."""

_log = structlog.get_logger(__name__)


class NameLookup:
    """Looks up the names of members, and which are gone."""

    def __init__(self, gateway: hikari.GatewayBot) -> None:
        self._cache = gateway.cache
        self._rest: hikari.api.RESTClient | None = None
        self._lookups = Lookups()
        self._users: Answers[tuple[GuildId, UserId], str] = Answers(NAME_SECONDS)
        """By guild and user; empty for one who is not in the guild."""

    def start(self, rest: hikari.api.RESTClient) -> None:
        """Ask Discord from now on, with a client that sends each request once."""
        self._rest = rest

    async def close(self) -> None:
        """Stop asking Discord."""
        self._rest = None
        await self._lookups.close()

    async def of(self, guild_id: GuildId, members: Members) -> MemberNames:
        """Return the names of the members that are known, or that Discord returns within a second."""
        unknown = [user_id for user_id in sorted(members.users) if self._user(guild_id, user_id) is None]
        await self._ask(guild_id, unknown[:MAX_LOOKUPS_OF_GUILD])
        users = {user_id: name for user_id in members.users if (name := self._user(guild_id, user_id)) is not None}
        roles = self._roles(guild_id, members.roles)
        gone = Members(
            frozenset(user_id for user_id, name in users.items() if not name),
            frozenset(role_id for role_id, name in roles.items() if not name),
        )
        return MemberNames(users, roles, gone)

    def _user(self, guild_id: GuildId, user_id: UserId) -> str | None:
        """Return the user's name, empty for one who is not in the guild; None: it is not known."""
        member = self._cache.get_member(guild_id, user_id)
        return member.display_name if member else self._users.get((guild_id, user_id))

    def _roles(self, guild_id: GuildId, role_ids: Collection[RoleId]) -> dict[RoleId, str]:
        """Return the names of the roles, empty for deleted ones; none before the gateway has sent the guild."""
        if self._cache.get_guild(guild_id) is None:
            return {}
        roles = {role_id: self._cache.get_role(role_id) for role_id in role_ids}
        return {role_id: role.name if role else "" for role_id, role in roles.items()}

    async def _ask(self, guild_id: GuildId, user_ids: Collection[UserId]) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ASK_SECONDS), asyncio.TaskGroup() as group:
                for user_id in user_ids:
                    group.create_task(self._ask_for(guild_id, user_id))

    async def _ask_for(self, guild_id: GuildId, user_id: UserId) -> None:
        try:
            await self._lookups.ask((guild_id, user_id), functools.partial(self._fetch, guild_id, user_id))
        except (RateLimitedError, NotAskedError, TimeoutError):
            pass  # the name is not known yet
        except (hikari.HikariError, OSError) as error:
            _log.warning("looking up a member failed", guild_id=guild_id, why=str(error))

    async def _fetch(self, guild_id: GuildId, user_id: UserId) -> None:
        """Cache the name of the user as Discord returns it."""
        if self._rest is None:
            raise NotAskedError("the bot is starting or stopping")
        try:
            member = await self._rest.fetch_member(guild_id, user_id)
        except hikari.NotFoundError:
            self._users.put((guild_id, user_id), "")
        else:
            self._users.put((guild_id, user_id), member.display_name)
