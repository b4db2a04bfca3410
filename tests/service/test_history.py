"""The history of a plan: every state it had can be seen, compared and brought back, by who may."""

import datetime

import pytest

from bot import replies
from bot.domain import errors
from bot.domain.commands import AddCharts, DeletePlan, EditPlan, PostPlan, RemoveChart, RevertPlan
from bot.domain.values import ChangeKind, ChartChange, Members, Plan, PlanId, PlanOfDay, Received
from storage.connections import database
from tests.service.erasing import erase
from tests.service.scene import DAY, Services, elsewhere, fresh

MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def history(services: Services):
    return services.history


@pytest.fixture
async def plan(plans, dana, clock) -> Plan:
    """Posted at 10:00 New York time on a Sunday, edited at 10:10 and 10:20."""
    posted = await plans.post(dana, PostPlan("Long above 945", day=DAY), fresh())
    for number, text in enumerate(["Long above 950", "Long above 950\nStop 940"], 1):
        clock.move(minutes=10)
        await plans.edit(dana, EditPlan(posted.id, text, seen=number), fresh())
    return await plans.find(dana, posted.id)


async def edited(plans, actor, plan: Plan, times: int) -> None:
    for number in range(plan.revision, plan.revision + times):
        await plans.edit(actor, EditPlan(plan.id, f"edit {number}", seen=number), fresh())


async def test_the_revisions_are_listed_newest_first_with_who_when_and_how_much(history, plan, dana, mia):
    page = await history.show(mia, plan.id)

    assert [each.revision.number for each in page.revisions] == [3, 2, 1]
    assert [each.revision.kind for each in page.revisions] == [
        ChangeKind.EDITED,
        ChangeKind.EDITED,
        ChangeKind.POSTED,
    ]
    assert {each.revision.actor_id for each in page.revisions} == {dana.user_id}
    assert page.revisions[0].revision.at - page.revisions[1].revision.at == 10 * MINUTE
    assert [(each.added, each.removed) for each in page.revisions] == [(9, 0), (3, 3), (14, 0)]


@pytest.mark.parametrize(
    ("asked", "number", "revisions"), [(1, 1, (23, 14)), (3, 3, (3, 1)), (9, 3, (3, 1)), (0, 1, (23, 14))]
)
async def test_a_long_history_has_pages(history, plans, plan, dana, asked, number, revisions):
    await edited(plans, dana, plan, 20)

    page = await history.show(dana, plan.id, asked)

    assert (page.number, page.pages) == (number, 3)
    assert (page.revisions[0].revision.number, page.revisions[-1].revision.number) == revisions
    assert page.revisions[-1].added > 0


async def test_the_last_two_revisions_are_compared(history, plan, dana):
    compared = await history.compare(dana, plan.id)

    assert (compared.before.number, compared.after.number) == (2, 3)
    assert compared.lines


@pytest.mark.parametrize(
    ("first", "last", "meant"),
    [(1, 3, (1, 3)), (None, 2, (1, 2)), (1, None, (1, 3)), (3, 1, (3, 1)), (2, None, (2, 3))],
)
async def test_any_two_revisions_are_compared(history, plan, dana, first, last, meant):
    compared = await history.compare(dana, plan.id, first, last)

    assert (compared.before.number, compared.after.number) == meant


@pytest.mark.parametrize(("first", "last"), [(2, 2), (3, None)])
async def test_a_revision_is_not_compared_with_itself(history, plan, dana, first, last):
    with pytest.raises(errors.SameRevisionError, match="two different"):
        await history.compare(dana, plan.id, first, last)


async def test_a_comparison_names_all_who_made_a_change_in_between(history, plans, coaches, plan, dana, ivan, max):
    await coaches.assign(max, "d", Members(users=frozenset({ivan.user_id})))
    await plans.edit(ivan, EditPlan(plan.id, "Long above 955", seen=3), fresh())
    await edited(plans, dana, await plans.find(dana, plan.id), 2)

    assert (await history.compare(dana, plan.id, 1, 6)).actors == (dana.user_id, ivan.user_id)
    assert (await history.compare(dana, plan.id, 6, 3)).actors == (ivan.user_id, dana.user_id)
    assert (await history.compare(dana, plan.id, 3, 4)).actors == (ivan.user_id,)


async def test_a_plan_that_was_never_changed_has_nothing_to_compare(history, plans, dana):
    plan = await plans.post(dana, PostPlan("text", day=DAY), fresh())

    for first, last in ((None, None), (None, 1)):
        with pytest.raises(errors.SameRevisionError, match="never changed"):
            await history.compare(dana, plan.id, first, last)


@pytest.mark.parametrize("number", [0, 4, -1, 10**9])
async def test_a_revision_that_is_not_there_is_refused(history, plan, dana, number):
    for act in (history.revision(dana, plan.id, number), history.compare(dana, plan.id, 1, number)):
        with pytest.raises(errors.NoRevisionError, match="revisions #1 to #3"):
            await act


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("today 10:00", 1),
        ("2026-11-22 10:09:59", 1),
        ("2026-11-22T10:10", 2),
        ("2026-11-22T15:10Z", 2),
        ("sunday 10:15", 2),
        ("today 10:20", 3),
        ("now", 3),
    ],
)
async def test_a_plan_is_shown_as_it_stood_at_a_moment(history, plan, mia, words, number):
    stood = await history.at(mia, PlanOfDay("d", DAY), words)

    assert stood.revision.number == number
    assert (stood.until is None) == (number == 3)


async def test_a_time_alone_is_on_the_trading_day(history, plans, dana, clock):
    plan = await plans.post(dana, PostPlan("first", day="today"), fresh())
    clock.move(minutes=10)
    await plans.edit(dana, EditPlan(plan.id, "second", seen=1), fresh())
    clock.move(days=2)

    stood = await history.at(dana, PlanOfDay(None, "2026-11-22"), "10:05")

    assert stood.revision.text == "first"


async def test_a_time_that_is_still_to_come_is_the_last_one_since_the_plan_was_posted(history, plan, dana, clock):
    assert (await history.at(dana, PlanOfDay(None, DAY), "10:15")).revision.number == 2
    with pytest.raises(errors.MomentError, match="since the plan was posted, Sun 22 Nov"):
        await history.at(dana, PlanOfDay(None, DAY), "09:59")
    clock.move(days=1)

    assert (await history.at(dana, PlanOfDay(None, DAY), "16:00")).revision.number == 3


async def test_of_changes_at_the_same_moment_the_last_counts(history, plans, dana):
    plan = await plans.post(dana, PostPlan("first", day=DAY), fresh())
    await edited(plans, dana, plan, 3)

    assert (await history.at(dana, PlanOfDay(None, DAY), "now")).revision.number == 4


async def test_before_the_first_revision_there_was_no_plan(history, plan, dana):
    with pytest.raises(errors.BeforeFirstError, match="no plan"):
        await history.at(dana, PlanOfDay(None, DAY), "today 09:59")


@pytest.mark.parametrize("words", ["today 10:21", "09:31", "tomorrow 09:00"])
async def test_a_moment_to_come_is_refused(history, plan, dana, words):
    with pytest.raises(errors.MomentError, match="still to come"):
        await history.at(dana, PlanOfDay(None, DAY), words)


@pytest.mark.parametrize("words", ["25:00", "soon", ""])
async def test_words_that_name_no_moment_are_refused(history, plan, dana, words):
    with pytest.raises(errors.MomentError, match="09:31"):
        await history.at(dana, PlanOfDay(None, DAY), words)


async def test_a_time_that_the_clock_showed_twice_is_asked_about(history, plans, dana, clock):
    clock.now = datetime.datetime(2026, 11, 1, 5, 0, tzinfo=datetime.UTC)
    plan = await plans.post(dana, PostPlan("first", day="2026-11-01"), fresh())
    clock.move(hours=1)
    await plans.edit(dana, EditPlan(plan.id, "second", seen=1), fresh())
    clock.move(hours=5)

    with pytest.raises(errors.WhichMomentError, match="twice") as caught:
        await history.at(dana, PlanOfDay(None, "2026-11-01"), "01:30")

    stood = [await history.at_moment(dana, plan.id, moment) for _, moment in caught.value.moments]
    assert [each.revision.text for each in stood] == ["first", "second"]
    assert len({label for label, _ in caught.value.moments}) == 2


async def test_an_old_revision_is_made_the_newest_with_its_charts(history, services, plans, plan, dana):
    chart = services.keep(b"picture")
    await services.charts.add(dana, AddCharts(plan.id, Received((chart,), ())), fresh())
    await services.charts.remove(dana, RemoveChart(PlanOfDay(None, DAY), "1"), fresh())
    await plans.edit(dana, EditPlan(plan.id, "other", seen=5), fresh())

    asked = await history.to_revert(dana, plan.id, 4)
    taken = await history.revert(dana, RevertPlan(plan.id, 4, seen=6), fresh())

    assert (asked.before.number, asked.after.number) == (6, 4)
    assert taken.is_changed
    assert (taken.plan.text, taken.plan.charts, taken.plan.revision) == (plan.text, (chart,), 7)
    assert (taken.added, taken.removed) == (1, 0)
    again = await history.revert(dana, RevertPlan(plan.id, 6, seen=7), fresh())
    assert (again.added, again.removed) == (0, 1)
    page = await history.show(dana, plan.id)
    assert (page.revisions[1].revision.kind, page.revisions[1].revision.note) == (ChangeKind.REVERTED, "revision 4")
    [back] = page.revisions[1].charts
    assert (back.change, [each.chart for each in back.charts]) == (ChartChange.ADDED, [chart])


async def test_what_is_current_is_not_taken_back(history, plan, dana):
    for act in (
        history.to_revert(dana, plan.id, 3),
        history.revert(dana, RevertPlan(plan.id, 3, seen=3), fresh()),
    ):
        with pytest.raises(errors.CurrentRevisionError, match="nothing to revert"):
            await act


async def test_taking_back_what_says_the_same_makes_no_revision(history, plans, plan, dana):
    await plans.edit(dana, EditPlan(plan.id, "other", seen=3), fresh())
    await plans.edit(dana, EditPlan(plan.id, plan.text, seen=4), fresh())

    taken = await history.revert(dana, RevertPlan(plan.id, 3, seen=5), fresh())

    assert (taken.is_changed, taken.plan.revision) == (False, 5)


async def test_nothing_is_taken_back_over_a_change_that_was_not_seen(history, plan, dana):
    with pytest.raises(errors.PlanChangedError):
        await history.revert(dana, RevertPlan(plan.id, 1, seen=2), fresh())


async def test_the_same_taking_back_delivered_twice_is_done_once(history, plan, dana):
    operation = fresh()
    first = await history.revert(dana, RevertPlan(plan.id, 1, seen=3), operation)
    again = await history.revert(dana, RevertPlan(plan.id, 1, seen=3), operation)

    assert again == first
    assert first.plan.revision == 4


async def test_only_those_who_may_edit_take_back(history, plans, plan, dana, mia, max):
    assert (await history.revision(dana, plan.id, 1)).may_revert
    for actor in (mia, max):
        assert not (await history.revision(actor, plan.id, 1)).may_revert
        with pytest.raises(errors.NotYourPlanError):
            await history.to_revert(actor, plan.id, 1)
        with pytest.raises(errors.NotYourPlanError):
            await history.revert(actor, RevertPlan(plan.id, 1, seen=3), fresh())
    await plans.delete(dana, DeletePlan(plan.id, seen=3), fresh())
    assert not (await history.revision(dana, plan.id, 1)).may_revert
    with pytest.raises(errors.PlanGoneError):
        await history.revert(dana, RevertPlan(plan.id, 1, seen=4), fresh())


async def test_an_erased_revision_is_listed_and_not_taken_back(history, store, plan, dana):
    await store.write(_erase, plan.id, 2)

    page = await history.show(dana, plan.id)
    stood = await history.revision(dana, plan.id, 2)

    assert stood.revision.text is None
    assert page.revisions[1].revision.actor_id is None
    with pytest.raises(errors.NoRevisionError):
        await history.revert(dana, RevertPlan(plan.id, 2, seen=3), fresh())


@pytest.mark.parametrize("compared", [(1, 2), (2, 3), (3, 2), (3, 4)])
async def test_nothing_is_said_to_have_changed_in_an_erased_text(
    services, history, plans, store, plan, dana, compared: tuple[int, int]
):
    chart = services.keep(b"picture")
    await services.charts.add(dana, AddCharts(plan.id, Received((chart,), ())), fresh())
    await plans.edit(dana, EditPlan(plan.id, "Short", seen=4), fresh())
    await store.write(lambda: [erase(plan.id, number) for number in (2, 4)])

    found = await history.compare(dana, plan.id, *compared)
    listed = (await history.show(dana, plan.id)).revisions

    assert (found.lines, [each.number for each in found.erased]) == ((), [{1: 2, 2: 2, 3: 4}[min(compared)]])
    assert not found.is_same
    assert replies.changed_charts(found) == []
    assert [(each.added, each.removed, each.charts) for each in listed[:-1]] == [(0, 0, ())] * 4


async def test_going_back_between_erased_texts_changes_the_charts_alone(services, history, store, plan, dana):
    await store.write(erase, plan.id)
    added = await services.charts.add(dana, AddCharts(plan.id, Received((services.keep(b"1"),), ())), fresh())
    await services.charts.remove(dana, RemoveChart(plan.id, "1"), fresh())

    found = await history.to_revert(dana, plan.id, 4)

    assert (found.lines, found.erased) == ((), (found.before, found.after))
    assert [each.chart for each in replies.changed_charts(found)] == list(added.plan.charts)


async def test_a_deleted_plan_shows_its_history_to_its_coach_and_managers_only(
    history, plans, plan, dana, ivan, mia, max
):
    await plans.delete(dana, DeletePlan(plan.id, seen=3), fresh())

    for actor in (dana, max):
        assert (await history.show(actor, PlanOfDay("d", DAY))).plan.id == plan.id
        assert (await history.show(actor, plan.id)).plan.deleted_at
        assert (await history.revision(actor, plan.id, 1)).revision.text == "Long above 945"
    for actor in (mia, ivan):
        with pytest.raises(errors.NoPlanError):
            await history.show(actor, PlanOfDay("d", DAY))
        for act in (
            history.show(actor, plan.id),
            history.revision(actor, plan.id, 1),
            history.compare(actor, plan.id),
            history.at_moment(actor, plan.id, plan.posted_at),
        ):
            with pytest.raises(
                errors.HistoryHiddenError, match=r"Only Coach D \(Day Trading\)’s team and server managers"
            ):
                await act


async def test_a_deleted_plan_is_found_beside_the_one_that_was_posted_after_it(history, plans, plan, dana, mia):
    await plans.delete(dana, DeletePlan(plan.id, seen=3), fresh())
    second = await plans.post(dana, PostPlan("second", day=DAY), fresh())

    found = await history.show(dana, PlanOfDay("d", DAY))

    assert found.plan.id == second.id
    assert [each.id for each in found.others] == [plan.id]
    assert (await history.show(mia, second.id)).others == ()


async def test_another_guild_sees_nothing(history, plan, max):
    with pytest.raises(errors.PlanGoneError):
        await history.show(elsewhere(max), plan.id)
    with pytest.raises(errors.PlanGoneError):
        await history.show(max, PlanId(99))


async def test_revisions_are_offered_while_one_types(history, plans, plan, dana, mia):
    await edited(plans, dana, plan, 9)

    every = await history.suggest(mia, "", PlanOfDay("d", DAY))
    begun = await history.suggest(mia, "1", PlanOfDay("d", DAY))

    assert [each.value for each in every] == [str(number) for number in range(12, 0, -1)]
    assert [each.value for each in begun] == ["12", "11", "10", "1"]
    assert begun[-1].label.startswith("1: posted, Sun 22 Nov 2026 10:00")
    assert await history.suggest(mia, "", PlanOfDay("unknown", "never")) == []


def _erase(plan_id: int, revision: int) -> None:
    database.execute_sql(
        "UPDATE plan_history SET text = NULL, actor_id = NULL, salt = NULL, note = NULL, "
        "erased_at = '2026-11-23T00:00:00.000000Z' WHERE revision = ? AND plan_id = ?",
        (revision, plan_id),
    )
