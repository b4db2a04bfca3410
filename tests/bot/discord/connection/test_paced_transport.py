"""Frames that arrive in a burst are read with pauses."""

import asyncio
from typing import Any

from bot.discord.connection.paced_transport import READING_SECONDS, PacedTransport


class Burst:
    """Frames that have all arrived, each of which takes a while to read, and the time."""

    closed = "closed"

    def __init__(self, seconds: float) -> None:
        self.now = 0.0
        self._seconds = seconds

    async def receive_json(self) -> dict[str, Any]:
        self.now += self._seconds
        return {"s": self.now}


async def reads_between_pauses(seconds: float) -> list[int]:
    """Return the numbers of frames that are read before, between and after two pauses for other work."""
    burst = Burst(seconds)
    paced = PacedTransport(burst, lambda: burst.now)
    counts = [0, 0, 0]
    for place in range(2):
        other = asyncio.Event()
        asyncio.get_running_loop().call_soon(other.set)
        while True:
            await paced.receive_json()
            if other.is_set():
                counts[place + 1] += 1  # it was read after the pause
                break
            counts[place] += 1
    return counts


async def test_reading_pauses_after_a_while():
    assert await reads_between_pauses(READING_SECONDS / 4) == [4, 4, 1]


async def test_a_frame_that_takes_long_is_read_whole():
    assert await reads_between_pauses(READING_SECONDS * 9) == [1, 1, 1]


def test_all_else_is_the_transports_own():
    assert PacedTransport(Burst(0)).closed == "closed"
