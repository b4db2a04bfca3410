"""The health of the bot, and numbers, as programs of the predecessor read them."""

import collections
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, Protocol

from starlette.requests import Request
from starlette.responses import Response

from bot.domain.errors import DatabaseUnavailableError, StoppingError
from bot.domain.values import GuildId
from bot.feed.description.operations import Call, Operation, as_json
from bot.feed.documents import answer


class Report(Protocol):
    """The health at a moment."""

    @property
    def components(self) -> Mapping[str, str | None]:
        """The reason why a component is unhealthy; None: it is healthy. `database` and `gateway` are among them."""
        ...


class Health(Protocol):
    """The health of the bot."""

    async def report(self) -> Report:
        """Return the health now."""
        ...


class Status:
    """Answers for the health and the numbers."""

    def __init__(self, health: Health) -> None:
        self._health = health
        self._started = time.monotonic()
        self._requests = collections.Counter[GuildId]()

    def count(self, guild_id: GuildId) -> None:
        """Count a request that was admitted."""
        self._requests[guild_id] += 1

    async def get_health(self, call: Call) -> Response:
        """Answer with the health; 503 if the database or the connection to Discord fails."""
        try:
            plans = await _plan_count(call)
        except (DatabaseUnavailableError, StoppingError):
            return await self._answer_health(call.request, None, can_read=False)
        return await self._answer_health(call.request, plans, can_read=True)

    async def answer_unreadable(self, request: Request) -> Response:
        """Answer that the database can't be read, which is why nobody knows who asks, and nothing else; 503."""
        components = {"database": {"status": _UNHEALTHY, "plan_count": None}, "discord_bot": {"status": "unknown"}}
        document = {"status": _UNHEALTHY, "components": components}
        return answer(request, document, status=HTTPStatus.SERVICE_UNAVAILABLE)

    async def _answer_health(self, request: Request, plans: int | None, *, can_read: bool) -> Response:
        components = (await self._health.report()).components
        database = components["database"] is None and can_read
        discord = components["gateway"] is None
        document: dict[str, Any] = {
            "status": _word(is_healthy=database and discord),
            "components": {
                "database": {"status": _word(is_healthy=database), "plan_count": plans},
                "discord_bot": {"status": _word(is_healthy=discord)},
            },
        }
        status = HTTPStatus.OK if database and discord else HTTPStatus.SERVICE_UNAVAILABLE
        return answer(request, document, status=status)

    async def get_metrics(self, call: Call) -> Response:
        """Answer with numbers."""
        document = {
            "plan_count": await _plan_count(call),
            "requests_total": self._requests[call.actor.guild_id],
            "uptime_seconds": round(time.monotonic() - self._started),
        }
        return answer(call.request, document)

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The operations that need a right to read."""
        return (
            Operation(
                name="getHealth",
                path="/health",
                summary="The health of the bot.",
                handle=self.get_health,
                content=as_json("Health"),
                is_compatible=True,
                unreadable=self.answer_unreadable,
            ),
            Operation(
                name="getMetrics",
                path="/metrics",
                summary="Numbers.",
                handle=self.get_metrics,
                content=as_json("Metrics"),
                is_compatible=True,
            ),
        )


async def _plan_count(call: Call) -> int | None:
    """Return the number of live plans; None for a token that may not read all that is known now."""
    count = await call.feed.live_count(call.actor)
    return count if call.access.latest is None else None


def _word(*, is_healthy: bool) -> str:
    return _HEALTHY if is_healthy else _UNHEALTHY


_HEALTHY: Final = "healthy"
_UNHEALTHY: Final = "unhealthy"
