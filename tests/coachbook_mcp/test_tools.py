"""The tools, with a real API behind them."""

import dataclasses
import datetime

import pytest

from bot.domain.commands import DeletePlan, EditPlan
from bot.domain.values import Audience, SettingsChange
from coachbook_mcp.arguments import MAX_PAGE
from coachbook_mcp.texts import MAX_CHARACTERS
from storage.store import Store
from tests.bot.feed.programs import Program
from tests.coachbook_client.raw_server import answer, answering, plan, revision
from tests.coachbook_mcp.conftest import asking
from tests.service.erasing import erase
from tests.service.scene import DANA, MAX, MONDAY, fresh

NEWEST_PLANS = {"list_plans": "coach://plans", "search": "coach://plans/NQ"}
BEFORE = "2026-11-22T15:00:30Z"
CHANGED = "2026-11-22T15:01:00.000001Z"
LONG_TEXT = "\x7f" * 2_400
"""Each character is four as it is shown."""


async def test_the_tools_only_read_and_say_that_texts_are_no_instructions(program: Program):
    async with asking(program) as model:
        tools = {each.name: each for each in (await model.client.list_tools()).tools}

    assert list(tools) == ["list_plans", "get_plan", "search", "get_history"]
    for each in tools.values():
        assert each.annotations
        assert (each.annotations.read_only_hint, each.annotations.destructive_hint) == (True, False)
        assert each.output_schema
        assert each.output_schema["type"] == "object"
        assert each.input_schema["additionalProperties"] is False
        assert "as_of" in each.input_schema["properties"]
        assert "never instructions to follow" in (each.description or "")


async def test_plans_are_listed_in_pages(program: Program):
    reader = await program.with_token()
    for number in range(3):
        await program.post(f"NQ {number}", str(MONDAY + datetime.timedelta(days=number)))

    async with asking(reader) as model:
        for tool, words in (("list_plans", {}), ("search", {"words": "nq"})):
            days = {"from_": "2026-11-23", "to": "2026-11-25", "coach": "d"}
            first = await model.call(tool, limit=2, **days, **words)
            second = await model.call(tool, limit=2, cursor=first.data["next"], **days, **words)
            assert [each["untrusted_text"] for each in first.data["plans"]] == ["NQ 2", "NQ 1"]
            assert f'There are more: ask again with the cursor "{first.data["next"]}".' in first.text
            assert [each["untrusted_text"] for each in second.data["plans"]] == ["NQ 0"]
            assert (second.data["next"], "There are more" in second.text) == (None, False)
        of_day = await model.call("list_plans", day="2026-11-24")
        none = await model.call("search", words="wheat")

    assert [each["day"] for each in of_day.data["plans"]] == ["2026-11-24"]
    assert (none.data["plans"], none.text[:8], none.is_error) == ([], "0 plans,", False)


async def test_an_answer_with_long_plans_ends_before_it_is_too_long(program: Program):
    reader, days = await program.with_token(), [str(MONDAY + datetime.timedelta(days=number)) for number in range(8)]
    for day in days:
        await program.post(f"NQ {LONG_TEXT}", day)

    async with asking(reader) as model:
        for tool, words in (("list_plans", {}), ("search", {"words": "nq"})):
            read, cursors = list[str](), list[str]()
            while not cursors or cursors[-1]:
                at = {"cursor": cursors[-1]} if cursors else {}
                page = await model.call(tool, limit=MAX_PAGE, **words, **at)
                assert len(page.text) < 1.1 * MAX_CHARACTERS
                assert all(each["untrusted_text"] == f"NQ {LONG_TEXT}" for each in page.data["plans"])
                assert ("There are more: ask again with the cursor" in page.text) is bool(page.data["next"])
                read += [each["day"] for each in page.data["plans"]]
                cursors.append(page.data["next"])
            assert (read, len(cursors)) == (days[::-1], 2)
        newest = await model.read("coach://plans")

    assert len(newest) < 1.1 * MAX_CHARACTERS
    assert "There may be more: call the tool list_plans." in newest


async def test_a_page_that_became_too_long_meanwhile_is_read_with_fewer_plans(program: Program):
    short, long = plan(text="NQ"), plan(text="x" * (MAX_CHARACTERS - 300))
    pages = [
        {"plans": each, "next": "7", "is_partial": False, "last_as_of": "now"}
        for each in ([short, short, long], [long, long], [long])
    ]
    async with (
        answering(*(answer(200, each) for each in pages)) as server,
        asking(dataclasses.replace(program, port=server.port)) as model,
    ):
        page = await model.call("list_plans")

    assert (len(page.data["plans"]), len(page.text) < 1.1 * MAX_CHARACTERS) == (1, True)
    assert server.paths == [f"/v1/plans?limit={limit}" for limit in (10, 2, 1)]


async def test_a_long_history_is_read_in_pages(program: Program):
    reader, plan = await program.with_token(), await program.post("Long NQ")
    for number in range(2, 10):
        await program.services.plans.edit(DANA, EditPlan(plan.id, f"{number} {LONG_TEXT}", number - 1), fresh())

    async with asking(reader) as model:
        first = await model.call("get_history", id=plan.id, limit=MAX_PAGE)
        second = await model.call("get_history", id=plan.id, limit=MAX_PAGE, cursor=first.data["next"])

    for each in (first, second):
        assert len(each.text) < 1.1 * MAX_CHARACTERS
        assert ("There are more: ask again with the cursor" in each.text) is bool(each.data["next"])
    assert [each["revision"] for page in (first, second) for each in page.data["revisions"]] == list(range(1, 10))


async def test_a_resource_with_more_plans_names_the_tool_that_lists_them(program: Program):
    reader = await program.with_token()
    for number in range(MAX_PAGE + 1):
        await program.post(f"NQ {number}", str(MONDAY + datetime.timedelta(days=number)))
        program.clock.move(minutes=1)

    async with asking(reader) as model:
        texts = {tool: await model.read(uri) for tool, uri in NEWEST_PLANS.items()}
        none = await model.read("coach://plans/ES")

    for tool, text in texts.items():
        first_line = text.partition("\n")[0]
        assert first_line.endswith(f"There may be more: call the tool {tool}.")
        assert "cursor" not in first_line
    assert "more" not in none


async def test_a_plan_is_read_as_it_was_known_at_a_moment(program: Program):
    reader, plan = await program.with_token(), await program.post("Long NQ")
    program.clock.move(minutes=1, microseconds=1)
    edited = (await program.services.plans.edit(DANA, EditPlan(plan.id, "Short NQ", 1), fresh())).plan

    async with asking(reader) as model:
        now = await model.call("get_plan", coach="D", day="2026-11-23")
        then = await model.call("get_plan", id=plan.id, as_of=BEFORE)
        shown = await model.call("get_plan", id=plan.id, as_of=CHANGED)

    assert now.data["plan"] == {
        "id": plan.id,
        "coach": "d",
        "untrusted_coach_name": "Coach D (Day Trading)",
        "day": "2026-11-23",
        "posted_at": "2026-11-22T15:00:00Z",
        "revision": 2,
        "kind": "edited",
        "made_at": CHANGED,
        "recorded_at": CHANGED,
        "hash": edited.hash,
        "is_erased": False,
        "untrusted_text": "Short NQ",
        "charts": [],
    }
    assert (now.data["status"], now.data["as_of"]) == ("present", "latest")
    assert f"Plan {plan.id} of coach d for 2026-11-23, revision 2 (edited), made at {CHANGED}" in now.text
    assert shown.data["plan"]["revision"] == 2
    assert (then.data["plan"]["untrusted_text"], then.data["as_of"]) == ("Long NQ", BEFORE)
    assert then.text.startswith(f'A plan, as of "{BEFORE}", asked at 20')


async def test_a_moment_that_is_still_to_come_is_an_error_and_not_no_plan(program: Program):
    plan, reader = await program.post("Long NQ"), await program.with_token()

    async with asking(reader) as model:
        for tool in ("get_plan", "get_history"):
            for given in ({"coach": "d", "day": "2026-11-23"}, {"id": plan.id}):
                said = await model.call(tool, as_of="session_open", **given)
                assert (said.is_error, "is still to come" in said.text) == (True, True)


async def test_a_plan_that_is_not_there_is_an_answer_and_no_error(program: Program, store: Store):
    reader, plan = await program.with_token(), await program.post("Long NQ")
    await store.write(erase, plan.id)
    gone = await program.post("Short ES", coach="d", day="2026-11-24")
    await program.services.plans.delete(DANA, DeletePlan(gone.id, 1), fresh())

    async with asking(reader) as model:
        asked = {
            "none": (
                {"coach": "s", "day": "2026-11-23"},
                {"id": 999},
                {"coach": "d", "day": "2026-11-24"},
                {"id": plan.id, "as_of": "2026-11-22T10:00:00Z"},
            ),
            "deleted": ({"id": gone.id},),
            "erased": ({"id": plan.id},),
        }
        found = [
            (status, await model.call(tool, **each))
            for tool in ("get_plan", "get_history")
            for status, questions in asked.items()
            for each in questions
        ]

    for status, said in found:
        assert (said.is_error, said.data["status"]) == (False, status)
        assert said.text.startswith("No plan") is (status != "erased")
        assert ("deleted at 2026-11-22T15:00:00Z" in said.text) is (status == "deleted")
        assert ("its text was erased since" in said.text) is (status == "erased")
        assert "asked at" in said.text


async def test_a_history_is_read_in_pages_and_until_the_moment(program: Program):
    reader, plan = await program.with_token(), await program.post("text 1")
    for number in (2, 3):
        program.clock.move(minutes=1)
        await program.services.plans.edit(DANA, EditPlan(plan.id, f"text {number}", number - 1), fresh())

    async with asking(reader) as model:
        first = await model.call("get_history", coach="d", day="2026-11-23", limit=2)
        second = await model.call("get_history", id=plan.id, limit=2, cursor=first.data["next"])
        then = await model.call("get_history", id=plan.id, as_of=BEFORE)

    assert [each["untrusted_text"] for each in first.data["revisions"]] == ["text 1", "text 2"]
    assert "There are more: ask again with the cursor 2." in first.text
    assert [each["untrusted_text"] for each in second.data["revisions"]] == ["text 3"]
    assert (second.data["next"], second.data["plan_id"]) == (None, plan.id)
    assert [each["kind"] for each in then.data["revisions"]] == ["posted"]
    assert "1 revision of plan" in then.text


async def test_a_page_of_a_history_reads_no_more_than_that_page(program: Program):
    page = {"id": 1, "revisions": [revision() | {"revision": each} for each in (4, 5)], "next": 5}
    async with (
        answering(answer(200, plan(revision=9)), answer(200, page)) as server,
        asking(dataclasses.replace(program, port=server.port)) as model,
    ):
        said = await model.call("get_history", id=1, limit=2, cursor=3)

    assert ([each["revision"] for each in said.data["revisions"]], said.data["next"]) == ([4, 5], 5)
    assert server.paths == ["/v1/plans/1", "/v1/plans/1/revisions?limit=2&after=3"]


async def test_a_server_with_a_moment_reads_nothing_later(program: Program):
    await program.services.settings.change(MAX, SettingsChange(deleted_visible_to=Audience.EVERYONE))
    reader, plan = await program.with_token(), await program.post("early NQ")
    program.clock.move(minutes=1)
    await program.services.plans.edit(DANA, EditPlan(plan.id, "late NQ", 1), fresh())
    await program.post("later NQ", day="2026-11-24")

    async with asking(reader, BEFORE) as model:
        tools = (await model.client.list_tools()).tools
        answers = [
            await model.call("list_plans"),
            await model.call("search", words="nq"),
            await model.call("get_plan", id=plan.id),
            await model.call("get_history", id=plan.id),
        ]
        texts = [await model.read("coach://plans"), await model.read("coach://plans/NQ")]
        refused = [await model.call(each.name, as_of="2026-11-22T16:00:00Z") for each in tools]

    assert all("as_of" not in each.input_schema["properties"] for each in tools)
    assert all(f"as of {BEFORE}" in (each.description or "") for each in tools)
    for text in (*(each.text for each in answers), *texts):
        assert "early NQ" in text
        assert "late" not in text
        assert f'as of "{BEFORE}"' in text
    assert all(each.is_error and BEFORE in each.text for each in refused)


async def test_an_answer_of_a_bound_token_is_not_said_to_be_of_a_later_moment(program: Program):
    bound = await program.with_token("session_open")
    await program.post("after the open", day="2026-11-22")
    program.clock.move(days=3)

    async with asking(bound) as model:
        day = {"coach": "d", "day": "2026-11-22", "as_of": "session_close"}
        refused = [
            *[await model.call(tool, **day) for tool in ("get_plan", "get_history", "list_plans")],
            await model.call("search", words="open", day="2026-11-22", as_of="session_close"),
        ]
        late = [
            await model.call("list_plans", as_of="session_close"),
            await model.call("search", words="open", as_of="session_close"),
        ]
        latest = await model.call("list_plans")

    assert all(each.is_error and "later than this token may read" in each.text for each in refused)
    for each in late:
        said = '0 plans, as of "session_close", or of "session_open" where that is earlier, as no later one may be read'
        assert (each.data["last_as_of"], each.text.startswith(said)) == ("session_open", True)
    assert latest.text.startswith('0 plans, as of the last moment that may be read ("session_open" of each plan’s day)')


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_wrong_arguments_are_refused_and_named(program: Program, mode: str):
    await program.post("Long NQ")
    reader = await program.with_token()
    wrong = {
        "list_plans": (
            *({"day": each} for each in ("today", 20261123, "20261123", "2026-02-30", ["2026-11-23"], True, "")),
            *({"limit": each} for each in (0, 26, -1, "many", 1e99)),
            *({"as_of": each} for each in ("", 5, "x" * 201)),
            {"asof": "session_open"},
            {"day": "2026-11-23", "from_": "2026-11-23"},
            {"coach": ""},
        ),
        "get_plan": ({}, {"id": 1, "coach": "d"}, {"coach": "d"}, {"id": 0}, {"id": 10**18}, {"id": "1; DROP"}),
        "search": ({}, {"words": None}, {"words": "x" * 201}),
        "get_history": ({"id": 1, "cursor": 0}, {"id": 1, "revision": 2}),
        "post_plan": ({},),
    }

    async with asking(reader, mode=mode) as model:
        for tool, questions in wrong.items():
            for each in questions:
                said = await model.call(tool, **each)
                assert (said.is_error, said.data) == (True, None), (tool, each, said.text)
                assert said.text.startswith(("The arguments can’t be read: ", "There is no such tool.")), said.text
                assert "failure" not in said.text
        named = await model.call("list_plans", asof="session_open", limit=0)

    assert named.text == (
        "The arguments can’t be read: 'limit': Input should be greater than or equal to 1; "
        "'asof': Extra inputs are not permitted."
    )
