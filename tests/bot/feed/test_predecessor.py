"""Programs of the predecessor on its plans, which were program."""

import datetime
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from bot.domain.commands import EditPlan
from bot.domain.values import SettingsChange, View
from storage.store import Store
from tests import image_samples
from tests.bot.feed.agents import Agents
from tests.bot.feed.programs import Program
from tests.bot.feed.serving import serving
from tests.bot.feed.views import Views
from tests.new_database import open_new_store
from tests.predecessor_database import Predecessor
from tests.service.erasing import erase
from tests.service.pictures.server import Server
from tests.service.predecessor.move import Move
from tests.service.scene import CHANNEL, DANA, MAX, FakeClock, Services, fresh

DAY = "2024-01-05"
PICTURES = {"": image_samples.png(), "1": image_samples.png(seed=1)}


def fill(old: Predecessor, links: tuple[str, str]) -> None:
    """Add the plans of a day: d edits after the open, i adds a chart, s deletes, n posts late and is unknown."""
    old.plan(1, plan="d, third", created_at="2024-01-05 08:55:00", edited_at="2024-01-05 10:31:00")
    old.edit(1, "d, first", "2024-01-05 09:31:00")
    old.edit(1, "d, second", "2024-01-05 10:31:00", "ivan")
    old.plan(2, plan="i, alone", coach_name="Coach I", author="ivan", created_at="2024-01-04 21:00:00")
    old.chart(2, links[0], "2024-01-04 21:00:05")
    old.chart(2, links[1], "2024-01-05 09:40:00", name="b.png")
    old.plan(3, plan="s, deleted", coach_name="coach_s", is_deleted=1)
    old.plan(4, plan="n, late", coach_name="coach_n", author="nina", channel="night", created_at="2024-01-05 09:30:00")


async def give(request: web.Request) -> web.StreamResponse:
    return web.Response(body=PICTURES[request.query.get("second", "")])


@pytest.fixture(scope="module")
async def moved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a database with the predecessor's plans, and of their pictures."""
    folder, clock = tmp_path_factory.mktemp("moved"), FakeClock()
    pictures, store = await Server.start(), open_new_store(folder / "book.db")
    pictures.answer = give
    services = Services.on(store, clock)
    old = Predecessor.make(tmp_path_factory.mktemp("old") / "old.db")
    fill(old, (pictures.link, f"{pictures.link}&second=1"))
    move = Move(old, store, services, clock, pictures.host)
    await move()
    await move.close()
    await pictures.stop()
    await services.settings.change(MAX, SettingsChange(plans_channel_id=CHANNEL))
    await store.close()
    return folder


@pytest.fixture
async def store(moved: Path, tmp_path: Path) -> AsyncIterator[Store]:
    """A copy of that database."""
    shutil.copytree(moved, tmp_path, dirs_exist_ok=True)
    opened = Store.open(tmp_path / "book.db")
    yield opened
    await opened.close()


async def agents_of(program: Program, as_of: str | None = None) -> Agents:
    """Return agents with a token."""
    token = (await program.with_token(as_of)).token
    assert token
    return Agents(program.session, f"http://127.0.0.1:{program.port}", program.clock, token)


@pytest.mark.parametrize(
    ("as_of", "texts", "charts"),
    [
        (None, {"d": "d, third", "i": "i, alone", "s": None, "n": "n, late"}, 2),
        ("09:25", {"d": "d, first", "i": "i, alone", "s": None, "n": None}, 1),
        ("09:30", {"d": "d, first", "i": "i, alone", "s": None, "n": "n, late"}, 1),
        ("session_open", {"d": None, "i": "i, alone", "s": None, "n": None}, 1),
    ],
)
async def test_each_morning_agents_get_what_was_known(
    program: Program, as_of: str | None, texts: dict[str, str | None], charts: int
):
    agents = await agents_of(program, as_of)

    assert await agents.morning(DAY) == texts
    assert len(await agents.charts("i", DAY)) == charts
    every = await agents.get(f"/api/coach-plans/all?date={DAY}")
    assert {coach: each["plan"] for coach, each in every.items()} == {
        f"coach_{coach}": text or f"No plan available for coach_{coach} on {DAY}" for coach, text in texts.items()
    }
    for coach, text in texts.items():
        named = await program.get(f"/api/coach-plans/coach_{coach}?date={DAY}&token={agents.token}")
        assert (named.status, named.headers["Coachbook-Plan"]) == ((200, "present") if text else (404, "none"))


async def test_the_predecessors_facts_are_in_the_answers(program: Program):
    agents = await agents_of(program)

    found = {coach: dict(await agents.get(f"/api/coach-plans/?coach={coach}&date={DAY}")) for coach in ("d", "i", "n")}
    history = await agents.get(f"/api/coach-plans/history?coach=d&date={DAY}")

    assert found["d"] == {
        "coach": "coach_d",
        "date": DAY,
        "plan": "d, third",
        "charts": [],
        "author": "1",
        "channel": "plans",
        "timestamp": "2024-01-05T15:31:00Z",
        "created_at": "2024-01-05T13:55:00Z",
        "edited_at": "2024-01-05T15:31:00Z",
    }
    assert (found["n"]["author"], found["n"]["channel"], found["n"]["edited_at"]) == ("nina", "night", None)
    assert found["i"]["edited_at"] == "2024-01-05T14:40:00Z"
    assert await agents.charts("i", DAY) == list(PICTURES.values())
    assert [(each["plan"], each["author"]) for each in history["history"]] == [
        ("d, first", "1"),
        ("d, second", "1"),
        ("d, third", "2"),
    ]


async def test_an_erased_plan_names_nobody(program: Program, store: Store):
    agents, reader = await agents_of(program), await program.with_token()
    for plan in (await reader.get("/v1/plans")).json["plans"]:
        await store.write(erase, plan["id"], plan["revision"])

    for coach, number in (("n", 1), ("d", 3)):
        found = dict(await agents.get(f"/api/coach-plans/?coach={coach}&date={DAY}"))
        history = (await agents.get(f"/api/coach-plans/history?coach={coach}&date={DAY}"))["history"]
        assert found.pop("plan") == f"No plan available for coach_{coach} on {DAY}"
        assert {found["author"], found["channel"], found["timestamp"], *found["charts"]} == {None}
        assert (len(history), history[-1]["plan"], history[-1]["author"]) == (number, None, None)


async def test_today_is_asked_for_without_a_date_and_again_after_an_hour(program: Program):
    plan = await program.post("Long NQ", "2026-11-22")
    agents = await agents_of(program)

    assert await agents.morning() == {"d": "Long NQ", "i": None, "s": None, "n": None}
    await program.services.plans.edit(DANA, EditPlan(plan.id, "Short NQ"), fresh())
    program.clock.move(minutes=59)
    asked = agents.asked
    assert await agents.text("d") == "Long NQ"
    assert agents.asked == asked
    program.clock.move(minutes=1)
    assert await agents.text("d") == "Short NQ"


async def test_a_failure_is_never_taken_for_a_plan(program: Program, store: Store):
    views = Views(View.SEEN, unanswered=2)
    made = await program.services.feed_tokens.create(MAX, "everybody", None, None, None)
    async with serving(program, services=Services.on(store, program.clock, views=views)) as (_, served):
        agents = Agents(served.session, f"http://127.0.0.1:{served.port}", served.clock, made.secret)

        assert await agents.text("i", DAY) == "i, alone"
        assert agents.asked == 3
        views.view = View.UNKNOWN
        assert await agents.text("d", DAY) is None


async def test_health_and_numbers_are_read_as_the_predecessors(program: Program):
    agents = await agents_of(program)

    health, metrics = await agents.get("/health"), await agents.get("/metrics")

    assert health["components"] == {
        "database": {"status": "healthy", "plan_count": 3},
        "discord_bot": {"status": "healthy"},
    }
    assert metrics["plan_count"] == 3


@pytest.mark.parametrize(
    "path", ["/all/", "/d/", "/history/?coach=d", "?coach=d", "/?coach=d&date=&unknown=1&unknown="]
)
async def test_addresses_are_read_as_the_predecessor_read_them(program: Program, path: str):
    await program.post("Long NQ", str(datetime.date(2026, 11, 22)))
    reader = await program.with_token()

    got = await reader.get(f"/api/coach-plans{path}")
    written = await reader.get(f"/api/coach-plans{path}", method="POST")

    assert (got.status, "Long NQ" in got.body.decode()) == (200, True)
    assert (written.status, written.detail) == (405, "Programs can only read: use GET.")
