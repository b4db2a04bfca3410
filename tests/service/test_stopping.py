"""A bot that is being stopped finishes the acts that have begun, and gives back those that wait for their turn."""

import asyncio
import threading
from typing import cast

import pytest

from bot.domain.commands import PostPlan
from bot.domain.errors import DatabaseUnavailableError, DatabaseUnreadableError, UnsavedError
from bot.domain.values import PlanOfDay
from bot.service.plans import PlanService
from storage.models import PlanRow
from storage.store import Store
from tests.processes import DEADLINE
from tests.service.scene import DANA, DAY, fresh


def post(plans: PlanService, day: str) -> "asyncio.Task[object]":
    return asyncio.create_task(plans.post(DANA, PostPlan(day, day=day), fresh()))


async def days(store: Store) -> list[str]:
    return await store.read(lambda: [str(row.day) for row in PlanRow.select().order_by(PlanRow.day)])


async def test_what_waits_for_its_turn_is_given_back_and_what_has_begun_is_finished(plans: PlanService, store: Store):
    await post(plans, DAY)
    has_begun, may_end = threading.Event(), threading.Event()

    def hold() -> bool:
        has_begun.set()
        return may_end.wait(DEADLINE)

    begun = asyncio.create_task(store.write(hold))
    await asyncio.to_thread(has_begun.wait, DEADLINE)
    waiting = [post(plans, f"2026-12-0{number}") for number in range(1, 6)]
    while store.writing < 1 + len(waiting):  # noqa: ASYNC110 - nothing tells that they wait
        await asyncio.sleep(0)
    store.stop_accepting(0)
    may_end.set()

    assert await begun
    refused = await asyncio.gather(*waiting, return_exceptions=True)
    requests = [cast(UnsavedError, each).request for each in refused]
    assert [cast(PostPlan, each).day for each in requests] == [f"2026-12-0{number}" for number in range(1, 6)]
    assert await days(store) == [DAY]


async def test_while_there_is_time_acts_are_taken(plans: PlanService, store: Store):
    store.stop_accepting(DEADLINE)

    await post(plans, DAY)
    assert (await plans.find(DANA, PlanOfDay("d", DAY))).text == DAY

    store.stop_accepting(0)
    with pytest.raises(DatabaseUnreadableError):
        await plans.find(DANA, PlanOfDay("d", DAY))
    with pytest.raises(DatabaseUnavailableError):
        await post(plans, "2026-12-01")
