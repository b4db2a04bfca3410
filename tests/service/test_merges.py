"""Edits of a plan that several people changed at once."""

import asyncio
import dataclasses

import pytest

from bot.domain import errors
from bot.domain.commands import AddCharts, DeletePlan, EditPlan, PostPlan, RemoveChart, RestorePlan, RevertPlan
from bot.domain.values import (
    Actor,
    ChangeKind,
    DraftKind,
    EditResult,
    Members,
    Merged,
    MessageId,
    Plan,
    PlanId,
    Received,
    Source,
    Submission,
)
from bot.service.drafts import edit_of
from bot.service.plans import PlanService
from bot.service.records import chains
from storage.connections import database
from storage.store import Store
from tests.service.scene import CHANNEL, DAY, FakeClock, Services, fresh

TEXT = "ES: long\nNQ: flat\nCL: short"


@pytest.fixture
async def team(services: Services, dana: Actor, ivan: Actor, mia: Actor, max: Actor) -> list[Actor]:
    """Three members of coach d, the first of them dana."""
    await services.coaches.assign(max, "d", Members(frozenset({ivan.user_id, mia.user_id})))
    return [dana, ivan, mia]


async def posted(plans: PlanService, actor: Actor, text: str = TEXT) -> Plan:
    return await plans.post(actor, PostPlan(text, coach="d", day=DAY), fresh())


async def edited(plans: PlanService, actor: Actor, plan_id: PlanId, text: str, seen: int = 1) -> EditResult:
    return await plans.edit(actor, EditPlan(plan_id, text, seen=seen), fresh())


async def test_an_edit_of_other_lines_is_merged_and_says_with_whose(services, clock: FakeClock, team):
    dana, ivan, _ = team
    plan = await posted(services.plans, dana)
    clock.move(minutes=1)
    other = await edited(services.plans, ivan, plan.id, TEXT.replace("NQ: flat", "NQ: long"))
    clock.move(minutes=1)

    done = await edited(services.plans, dana, plan.id, TEXT.replace("CL: short", "CL: flat"))

    assert done.plan.text == "ES: long\nNQ: long\nCL: flat"
    assert (done.plan.revision, done.plan.changed_by, done.kind) == (3, dana.user_id, ChangeKind.EDITED)
    assert done.merged == Merged((ivan.user_id,), other.plan.changed_at)
    assert [each.revision.note for each in (await services.history.show(dana, plan.id)).revisions] == [
        "merged with #2",
        None,
        None,
    ]


async def test_a_merge_names_neither_its_author_nor_those_whose_change_was_undone(services, team):
    dana, ivan, mia = team
    plan = await posted(services.plans, dana)
    await edited(services.plans, ivan, plan.id, TEXT.replace("NQ: flat", "NQ: long"))
    await services.history.revert(ivan, RevertPlan(plan.id, 1, seen=2), fresh())
    await edited(services.plans, mia, plan.id, TEXT.replace("ES: long", "ES: flat"), seen=3)
    await edited(services.plans, dana, plan.id, TEXT.replace("NQ: flat", "NQ: short"), seen=1)

    done = await edited(services.plans, dana, plan.id, TEXT.replace("CL: short", "CL: flat"))

    assert done.plan.text == "ES: flat\nNQ: short\nCL: flat"
    assert done.merged
    assert done.merged.makers == (mia.user_id,)
    newest = (await services.history.show(dana, plan.id)).revisions[0].revision
    assert newest.note == "merged with #4 to #5"


async def test_a_text_of_one_side_alone_is_not_called_merged(services, team):
    dana, ivan, _ = team
    plan = await posted(services.plans, dana)
    theirs, ours = services.keep(b"theirs"), services.keep(b"ours")
    await edited(services.plans, ivan, plan.id, TEXT.replace("NQ: flat", "NQ: long"))
    sent = Submission(DraftKind.EDIT, TEXT, plan_id=plan.id, seen=1, pictures=(ours,))
    draft = await services.drafts.save(dana, sent)
    with_picture = await services.plans.edit(dana, EditPlan(plan.id, TEXT, seen=1, draft=draft.id), fresh())
    await services.charts.add(ivan, AddCharts(plan.id, Received((theirs,), ())), fresh())

    with_text = await edited(services.plans, dana, plan.id, f"{with_picture.plan.text}\nmore", seen=3)

    assert (with_picture.is_changed, with_picture.merged, with_text.merged) == (True, None, None)
    assert with_text.plan.text == "ES: long\nNQ: long\nCL: short\nmore"
    assert {each.revision.note for each in (await services.history.show(dana, plan.id)).revisions} == {None}


async def test_of_a_button_that_was_pressed_twice_the_second_press_counts_and_the_first_says_so(services, team):
    dana = team[0]
    plan = await posted(services.plans, dana)
    sent = Submission(DraftKind.EDIT, "second", plan_id=plan.id, seen=1, pictures=(services.keep(b"ours"),))
    presses = [fresh(), fresh()]
    draft = await services.drafts.save(dana, sent)
    for press in presses:
        draft = await services.drafts.save(dana, draft, press)

    with pytest.raises(errors.DraftSentAgainError, match="See its answer"):
        await services.plans.edit(dana, edit_of(draft), presses[0])
    first, again = [await services.plans.edit(dana, edit_of(draft), presses[1]) for _ in range(2)]

    assert (first.is_changed, first.kind, first.added, first.plan.revision) == (True, ChangeKind.EDITED, 1, 2)
    assert again == dataclasses.replace(first, added=0)  # the details are not stored
    with pytest.raises(errors.DraftSentAgainError, match="#2"):
        await services.plans.edit(dana, edit_of(draft), presses[0])
    nothing = fresh()
    same = EditPlan(plan.id, "second", seen=2)
    assert await services.plans.edit(dana, same, nothing) == EditResult(first.plan, is_changed=False)
    assert await services.plans.edit(dana, same, nothing) == EditResult(first.plan, is_changed=False)


async def test_three_people_who_edit_different_lines_at_once_are_all_merged(services, store, team):
    plan = await posted(services.plans, team[0])
    texts = ["ES: flat\nNQ: flat\nCL: short", "ES: long\nNQ: short\nCL: short", "ES: long\nNQ: flat\nCL: long"]

    done = await asyncio.gather(
        *(edited(services.plans, actor, plan.id, text) for actor, text in zip(team, texts, strict=True))
    )

    last = max(done, key=lambda each: each.plan.revision)
    assert last.plan.text == "ES: flat\nNQ: short\nCL: long"
    assert last.merged
    assert len(last.merged.makers) == 2
    newest = (await services.history.show(team[0], plan.id)).revisions[0].revision
    assert newest.note == "merged with #2 to #3"
    assert await store.read(chains.verify_all) == []


async def test_of_three_people_who_edit_the_same_line_two_get_both_texts(services, team):
    plan = await posted(services.plans, team[0])
    edits = (edited(services.plans, actor, plan.id, TEXT.replace("flat", str(actor.user_id))) for actor in team)

    outcomes = await asyncio.gather(*edits, return_exceptions=True)

    [made] = [each.plan for each in outcomes if isinstance(each, EditResult)]
    refusals = [each for each in outcomes if isinstance(each, errors.PlanChangedError)]
    assert [each.plan for each in refusals] == [made, made]
    assert all(each.text and each.text != made.text for each in refusals)


async def test_a_form_that_was_sent_unchanged_takes_nothing_back(services, team):
    dana, ivan, _ = team
    plan = await posted(services.plans, dana)
    newest = (await edited(services.plans, ivan, plan.id, "ES: flat")).plan

    assert await edited(services.plans, dana, plan.id, TEXT) == EditResult(newest, is_changed=False)


@pytest.mark.parametrize(
    ("first", "second", "third", "why"),
    [
        (
            "a\nb\nc",
            f"a\nb\nc\n{'y' * 3990}",
            f"{'x' * 3990}\nb\nc",
            "it would have 7,985 characters; the limit is 4,000",
        ),
        ("a\nb", "a", "b", "nothing would be left"),
    ],
)
async def test_a_merge_that_can_be_no_plan_says_why(services, team, first: str, second: str, third: str, why: str):
    dana, ivan, _ = team
    plan = await posted(services.plans, dana, first)
    newest = (await edited(services.plans, ivan, plan.id, second)).plan

    with pytest.raises(errors.MergedTextError, match=rf"Merged with your text, {why}\. Nothing was over") as refusal:
        await edited(services.plans, dana, plan.id, third)

    assert (refusal.value.plan, refusal.value.text) == (newest, third)


@pytest.mark.parametrize("seen", [None, 0, 3])
async def test_one_who_saw_no_known_revision_overwrites_nothing(services, team, seen: int | None):
    dana, ivan, _ = team
    plan = await posted(services.plans, dana)
    await edited(services.plans, ivan, plan.id, TEXT.replace("flat", "long"))

    with pytest.raises(errors.PlanChangedError):
        await services.plans.edit(dana, EditPlan(plan.id, f"{TEXT}\nmore", seen=seen), fresh())


async def test_an_erased_revision_is_no_base(services, store: Store, team):
    dana, ivan, _ = team
    plan = await posted(services.plans, dana)
    await edited(services.plans, ivan, plan.id, TEXT.replace("flat", "long"))

    def erase() -> None:
        database.execute_sql(
            "UPDATE plan_history SET text = NULL, actor_id = NULL, salt = NULL, "
            "erased_at = '2026-11-23T00:00:00.000000Z' WHERE revision = 1 AND plan_id = ?",
            (plan.id,),
        )

    await store.write(erase)

    with pytest.raises(errors.PlanChangedError):
        await edited(services.plans, dana, plan.id, f"{TEXT}\nmore")


async def test_charts_of_a_merged_edit_are_added_to_those_of_now(services, team):
    dana, ivan, _ = team
    plan = await posted(services.plans, dana)
    theirs, ours = services.keep(b"theirs"), services.keep(b"ours")
    await services.charts.add(ivan, AddCharts(plan.id, Received((theirs,), ())), fresh())
    draft = await services.drafts.save(dana, Submission(DraftKind.EDIT, "", plan_id=plan.id, seen=1, pictures=(ours,)))

    done = await services.plans.edit(dana, EditPlan(plan.id, None, seen=1, draft=draft.id), fresh())

    assert [each.sha256 for each in done.plan.charts] == [theirs.sha256, ours.sha256]
    assert done.plan.text == TEXT


async def test_charts_that_were_changed_since_are_not_replaced(services, team):
    dana, ivan, _ = team
    plan = await posted(services.plans, dana)
    theirs, ours = services.keep(b"theirs"), services.keep(b"ours")
    await services.charts.add(ivan, AddCharts(plan.id, Received((theirs,), ())), fresh())
    draft = await services.drafts.save(dana, Submission(DraftKind.POST, TEXT, pictures=(ours,)))
    replacing = EditPlan(plan.id, TEXT, seen=1, draft=draft.id, replaces_charts=True)

    with pytest.raises(errors.PlanChangedError):
        await services.plans.edit(dana, replacing, fresh())

    await services.charts.remove(ivan, RemoveChart(plan.id, "1"), fresh())
    assert (await services.plans.edit(dana, replacing, fresh())).plan.charts == (ours,)


async def test_an_edit_that_replaces_charts_says_how_many_it_added_and_removed(services, team):
    plan = await posted(services.plans, team[0])
    old, new = (tuple(services.keep(f"{when} {number}".encode()) for number in range(2)) for when in ("old", "new"))
    plan = (await services.charts.add(team[0], AddCharts(plan.id, Received(old, ())), fresh())).plan
    kept = await services.drafts.save(team[0], Submission(DraftKind.POST, TEXT, pictures=(*new, old[0])))

    replacing = EditPlan(plan.id, TEXT, seen=2, draft=kept.id, replaces_charts=True)
    done = await services.plans.edit(team[0], replacing, fresh())

    assert (done.added, done.removed, len(done.plan.charts)) == (2, 1, 3)


async def test_a_plan_that_was_deleted_and_restored_meanwhile_merges(services, team):
    dana, ivan, _ = team
    plan = await posted(services.plans, dana)
    await services.plans.delete(ivan, DeletePlan(plan.id, seen=1), fresh())
    await services.plans.restore(ivan, RestorePlan(plan.id), fresh())

    assert (await edited(services.plans, dana, plan.id, f"{TEXT}\nmore")).plan.text == f"{TEXT}\nmore"


async def test_a_merged_edit_keeps_the_message_that_it_was_saved_from(services, store, team):
    dana, ivan, _ = team
    plan = await posted(services.plans, dana)
    await edited(services.plans, ivan, plan.id, TEXT.replace("ES: long", "ES: flat"))
    source = Source(CHANNEL, MessageId(77), dana.user_id)
    draft = await services.drafts.save(dana, Submission(DraftKind.POST, f"{TEXT}\nmore", source=source))

    done = await services.plans.edit(dana, EditPlan(plan.id, draft.text, seen=1, draft=draft.id), fresh())

    assert done.plan.source == source
    assert await store.read(chains.verify_all) == []
    newest = (await services.history.show(dana, plan.id)).revisions[0].revision
    assert (newest.source, newest.note) == (source, f"message {CHANNEL}/77 by {dana.user_id}; merged with #2")
