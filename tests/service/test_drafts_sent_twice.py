"""A draft that several commands send at the same time: the newest has it, with the pictures of all of them."""

import dataclasses

import pytest

from bot.domain import errors
from bot.domain.commands import AddCharts, EditPlan, PostPlan
from bot.domain.values import Actor, Attachment, Draft, DraftKind, PlanOfDay, Received, Submission
from tests.service.scene import DAY, Services, drafts_of, fresh

FIRST, SECOND, THIRD = (Attachment(f"http://cdn/{number}", f"{number}.png", 5) for number in (1, 2, 3))


@pytest.fixture
async def draft(services: Services, dana: Actor) -> Draft:
    return await services.drafts.save(dana, Submission(DraftKind.POST, "refused", day=DAY, pictures=(FIRST,)), fresh())


def resent(draft: Draft, text: str, *pictures: Attachment) -> Submission:
    """Return a submission as it is sent with the form of a draft."""
    return Submission(DraftKind.POST, text, day=DAY, draft_id=draft.id, pictures=pictures, adds_pictures=True)


async def test_pictures_that_two_forms_of_a_draft_add_are_all_in_it(services, dana, draft):
    older, newer = fresh(), fresh()
    first = await services.drafts.completed(dana, resent(draft, "older", SECOND))
    second = await services.drafts.completed(dana, resent(draft, "newer", THIRD))

    await services.drafts.save_to_send(dana, first, older)
    sent = await services.drafts.save_to_send(dana, second, newer)

    assert (sent.text, sent.pictures) == ("newer", (FIRST, SECOND, THIRD))


async def test_a_draft_that_is_sent_as_it_is_keeps_what_came_since_it_was_read(services, dana, draft):
    read = await services.drafts.get(dana, draft.id)
    chart = services.keep(b"1", "1.png")
    await services.drafts.save_to_send(dana, resent(draft, "older", SECOND), fresh())
    await services.drafts.put_result(dana, draft.id, FIRST, chart)

    sent = await services.drafts.save_to_send(dana, read, fresh())

    assert sent.pictures == (chart, SECOND)


async def test_a_draft_that_is_gone_is_not_sent_and_what_was_added_becomes_another(services, dana, draft):
    read, sent = await services.drafts.get(dana, draft.id), resent(draft, "newer", SECOND)
    await services.drafts.discard(dana, draft.id)

    for submission in (read, sent):
        with pytest.raises(errors.DraftGoneError):
            await services.drafts.save_to_send(dana, submission, fresh())
    assert await drafts_of(services.drafts, dana) == []

    kept = await services.drafts.save(dana, sent, fresh())
    assert (kept.text, kept.pictures) == ("newer", (SECOND,))


async def test_a_command_whose_draft_a_newer_one_posted_does_not_say_that_it_posted(services, dana, draft):
    older, newer = fresh(), fresh()
    await services.drafts.save_to_send(dana, resent(draft, "older"), older)
    await services.drafts.save_to_send(dana, resent(draft, "newer"), newer)
    command = PostPlan("newer", day=DAY, draft=draft.id, rest_follows=True)
    plan = await services.plans.post(dana, command, newer)

    with pytest.raises(errors.DraftSentAgainError, match="#1") as refusal:
        await services.plans.post(dana, dataclasses.replace(command, text="older"), older)

    assert refusal.value.plan == plan
    assert await services.plans.post(dana, command, newer) == plan
    assert [late.pictures for late in await services.late.expected()] == [(FIRST,)]


@pytest.mark.parametrize("is_edit", [False, True])
async def test_a_link_that_came_to_a_draft_since_its_command_looked_follows_the_plan(services, dana, is_edit: bool):
    draft = await services.drafts.save(dana, Submission(DraftKind.POST, "refused", day=DAY), fresh())
    older, newer = fresh(), fresh()
    await services.drafts.save_to_send(dana, resent(draft, "older", FIRST), older)

    if is_edit:
        plan = await services.plans.post(dana, PostPlan("text", day=DAY), fresh())
        await services.plans.edit(dana, EditPlan(PlanOfDay(None, DAY), "newer", seen=1, draft=draft.id), newer)
    else:
        plan = await services.plans.post(dana, PostPlan("newer", day=DAY, draft=draft.id), newer)

    [late] = await services.late.expected()
    assert (late.plan_id, late.pictures) == (plan.id, (FIRST,))


async def test_charts_of_a_draft_are_added_by_the_newest_command_and_none_is_forgotten(services, dana, draft):
    plan = await services.plans.post(dana, PostPlan("text", day="2026-11-24"), fresh())
    chart = services.keep(b"1", "1.png")
    adding, newer = fresh(), fresh()
    await services.drafts.save_to_send(dana, draft, adding)
    await services.drafts.save_to_send(dana, resent(draft, "newer", SECOND), newer)

    with pytest.raises(errors.DraftSentAgainError):
        await services.charts.add(dana, AddCharts(plan.id, Received((chart,), ()), draft.id), adding)

    assert (await services.drafts.get(dana, draft.id)).pictures == (FIRST, SECOND)


async def test_who_sent_a_draft_whose_charts_are_added_meanwhile_is_not_told_that_it_is_posted(services, dana, draft):
    plan = await services.plans.post(dana, PostPlan("text", day="2026-11-24"), fresh())
    posting, adding = fresh(), fresh()
    await services.drafts.save_to_send(dana, resent(draft, "my text"), posting)
    await services.drafts.save_to_send(dana, await services.drafts.get(dana, draft.id), adding)
    chart = services.keep(b"1", "1.png")
    await services.charts.add(dana, AddCharts(plan.id, Received((chart,), ()), draft.id), adding)

    with pytest.raises(errors.DraftSentAgainError):
        await services.plans.post(dana, PostPlan("my text", day=DAY, draft=draft.id), posting)

    [kept] = await drafts_of(services.drafts, dana)
    assert (kept.text, kept.pictures) == ("my text", ())


async def test_what_was_added_to_a_draft_that_was_gone_is_in_the_other_one_once(services, dana, draft):
    operation, sent = fresh(), resent(draft, "newer", SECOND)
    await services.drafts.discard(dana, draft.id)

    kept = [await services.drafts.save(dana, sent, operation) for _ in range(2)]

    assert [each.pictures for each in kept] == [(SECOND,)] * 2
