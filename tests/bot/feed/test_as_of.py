"""Answers as of a moment, for random histories and moments."""

import datetime
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.domain.errors import BeforeFirstError
from bot.domain.sessions import DayKind, Exchange
from bot.domain.values import Audience, PlanId, SettingsChange
from bot.service.records import sessions
from storage.store import Store
from tests.bot.feed.book import COACHES, DAYS, Book, Known, Step, steps
from tests.bot.feed.programs import Answer, Program
from tests.rounds import rounds

OPEN = datetime.datetime(2026, 11, 25, 14, 30, tzinfo=datetime.UTC)
"""The session of the first day."""
BEGIN = OPEN - datetime.timedelta(hours=20)


def shown(document: Any) -> tuple[str | None, tuple[str, ...]]:
    """Return the text and the charts of a plan as the API says."""
    return document["text"], tuple(chart["sha256"] for chart in document["charts"])


async def require_plan(book: Book, answer: Answer, plan_id: PlanId, known: Known | None, at: datetime.datetime) -> None:
    """Compare an answer with the list beside it, and with what `/history at` says."""
    history = book.program.services.history
    if known is None:
        assert answer.status == 404
        with pytest.raises(BeforeFirstError):
            await history.at_moment(book.manager, plan_id, at)
        return
    revision = (await history.at_moment(book.manager, plan_id, at)).revision
    assert (revision.text or None, revision.kind) == (known.text, known.kind)
    assert revision.is_erased is (known.text is None)
    assert answer.status == (200 if known.is_live else 410)
    if known.is_live:
        assert shown(answer.json) == (known.text, known.charts)
        assert (answer.json["revision"], answer.json["hash"]) == (revision.number, revision.hash)


@settings(max_examples=rounds(12, 1_000), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    history=st.lists(steps, min_size=1, max_size=14),
    times=st.lists(st.floats(-0.1, 1), min_size=2, max_size=4),
)
@example(history=[Step("d", DAYS[0], act, 0) for act in ("edit", "erase", "add chart")], times=[0, 1])
async def test_answers_are_what_history_at_and_a_list_beside_it_say(
    program: Program, store: Store, history: list[Step], times: list[float]
):
    program.clock.now = BEGIN
    book = Book(program, store)
    await program.services.guilds.ensure_guild(book.manager.guild_id)
    change = SettingsChange(exchange=Exchange.NYSE, deleted_visible_to=Audience.EVERYONE)
    await program.services.settings.change(book.manager, change)
    await store.write(sessions.store_year, Exchange.NYSE, {DAYS[1]: DayKind.CLOSED})
    reader = await program.with_token(actor=book.manager)
    bound = await program.with_token("session_open", actor=book.manager)
    for step in history:
        await book.carry_out(step)

    for plan_id, known in book.known.items():  # also where the clock was put back
        await require_plan(book, await reader.get(f"/v1/plans/{plan_id}"), plan_id, known[-1], known[-1].at)
    end = max([BEGIN, *(each.at for known in book.known.values() for each in known)])
    program.clock.now = end
    for at in [BEGIN + (end - BEGIN) * each for each in times]:
        asked = f"as_of={quote(at.isoformat())}"
        for plan_id in book.known:
            answer = await reader.get(f"/v1/plans/{plan_id}?{asked}")
            await require_plan(book, answer, plan_id, book.at(plan_id, at), at)
        listed = (await reader.get(f"/v1/plans?{asked}")).json["plans"]
        known = {plan_id: book.at(plan_id, at) for plan_id in book.known}
        live = {plan_id: (each.text, each.charts) for plan_id, each in known.items() if each and each.is_live}
        assert {each["id"]: shown(each) for each in listed} == live
    await require_bound(book, bound, min(OPEN, end))


async def require_bound(book: Book, bound: Program, at: datetime.datetime) -> None:
    """Compare what a token for the open reads; Thanksgiving has none."""
    for coach in COACHES:
        for day in DAYS:
            known = book.of_day(coach, day, at) if day == DAYS[0] else None
            found = (await bound.get(f"/api/coach-plans/?coach={coach}&date={day}")).json
            nothing = f"No plan available for coach_{coach} on {day}"
            assert found["plan"] == (nothing if known is None or known.text is None else known.text)
