"""The numbers for those who watch the bot: totals of all servers, and the work of the store."""

import asyncio
import dataclasses

import pytest

from bot.domain.commands import DeletePlan, EditPlan, PostPlan
from bot.domain.values import GuildId, Limits, Totals
from bot.service.pictures.downloads import Downloads
from bot.service.pictures.inspectors import Inspectors
from bot.service.pictures.intake import IntakeService
from bot.service.reports.workload import WorkloadService
from storage.store import Store
from tests.service.scene import DAY, OTHER_GUILD, Services, fresh


@pytest.fixture
def workload(services: Services, store: Store, cards, clock) -> WorkloadService:
    parts = (services.guilds, services.drafts, services.files, Downloads((), 1, 1), Inspectors(1))
    return WorkloadService(store, IntakeService(store, clock, *parts, Limits()), cards)


async def test_plans_of_all_servers_are_counted(services, workload, dana):
    plan = await services.plans.post(dana, PostPlan("Long", day=DAY), fresh())
    await services.plans.edit(dana, EditPlan(plan.id, "Short", plan.revision), fresh())
    elsewhere = dataclasses.replace(dana, guild_id=GuildId(OTHER_GUILD))
    other = await services.plans.post(elsewhere, PostPlan("Flat", day=DAY), fresh())
    await services.plans.delete(elsewhere, DeletePlan(other.id, other.revision), fresh())

    totals = await workload.totals()

    assert totals == Totals(
        live_plans=1, deleted_plans=1, revisions=4, charts=0, waiting_cards=totals.waiting_cards, waiting_drafts=0
    )
    assert totals.waiting_cards > 0


async def test_totals_are_counted_again_only_after_a_while(services, workload, store, dana):
    empty = await workload.totals()
    await services.plans.post(dana, PostPlan("Long", day=DAY), fresh())
    reads = store.times.reads

    assert await workload.totals() == empty
    assert store.times.reads == reads


async def test_two_who_ask_at_once_get_the_same_count(workload):
    first, second = await asyncio.gather(workload.totals(), workload.totals())

    assert first is not None
    assert second is first


async def test_a_database_that_can_not_be_read_has_no_totals(workload, store):
    await store.close()

    assert await workload.totals() is None


async def test_work_is_counted_since_the_start(services, workload, dana):
    before = workload.now()
    await services.plans.post(dana, PostPlan("Long", day=DAY), fresh())

    after = workload.now()

    assert (after.writes, after.reads, after.downloads) == (0, 0, 0)
    assert after.writes_done > before.writes_done
    assert after.write_seconds > before.write_seconds
