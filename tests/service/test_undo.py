"""The last change of a plan can be undone for a while, unless somebody changed it since."""

import datetime

import pytest

from bot.domain import errors
from bot.domain.commands import AddCharts, DeletePlan, EditPlan, PostPlan, RestorePlan, RevertPlan, Undoing
from bot.domain.values import UNDO_TIME, AddChartsResult, ChangeKind, Plan, PlanId, Received, Undone
from tests.service.erasing import erase
from tests.service.scene import DANA, DAY, Services, elsewhere, fresh


@pytest.fixture
def history(services: Services):
    return services.history


@pytest.fixture
async def plan(plans, dana) -> Plan:
    return await plans.post(dana, PostPlan("first", day=DAY), fresh())


async def add_chart(services: Services, plan: Plan, picture: bytes) -> AddChartsResult:
    chart = services.keep(picture)
    return await services.charts.add(DANA, AddCharts(plan.id, Received((chart,), ())), fresh())


async def test_each_kind_of_change_has_the_command_that_undoes_it(history, plans, plan, dana):
    posting = Undone(ChangeKind.POSTED, dana.user_id, plan.posted_at)
    assert await history.to_undo(dana, plan.id, 1) == Undoing(posting, DeletePlan(plan.id, 1))

    await plans.edit(dana, EditPlan(plan.id, "second", seen=1), fresh())
    reverting = (await history.to_undo(dana, plan.id, 2)).command
    assert reverting == RevertPlan(plan.id, 1, 2)
    undone = await history.revert(dana, reverting, fresh())
    assert (undone.plan.text, undone.plan.revision, undone.kind) == ("first", 3, ChangeKind.REVERTED)
    assert (await history.to_undo(dana, plan.id, 3)).command == RevertPlan(plan.id, 2, 3)

    await plans.delete(dana, DeletePlan(plan.id, 3), fresh())
    restoring = (await history.to_undo(dana, plan.id, 4)).command
    assert restoring == RestorePlan(plan.id)
    restored = await plans.restore(dana, restoring, fresh())
    assert (await history.to_undo(dana, plan.id, restored.revision)).command == DeletePlan(plan.id, 5)


async def test_a_change_that_is_not_the_last_any_more_is_not_undone(history, plans, plan, dana):
    await plans.edit(dana, EditPlan(plan.id, "second", seen=1), fresh())

    with pytest.raises(errors.UndoOutdatedError, match=r"changed again after that.*history show") as refusal:
        await history.to_undo(dana, plan.id, 1)

    assert refusal.value.plan.revision == 2


async def test_after_five_minutes_it_is_too_late(history, plan, clock, dana):
    clock.now += UNDO_TIME
    await history.to_undo(dana, plan.id, 1)
    clock.now += datetime.timedelta(microseconds=1)

    with pytest.raises(errors.UndoTooLateError, match=r"Undo works for 5 minutes.*history show"):
        await history.to_undo(dana, plan.id, 1)


async def test_what_can_be_undone_after_an_erasure_has_its_button(services, history, plans, store, plan, dana):
    await store.write(erase, plan.id)
    added = [await add_chart(services, plan, b"first")]
    bare = await history.revert(dana, (await history.to_undo(dana, plan.id, 2)).command, fresh())
    assert (added[0].undoes, bare.plan.charts, bare.plan.is_erased, bare.undoes) == (2, (), True, 3)

    added += [await add_chart(services, plan, each) for each in (b"first", b"second")]
    for made, charts in ((5, added[1].plan.charts), (6, added[2].plan.charts)):
        snapshot = await history.revision(dana, plan.id, made - 1)
        undoing = await history.to_undo(dana, plan.id, made)
        undone = await history.revert(dana, undoing.command, fresh())
        assert snapshot.may_revert
        assert (undone.plan.charts, undone.plan.is_erased, undone.undoes) == (charts, True, made + 1)


@pytest.mark.parametrize("act", ["edit", "revert"])
async def test_a_change_back_to_an_erased_text_has_no_button(history, plans, store, plan, dana, act):
    await plans.edit(dana, EditPlan(plan.id, "second", seen=1), fresh())
    await store.write(erase, plan.id, 2)

    operation = fresh()
    for _ in ("delivered", "delivered again"):
        if act == "edit":
            changed = await plans.edit(dana, EditPlan(plan.id, "third", seen=2), operation)
        else:
            changed = await history.revert(dana, RevertPlan(plan.id, 1, seen=2), operation)
        assert (changed.plan.revision, changed.undoes) == (3, None)

    assert not (await history.revision(dana, plan.id, 2)).may_revert
    with pytest.raises(errors.NoRevisionError):
        await history.revert(dana, (await history.to_undo(dana, plan.id, 3)).command, fresh())
    again = await plans.edit(dana, EditPlan(plan.id, "fourth", seen=3), fresh())
    assert again.undoes == 4


async def test_plans_of_another_guild_are_gone(history, plan, max):
    for actor, plan_id in ((elsewhere(max), plan.id), (max, PlanId(99))):
        with pytest.raises(errors.PlanGoneError):
            await history.to_undo(actor, plan_id, 1)
