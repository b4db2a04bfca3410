"""Both clients, at the real server, and at servers that misbehave."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from coachbook_client import AsyncClient, Client
from tests.bot.feed import conftest
from tests.bot.feed.programs import Program
from tests.coachbook_client.raw_server import RawServer

store = conftest.store
program = conftest.program


class Asker:
    """One of the clients; the other is asked alike."""

    def __init__(self, kind: type[Client] | type[AsyncClient]) -> None:
        self.kind = kind

    async def ask(self, where: Program | RawServer, method: str, *given: Any, take: int = 1_000, **named: Any) -> Any:
        """Return the result of a method; of an iterator, which is closed then, so many items.

        `options` are those of the client.
        """
        token = where.token if isinstance(where, Program) else None
        options: dict[str, Any] = {"token": token, **named.pop("options", {})}
        client = self.kind(f"http://127.0.0.1:{where.port}", **options)
        if isinstance(client, Client):
            return await asyncio.to_thread(_asked, client, take, lambda: getattr(client, method)(*given, **named))
        async with client:
            made = getattr(client, method)(*given, **named)
            if not isinstance(made, AsyncIterator):
                return await made
            async with contextlib.aclosing(made) as items:  # pyright: ignore[reportArgumentType]
                return [item async for item in _first(items, take)]


@pytest.fixture(params=[Client, AsyncClient])
def asker(request: pytest.FixtureRequest) -> Asker:
    return Asker(request.param)


def _asked(client: Client, take: int, method: Callable[[], Any]) -> Any:
    with client:
        made = method()
        if not isinstance(made, Iterator):
            return made
        with contextlib.closing(made) as items:  # pyright: ignore[reportArgumentType]
            return list(itertools.islice(items, take))


async def _first(items: AsyncIterator[Any], count: int) -> AsyncIterator[Any]:
    left = count
    async for item in items:
        yield item
        left -= 1
        if not left:
            return
