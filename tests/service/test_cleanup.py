"""Housekeeping: what nobody needs any more is thrown away, and nothing else."""

import dataclasses
import datetime
import logging

import pytest

from bot.domain import errors
from bot.domain.commands import AddCharts, DeletePlan, PostPlan, RemoveChart
from bot.domain.values import ClearableLook, CoachChange, DraftKind, Limits, PlanOfDay, Received, Submission
from bot.service.cleanup import ROWS_AT_ONCE, CleanupService, Swept
from bot.service.pictures import needed
from storage.models import OperationRow
from tests.service.scene import DAY, IVAN, Services, fresh, interaction_at


@pytest.fixture
def cleanup(store, services, clock):
    return CleanupService(store, services.files, clock, Limits(draft_days=30))


async def act(services: Services, moment: datetime.datetime) -> None:
    """Let somebody do something at this moment of Discord's clock, and leave nothing behind."""
    actor = dataclasses.replace(IVAN, sent_at=moment)
    draft = await services.drafts.save(actor, Submission(DraftKind.POST, "a draft"), interaction_at(moment))
    await services.drafts.discard(actor, draft.id)


async def test_old_drafts_are_thrown_away(cleanup, services, drafts, clock, dana):
    old = await drafts.save(dana, Submission(DraftKind.POST, "old"))
    clock.move(days=30, seconds=1)
    new = await drafts.save(dana, Submission(DraftKind.POST, "new"))
    await act(services, clock.now)

    assert await cleanup.sweep() == Swept(drafts=1, operations=0, pictures=0)

    assert await drafts.get(dana, new.id) == new
    with pytest.raises(errors.DraftGoneError):
        await drafts.get(dana, old.id)


async def test_a_clock_that_is_put_forward_discards_nothing(cleanup, services, drafts, plans, clock, dana):
    operation, chart = interaction_at(clock.now), services.keep(b"of a plan that is being posted")
    posted = await plans.post(dana, PostPlan("once", day=DAY), operation)
    kept = await drafts.save(dana, Submission(DraftKind.POST, "text"))

    clock.move(days=31)

    assert await cleanup.sweep() == Swept(drafts=0, operations=0, pictures=0)
    assert await drafts.get(dana, kept.id) == kept
    assert services.files.path_of(chart.sha256)
    assert await plans.post(dana, PostPlan("once", day=DAY), operation) == posted


async def test_what_was_kept_while_the_clock_was_slow_is_as_young_as_discord_says(cleanup, services, clock, dana):
    right = clock.now
    clock.move(days=-40)
    kept = await services.drafts.save(dataclasses.replace(dana, sent_at=right), Submission(DraftKind.POST, "text"))
    operation = interaction_at(right)
    posted = await services.plans.post(dana, PostPlan("once", day=DAY), operation)

    clock.now = right
    await act(services, clock.now)

    assert await cleanup.sweep() == Swept(drafts=0, operations=0, pictures=0)
    assert await services.drafts.get(dana, kept.id) == kept
    assert await services.plans.post(dana, PostPlan("once", day=DAY), operation) == posted


async def test_where_nobody_has_acted_nothing_is_thrown_away(cleanup, services, clock):
    services.keep(b"unused")
    clock.move(days=400)

    assert await cleanup.sweep() == Swept(drafts=0, operations=0, pictures=0)


async def test_what_was_done_is_known_for_a_day(cleanup, services, plans, clock, dana):
    operation = interaction_at(clock.now)
    posted = await plans.post(dana, PostPlan("once", day=DAY), operation)

    clock.move(days=1)
    await act(services, clock.now)
    assert await cleanup.sweep() == Swept(drafts=0, operations=0, pictures=0)
    assert await plans.post(dana, PostPlan("once", day=DAY), operation) == posted

    clock.move(seconds=1)
    await act(services, clock.now)
    assert await cleanup.sweep() == Swept(drafts=0, operations=1, pictures=0)
    assert await plans.find(dana, posted.id) == posted


async def test_old_rows_are_deleted_a_part_at_a_time(cleanup, store, services, plans, clock, dana, caplog):
    plan, first = await plans.post(dana, PostPlan("once", day=DAY), fresh()), interaction_at(clock.now)
    done = {"kind": "posted", "plan": plan.id, "revision": 1, "done_at": clock.now}
    many = [{"id": first + number, **done} for number in range(2 * ROWS_AT_ONCE)]
    await store.write(OperationRow.insert_many(many).execute)
    clock.move(days=2)
    await act(services, clock.now)

    with caplog.at_level(logging.DEBUG, logger="peewee"):
        swept = await cleanup.sweep()

    assert swept.operations == len(many) + 1
    deletions = [each for each in caplog.messages if "DELETE" in each and '"operations"' in each]
    assert len(deletions) == 4, "the last finds nothing"


async def test_a_picture_that_nothing_shows_goes_after_a_day(cleanup, services, clock):
    services.keep(b"unused")

    clock.move(hours=24)
    await act(services, clock.now)
    assert (await cleanup.sweep()).pictures == 0
    clock.move(seconds=1)
    await act(services, clock.now)
    assert (await cleanup.sweep()).pictures == 1


async def test_of_many_pictures_each_sweep_looks_at_some(store, services, plans, clock, dana):
    shown = services.keep(b"shown")
    plan = await plans.post(dana, PostPlan("text", day=DAY), fresh())
    await services.charts.add(dana, AddCharts(plan.id, Received((shown,), ())), fresh())
    unused = [services.keep(f"unused {number}".encode()) for number in range(12)]
    clock.move(days=2)
    await act(services, clock.now)
    cleanup = CleanupService(store, services.files, clock, Limits(draft_days=30), max_pictures=3)

    removed = [(await cleanup.sweep()).pictures for _ in range(len(unused))]

    assert sum(removed) == len(unused)
    assert max(removed) < len(unused) / 2
    assert services.files.names() == [shown.sha256]


async def test_the_pictures_of_another_book_are_left_alone(cleanup, services, clock):
    chart = services.keep(b"of another book")
    assert services.files.folder.belongs_to("0" * 32)
    clock.move(days=2)
    await act(services, clock.now)

    assert (await cleanup.sweep()).pictures == 0
    assert services.files.path_of(chart.sha256)


async def test_a_picture_stays_while_any_revision_shows_it(cleanup, services, plans, clock, dana):
    chart = services.keep(b"shown once")
    plan = await plans.post(dana, PostPlan("text", day=DAY), fresh())
    await services.charts.add(dana, AddCharts(plan.id, Received((chart,), ())), fresh())
    await services.charts.remove(dana, RemoveChart(PlanOfDay(None, DAY), "1"), fresh())
    await plans.delete(dana, DeletePlan(plan.id, seen=3), fresh())

    clock.move(days=400)
    await act(services, clock.now)

    assert (await cleanup.sweep()).pictures == 0
    assert services.files.path_of(chart.sha256)


async def test_a_picture_stays_while_a_draft_has_it(cleanup, services, drafts, clock, dana):
    chart = services.keep(b"of a draft")
    await drafts.save(dana, Submission(DraftKind.POST, "text", pictures=(chart,)))

    clock.move(days=30)
    await act(services, clock.now)
    assert (await cleanup.sweep()).pictures == 0
    clock.move(days=1)
    await act(services, clock.now)

    assert await cleanup.sweep() == Swept(drafts=1, operations=0, pictures=1)
    assert not services.files.path_of(chart.sha256)


async def test_a_picture_stays_while_a_coach_has_it_and_its_loss_is_found(cleanup, services, store, clock, max):
    chart = services.keep(b"of a coach")
    await services.coaches.change(max, "d", CoachChange(picture=chart))

    clock.move(days=30)
    await act(services, clock.now)
    assert (await cleanup.sweep()).pictures == 0
    assert await store.read(needed.shown) == {chart.sha256}
    services.files.path_of(chart.sha256).unlink()
    assert await store.read(needed.faults, services.files) == [
        f"coach d of server {max.guild_id}: the picture {chart.sha256} is missing"
    ]
    services.keep(b"of a coach")
    await services.coaches.change(max, "d", CoachChange(clear=ClearableLook.PICTURE))
    clock.move(days=2)
    await act(services, clock.now)

    assert (await cleanup.sweep()).pictures == 1
