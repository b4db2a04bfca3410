"""Programs that read the API, over real sockets."""

import asyncio
import dataclasses
from collections.abc import Mapping
from typing import Any

import aiohttp

from bot.domain.commands import PostPlan
from bot.domain.values import Actor, Plan
from tests.processes import DEADLINE
from tests.service.scene import CHANNEL, DANA, DAY, MAX, FakeClock, Services, fresh


@dataclasses.dataclass
class Health:
    """The health as a test wants it."""

    components: dict[str, str | None] = dataclasses.field(default_factory=lambda: {"database": None, "gateway": None})

    async def report(self) -> "Health":
        return self


@dataclasses.dataclass(frozen=True)
class Answer:
    """An answer, as a program got it."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    json: Any

    @property
    def detail(self) -> str:
        """The reason in a problem."""
        assert self.headers["Content-Type"] == "application/problem+json"
        assert self.json["status"] == self.status
        assert self.json["request_id"] == self.headers["X-Request-Id"]
        return self.json["detail"]


@dataclasses.dataclass
class Program:
    """A program that reads."""

    session: aiohttp.ClientSession
    port: int
    services: Services
    clock: FakeClock
    health: Health
    token: str | None = None

    async def get(self, path: str, headers: Mapping[str, str] | None = None, method: str = "GET") -> Answer:
        """Ask, with the token if there is one."""
        sent = dict(headers or {})
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        url = f"http://127.0.0.1:{self.port}{path}" if path.startswith("/") else path
        async with self.session.request(method, url, headers=sent) as response:
            body = await response.read()
            is_json = response.headers.get("Content-Type", "").endswith("json") and body
            return Answer(
                response.status, response.headers, body, await response.json(content_type=None) if is_json else None
            )

    async def until(self, path: str, status: int) -> Answer:
        """Ask until the answer has the status, and return it."""
        async with asyncio.timeout(DEADLINE):
            while (answer := await self.get(path)).status != status:  # noqa: ASYNC110 - as a program would
                await asyncio.sleep(0.01)
        return answer

    async def with_token(self, as_of: str | None = None, days: int | None = None, actor: Actor = MAX) -> "Program":
        """Return a program with a token of the actor's guild, which reads the coaches' channel."""
        name = f"token {fresh()}"
        made = await self.services.feed_tokens.create(actor, name, as_of, days, CHANNEL)
        return dataclasses.replace(self, token=made.secret)

    async def post(self, text: str, day: str = DAY, coach: str = "d", actor: Actor = DANA) -> Plan:
        """Have a coach post."""
        return await self.services.plans.post(actor, PostPlan(text, coach=coach, day=day), fresh())
