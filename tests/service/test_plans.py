"""Plans: who may do what to them, and what becomes of the text."""

import dataclasses
import datetime

import pytest

from bot.domain import errors
from bot.domain.commands import DeletePlan, EditPlan, PostPlan, RemoveChart, RestorePlan
from bot.domain.days import DateOrder
from bot.domain.values import (
    MAX_FORM_LENGTH,
    Actor,
    Audience,
    ChangeKind,
    EditResult,
    Members,
    Plan,
    PlanId,
    PlanOfDay,
    SettingsChange,
)
from bot.service.plans import PlanService
from bot.service.records import revisions
from storage.models import OperationRow, RevisionRow
from storage.store import Store
from tests.service.scene import DAY, MONDAY, FakeClock, Services, elsewhere, fresh

NASTY = {
    "everyone": "@everyone @here <@1> <@&700>",
    "markdown": "# **long** `ES` ||secret||\n> quote\n```py\nx = 1\n```",
    "right to left": "\u202eabc\u202c שלום \u200f",
    "zalgo": "p\u0301\u0302\u0303\u0304l\u0335\u0336a\u0337n\u0338" + "\u0300" * 200,
    "emoji": "👩‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿 👍🏽",
    "4000 astral characters": "\U0001f4c8" * 4000,
    "blanks round it": "  \n\tES above 5000\n\n ",
    "a zero": "a\x00b",
    "quotes": "'; DROP TABLE coach_plans; --",
    "lone carriage return": "a\rb",
}


async def posted(
    plans: PlanService,
    actor: Actor,
    text: str = "first",
    *,
    coach: str | None = None,
    day: str | None = DAY,
) -> Plan:
    return await plans.post(actor, PostPlan(text, coach=coach, day=day), fresh())


# Posting


async def test_a_post_is_the_first_revision(plans, clock, dana):
    plan = await posted(plans, dana, "ES above 5000")

    assert (plan.text, plan.day, plan.coach.key) == ("ES above 5000", MONDAY, "d")
    assert (plan.revision, plan.author_id, plan.changed_by) == (1, dana.user_id, dana.user_id)
    assert plan.posted_at == plan.changed_at == clock.now
    assert await plans.find(dana, plan.id) == plan


async def test_a_post_happens_at_one_moment(store, clock, dana):
    def ticking() -> datetime.datetime:
        clock.move(seconds=1)
        return clock.now

    plan = await posted(Services.on(store, ticking).plans, dana)

    assert plan.posted_at == plan.changed_at


async def test_the_only_coach_and_today_are_the_default(plans, ivan):
    plan = await posted(plans, ivan, day=None)

    assert plan.coach.key == "i"
    assert plan.day == datetime.date(2026, 11, 22)


async def test_today_is_a_date_in_the_guilds_time_zone(plans, clock, dana):
    clock.now = datetime.datetime(2026, 11, 23, 4, 59, tzinfo=datetime.UTC)

    assert (await plans.prepare_post(dana, coach=None, day="today")).day == datetime.date(2026, 11, 22)


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
async def test_a_text_is_kept_as_it_was_written(plans, dana, text: str):
    plan = await posted(plans, dana, text)

    assert plan.text == text
    assert (await plans.find(dana, PlanOfDay("d", DAY))).text == text


async def test_lines_end_in_one_way(plans, dana):
    assert (await posted(plans, dana, "a\r\nb")).text == "a\nb"


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b\u200d\ufeff", "\u202e\u202c", "\u3164\u2800", "\x00", "\ufe0f"])
async def test_a_text_that_shows_nothing_is_refused(plans, dana, text: str):
    with pytest.raises(errors.BlankTextError):
        await posted(plans, dana, text)


async def test_a_text_over_the_limit_is_refused(plans, dana):
    with pytest.raises(errors.TextTooLongError) as refusal:
        await posted(plans, dana, "x" * 4001)

    assert (refusal.value.length, refusal.value.limit) == (4001, 4000)


@pytest.mark.parametrize("day", ["2024-02-30", "yesterdai", "soon"])
async def test_a_day_that_is_none_is_refused(plans, dana, day: str):
    with pytest.raises(errors.DayError) as refusal:
        await posted(plans, dana, day=day)

    assert refusal.value.given == day


async def test_an_unknown_coach_is_refused(plans, dana):
    with pytest.raises(errors.UnknownCoachError):
        await posted(plans, dana, coach="z")


async def test_another_coachs_name_is_refused(plans, dana):
    with pytest.raises(errors.NotThisCoachError) as refusal:
        await posted(plans, dana, coach="i")

    assert refusal.value.coach.key == "i"


async def test_a_member_without_a_coach_posts_nothing(plans, mia):
    with pytest.raises(errors.NoCoachError):
        await posted(plans, mia)


async def test_a_manager_posts_as_any_coach_but_must_say_which(plans, max):
    with pytest.raises(errors.WhichCoachError) as refusal:
        await posted(plans, max)

    assert [coach.key for coach in refusal.value.coaches] == ["d", "i", "s"]
    assert (await posted(plans, max, coach="s")).coach.key == "s"


async def test_a_second_plan_for_the_day_is_refused(plans, dana):
    first = await posted(plans, dana)

    with pytest.raises(errors.PlanExistsError) as refusal:
        await posted(plans, dana, "second")

    assert refusal.value.plan == first
    assert (await plans.list(dana)).plans == (first,)


async def test_posting_again_after_a_delete_makes_a_new_plan(plans, dana):
    first = await posted(plans, dana)
    await plans.delete(dana, DeletePlan(first.id, seen=1), fresh())

    second = await posted(plans, dana, "second")

    assert second.id != first.id
    assert (await plans.list(dana)).plans == (second,)


@pytest.mark.parametrize(
    ("coach", "day", "refusal"),
    [
        ("z", DAY, errors.UnknownCoachError),
        ("i", DAY, errors.NotThisCoachError),
        ("d", "soon", errors.DayError),
        ("d", DAY, errors.PlanExistsError),
    ],
)
async def test_preparing_refuses_what_posting_would(
    plans, dana, coach: str, day: str, refusal: type[errors.RefusalError]
):
    await posted(plans, dana)

    with pytest.raises(refusal):
        await plans.prepare_post(dana, coach=coach, day=day)


# Editing


async def test_an_edit_is_the_next_revision(plans, clock, dana):
    first = await posted(plans, dana)
    clock.move(minutes=5)

    second = (await plans.edit(dana, EditPlan(first.id, "second", seen=1), fresh())).plan

    assert (second.text, second.revision, second.changed_at) == ("second", 2, clock.now)
    assert second.posted_at == first.posted_at
    assert second.hash != first.hash
    assert await plans.find(dana, first.id) == second


async def test_the_same_text_again_makes_no_revision(plans, dana):
    first = await posted(plans, dana, "a\nb")

    edited = await plans.edit(dana, EditPlan(first.id, "a\r\nb", seen=1), fresh())

    assert edited == EditResult(first, is_changed=False)


async def test_a_stale_edit_overwrites_nothing_and_has_both_texts(plans, dana):
    plan = await posted(plans, dana)
    second = (await plans.edit(dana, EditPlan(plan.id, "second", seen=1), fresh())).plan

    with pytest.raises(errors.PlanChangedError) as refusal:
        await plans.edit(dana, EditPlan(plan.id, "late", seen=1), fresh())

    assert (refusal.value.plan, refusal.value.text) == (second, "late")
    assert await plans.find(dana, plan.id) == second


@pytest.mark.parametrize("text", ["", "x" * 4001])
async def test_an_edit_to_what_is_no_plan_is_refused(plans, dana, text: str):
    plan = await posted(plans, dana)

    with pytest.raises(errors.TextError):
        await plans.edit(dana, EditPlan(plan.id, text, seen=1), fresh())


@pytest.mark.parametrize("who", ["ivan", "mia", "max"])
async def test_anothers_text_is_not_rewritten(plans, dana, who: str, request):
    actor: Actor = request.getfixturevalue(who)
    plan = await posted(plans, dana)

    with pytest.raises(errors.NotYourPlanError):
        await plans.edit(actor, EditPlan(plan.id, "mine", seen=1), fresh())
    with pytest.raises(errors.NoCoachError if who == "mia" else errors.NotYourPlanError):
        await plans.editable(actor, PlanOfDay("d", DAY))
    with pytest.raises(errors.NotYourPlanError):
        await plans.editable(actor, plan.id)


async def test_the_coachs_members_edit_what_a_manager_posted(plans, dana, max):
    plan = await posted(plans, max, coach="d")

    assert (await plans.edit(dana, EditPlan(plan.id, "mine", seen=1), fresh())).plan.author_id == (max.user_id)


async def test_a_manager_edits_what_they_posted_themselves(plans, max):
    plan = await posted(plans, max, coach="d")

    assert (await plans.edit(max, EditPlan(plan.id, "more", seen=1), fresh())).plan.revision == 2


async def test_the_plan_to_edit_is_ones_own_unless_said(plans, dana, ivan):
    own = await posted(plans, dana)
    await posted(plans, ivan)

    assert await plans.editable(dana, PlanOfDay(None, DAY)) == own


async def test_nothing_of_ones_own_to_edit_is_said_of_the_own_coach(plans, dana, ivan):
    await posted(plans, ivan)

    with pytest.raises(errors.NoPlanError) as refusal:
        await plans.editable(dana, PlanOfDay(None, DAY))

    assert refusal.value.coach
    assert refusal.value.coach.key == "d"


# Deleting and restoring


@pytest.mark.parametrize("who", ["dana", "max"])
async def test_a_deleted_plan_is_gone_and_can_be_restored(plans, dana, who: str, request):
    actor: Actor = request.getfixturevalue(who)
    plan = await posted(plans, dana)

    deleted = await plans.delete(actor, DeletePlan(plan.id, seen=1), fresh())

    assert (deleted.revision, deleted.deleted_by) == (2, actor.user_id)
    with pytest.raises(errors.NoPlanError):
        await plans.find(actor, PlanOfDay("d", DAY))

    restored = await plans.restore(actor, RestorePlan(PlanOfDay("d", DAY)), fresh())

    assert (restored.id, restored.text, restored.revision) == (plan.id, "first", 3)
    assert restored.deleted_at is restored.deleted_by is None
    assert await plans.find(actor, PlanOfDay("d", DAY)) == restored


@pytest.mark.parametrize("who", ["ivan", "mia"])
async def test_anothers_plan_is_neither_deleted_nor_restored(plans, dana, who: str, request):
    actor: Actor = request.getfixturevalue(who)
    plan = await posted(plans, dana)

    typed = errors.NoCoachError if who == "mia" else errors.NotYourPlanError
    with pytest.raises(typed):
        await plans.deletable(actor, PlanOfDay("d", DAY))
    with pytest.raises(errors.NotYourPlanError):
        await plans.delete(actor, DeletePlan(plan.id, seen=1), fresh())
    await plans.delete(dana, DeletePlan(plan.id, seen=1), fresh())
    with pytest.raises(typed):
        await plans.restore(actor, RestorePlan(PlanOfDay("d", DAY)), fresh())


async def test_one_who_left_the_coach_changes_none_of_its_plans(services, plans, dana, max):
    plan = await posted(plans, dana)
    await services.coaches.unassign(max, "d", Members(users=frozenset({dana.user_id})))

    for act in (
        plans.edit(dana, EditPlan(plan.id, "mine", seen=1), fresh()),
        plans.edit(dana, EditPlan(PlanOfDay("d", DAY), "mine"), fresh()),
        plans.delete(dana, DeletePlan(plan.id, seen=1), fresh()),
        services.charts.with_room(dana, PlanOfDay("d", DAY)),
        services.history.to_revert(dana, plan.id, 1),
    ):
        with pytest.raises((errors.NotYourPlanError, errors.NoCoachError)):
            await act
    await plans.delete(max, DeletePlan(plan.id, seen=1), fresh())
    for act in (
        plans.restore(dana, RestorePlan(PlanOfDay("d", DAY)), fresh()),
        plans.restore(dana, RestorePlan(plan.id), fresh()),
    ):
        with pytest.raises((errors.NotYourPlanError, errors.NoCoachError)):
            await act
    with pytest.raises(errors.HistoryHiddenError):
        await services.history.show(dana, plan.id)


@pytest.mark.parametrize("audience", Audience)
async def test_what_a_manager_deleted_the_members_restore_if_they_may_see_it(
    services, plans, dana, ivan, max, audience: Audience
):
    plan = await posted(plans, dana)
    await services.settings.change(max, SettingsChange(deleted_visible_to=audience))
    await plans.delete(max, DeletePlan(plan.id, seen=1), fresh())

    with pytest.raises(errors.NotYourPlanError):
        await plans.restore(ivan, RestorePlan(plan.id), fresh())
    if audience is Audience.MANAGERS:
        with pytest.raises(errors.NotYourPlanError, match="Only server managers can restore"):
            await plans.restore(dana, RestorePlan(PlanOfDay("d", DAY)), fresh())
        dana = max
    assert (await plans.restore(dana, RestorePlan(PlanOfDay("d", DAY)), fresh())).revision == 3


async def test_a_plan_that_has_changed_is_not_deleted(plans, dana, max):
    plan = await posted(plans, dana)
    await plans.edit(dana, EditPlan(plan.id, "second", seen=1), fresh())

    with pytest.raises(errors.PlanChangedError) as refusal:
        await plans.delete(max, DeletePlan(plan.id, seen=1), fresh())

    assert refusal.value.text is None


async def test_the_plan_deleted_last_is_the_one_restored(plans, clock, dana):
    for text in ("first", "second"):
        plan = await posted(plans, dana, text)
        await plans.delete(dana, DeletePlan(plan.id, seen=1), fresh())
        clock.move(minutes=-1)

    assert (await plans.restore(dana, RestorePlan(PlanOfDay(None, DAY)), fresh())).text == "second"


async def test_nothing_deleted_is_nothing_to_restore(plans, dana):
    await posted(plans, dana)

    with pytest.raises(errors.NothingToRestoreError):
        await plans.restore(dana, RestorePlan(PlanOfDay("d", DAY)), fresh())


async def test_a_restored_plan_does_not_push_another_out(plans, dana):
    first = await posted(plans, dana)
    await plans.delete(dana, DeletePlan(first.id, seen=1), fresh())
    second = await posted(plans, dana, "second")

    for ref in (PlanOfDay("d", DAY), first.id):
        with pytest.raises(errors.RestoreTakenError, match=r"another plan for .* is in its history") as refusal:
            await plans.restore(dana, RestorePlan(ref), fresh())
        assert refusal.value.deleted.id == first.id

    assert await plans.find(dana, PlanOfDay("d", DAY)) == second


async def test_what_is_done_to_a_plan_that_was_posted_again_names_the_new_one(services, plans, dana, mia):
    first = await posted(plans, dana)
    await plans.delete(dana, DeletePlan(first.id, seen=1), fresh())
    second = await posted(plans, dana, "second")

    for act in (
        plans.edit(dana, EditPlan(first.id, "mine", seen=1), fresh()),
        plans.editable(dana, first.id),
        plans.delete(dana, DeletePlan(first.id, seen=1), fresh()),
        services.charts.remove(dana, RemoveChart(first.id, "1"), fresh()),
    ):
        with pytest.raises(errors.PlanReplacedError, match=r"Edit that one instead\.") as refusal:
            await act
        assert (refusal.value.plan, refusal.value.may_edit) == (second, True)
    with pytest.raises(errors.PlanReplacedError, match=r"/plan show") as refusal:
        await plans.find(mia, first.id)
    assert not refusal.value.may_edit
    assert (await plans.edit(dana, EditPlan(second.id, "mine", seen=1), fresh())).plan.text == "mine"


# Reading


async def test_anyone_in_the_guild_reads(plans, dana, mia):
    plan = await posted(plans, dana)

    assert await plans.find(mia, PlanOfDay(None, DAY)) == plan
    assert await plans.find(mia, PlanOfDay("Coach D", "monday")) == plan
    assert await plans.find(mia, plan.id) == plan


async def test_of_several_plans_one_must_be_named(plans, dana, ivan, mia):
    await posted(plans, dana)
    await posted(plans, ivan)

    with pytest.raises(errors.WhichCoachError) as refusal:
        await plans.find(mia, PlanOfDay(None, DAY))

    assert [coach.key for coach in refusal.value.coaches] == ["d", "i"]


@pytest.mark.parametrize("act", ["find", "editable", "deletable"])
@pytest.mark.parametrize("coach", [None, "d"])
async def test_what_is_not_there_is_not_found(plans, max, act: str, coach: str | None):
    with pytest.raises(errors.NoPlanError) as refusal:
        await getattr(plans, act)(max, PlanOfDay(coach, DAY))

    assert refusal.value.day == MONDAY


async def test_a_deleted_plan_is_gone_for_every_act(plans, dana):
    plan = await posted(plans, dana)
    await plans.delete(dana, DeletePlan(plan.id, seen=1), fresh())

    for act in (
        plans.find(dana, plan.id),
        plans.editable(dana, plan.id),
        plans.edit(dana, EditPlan(plan.id, "second", seen=2), fresh()),
        plans.delete(dana, DeletePlan(plan.id, seen=2), fresh()),
    ):
        with pytest.raises(errors.PlanGoneError):
            await act


async def test_a_guild_is_a_wall(plans, dana):
    plan = await posted(plans, dana)
    stranger = elsewhere(dana)

    for act in (
        plans.find(stranger, plan.id),
        plans.editable(stranger, plan.id),
        plans.edit(stranger, EditPlan(plan.id, "second", seen=1), fresh()),
        plans.delete(stranger, DeletePlan(plan.id, seen=1), fresh()),
    ):
        with pytest.raises(errors.PlanGoneError):
            await act
    with pytest.raises(errors.NoPlanError):
        await plans.find(stranger, PlanOfDay("d", DAY))
    assert (await plans.list(stranger)).total == 0


async def test_a_plan_that_never_was_is_gone(plans, dana):
    with pytest.raises(errors.PlanGoneError):
        await plans.find(dana, PlanId(2**62))


async def test_days_are_suggested_with_their_weekdays(plans, dana):
    labels = [each.label for each in await plans.suggest_days(dana, "")]

    assert labels[:3] == ["Sun 22 Nov (today)", "Mon 23 Nov (tomorrow)", "Tue 24 Nov"]
    assert len(labels) <= 25
    assert [each.value for each in await plans.suggest_days(dana, "tom")] == ["2026-11-23"]
    assert (await plans.suggest_days(dana, "2027-1-5"))[0].label == "Tue 5 Jan 2027"
    assert await plans.suggest_days(dana, "soon") == []


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        *(("mon", "2026-11-23"), ("23 n", "2026-11-23"), ("23.11", "2026-11-23"), ("11/23", "2026-11-23")),
        *(("next m", "2026-11-23"), ("tmr", "2026-11-23"), ("+1", "2026-11-23"), ("Monday 23 Nov", "2026-11-23")),
        *(("mon 23 nov", "2026-11-23"), ("23/11", "2026-11-23"), ("last fri", "2026-11-20"), ("-2", "2026-11-20")),
    ],
)
async def test_each_form_of_a_day_is_offered_while_it_is_typed(plans, dana, typed: str, day: str):
    assert (await plans.suggest_days(dana, typed))[0].value == day


async def test_two_numbers_are_read_as_the_actor_writes_them(plans, dana):
    american, german = (dataclasses.replace(dana, date_order=order) for order in DateOrder)

    assert [each.value for each in await plans.suggest_days(dana, "12/11")] == ["2026-11-12", "2026-12-11"]
    assert (await plans.suggest_days(american, "12/11"))[0].value == "2026-12-11"
    assert (await plans.suggest_days(german, "12/11"))[0].value == "2026-11-12"
    assert (await plans.prepare_post(german, coach=None, day="12/11")).day == datetime.date(2026, 11, 12)
    with pytest.raises(errors.WhichDayError) as asked:
        await plans.prepare_post(dana, coach=None, day="12/11")
    assert asked.value.days == (datetime.date(2026, 11, 12), datetime.date(2026, 12, 11))


# Once only, and in order


async def test_the_same_interaction_again_does_nothing_and_tells_the_same(plans, dana, store):
    ids = [fresh() for _ in range(4)]

    async def play() -> list[Plan]:
        first = await plans.post(dana, PostPlan("first", day=DAY), ids[0])
        return [
            first,
            (await plans.edit(dana, EditPlan(first.id, "second", seen=1), ids[1])).plan,
            await plans.delete(dana, DeletePlan(first.id, seen=2), ids[2]),
            await plans.restore(dana, RestorePlan(PlanOfDay(None, DAY)), ids[3]),
        ]

    outcomes = await play()

    assert await play() == outcomes
    assert [plan.revision for plan in outcomes] == [1, 2, 3, 4]
    assert await store.read(lambda: RevisionRow.select().count()) == 4


async def test_an_unchanged_edit_handled_again_is_still_unchanged(plans, dana):
    plan = await posted(plans, dana)
    operation = fresh()
    await plans.edit(dana, EditPlan(plan.id, "first", seen=1), operation)
    await plans.edit(dana, EditPlan(plan.id, "second", seen=1), fresh())

    assert (await plans.edit(dana, EditPlan(plan.id, "first", seen=1), operation)).plan == plan


async def test_a_refused_act_leaves_nothing_behind(plans, dana, store: Store):
    operation = fresh()
    with pytest.raises(errors.BlankTextError):
        await plans.post(dana, PostPlan(" ", day=DAY), operation)

    assert await store.read(lambda: OperationRow.select().count()) == 0
    assert (await plans.post(dana, PostPlan("a", day=DAY), operation)).text == "a"


async def test_a_clock_that_is_put_back_does_not_reorder_history(plans, clock: FakeClock, dana):
    first = await posted(plans, dana)
    clock.move(hours=-1)

    second = (await plans.edit(dana, EditPlan(first.id, "second", seen=1), fresh())).plan

    assert second.changed_at == first.changed_at


async def test_a_text_given_for_a_day_edits_its_plan(plans, dana):
    await posted(plans, dana, "first")

    edited = await plans.edit(dana, EditPlan(PlanOfDay(None, DAY), "second"), fresh())

    assert edited.is_changed
    assert edited.plan == await plans.find(dana, PlanOfDay("d", DAY))


async def test_a_text_given_for_a_day_overwrites_no_change_of_somebody_else(plans, dana, max):
    plan = await plans.post(max, PostPlan("first", coach="d", day=DAY), fresh())

    with pytest.raises(errors.PlanChangedError):
        await plans.edit(dana, EditPlan(PlanOfDay("d", DAY), "second"), fresh())

    assert await plans.find(dana, plan.id) == plan


async def test_a_plan_that_a_form_can_not_hold_opens_none(services, store, dana):
    plan = await services.plans.post(dana, PostPlan("short", day=DAY), fresh())

    def grow() -> None:  # as an import makes it
        revisions.append(plan, ChangeKind.EDITED, dana.user_id, plan.posted_at, text="x" * (MAX_FORM_LENGTH + 1))

    await store.write(grow)

    for asked in (services.plans.editable(dana, PlanOfDay(None, DAY)), services.plans.editable(dana, plan.id)):
        with pytest.raises(errors.LongPlanError, match="its end would be lost"):
            await asked
    assert (await services.plans.find(dana, plan.id)).text == "x" * (MAX_FORM_LENGTH + 1)
