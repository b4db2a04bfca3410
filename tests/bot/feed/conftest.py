"""The API on a port of this machine, with a real database, without a bot."""

import dataclasses
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.domain.commands import PostPlan
from bot.domain.values import Actor, Plan
from bot.feed.access import Gate
from bot.feed.application import application
from bot.feed.server import FeedServer
from storage.connections import database
from storage.store import Store
from tests.new_database import open_new_store
from tests.service import scene
from tests.service.scene import CHANNEL, DANA, DAY, GUILD, MAX, FakeClock, Services, fresh


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

    async def with_token(self, as_of: str | None = None, days: int | None = None, actor: Actor = MAX) -> "Program":
        """Return a program with a token of the actor's guild, which reads the coaches' channel."""
        name = f"token {fresh()}"
        made = await self.services.feed_tokens.create(actor, name, as_of, days, CHANNEL)
        return dataclasses.replace(self, token=made.secret)

    async def post(self, text: str, day: str = DAY, coach: str = "d", actor: Actor = DANA) -> Plan:
        """Have a coach post."""
        return await self.services.plans.post(actor, PostPlan(text, coach=coach, day=day), fresh())


RATE = 10_000


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = open_new_store(tmp_path / "book.db")
    yield opened
    await opened.close()


@pytest.fixture
async def program(store: Store) -> AsyncIterator[Program]:
    """A program on this machine without a token; it sees no channel, as nobody asks Discord."""
    clock, health = FakeClock(), Health()
    services = Services.on(store, clock)
    await services.guilds.ensure_guild(GUILD)
    await services.guilds.ensure_guild(scene.OTHER_GUILD)
    app = application(services.feed, services.changes, Gate(services.feed_tokens, GUILD, RATE), health)
    server = FeedServer(app, "127.0.0.1", 0)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
        yield Program(session, server.port, services, clock, health)
    await server.close()


def erase(plan_id: int) -> None:
    """Erase what a plan says now, as if a person had asked for it."""
    database.execute_sql(
        "UPDATE plan_history SET text = NULL, actor_id = NULL, salt = NULL, note = NULL, "
        "erased_at = '2026-11-22T15:00:00.000000Z' WHERE plan_id = ? "
        "AND revision = (SELECT revision FROM coach_plans WHERE id = ?) AND erased_at IS NULL",
        (plan_id, plan_id),
    )
