"""The operators of this bot: they may do what affects all servers."""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from typing import Final

import hikari
import structlog

from bot.domain.errors import NotOperatorError
from bot.domain.values import Actor, UserId

REFRESH_SECONDS: Final = 300.0
"""The age of the list at which Discord is asked again."""
ASK_SECONDS: Final = 10.0

_log = structlog.get_logger(__name__)


class Operators:
    """The application's owner, the members of its team, and the users in the configuration."""

    def __init__(self, rest: hikari.api.RESTClient, configured: Sequence[int]) -> None:
        self._rest = rest
        self._configured = frozenset(map(UserId, configured))
        self._of_application: frozenset[UserId] = frozenset()
        self._asked_at: float | None = None

    def knows(self, actor: Actor) -> bool:
        """Return whether the actor is an operator, without asking Discord."""
        return actor.user_id in self._configured | self._of_application

    async def require(self, actor: Actor) -> None:
        """Refuse everyone but operators.

        Raises:
            NotOperatorError: the actor is not one.
        """
        if actor.user_id in self._configured:
            return
        if self._asked_at is None or time.monotonic() - self._asked_at > REFRESH_SECONDS:
            await self.refresh()
        if not self.knows(actor):
            raise NotOperatorError

    async def refresh(self) -> None:
        """Ask Discord for the list; without an answer the old one stays."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ASK_SECONDS):
                try:
                    application = await self._rest.fetch_application()
                except (hikari.HikariError, OSError) as error:
                    _log.warning("fetching operators failed", why=str(error))
                    return
                self._of_application = frozenset(map(UserId, _people_of(application)))
                self._asked_at = time.monotonic()


def _people_of(application: hikari.Application) -> set[int]:
    if application.team is None:
        return {int(application.owner.id)}
    accepted = hikari.TeamMembershipState.ACCEPTED
    members = application.team.members.items()
    return {int(application.team.owner_id), *(int(id_) for id_, each in members if each.membership_state == accepted)}
