"""Drafts: kept until they are used."""

import contextlib
import dataclasses
import datetime

import pytest

from bot.domain import errors
from bot.domain.commands import EditPlan, PostPlan
from bot.domain.values import Attachment, Draft, DraftId, DraftKind, PlanId, Quotas, Submission
from bot.service.drafts import DraftService, edit_of
from storage.models import DraftRow
from tests.service.scene import DAY, Services, drafts_of, elsewhere, fresh

LINK = Attachment("http://cdn/1", "1.png", 5)


async def test_a_draft_is_kept_as_it_was_written(drafts, dana):
    text = "  x" * 3000

    kept = await drafts.save(dana, Submission(DraftKind.POST, text, coach="Coach D ", day="tomorow"))

    assert await drafts.get(dana, kept.id) == kept
    assert (kept.text, kept.coach, kept.day) == (text, "Coach D ", "tomorow")


async def test_a_draft_is_its_writers_only(drafts, dana, mia):
    kept = await drafts.save(dana, Submission(DraftKind.POST, "text"))

    for other in (mia, elsewhere(dana)):
        with pytest.raises(errors.DraftGoneError):
            await drafts.get(other, kept.id)


async def test_a_draft_that_never_was_is_gone(drafts, dana):
    with pytest.raises(errors.DraftGoneError):
        await drafts.get(dana, DraftId(99))


async def test_a_post_and_an_edit_use_their_draft_up(plans, drafts, dana):
    first = await drafts.save(dana, Submission(DraftKind.POST, "first"))
    plan = await plans.post(dana, PostPlan("first", day=DAY, draft=first.id), fresh())
    second = await drafts.save(dana, Submission(DraftKind.EDIT, "second", plan_id=plan.id, seen=1))
    await plans.edit(dana, EditPlan(plan.id, "second", seen=1, draft=second.id), fresh())

    for used in (first, second):
        with pytest.raises(errors.DraftGoneError):
            await drafts.get(dana, used.id)


async def test_a_refused_post_leaves_its_draft(plans, drafts, dana):
    kept = await drafts.save(dana, Submission(DraftKind.POST, " "))

    with pytest.raises(errors.BlankTextError):
        await plans.post(dana, PostPlan(" ", day=DAY, draft=kept.id), fresh())

    assert await drafts.get(dana, kept.id) == kept


async def test_a_stale_edit_leaves_its_draft(plans, drafts, dana):
    plan = await plans.post(dana, PostPlan("first", day=DAY), fresh())
    await plans.edit(dana, EditPlan(plan.id, "second", seen=1), fresh())
    kept = await drafts.save(dana, Submission(DraftKind.EDIT, "late", plan_id=plan.id, seen=1))

    with pytest.raises(errors.PlanChangedError):
        await plans.edit(dana, EditPlan(plan.id, "late", seen=1, draft=kept.id), fresh())

    assert await drafts.get(dana, kept.id) == kept


async def test_a_post_does_not_use_up_anothers_draft(plans, drafts, dana, ivan):
    kept = await drafts.save(ivan, Submission(DraftKind.POST, "text"))

    with pytest.raises(errors.DraftGoneError):
        await plans.post(dana, PostPlan("text", day=DAY, draft=kept.id), fresh())

    assert await drafts.get(ivan, kept.id) == kept


async def test_a_draft_is_posted_once(plans, drafts, dana):
    kept = await drafts.save(dana, Submission(DraftKind.POST, "text"))
    await plans.post(dana, PostPlan("text", day=DAY, draft=kept.id), fresh())

    with pytest.raises(errors.DraftGoneError):
        await plans.post(dana, PostPlan("text", day="tomorrow", draft=kept.id), fresh())


async def test_a_draft_that_is_sent_again_is_posted_by_the_newer_command_with_its_text_and_all_its_pictures(
    services, dana
):
    first, second = fresh(), fresh()
    sent = Submission(DraftKind.POST, "first", pictures=(LINK,))
    kept = await services.drafts.save(dana, sent, first)
    again = dataclasses.replace(kept.plain, text="second")
    chart = services.keep(b"1", "1.png")
    await services.drafts.put_result(dana, kept.id, LINK, chart)
    await services.drafts.save(dana, again, second)

    with pytest.raises(errors.DraftSentAgainError):
        await services.plans.post(dana, PostPlan("first", day=DAY, draft=kept.id), first)
    with pytest.raises(errors.DraftSentAgainError):
        await services.drafts.save(dana, kept, first)

    await services.drafts.put_result(dana, kept.id, LINK, chart)
    plan = await services.plans.post(dana, PostPlan("second", day=DAY, draft=kept.id), second)
    assert (plan.text, plan.charts) == ("second", (chart,))


async def test_an_edit_of_a_draft_that_is_sent_again_is_made_by_the_newer_command(services, dana):
    plan = await services.plans.post(dana, PostPlan("text", day=DAY), fresh())
    first, second = fresh(), fresh()
    sent = Submission(DraftKind.EDIT, "first", plan_id=plan.id, seen=1, pictures=(LINK,))
    kept = await services.drafts.save(dana, sent, first)
    await services.drafts.save(dana, dataclasses.replace(sent, text="second", draft_id=kept.id), second)

    with pytest.raises(errors.DraftSentAgainError):
        await services.plans.edit(dana, edit_of(kept), first)

    edited = await services.plans.edit(dana, edit_of(dataclasses.replace(kept, text="second")), second)
    assert edited.plan.text == "second"


async def test_a_draft_that_is_kept_again_stays_the_same_draft(drafts, dana):
    first = await drafts.save(dana, Submission(DraftKind.POST, "first", coach="d", day=DAY))

    second = await drafts.save(dana, Submission(DraftKind.POST, "second", coach="x", draft_id=first.id))

    assert second.id == first.id
    assert [each.text for each in await drafts_of(drafts, dana)] == ["second"]


async def test_a_text_for_a_plan_that_never_was_is_kept_too(drafts, dana):
    kept = await drafts.save(dana, Submission(DraftKind.EDIT, "text", plan_id=PlanId(99), seen=1))

    assert (kept.text, kept.plan_id) == ("text", None)


@pytest.mark.parametrize(("words", "settled"), [("tomorrow", 1), (None, 0), ("today", 0)])
async def test_the_day_of_a_draft_stays_the_day_it_was_meant_for(plans, drafts, clock, dana, words, settled):
    target = await plans.prepare_post(dana, coach=None, day=words)
    kept = await drafts.save(dana, Submission(DraftKind.POST, "text", day=words))

    clock.move(days=1)

    assert (await drafts.get(dana, kept.id)).day == target.day.isoformat()
    assert target.day == datetime.date(2026, 11, 22) + datetime.timedelta(days=settled)


async def test_a_draft_takes_the_place_of_the_one_it_came_from(drafts, dana):
    first = await drafts.save(dana, Submission(DraftKind.POST, "first"))

    second = await drafts.save(dana, Submission(DraftKind.POST, "second", draft_id=first.id))

    assert await drafts_of(drafts, dana) == [second]


def with_quotas(services: Services, quotas: Quotas) -> DraftService:
    """The service of drafts in a process that was configured so."""
    return DraftService(services.drafts.store, services.drafts.clock, services.guilds, quotas)


async def test_what_one_interaction_keeps_twice_is_one_draft(drafts, dana):
    operation = fresh()
    first = await drafts.save(dana, Submission(DraftKind.POST, "Long"), operation)

    second = await drafts.save(dana, Submission(DraftKind.POST, "Long above"), operation)

    assert second.id == first.id
    assert [draft.text for draft in await drafts_of(drafts, dana)] == ["Long above"]


async def test_what_is_in_the_book_is_kept_as_no_draft(plans, drafts, dana):
    refused, sent_again = fresh(), fresh()
    draft = await drafts.save(dana, Submission(DraftKind.POST, "Long", day=DAY), refused)
    await drafts.save(dana, draft, sent_again)
    plan = await plans.post(dana, PostPlan("Long", day=DAY, draft=draft.id), sent_again)

    with pytest.raises(errors.DoneAlreadyError) as done:
        await drafts.save(dana, draft, sent_again)
    with pytest.raises(errors.DraftSentAgainError) as used:
        await drafts.save(dana, draft, refused)
    assert (done.value.plan, used.value.plan) == (plan, plan)
    assert await plans.post(dana, PostPlan("Long", day=DAY), sent_again) == plan
    with pytest.raises(errors.DraftSentAgainError):
        await plans.post(dana, PostPlan("Long", day=DAY), refused)
    assert await drafts_of(drafts, dana) == []


PICTURE = Attachment("https://cdn.example/nq.png", "nq.png", 700_000)


@pytest.mark.parametrize(
    ("quotas", "writing", "taken_of_one", "taken_of_server"),
    [
        (Quotas(user_drafts=2), Submission(DraftKind.POST, "text"), 2, 4),
        (Quotas(server_drafts=3), Submission(DraftKind.POST, "text"), 3, 3),
        (Quotas(user_draft_mib=1), Submission(DraftKind.POST, "", pictures=(PICTURE,)), 1, 2),
        (Quotas(server_draft_mib=1), Submission(DraftKind.POST, "x" * 400_000), 2, 2),
    ],
)
async def test_a_draft_that_is_too_much_for_one_or_a_server_is_refused_and_none_is_dropped(
    services, dana, ivan, quotas: Quotas, writing: Submission, taken_of_one: int, taken_of_server: int
):
    drafts = with_quotas(services, quotas)
    kept: list[Draft] = []

    for actor in (dana, dana, dana, dana, ivan, ivan, ivan, ivan):
        with contextlib.suppress(errors.DraftsFullError):
            kept.append(await drafts.save(actor, writing))

    assert await drafts_of(drafts, dana) == kept[:taken_of_one][::-1]
    assert len(kept) == taken_of_server
    page = await drafts.page(dana)
    assert page.number.used or page.mib.used
    assert await drafts.save(elsewhere(dana), writing)
    changed = await drafts.save(
        dana, Submission(DraftKind.POST, "better", draft_id=kept[0].id, pictures=kept[0].pictures)
    )
    assert changed.text == "better"


async def test_drafts_are_listed_with_their_coaches_and_their_age(drafts, plans, clock, dana):
    plan = await plans.post(dana, PostPlan("first", day=DAY), fresh())
    for coach in ("Day Trading", "x", "coach", None):
        await drafts.save(dana, Submission(DraftKind.POST, "Long", coach=coach))
    clock.move(minutes=1)
    await drafts.save(dana, Submission(DraftKind.EDIT, "Long", plan_id=plan.id, seen=1))

    listed = (await drafts.page(dana)).drafts

    assert [each.coach and each.coach.key for each in listed] == ["d", "d", None, None, "d"]
    assert [each.draft.saved_at for each in listed[:2]] == [clock.now, clock.now - datetime.timedelta(minutes=1)]


async def test_a_discarded_draft_makes_room(services, dana, mia):
    drafts = with_quotas(services, Quotas(user_drafts=1))
    first = await drafts.save(dana, Submission(DraftKind.POST, "first"))
    assert (await drafts.page(dana)).number.is_nearly_full
    with pytest.raises(errors.DraftGoneError):
        await drafts.discard(mia, first.id)

    assert await drafts.discard(dana, first.id) == first

    second = await drafts.save(dana, Submission(DraftKind.POST, "second"))
    assert await drafts_of(drafts, dana) == [second]


@pytest.mark.parametrize("less", [Quotas(user_drafts=1), Quotas(server_drafts=1), Quotas(user_draft_mib=1)])
async def test_a_draft_that_is_there_can_be_kept_again_when_a_quota_has_shrunk(services, dana, less: Quotas):
    writing = Submission(DraftKind.POST, "Long", pictures=(PICTURE, PICTURE))
    first, _ = [await services.drafts.save(dana, writing) for _ in range(2)]
    drafts = with_quotas(services, less)

    again = await drafts.save(dana, dataclasses.replace(first, text="Long above 100"))

    assert again.text == "Long above 100"
    with pytest.raises(errors.DraftsFullError):
        await drafts.save(dana, writing)


async def test_a_draft_that_gets_more_pictures_is_checked(services, dana):
    drafts = with_quotas(services, Quotas(user_draft_mib=1))
    first = await drafts.save(dana, Submission(DraftKind.POST, "Long", pictures=(PICTURE,)))

    with pytest.raises(errors.DraftsFullError):
        await drafts.save(dana, dataclasses.replace(first, pictures=(PICTURE, PICTURE)))


async def test_an_acknowledged_writing_is_kept_whatever_the_quota(services, dana, mia):
    drafts = with_quotas(services, Quotas(user_drafts=1))
    await drafts.save(dana, Submission(DraftKind.POST, "first"))

    for actor in (dana, mia):
        kept = await drafts.save(actor, Submission(DraftKind.POST, "second"), is_limited=False)

        assert kept in await drafts_of(drafts, actor)


async def test_nothing_is_kept_of_a_stranger_so_they_take_no_room_from_the_coaches(services, dana, mia, max):
    drafts = with_quotas(services, Quotas(server_drafts=2))

    with pytest.raises(errors.NoCoachError):
        await drafts.save(mia, Submission(DraftKind.POST, "mine"))

    assert await drafts_of(drafts, mia) == []
    assert await drafts.save(dana, Submission(DraftKind.POST, "Long"))
    assert await drafts.save(max, Submission(DraftKind.POST, "Short"))


async def test_a_member_of_a_retired_coach_keeps_drafts(services, dana, max):
    plan = await services.plans.post(dana, PostPlan("Long", day=DAY), fresh())
    await services.coaches.remove(max, "d")

    assert await services.drafts.save(dana, Submission(DraftKind.EDIT, "Short", plan_id=plan.id, seen=1))


async def test_a_full_server_is_told_apart_from_full_drafts_of_ones_own(services, dana, ivan):
    drafts = with_quotas(services, Quotas(user_drafts=1, server_drafts=1))
    await drafts.save(dana, Submission(DraftKind.POST, "Long"))

    with pytest.raises(errors.UserDraftsFullError, match="Your drafts are full"):
        await drafts.save(dana, Submission(DraftKind.POST, "Short"))
    with pytest.raises(errors.ServerDraftsFullError, match=r"This server.s drafts are full"):
        await drafts.save(ivan, Submission(DraftKind.POST, "Short"))


async def test_a_draft_of_an_edit_of_no_plan_is_refused_as_the_plan_is_gone(drafts, dana):
    draft = await drafts.save(dana, Submission(DraftKind.EDIT, "text", plan_id=PlanId(99), seen=1))

    with pytest.raises(errors.PlanGoneError):
        edit_of(draft)


async def test_the_size_of_a_draft_follows_its_text_and_its_pictures(services, drafts, store, dana):
    small, large = services.keep(b"small"), services.keep(b"large" * 100)

    async def size() -> int:
        return await store.read(lambda: DraftRow.get().size)

    draft = await drafts.save(dana, Submission(DraftKind.POST, "Long", pictures=(small, LINK)))
    assert await size() == 4 + small.size + LINK.size
    await drafts.put_result(dana, draft.id, LINK, large)
    assert await size() == 4 + small.size + large.size


async def test_a_download_changes_only_its_own_link_of_a_draft(services, drafts, dana):
    first, second, third = (dataclasses.replace(LINK, url=f"http://cdn/{number}") for number in range(3))
    chart = services.keep(b"chart")
    draft = await drafts.save(dana, Submission(DraftKind.POST, "Long", pictures=(first, second)))
    more = Submission(DraftKind.POST, "Long", draft_id=draft.id, pictures=(third,), adds_pictures=True)
    await drafts.save(dana, more)  # while the first two are downloaded

    await drafts.put_result(dana, draft.id, first, chart)
    await drafts.put_result(dana, draft.id, second, None)
    await drafts.put_result(dana, draft.id, second, services.keep(b"another download of it"))

    assert (await drafts.get(dana, draft.id)).pictures == (chart, third)


async def test_a_link_of_a_chart_that_the_draft_has_stays_to_be_reported(services, drafts, dana):
    chart = services.keep(b"chart")
    draft = await drafts.save(dana, Submission(DraftKind.POST, "Long", pictures=(LINK, chart)))

    await drafts.put_result(dana, draft.id, LINK, dataclasses.replace(chart, filename="the same.png"))

    assert (await drafts.get(dana, draft.id)).pictures == (LINK, chart)


async def test_a_draft_that_grows_takes_its_room_once(services, dana):
    drafts = with_quotas(services, Quotas(user_drafts=1, user_draft_mib=1))
    half, more = services.keep(b"1" * 2**19), services.keep(b"2" * (2**19 + 2**18))
    draft = await drafts.save(dana, Submission(DraftKind.POST, "Long", pictures=(half,)))

    again = await drafts.save(dana, Submission(DraftKind.POST, "Long", draft_id=draft.id, pictures=(more,)))

    assert again.pictures == (more,)
    with pytest.raises(errors.UserDraftsFullError):
        await drafts.save(dana, Submission(DraftKind.POST, "Long", draft_id=draft.id, pictures=(half, more)))


async def test_a_draft_of_a_new_plan_without_a_coach_is_for_the_only_one(drafts, dana, max):
    for actor in (dana, max):
        await drafts.save(actor, Submission(DraftKind.POST, "Long"))

    [hers], [theirs] = [(await drafts.page(actor)).drafts for actor in (dana, max)]

    assert hers.coach
    assert hers.coach.key == "d"
    assert theirs.coach is None
