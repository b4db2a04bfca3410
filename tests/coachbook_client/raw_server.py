"""A server of raw bytes, which answers as a test says."""

import asyncio
import contextlib
import dataclasses
import json
from collections.abc import AsyncGenerator, Callable, Iterator
from typing import Any

Writing = Callable[[asyncio.StreamWriter], Any]
"""Writes an answer; its connection is closed then."""


@dataclasses.dataclass
class RawServer:
    """A running server, with the heads of the requests that it had."""

    port: int
    heads: list[str] = dataclasses.field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        """The paths of the requests."""
        return [head.split(" ")[1] for head in self.heads]

    def sent(self, name: str) -> list[str | None]:
        """The values of a header in each of the requests."""
        lines = [dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line) for head in self.heads]
        return [each.get(name.lower()) for each in lines]


@contextlib.asynccontextmanager
async def answering(*answers: bytes | Writing) -> AsyncGenerator[RawServer]:
    """Run a server that gives these answers one after the other, and the last one again."""
    coming, tasks = _repeating(answers), set[asyncio.Task[None] | None]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.current_task())
        with contextlib.closing(writer), contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            server.heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
            answer = next(coming)
            if isinstance(answer, bytes):
                writer.write(answer)
            else:
                await answer(writer)
            await writer.drain()

    listening = await asyncio.start_server(serve, "127.0.0.1")
    server = RawServer(listening.sockets[0].getsockname()[1])
    try:
        yield server
    finally:
        listening.close()
        started = [task for task in tasks if task]
        for task in started:
            task.cancel()
        await asyncio.gather(*started, return_exceptions=True)


def answer(status: int, body: bytes | object = b"", kind: str = "application/json", **headers: str) -> bytes:
    """Return an answer; its headers have dashes for underscores."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {"Content-Type": kind, "Content-Length": str(len(content)), "Connection": "close"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    lines = [f"HTTP/1.1 {status} Status", *(f"{name}: {value}" for name, value in given.items())]
    return "\r\n".join([*lines, "", ""]).encode() + content


def problem(status: int, detail: str = "no", **headers: str) -> bytes:
    """Return an error of the API."""
    body = {"type": "about:blank", "title": "x", "status": status, "detail": detail, "request_id": "ab12"}
    return answer(status, body, "application/problem+json", X_Request_Id="ab12", **headers)


STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nConnection: close\r\n\r\n"


def plan(**changed: object) -> dict[str, object]:
    """Return a plan as the API writes it."""
    return {
        "id": 1,
        "coach": {"key": "d", "name": "Coach D"},
        "day": "2026-11-23",
        "author_id": "1",
        "posted_at": "2026-11-22T15:00:00Z",
        "revision": 1,
        "kind": "posted",
        "text": "Long NQ",
        "is_erased": False,
        "charts": [],
        "made_at": "2026-11-22T15:00:00Z",
        "recorded_at": None,
        "hash": "0" * 64,
        **changed,
    }


def revision(**changed: object) -> dict[str, object]:
    """Return a revision as the API writes it; what is changed is in its proof."""
    names = ("guild", "coach", "day", "kind", "salt", "text", "charts", "actor", "note", "previous")
    return plan(proof={"plan": 1, **dict.fromkeys(names, ""), **changed})


def change(number: int, end: str = "\n", **changed: object) -> bytes:
    """Return a change as the stream sends it."""
    data = json.dumps({"id": number, "plan": plan(**changed)})
    return end.join(["event: change", f"id: {number}", f"data: {data}", "", ""]).encode()


def _repeating(answers: tuple[bytes | Writing, ...]) -> Iterator[bytes | Writing]:
    yield from answers
    while True:
        yield answers[-1]
