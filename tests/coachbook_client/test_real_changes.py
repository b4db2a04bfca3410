"""The stream of changes of the real server."""

import asyncio
import contextlib

from bot.domain.commands import DeletePlan, EditPlan
from coachbook_client import AsyncClient, Change, Resync
from tests.bot.feed.programs import Program
from tests.coachbook_client.conftest import Asker
from tests.processes import DEADLINE
from tests.service.scene import DANA, fresh


async def test_changes_are_heard_as_they_are_made(program: Program):
    plan, reader = await program.post("Long NQ"), await program.with_token()
    place = (await reader.get("/v1/changes")).json["next"]
    async with (
        AsyncClient(f"http://127.0.0.1:{reader.port}", reader.token) as client,
        contextlib.aclosing(client.changes(place)) as changes,
        asyncio.timeout(DEADLINE),
    ):
        edited = (await program.services.plans.edit(DANA, EditPlan(plan.id, "Short NQ"), fresh())).plan
        heard = await anext(changes)
        await program.services.plans.delete(DANA, DeletePlan(plan.id, edited.revision), fresh())
        last = await anext(changes)

    assert isinstance(heard, Change)
    assert isinstance(last, Change)
    assert (heard.plan.text, heard.plan.hash) == ("Short NQ", edited.hash)
    assert (last.plan.is_deleted, last.plan.text) == (True, None)


async def test_changes_go_on_from_a_place_and_begin_again_from_an_unknown_one(program: Program, asker: Asker):
    reader = await program.with_token()
    await program.post("Long NQ")
    place = (await reader.get("/v1/changes")).json["next"]
    await program.post("Long ES", day="2026-11-24")

    [first] = await asker.ask(reader, "changes", 10**9, take=1)
    [heard] = await asker.ask(reader, "changes", place, take=1)

    assert isinstance(first, Resync)
    assert heard.plan.text == "Long ES"
