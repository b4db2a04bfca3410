"""Reads of programs beside those of people."""

import asyncio
import threading

from bot.service.feed.base import READS_AT_ONCE
from storage.executors import READERS
from storage.store import Store
from tests.processes import DEADLINE
from tests.sandbox.raw_clients import eventually
from tests.service.scene import DANA, Services


async def test_however_many_programs_read_a_thread_is_left_for_people(services: Services, store: Store):
    answered = threading.Event()
    both = (services.feed, services.changes) * READERS
    asked = [asyncio.create_task(service.read_for(DANA, answered.wait)) for service in both]
    try:
        await eventually(lambda: store.reading == READS_AT_ONCE)

        assert await asyncio.wait_for(store.read(lambda: "read"), DEADLINE) == "read"
    finally:
        answered.set()
    assert await asyncio.gather(*asked) == [True] * len(asked)
