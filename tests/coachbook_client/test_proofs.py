"""Histories whose hashes are computed by the client."""

import dataclasses
import datetime
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from bot.domain.commands import AddCharts, DeletePlan, EditPlan, RestorePlan
from bot.domain.values import PlanId, Received
from coachbook_client import Change, Client, Coach, Plan, Revision, TamperedError, UnprovableError, verify
from tests.bot.feed.programs import Program
from tests.coachbook_client.conftest import Asker
from tests.service.erasing import erase
from tests.service.scene import DANA, GUILD, IVAN, fresh

GUILDS = ("501", f"0{GUILD}", f" {GUILD}", f"+{GUILD}", f"{str(GUILD)[0]}_{str(GUILD)[1:]}", "x", "")
"""Others, and forms of it that are not its own."""
Changing = Callable[[Sequence[Revision]], Sequence[Revision]]


async def history(program: Program) -> Sequence[Revision]:
    plan, reader = await program.post("Long NQ"), await program.with_token()
    program.clock.move(seconds=0.5)
    await program.services.plans.edit(DANA, EditPlan(plan.id, "Short NQ"), fresh())
    chart = program.services.keep(b"chart")
    await program.services.charts.add(DANA, AddCharts(plan.id, Received((chart,), ())), fresh())
    return await Asker(Client).ask(reader, "revisions", plan.id)


def second(**changed: Any) -> Changing:
    return lambda all_: (all_[0], dataclasses.replace(all_[1], **changed), all_[2])


def proof_of_second(**changed: Any) -> Changing:
    return lambda all_: second(proof=dataclasses.replace(all_[1].proof, **changed))(all_)


BEFORE_ALL = datetime.datetime.fromisoformat("0001-01-01T00:00:00+23:59")
ALTERED: dict[str, tuple[Changing, int, str]] = {
    "text": (second(text="Long NQ"), 2, "its text was altered"),
    "half a character": (second(text="\ud800"), 2, "its text was altered"),
    "no text": (second(text=None, is_erased=True), 2, "its text was altered"),
    "charts": (lambda all_: second(charts=all_[2].charts)(all_), 2, "its charts were altered"),
    "kind": (second(kind="restored"), 2, "its kind was altered"),
    "time": (lambda all_: second(made_at=all_[0].made_at)(all_), 2, "its hash does not fit it"),
    "number": (second(revision=3), 3, "revision 2 is missing before it"),
    "hash": (second(hash="0" * 64), 2, "its hash does not fit it"),
    "maker": (proof_of_second(actor="0" * 64), 2, "its hash does not fit it"),
    "note": (proof_of_second(note="0" * 64), 2, "its hash does not fit it"),
    "salt": (proof_of_second(salt="00" * 16), 2, "its text was altered"),
    "no salt": (proof_of_second(salt=None), 2, "it is not erased, and its proof is"),
    "erased with a text": (second(is_erased=True), 2, "it is erased, and its proof is not"),
    "a time before all times": (second(made_at=BEFORE_ALL), 2, "its proof can’t be read"),
    "odd salt": (proof_of_second(salt="x"), 2, "its proof can’t be read"),
    "odd guild": (proof_of_second(guild="x"), 2, "it is of another plan"),
    "previous": (proof_of_second(previous=""), 2, "it does not follow from the one before"),
    "plan": (proof_of_second(plan=9), 2, "it is of another plan"),
    "first left out": (lambda all_: all_[1:], 2, "revision 1 is missing before it"),
    "left out": (lambda all_: (all_[0], all_[2]), 3, "revision 2 is missing before it"),
    "doubled": (lambda all_: (*all_, all_[2]), 3, "revision 4 is missing before it"),
}


async def test_a_history_that_was_altered_is_found(program: Program):
    revisions = await history(program)
    verify(revisions)

    for name, (changing, number, why) in ALTERED.items():
        with pytest.raises(TamperedError) as found:
            verify(changing(revisions))
        assert (found.value.revision, found.value.why) == (number, why), name
        assert str(found.value) == f"revision {number}: {why}"


async def test_a_history_of_another_guild_coach_or_day_is_found(program: Program):
    revisions = await history(program)

    for changed in ({"coach": "i"}, {"day": "2026-11-24"}, {"plan": 2}, *({"guild": each} for each in GUILDS)):
        moved = [dataclasses.replace(each, proof=dataclasses.replace(each.proof, **changed)) for each in revisions]
        with pytest.raises(TamperedError):
            verify(moved)


async def test_the_charts_are_proven_with_their_names_and_order(program: Program):
    *before, last = await history(program)
    [chart] = last.charts

    for charts in ((), (chart, chart), (dataclasses.replace(chart, caption="new"),)):
        with pytest.raises(TamperedError, match="charts"):
            verify([*before, dataclasses.replace(last, charts=charts)])


async def test_erased_revisions_are_proven_by_their_digests(program: Program):
    revisions = await history(program)
    await program.services.plans.store.write(erase, 1)
    erased = await Asker(Client).ask(await program.with_token(), "revisions", 1)

    assert [(each.text, each.is_erased, each.charts, each.proof.salt) for each in erased] == [
        (None, True, (), None)
    ] * 3
    assert [each.hash for each in erased] == [each.hash for each in revisions]
    verify(erased)
    with pytest.raises(TamperedError):
        verify([erased[0], dataclasses.replace(erased[1], proof=dataclasses.replace(erased[1].proof, text="0" * 64))])
    with pytest.raises(TamperedError, match="it is not erased"):
        verify([dataclasses.replace(erased[0], text="Long NQ", is_erased=False)])


async def test_a_chart_that_was_added_to_an_erased_text_is_proven(program: Program):
    plan, reader, asker = await program.post("Long NQ"), await program.with_token(), Asker(Client)
    await program.services.plans.store.write(erase, plan.id)
    chart = program.services.keep(b"chart")
    await program.services.charts.add(DANA, AddCharts(plan.id, Received((chart,), ())), fresh())
    found, revisions = await asker.ask(reader, "plan", plan.id), await asker.ask(reader, "revisions", plan.id)

    assert (found.text, found.is_erased, len(found.charts)) == (None, True, 1)
    verify(revisions, found)
    for changed in ({"text": "Long NQ"}, {"text": "Long NQ", "is_erased": False}, {"charts": ()}):
        with pytest.raises(TamperedError):
            verify([revisions[0], dataclasses.replace(revisions[1], **changed)])
    await program.services.plans.delete(DANA, DeletePlan(plan.id, 2), fresh())
    [deletion] = await asker.ask(reader, "changes", 0, take=1)
    await program.services.plans.restore(DANA, RestorePlan(plan.id), fresh())
    verify(await asker.ask(reader, "revisions", plan.id), deletion.plan)


def test_an_empty_history_proves_nothing():
    with pytest.raises(TamperedError, match="revision 1: it is missing"):
        verify([])


async def test_a_plan_is_compared_with_its_history(program: Program):
    revisions = await history(program)
    reader = await program.with_token()
    plan: Plan = await Asker(Client).ask(reader, "plan", 1)
    earlier: Plan = await Asker(Client).ask(reader, "plan", 1, as_of=revisions[1].made_at)

    for each in (plan, earlier, dataclasses.replace(plan, recorded_at=None)):
        verify(revisions, each)
    for changed in (
        {"id": 2},
        {"coach": Coach(key="i", name=plan.coach.name)},
        {"day": plan.day + datetime.timedelta(days=1)},
        {"text": "Short NQ after all"},
        {"text": None, "is_erased": True},
        {"charts": ()},
        {"kind": "edited"},
        {"made_at": revisions[0].made_at},
        {"hash": revisions[1].hash},
        {"revision": 2},
        {"revision": 4},
    ):
        with pytest.raises(TamperedError, match="the plan"):
            verify(revisions, dataclasses.replace(plan, **changed))
    with pytest.raises(TamperedError, match="the plan"):
        verify(revisions[:2], plan)


async def deleted_and_restored(program: Program) -> tuple[Program, Change]:
    """Return a program, and the deletion that it was told of."""
    await history(program)
    await program.services.plans.delete(DANA, DeletePlan(PlanId(1), 3), fresh())
    reader = await program.with_token()
    [deletion] = await Asker(Client).ask(reader, "changes", 3, take=1)
    await program.services.plans.restore(DANA, RestorePlan(PlanId(1)), fresh())
    return reader, deletion


async def test_a_deletion_without_its_text_is_what_the_history_says(program: Program):
    reader, deletion = await deleted_and_restored(program)
    revisions = await Asker(Client).ask(reader, "revisions", 1)

    assert (deletion.plan.is_deleted, deletion.plan.text, revisions[3].text) == (True, None, "Short NQ")
    verify(revisions, deletion.plan)
    verify(revisions, dataclasses.replace(deletion.plan, text="Short NQ", charts=revisions[3].charts))
    for changed in ({"text": "Long NQ"}, {"is_erased": True}, {"hash": revisions[2].hash}, {"revision": 3}, {"id": 2}):
        with pytest.raises(TamperedError, match="the plan"):
            verify(revisions, dataclasses.replace(deletion.plan, **changed))


async def test_a_text_is_not_proven_once_its_revision_was_erased(program: Program):
    honest = await history(program)
    reader = await program.with_token()
    plan: Plan = await Asker(Client).ask(reader, "plan", 1)
    await program.services.plans.store.write(erase, 1)
    revisions = await Asker(Client).ask(reader, "revisions", 1)
    erased: Plan = await Asker(Client).ask(reader, "plan", 1)

    verify(revisions, erased)
    for content in ({}, {"text": "Long NQ, all in"}, {"text": None}, {"charts": ()}, {"text": None, "charts": ()}):
        with pytest.raises(UnprovableError, match="revision 3: it was erased") as found:
            verify(revisions, dataclasses.replace(plan, **content))
        assert (found.value.revision, isinstance(found.value, TamperedError)) == (3, False)
    for changed in ({"hash": revisions[1].hash}, {"made_at": revisions[0].made_at}, {"kind": "edited"}, {"id": 2}):
        with pytest.raises(TamperedError, match="the plan"):
            verify(revisions, dataclasses.replace(plan, **changed))
    for content in ({"text": plan.text}, {"charts": plan.charts}):
        with pytest.raises(TamperedError, match="the plan"):
            verify(revisions, dataclasses.replace(erased, **content))
    with pytest.raises(TamperedError, match="the plan"):
        verify(honest, erased)


async def test_a_server_that_calls_a_revision_erased_proves_no_text(program: Program):
    honest = await history(program)
    plan: Plan = await Asker(Client).ask(await program.with_token(), "plan", 1)
    gone = [
        dataclasses.replace(
            each, text=None, charts=(), is_erased=True, proof=dataclasses.replace(each.proof, salt=None)
        )
        for each in honest
    ]

    verify(gone)
    with pytest.raises(UnprovableError):
        verify(gone, dataclasses.replace(plan, text="Short NQ, all in"))


async def test_the_text_of_a_deletion_is_not_proven_once_it_was_erased(program: Program):
    reader, deletion = await deleted_and_restored(program)
    await program.services.plans.store.write(erase, 1)
    revisions = await Asker(Client).ask(reader, "revisions", 1)

    verify(revisions, deletion.plan)
    with pytest.raises(UnprovableError):
        verify(revisions, dataclasses.replace(deletion.plan, text="Long NQ"))


async def test_the_history_of_another_plan_proves_nothing(program: Program):
    plan, other = await program.post("Long NQ"), await program.post("Short ES", coach="i", actor=IVAN)
    reader = await program.with_token()
    revisions = await Asker(Client).ask(reader, "revisions", other.id)

    with pytest.raises(TamperedError, match="the plan"):
        verify(revisions, await Asker(Client).ask(reader, "plan", plan.id))
