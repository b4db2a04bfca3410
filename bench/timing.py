"""Times of two ways to do the same, in turns, so that what else the machine does hits both."""

import statistics
import time
from collections.abc import Awaitable, Callable, Iterable

ROUNDS = 10
BLOCK = 20
"""Calls of one way in a row."""

Call = Callable[[], Awaitable[object]]


async def in_turns(*ways: Call, rounds: int = ROUNDS, block: int = BLOCK) -> list[float]:
    """Return the median of the microseconds that a call takes, for each way."""
    took: list[list[float]] = [[] for _ in ways]
    for _ in range(rounds):
        for way, times in zip(ways, took, strict=True):
            await way()  # what is remembered may be of before the other way's writes
            times += [await _microseconds(way) for _ in range(block)]
    return [statistics.median(times) for times in took]


def percentile(values: Iterable[float], share: float) -> float:
    """Return the value that a share of all is not above; 0 where there are none."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


async def _microseconds(way: Call) -> float:
    began = time.perf_counter()
    await way()
    return (time.perf_counter() - began) * 1e6
