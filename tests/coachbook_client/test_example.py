"""The program in docs/client.md."""

import asyncio
import datetime
import re
import sys

from bot.domain.commands import EditPlan
from tests.bot.feed.programs import Program
from tests.processes import DEADLINE, ROOT
from tests.service.scene import DANA, DAY, fresh


async def test_the_program_of_the_documents_prints_what_was_known(program: Program):
    source = re.search(r"```python\n(.*?)```", (ROOT / "docs" / "client.md").read_text(), re.DOTALL)
    assert source
    plan, reader = await program.post("Long NQ"), await program.with_token()
    program.clock.now = datetime.datetime(2026, 11, 23, 20, 0, tzinfo=datetime.UTC)
    await program.services.plans.edit(DANA, EditPlan(plan.id, "I was right"), fresh())

    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", source[1], DAY),
        cwd=ROOT,
        env={"COACHBOOK_URL": f"http://127.0.0.1:{reader.port}", "COACHBOOK_TOKEN": reader.token or ""},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, errors = await asyncio.wait_for(running.communicate(), DEADLINE)

    assert (printed.decode(), errors.decode()) == (f"d 2026-11-22 15:00:00+00:00 {plan.hash} Long NQ\n", "")
