"""The agents of a trading framework, as they asked the predecessor each morning; they know nothing of Coachbook."""

import dataclasses
import datetime
from collections.abc import Mapping
from typing import Any

import aiohttp

from tests.service.scene import FakeClock

COACHES = ("d", "i", "s", "n")
CACHED = datetime.timedelta(hours=1)
TRIES = 3


@dataclasses.dataclass
class Agents:
    """Clients of `/api/coach-plans/`, with a cache of an hour and retries."""

    session: aiohttp.ClientSession
    address: str
    clock: FakeClock
    token: str
    asked: int = 0
    """Requests until now."""
    _cache: dict[str, tuple[datetime.datetime, Any]] = dataclasses.field(default_factory=dict)

    async def morning(self, day: str = "") -> dict[str, str | None]:
        """Return the text of each coach; None: no plan."""
        return {coach: await self.text(coach, day) for coach in COACHES}

    async def text(self, coach: str, day: str = "") -> str | None:
        """Return the text of a coach; None: no plan, or it can't be had."""
        found = await self.get(f"/api/coach-plans/?coach={coach}&date={day}&_=1")
        text = found.get("plan", "No answer")
        return None if text.startswith("No") else text

    async def charts(self, coach: str, day: str) -> list[bytes]:
        """Return the charts of a coach, in their order."""
        links = (await self.get(f"/api/coach-plans/?coach={coach}&date={day}"))["charts"]
        return [await self._bytes(link) for link in links]

    async def get(self, path: str) -> Mapping[str, Any]:
        """Return an answer in JSON, which may be an hour old; empty: there is none."""
        at, cached = self._cache.get(path, (self.clock.now - CACHED, None))
        if self.clock.now - at < CACHED:
            return cached
        for _ in range(TRIES):
            status, found = await self._json(path)
            if status == 200:
                self._cache[path] = self.clock.now, found
                return found
        return {}

    async def _json(self, path: str) -> tuple[int, Any]:
        self.asked += 1
        address = f"{self.address}{path}{'&' if '?' in path else '?'}token={self.token}"
        async with self.session.get(address, headers={"Accept": "application/json"}) as response:
            return response.status, await response.json() if response.status == 200 else None

    async def _bytes(self, link: str) -> bytes:
        async with self.session.get(link) as response:
            response.raise_for_status()
            return await response.read()
