"""Pictures that a plan was posted without are expected until they are added to it, once."""

import dataclasses

import pytest

from bot.domain import errors
from bot.domain.commands import AddCharts, DeletePlan, EditPlan, PostPlan, RemoveChart, RevertPlan
from bot.domain.values import (
    Actor,
    Attachment,
    ChangeKind,
    Chart,
    DraftId,
    DraftKind,
    LatePictures,
    Members,
    Plan,
    PlanOfDay,
    Submission,
)
from bot.domain.values import Received as Got
from bot.service.pictures import needed
from tests.service.scene import DANA, DAY, MAX, Services, drafts_of, fresh

FIRST, SECOND = Attachment("http://cdn/1", "1.png", 1), Attachment("http://cdn/2", "2.png", 1)


@dataclasses.dataclass(frozen=True)
class Posted:
    """A plan that has its second picture, and is to have its first and its third."""

    plan: Plan
    draft_id: DraftId
    second: Chart


@pytest.fixture
async def posted(services: Services) -> Posted:
    second = services.keep(b"second", "second.png")
    draft = await services.drafts.save(DANA, Submission(DraftKind.POST, "", pictures=(FIRST, second, SECOND)))
    plan = await services.plans.post(DANA, PostPlan("text", day=DAY, draft=draft.id, rest_follows=True), fresh())
    return Posted(plan, draft.id, second)


def got(services: Services, posted: Posted) -> Got:
    """All three."""
    first, third = services.keep(b"first", "first.png"), services.keep(b"third", "third.png")
    return Got((first, posted.second, third), ())


def names(plan: Plan) -> list[str]:
    return [chart.filename for chart in plan.charts]


async def replaced(services: Services, posted: Posted, *pictures: Chart | Attachment) -> Posted:
    """Edit the plan, so that it has these pictures, those that are links later."""
    operation = fresh()
    writing = Submission(DraftKind.EDIT, "new", plan_id=posted.plan.id, seen=posted.plan.revision, pictures=pictures)
    draft = await services.drafts.save(DANA, writing, operation)
    command = EditPlan(posted.plan.id, "new", seen=1, draft=draft.id, replaces_charts=True, rest_follows=True)
    edited = await services.plans.edit(DANA, command, operation)
    return Posted(edited.plan, draft.id, posted.second)


async def test_a_plan_has_what_is_there_and_the_rest_is_expected(services: Services, posted: Posted):
    assert posted.plan.charts == (posted.second,)
    assert await drafts_of(services.drafts, DANA) == []
    assert await services.late.expected() == [
        LatePictures(
            posted.draft_id,
            Actor(DANA.guild_id, DANA.user_id, channel_id=DANA.channel_id),
            posted.plan.id,
            (FIRST, posted.second, SECOND),
        )
    ]


async def test_the_rest_is_one_revision_of_the_one_who_posted_in_the_order_of_the_draft(
    services: Services, posted: Posted
):
    nobody = Actor(DANA.guild_id, DANA.user_id)

    change = await services.late.add(nobody, posted.draft_id, posted.plan.id, got(services, posted))

    assert [chart.filename for chart in change.plan.charts] == ["first.png", "second.png", "third.png"]
    assert (change.added, change.plan.revision, change.plan.changed_by) == (2, 2, DANA.user_id)
    page = await services.history.show(DANA, posted.plan.id)
    assert page.revisions[0].revision.kind is ChangeKind.CHART_ADDED
    assert await services.late.expected() == []
    with pytest.raises(errors.DraftGoneError):
        await services.late.add(nobody, posted.draft_id, posted.plan.id, got(services, posted))


async def test_who_left_the_coach_meanwhile_is_not_asked_again(services: Services, posted: Posted):
    await services.coaches.unassign(MAX, "d", Members(frozenset({DANA.user_id})))

    change = await services.late.add(DANA, posted.draft_id, posted.plan.id, got(services, posted))

    assert change.added == 2


async def test_a_chart_that_was_removed_meanwhile_stays_away(services: Services, posted: Posted):
    await services.charts.remove(DANA, RemoveChart(PlanOfDay("d", DAY), "1"), fresh())

    change = await services.late.add(DANA, posted.draft_id, posted.plan.id, got(services, posted))

    assert names(change.plan) == ["first.png", "third.png"]
    assert (change.added, change.left_out) == (2, ())


async def test_on_charts_that_were_changed_meanwhile_the_rest_comes_last(services: Services, posted: Posted):
    await services.charts.remove(DANA, RemoveChart(PlanOfDay("d", DAY), "1"), fresh())
    other = services.keep(b"other", "other.png")
    await services.charts.add(DANA, AddCharts(posted.plan.id, Got((other,), ())), fresh())

    change = await services.late.add(DANA, posted.draft_id, posted.plan.id, got(services, posted))

    assert names(change.plan) == ["other.png", "first.png", "third.png"]


async def test_where_other_charts_took_their_place_nothing_is_put(services: Services, posted: Posted):
    edit = await replaced(services, posted, services.keep(b"other", "other.png"))

    change = await services.late.add(DANA, posted.draft_id, posted.plan.id, got(services, posted))

    assert names(edit.plan) == names(change.plan) == ["other.png"]
    assert (change.added, change.plan.revision) == (0, 2)
    assert [(each.filename, each.why) for each in change.left_out] == [
        ("first.png", "arrived after the plan’s charts were replaced"),
        ("third.png", "arrived after the plan’s charts were replaced"),
    ]


async def test_where_an_edit_added_charts_the_rest_is_put_after_them(services: Services, posted: Posted):
    writing = Submission(DraftKind.POST, "new", pictures=(services.keep(b"other", "other.png"),))
    draft = await services.drafts.save(DANA, writing)
    await services.plans.edit(DANA, EditPlan(posted.plan.id, "new", seen=1, draft=draft.id), fresh())

    change = await services.late.add(DANA, posted.draft_id, posted.plan.id, got(services, posted))

    assert names(change.plan) == ["second.png", "other.png", "first.png", "third.png"]


async def test_where_the_charts_from_before_were_taken_back_nothing_is_put(services: Services, posted: Posted):
    await services.charts.remove(DANA, RemoveChart(PlanOfDay("d", DAY), "1"), fresh())
    await services.history.revert(DANA, RevertPlan(posted.plan.id, 1, seen=2), fresh())

    change = await services.late.add(DANA, posted.draft_id, posted.plan.id, got(services, posted))

    assert (names(change.plan), change.added) == (["second.png"], 0)


async def test_where_the_edit_that_waits_for_them_was_undone_nothing_is_put(services: Services, posted: Posted):
    writing = Submission(DraftKind.EDIT, "new", plan_id=posted.plan.id, seen=1, pictures=(FIRST,))
    draft = await services.drafts.save(DANA, writing)
    edit = EditPlan(posted.plan.id, "new", seen=1, draft=draft.id, rest_follows=True)
    operation = fresh()
    await services.drafts.save(DANA, dataclasses.replace(writing, draft_id=draft.id), operation)
    edited = await services.plans.edit(DANA, edit, operation)
    undoing = await services.history.to_undo(DANA, posted.plan.id, edited.plan.revision)
    assert isinstance(undoing.command, RevertPlan)
    undone = await services.history.revert(DANA, undoing.command, fresh())

    first = services.keep(b"first", "first.png")
    change = await services.late.add(DANA, draft.id, posted.plan.id, Got((first,), ()))

    assert undone.plan.charts == edited.plan.charts == change.plan.charts == (posted.second,)
    assert (change.added, change.plan.revision) == (0, undone.plan.revision)
    assert [each.why for each in change.left_out] == ["arrived after the plan was reverted"]


async def test_on_a_plan_with_another_text_the_rest_is_put(services: Services, posted: Posted):
    await services.plans.edit(DANA, EditPlan(posted.plan.id, "another", seen=1), fresh())

    change = await services.late.add(DANA, posted.draft_id, posted.plan.id, got(services, posted))

    assert names(change.plan) == ["first.png", "second.png", "third.png"]


async def test_what_an_edit_waits_for_is_put_also_where_the_plan_had_it_before_that_edit(
    services: Services, posted: Posted
):
    other = services.keep(b"other", "other.png")
    edit = await replaced(services, posted, SECOND, other)

    both = Got((posted.second, other), ())
    change = await services.late.add(DANA, edit.draft_id, posted.plan.id, both)

    assert (names(edit.plan), names(change.plan)) == (["other.png"], ["second.png", "other.png"])
    assert (change.added, change.plan.revision) == (1, 3)


async def test_a_full_plan_takes_what_it_has_room_for(services: Services, posted: Posted):
    more = tuple(services.keep(b"%d" % number) for number in range(8))
    await services.charts.add(DANA, AddCharts(posted.plan.id, Got(more, ())), fresh())

    change = await services.late.add(DANA, posted.draft_id, posted.plan.id, got(services, posted))

    assert (len(change.plan.charts), change.added) == (10, 1)
    assert [(each.filename, each.why) for each in change.left_out] == [
        ("third.png", "is one too many: the limit is 10")
    ]


async def test_on_a_deleted_plan_nothing_is_put(services: Services, posted: Posted):
    await services.plans.delete(DANA, DeletePlan(posted.plan.id, seen=1), fresh())

    change = await services.late.add(DANA, posted.draft_id, posted.plan.id, got(services, posted))

    assert (change.added, change.plan.revision) == (0, 2)
    assert [each.why for each in change.left_out] == ["arrived after the plan was deleted"] * 2
    assert await services.late.expected() == []


async def test_nothing_that_came_is_no_revision(services: Services, posted: Posted):
    change = await services.late.add(DANA, posted.draft_id, posted.plan.id, Got((posted.second,), ()))

    assert (change.added, change.plan.revision) == (0, 1)
    assert await services.late.expected() == []


async def test_what_came_is_noted_and_no_picture_of_it_is_swept(services: Services, posted: Posted):
    first = services.keep(b"first", "first.png")

    await services.drafts.put_result(DANA, posted.draft_id, FIRST, first)

    [late] = await services.late.expected()
    assert late.pictures == (first, posted.second, SECOND)
    assert await services.plans.store.read(needed.unused, [first.sha256]) == []


async def test_a_late_link_that_is_rejected_is_expected_no_longer(services: Services, posted: Posted):
    await services.drafts.put_result(DANA, posted.draft_id, FIRST, None)

    [late] = await services.late.expected()
    assert late.pictures == (posted.second, SECOND)


async def test_an_edit_may_wait_for_its_pictures_too(services: Services, posted: Posted):
    draft = await services.drafts.save(
        DANA, Submission(DraftKind.EDIT, "", plan_id=posted.plan.id, seen=1, pictures=(FIRST, posted.second))
    )

    await services.plans.edit(DANA, EditPlan(posted.plan.id, "new", seen=1, draft=draft.id, rest_follows=True), fresh())

    assert [late.id for late in await services.late.expected()] == [posted.draft_id, draft.id]
