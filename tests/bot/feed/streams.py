"""A program that follows the changes."""

import asyncio
import contextlib
import dataclasses
import json
from collections.abc import AsyncGenerator
from typing import Any

import aiohttp

from bot.domain.commands import EditPlan
from bot.domain.values import Plan
from bot.feed.changes import StreamLimits
from tests.bot.feed.programs import Program
from tests.processes import DEADLINE
from tests.service.scene import DANA, IVAN, fresh

BEAT = StreamLimits(heartbeat_seconds=0.05)
EVENTS = {"Accept": "text/event-stream"}
CHANGES = "/v1/changes"


@dataclasses.dataclass(frozen=True)
class Event:
    """A server-sent event."""

    name: str
    id: int
    data: Any

    @property
    def text(self) -> str | None:
        """The text of the plan."""
        return self.data["plan"]["text"]


class Stream:
    """An open stream, read as the specification of server-sent events says."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response
        self.last_id: int | None = None
        self.heartbeats = 0

    async def next(self) -> Event | None:
        """Wait for an event; None: the stream has ended."""
        async with asyncio.timeout(DEADLINE):
            while (fields := await self._fields()) is not None:
                self.last_id = int(fields.get("id", self.last_id or 0))
                if "data" in fields:
                    return Event(fields["event"], self.last_id, json.loads(fields["data"]))
        return None

    async def texts(self, count: int) -> list[tuple[int, str | None]]:
        """Wait for so many changes, and return the id and the text of each."""
        found = [await self.next() for _ in range(count)]
        assert all(each and each.name == "change" and each.data["id"] == each.id for each in found)
        return [(each.id, each.text) for each in found if each]

    async def _fields(self) -> dict[str, str] | None:
        """Return the fields until the next empty line; None: the stream has ended."""
        fields = dict[str, str]()
        while line := await self.response.content.readline():
            name, _, value = line.decode().rstrip("\n").partition(":")
            if not line.strip():
                return fields
            self.heartbeats += not name
            fields[name] = value.removeprefix(" ")
        return None


async def edit(program: Program, plan: Plan, text: str) -> None:
    """Have the plan's coach edit it."""
    coach = DANA if plan.coach.key == "d" else IVAN
    await program.services.plans.edit(coach, EditPlan(plan.id, text), fresh())


@contextlib.asynccontextmanager
async def followed(program: Program, after: int | None = None) -> AsyncGenerator[Stream]:
    """A stream that begins after a change; its first lines have come."""
    sent = {**EVENTS, "Authorization": f"Bearer {program.token}"}
    if after is not None:
        sent["Last-Event-ID"] = str(after)
    async with program.session.get(f"http://127.0.0.1:{program.port}{CHANGES}", headers=sent) as response:
        assert (response.status, response.content_type) == (200, "text/event-stream")
        yield Stream(response)
