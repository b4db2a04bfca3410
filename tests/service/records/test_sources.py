"""Where plans were saved from: noted in revisions, proved by `check`, and found again."""

import pytest

from bot.domain.commands import DeletePlan, EditPlan, PostPlan
from bot.domain.errors import NoCoachError, NoOwnPlanError, NoSuchCardError
from bot.domain.values import Actor, ChannelId, DraftId, DraftKind, MessageId, Plan, PlanId, Source, Submission, UserId
from bot.service.message_lookup import MessageService
from bot.service.plans import PlanService
from bot.service.records import chains, drafts
from bot.service.records.sources import note_of, source_in
from storage.models import PlanRow
from storage.store import Store
from tests.service.scene import DAY, FakeClock, Services, elsewhere, fresh

SOURCE = Source(ChannelId(70), MessageId(80), UserId(3))
BY_NOBODY = Source(ChannelId(70), MessageId(81), None)


@pytest.fixture
def messages(services: Services, store: Store, clock: FakeClock) -> MessageService:
    return MessageService(store, clock, services.guilds)


async def saved(services: Services, actor: Actor, source: Source, day: str = DAY) -> Plan:
    draft = await services.drafts.save(actor, Submission(DraftKind.POST, "Long 945", source=source))
    return await services.plans.post(actor, PostPlan(draft.text, day=day, draft=DraftId(draft.id)), fresh())


@pytest.mark.parametrize("source", [SOURCE, BY_NOBODY])
def test_a_note_tells_the_source_again(source: Source):
    assert source_in(note_of(source)) == source


@pytest.mark.parametrize("reason", ["the database was unavailable", "the book could not take it"])
def test_a_note_of_a_queued_change_has_the_source_in_the_words_of_any_release(reason: str):
    note = f"{note_of(SOURCE)}; sent 2026-11-24 04:59:30 UTC, while {reason}"

    assert source_in(note) == SOURCE


@pytest.mark.parametrize("note", [None, "revision 2", "message 1", "message 1/2 by dana", "a message 1/2"])
def test_other_notes_tell_of_none(note: str | None):
    assert source_in(note) is None


async def test_a_plan_says_what_it_was_saved_from(services: Services, dana: Actor, store: Store):
    plan = await saved(services, dana, SOURCE)

    page = await services.history.show(dana, plan.id)

    assert plan.source == SOURCE
    assert page.revisions[0].revision.source == SOURCE
    assert await store.read(chains.verify_all) == []


async def test_an_edit_of_the_text_keeps_the_source_and_a_new_source_replaces_it(
    services: Services, dana: Actor, store: Store
):
    plan = await saved(services, dana, SOURCE)
    edited = await services.plans.edit(dana, EditPlan(plan.id, "Long 950", seen=1), fresh())
    draft = await services.drafts.save(dana, Submission(DraftKind.POST, "Long 960", source=BY_NOBODY))
    again = await services.plans.edit(dana, EditPlan(plan.id, "Long 960", seen=2, draft=draft.id), fresh())

    assert (edited.plan.source, again.plan.source) == (SOURCE, BY_NOBODY)
    assert await store.read(chains.verify_all) == []


@pytest.mark.parametrize("column", ["source_channel_id", "source_message_id", "source_author_id"])
async def test_an_altered_source_is_found(services: Services, dana: Actor, store: Store, column: str):
    plan = await saved(services, dana, SOURCE)
    await services.plans.edit(dana, EditPlan(plan.id, "Long 950", seen=1), fresh())
    await store.write(PlanRow.update({column: 1}).where(PlanRow.id == plan.id).execute)

    [fault] = await store.read(chains.verify, plan.id)

    assert fault.why == "the plan was not saved from what its history says"


async def test_a_message_leads_to_the_plan_that_was_last_saved_from_it(
    services: Services, messages: MessageService, dana: Actor
):
    first = await saved(services, dana, SOURCE)
    second = await saved(services, dana, SOURCE, "2026-11-24")
    assert await messages.plan(dana, None, SOURCE.message_id) == second.id

    await services.plans.delete(dana, DeletePlan(second.id, seen=1), fresh())

    assert await messages.plan(dana, None, SOURCE.message_id) == first.id
    assert await messages.plan(dana, PlanId(7), SOURCE.message_id) == 7


async def test_of_a_message_that_two_coaches_saved_each_is_led_to_their_own_plan(
    services: Services, messages: MessageService, dana: Actor, ivan: Actor, mia: Actor
):
    first = await saved(services, dana, SOURCE)
    second = await saved(services, ivan, SOURCE)

    assert await messages.plan(dana, None, SOURCE.message_id) == first.id
    assert await messages.plan(ivan, None, SOURCE.message_id) == second.id
    assert await messages.plan(mia, None, SOURCE.message_id) == second.id

    await services.plans.delete(dana, DeletePlan(first.id, seen=1), fresh())

    assert await messages.plan_to_change(dana, None, SOURCE.message_id) == second.id


async def test_one_who_has_no_plan_to_change_is_told_so(
    services: Services, messages: MessageService, dana: Actor, ivan: Actor, mia: Actor, max: Actor
):
    plan = await saved(services, dana, SOURCE)

    with pytest.raises(NoCoachError):
        await messages.plan_to_change(mia, plan.id, SOURCE.message_id)
    with pytest.raises(NoCoachError):
        await messages.extendable(mia)
    for actor, kind in ((ivan, NoOwnPlanError), (dana, NoSuchCardError), (max, NoSuchCardError)):
        with pytest.raises(kind):
            await messages.plan_to_change(actor, None, MessageId(99))
    with pytest.raises(NoOwnPlanError):
        await messages.extendable(ivan)


async def test_a_message_about_no_plan_of_the_guild_is_refused(
    services: Services, messages: MessageService, dana: Actor
):
    await saved(services, dana, SOURCE)

    with pytest.raises(NoSuchCardError):
        await messages.plan(dana, None, MessageId(99))
    with pytest.raises(NoSuchCardError):
        await messages.plan(elsewhere(dana), None, SOURCE.message_id)


async def test_a_draft_keeps_its_source(services: Services, dana: Actor, store: Store):
    draft = await services.drafts.save(dana, Submission(DraftKind.POST, "Long 945", source=SOURCE))
    again = await services.drafts.save(dana, Submission(DraftKind.POST, "Long 950", draft_id=draft.id))

    assert (draft.source, again.source) == (SOURCE, SOURCE)
    assert await store.write(drafts.use, dana, draft.id, fresh()) == drafts.Used((), SOURCE)


async def test_todays_plan_is_extended_or_else_the_newest_are_offered(
    plans: PlanService, messages: MessageService, dana: Actor, mia: Actor
):
    later = await plans.post(dana, PostPlan("later", day="2026-11-24"), fresh())
    earlier = await plans.post(dana, PostPlan("earlier", day="2026-11-20"), fresh())
    assert await messages.extendable(dana) == (later, earlier)

    today = await plans.post(dana, PostPlan("today", day="today"), fresh())

    assert await messages.extendable(dana) == (today,)
    assert await messages.todays(mia, dana) == (today,)
    assert await messages.todays(dana, mia) == ()
