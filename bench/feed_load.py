"""Programs that read the API: so many requests in a second, over connections that stay open.

    python -m bench.feed_load PORT TOKEN RATE SECONDS PATH...

A rate of 0 asks again at once. It prints a JSON object: the statuses with their numbers, and the milliseconds of all.
"""

import asyncio
import collections
import json
import re
import sys
import time
from collections.abc import Iterator
from itertools import cycle

CONNECTIONS = 20
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


async def load(port: int, token: str, rate: float, seconds: float, paths: list[str]) -> dict[str, object]:
    """Ask for the paths in turns, and return the outcome."""
    requests = cycle(
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n".encode() for path in paths
    )
    statuses: collections.Counter[str] = collections.Counter()
    took: list[float] = []
    began = time.monotonic()
    due = _moments(began, rate, seconds)

    async def ask() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**24)
        for moment in due:
            await asyncio.sleep(moment - time.monotonic())
            sent = time.monotonic()
            writer.write(next(requests))
            head = await reader.readuntil(b"\r\n\r\n")
            if length := _LENGTH.search(head):
                await reader.readexactly(int(length[1]))
            statuses[head[9:12].decode()] += 1
            took.append((time.monotonic() - (moment if rate else sent)) * 1000)
        writer.close()

    await asyncio.gather(*(ask() for _ in range(CONNECTIONS)))
    return {"statuses": statuses, "milliseconds": took, "seconds": time.monotonic() - began}


def _moments(began: float, rate: float, seconds: float) -> Iterator[float]:
    """Yield the moments at which requests are due; they wait for a free connection, which counts as their time."""
    number = 0
    while (moment := began + number / rate if rate else time.monotonic()) < began + seconds:
        number += 1
        yield moment


if __name__ == "__main__":
    _, port, token, rate, seconds, *paths = sys.argv
    print(json.dumps(asyncio.run(load(int(port), token, float(rate), float(seconds), paths))))
