"""The description of the API, and the answers of the API to requests that schemathesis makes of it."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.domain.commands import AddCharts, DeletePlan, EditPlan
from bot.domain.values import Audience, PlanId, Received, SettingsChange
from bot.feed.application import DESCRIPTION
from storage.store import Store
from tests.bot.feed.programs import Program
from tests.rounds import LONG, rounds
from tests.service.erasing import erase
from tests.service.scene import DANA, MAX, MONDAY, fresh

ROOT = Path(__file__).parents[4]
UNREAD = "positive_data_acceptance"
"""The check that takes no 400 for a valid value; `valid_values_are_read` does it with those that the API may send."""


@pytest.fixture
async def filled(program: Program, store: Store) -> Program:
    """A server with plans that were changed, deleted and erased, and with pictures."""
    services = program.services
    await services.settings.change(MAX, SettingsChange(deleted_visible_to=Audience.EVERYONE))
    plan = await program.post("21450 long", str(MONDAY))
    await services.plans.edit(DANA, EditPlan(plan.id, "21450 short"), fresh())
    await services.charts.add(DANA, AddCharts(plan.id, Received((services.keep(b"picture"),), ())), fresh())
    for day in ("2026-11-24", "2026-11-25", "2026-11-26"):
        await program.post("21450 long after all", day)
    await services.plans.delete(DANA, DeletePlan(PlanId(2), 1), fresh())
    await store.write(erase, 3)
    program.clock.move(days=5)
    return program


async def test_each_operation_has_a_name_of_its_own(program: Program):
    paths = (await program.get(DESCRIPTION)).json["paths"]

    names = [operation["operationId"] for methods in paths.values() for operation in methods.values()]

    assert len(set(names)) == len(names) == 2 * len(paths)
    assert set((await program.get("/info")).json["endpoints"]) <= paths.keys()


@pytest.mark.parametrize("as_of", [None, *(["session_open", "wrong"] if LONG else [])])
async def test_no_answer_is_outside_the_description(filled: Program, tmp_path: Path, as_of: str | None):
    token = "cbf_wrong" if as_of == "wrong" else (await filled.with_token(as_of)).token
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", f"http://127.0.0.1:{filled.port}{DESCRIPTION}"),
        *("--header", f"Authorization: Bearer {token}", "--no-color", "--exclude-checks", UNREAD),
        *("--max-examples", str(rounds(1, 100))),
        *(() if LONG else ("--phases", "coverage", "--include-method", "GET", "--generation-deterministic")),
    ]
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "tests.bot.feed.schemathesis_hooks", "PYTHONPATH": str(ROOT)}

    ended = await asyncio.to_thread(
        subprocess.run, command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )

    assert ended.returncode == 0, f"{ended.stdout}\n{ended.stderr}"
