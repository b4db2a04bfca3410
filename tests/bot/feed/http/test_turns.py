"""Requests that come at once, and what else the event loop does."""

import asyncio
import itertools

from starlette.types import Receive, Scope, Send

from bot.feed.http.turns import OnePerRound

REQUESTS = 20


async def test_requests_begin_in_their_order_one_in_each_round_of_the_loop():
    rounds, begun = itertools.count(), list[tuple[int, int]]()
    current = 0

    async def app(scope: Scope, _: Receive, __: Send) -> None:
        begun.append((scope["number"], current))

    async def receive() -> dict[str, object]:
        return {}

    async def send(_: object) -> None:
        return

    paced = OnePerRound(app)
    waiting = [asyncio.create_task(paced({"number": number}, receive, send)) for number in range(REQUESTS)]
    while not all(each.done() for each in waiting):
        current = next(rounds)
        await asyncio.sleep(0)

    assert [number for number, _ in begun] == list(range(REQUESTS))
    assert len({at for _, at in begun}) == REQUESTS
