"""A plan knows which changes made it what it is: those without effect, and its own late pictures, are none."""

import datetime

import pytest

from bot.domain.commands import AddCharts, CaptionChart, DeletePlan, EditPlan, PostPlan, RestorePlan, RevertPlan
from bot.domain.values import Attachment, DraftKind, OperationId, Plan, Received, Since, Submission
from bot.service.cards import CardService
from bot.service.today import TodayService
from tests.service.scene import DANA, IVAN, MIA, FakeClock, Services, fresh

LATE = Attachment("http://cdn/1", "late.png", 1)


@pytest.fixture
async def plan(services: Services) -> Plan:
    return await services.plans.post(DANA, PostPlan("Long"), fresh())


async def edited(services: Services, plan: Plan, *texts: str) -> Plan:
    for text in texts:
        plan = (await services.plans.edit(DANA, EditPlan(plan.id, text, seen=plan.revision), fresh())).plan
    return plan


async def reverted(services: Services, plan: Plan, number: int) -> Plan:
    return (await services.history.revert(DANA, RevertPlan(plan.id, number, plan.revision), fresh())).plan


async def with_late_picture(services: Services, clock: FakeClock, plan: Plan | None = None) -> Plan:
    """A plan that was posted, or edited, without its picture, and got it a minute later."""
    kind = DraftKind.EDIT if plan else DraftKind.POST
    draft = await services.drafts.save(DANA, Submission(kind, "", pictures=(LATE,)), operation := fresh())
    if plan:
        command = EditPlan(plan.id, "With a picture", seen=plan.revision, draft=draft.id, rest_follows=True)
        plan = (await services.plans.edit(DANA, command, operation)).plan
    else:
        plan = await services.plans.post(DANA, PostPlan("Long", draft=draft.id, rest_follows=True), operation)
    clock.move(minutes=1)
    received = Received((services.keep(b"late", "late.png"),), ())
    return (await services.late.add(DANA, draft.id, plan.id, received)).plan


async def is_amber(cards: CardService) -> bool:
    """Return whether the only card that waits is sent as changed today."""
    [(card_id, _)] = await cards.pending()
    work = await cards.begin(card_id)
    assert work
    return work.is_changed_today


async def test_each_change_with_effect_counts(services: Services, plan: Plan):
    changed = await edited(services, plan, "Short", "Flat")

    assert (plan.lineage, changed.lineage) == ((1,), (1, 2, 3))
    assert (plan.changes, changed.changes) == (0, 2)
    assert await services.plans.find(MIA, plan.id) == changed


async def test_a_change_that_was_undone_or_changed_back_counts_no_more(services: Services, plan: Plan):
    changed = await edited(services, plan, "Short", "Flat")

    assert (await reverted(services, changed, 2)).lineage == (1, 2)
    assert (await edited(services, await services.plans.find(MIA, plan.id), "Long", "Other")).lineage == (1, 6)
    assert (await edited(services, await services.plans.find(MIA, plan.id), "Flat", "Other")).lineage == (1, 6)


async def test_a_deletion_and_a_restoration_change_nothing_on_a_plan(services: Services, plan: Plan):
    await services.plans.delete(DANA, DeletePlan(plan.id, 1), fresh())

    assert (await services.plans.restore(DANA, RestorePlan(plan.id), fresh())).changes == 0


async def test_charts_and_captions_are_compared_too(services: Services, plan: Plan):
    chart = services.keep(b"chart", "chart.png")
    await services.charts.add(DANA, AddCharts(plan.id, Received((chart,), ())), fresh())
    captioned = (await services.charts.caption(DANA, CaptionChart(plan.id, "1", "Range"), fresh())).plan
    bare = (await services.charts.caption(DANA, CaptionChart(plan.id, "1", ""), fresh())).plan

    assert (captioned.lineage, bare.lineage) == ((1, 2, 3), (1, 2))


async def test_late_pictures_of_a_post_are_no_change(services: Services, cards: CardService, clock: FakeClock):
    plan = await with_late_picture(services, clock)

    assert (plan.revision, plan.lineage, plan.changes) == (2, (2,), 0)
    assert not await is_amber(cards)
    page = await services.history.show(MIA, plan.id)
    assert page.revisions[0].revision.note == "sent with #1"
    changed = await edited(services, plan, "Short")
    assert (changed.lineage, (await reverted(services, changed, 2)).lineage) == ((2, 3), (2,))


async def test_late_pictures_of_an_edit_are_a_part_of_it(services: Services, clock: FakeClock, plan: Plan):
    changed = await with_late_picture(services, clock, plan)

    assert (changed.revision, changed.lineage) == (3, (1, 3))


async def test_today_marks_no_plan_for_its_late_pictures(store, services: Services, clock: FakeClock):
    plan = await with_late_picture(services, clock)
    today = TodayService(store, clock, services.guilds, services.markers)

    assert not (await today.page(MIA)).has_changes(plan)

    changed = await edited(services, plan, "Short")
    assert (await today.page(MIA)).has_changes(changed)


async def test_a_card_is_amber_while_a_change_of_the_day_has_an_effect(
    services: Services, cards: CardService, clock: FakeClock, plan: Plan
):
    changed = await edited(services, plan, "Short")
    assert await is_amber(cards)

    await reverted(services, changed, 1)
    assert not await is_amber(cards)


async def test_an_undone_change_of_today_makes_no_card_amber_that_was_changed_yesterday(
    services: Services, cards: CardService, clock: FakeClock, plan: Plan
):
    changed = await edited(services, plan, "Short")
    clock.move(days=1)
    await reverted(services, await edited(services, changed, "Flat"), 2)

    assert not await is_amber(cards)


async def test_what_changed_shows_the_last_change_that_counts(services: Services):
    plan = await services.plans.post(DANA, PostPlan("Long", day="tomorrow"), fresh())
    changed = await edited(services, plan, "Short", "Flat")
    await reverted(services, changed, 2)

    changes = await services.history.changes(MIA, plan.id)

    numbers = changes.comparison.before.number, changes.comparison.after.number
    assert (numbers, changes.since) == ((1, 4), Since.LAST_CHANGE)


async def test_what_changed_since_the_post_leaves_out_its_late_pictures(services: Services, clock: FakeClock):
    clock.now = datetime.datetime(2026, 11, 23, 15, tzinfo=datetime.UTC)  # after the open
    await edited(services, await with_late_picture(services, clock), "Short")
    [plan] = (await services.plans.list(MIA)).plans

    changes = await services.history.changes(MIA, plan.id)

    assert (changes.comparison.before.number, changes.since) == (2, Since.POSTED)


async def test_the_first_outcome_has_the_lineage_of_that_time(services: Services, plan: Plan):
    operation: OperationId = fresh()
    first = await services.plans.edit(DANA, EditPlan(plan.id, "Short", seen=1), operation)
    await edited(services, first.plan, "Long", "Flat")

    again = await services.plans.edit(DANA, EditPlan(plan.id, "Short", seen=1), operation)

    assert again.plan == first.plan


async def test_who_opened_a_plan_before_its_late_pictures_is_told_of_them(store, services: Services, clock: FakeClock):
    today = TodayService(store, clock, services.guilds, services.markers)
    services.markers.note(IVAN, await services.plans.post(DANA, PostPlan("Long"), fresh()))
    [plan] = (await services.plans.list(IVAN)).plans

    changed = await with_late_picture(services, clock, plan)

    assert (await today.page(IVAN)).has_changes(changed)
