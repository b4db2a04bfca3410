"""Failures of the API: errors that a language model reads, and never plans."""

import dataclasses

import pytest
from mcp import Client, MCPError

from bot.domain.values import View
from coachbook_client import AsyncClient
from coachbook_mcp.reader import Reader
from coachbook_mcp.server import server_of
from storage.store import Store
from tests.bot.feed.programs import Program
from tests.bot.feed.serving import serving
from tests.bot.feed.views import Views
from tests.coachbook_client.raw_server import answer, answering
from tests.coachbook_mcp.conftest import Model, asking
from tests.processes import free_port
from tests.service.scene import Services

TOKEN = "cbf_" + "x" * 43
QUESTIONS = (
    ("list_plans", {}),
    ("get_plan", {"coach": "d", "day": "2026-11-23"}),
    ("get_plan", {"id": 1}),
    ("search", {"words": "nq"}),
    ("get_history", {"id": 1}),
)


async def failures_of(model: Model) -> list[str]:
    """Return the texts of all tools and resources, each of which fails."""
    texts = list[str]()
    for tool, arguments in QUESTIONS:
        said = await model.call(tool, **arguments)
        assert (said.is_error, said.data) == (True, None), said
        texts.append(said.text)
    for uri in ("coach://plans", "coach://plans/NQ"):
        with pytest.raises(MCPError) as error:
            await model.read(uri)
        texts.append(str(error.value))
    return texts


async def test_an_api_that_is_away_or_refuses_the_token_is_no_missing_plan(program: Program):
    await program.post("Long NQ")
    wrong = dataclasses.replace(program, token=TOKEN)
    away = dataclasses.replace(await program.with_token(), port=free_port())

    for reader, words in ((away, "The API can’t answer now."), (wrong, "The API refused the token.")):
        async with asking(reader) as model:
            for text in await failures_of(model):
                assert text.startswith(words)
                assert "This is a failure: it does not mean that there is no plan." in text
                assert "No plan" not in text
                assert "cbf_" not in text


async def test_another_program_at_the_address_is_no_missing_plan(program: Program):
    async with (
        answering(answer(200, {})) as other,
        asking(dataclasses.replace(program, port=other.port)) as model,
    ):
        texts = await failures_of(model)

    assert all(text.startswith("The API did not answer as expected.") for text in texts)


@pytest.mark.parametrize("path", ["v1", "x"])
async def test_a_wrong_path_in_the_address_is_no_missing_plan(program: Program, path: str):
    await program.post("Long NQ")
    reader = await program.with_token()
    url = f"http://127.0.0.1:{reader.port}/{path}"
    async with AsyncClient(url, reader.token, retries=0) as api, Client(server_of(Reader(api, None))) as client:
        texts = await failures_of(Model(client))

    assert all(text.startswith("The API did not answer as expected.") for text in texts)
    assert not any("No plan" in text for text in texts)


async def test_what_may_be_missing_is_said(program: Program, store: Store):
    await program.post("Long NQ")
    services = Services.on(store, program.clock, views=Views(View.UNKNOWN))
    async with serving(program, services=services) as (_, other), asking(other) as model:
        listed = await model.call("list_plans")
        of_day = await model.call("get_plan", coach="d", day="2026-11-23")

    assert (listed.data["plans"], listed.data["is_partial"]) == ([], True)
    assert "Plans may be missing, as not all could be read: ask again in a minute." in listed.text
    assert (of_day.is_error, "No plan" in of_day.text) == (True, False)


async def test_the_api_s_reasons_are_passed_on(program: Program):
    async with asking(await program.with_token(as_of="session_open")) as model:
        coach = await model.call("list_plans", coach="z")
        moment = await model.call("search", words="nq", as_of="yesterday")
        word = await model.call("search", words='"-')
        cursor = await model.call("list_plans", cursor="../etc")

    for said, words in (
        (coach, "The coaches are: d (Coach D"),
        (moment, "Write now, session_open"),
        (word, "no word"),
        (cursor, "Use the value of “next”"),
    ):
        assert said.is_error
        assert said.text.startswith("The API refused the request. Change the arguments.")
        assert words in said.text
