"""`python -m sandbox` as a separate process."""

import asyncio
import json
import pathlib
import signal
import sys
from typing import Any

import aiohttp

from tests.processes import DEADLINE


async def start(*arguments: str) -> tuple[asyncio.subprocess.Process, dict[str, Any]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", *arguments, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    text = await asyncio.wait_for(process.stdout.readuntil(b"}"), DEADLINE)
    return process, json.loads(text)


async def stop(process: asyncio.subprocess.Process) -> int:
    process.send_signal(signal.SIGTERM)
    return await asyncio.wait_for(process.wait(), DEADLINE)


async def test_small_world_is_served_and_kept(tmp_path: pathlib.Path) -> None:
    keep = ("--keep", str(tmp_path / "world.json"))

    first, told = await start(*keep)
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {told['token']}"}) as session:
        guilds = await (await session.get(told["rest_url"] + "/users/@me/guilds")).json()
    assert [each["name"] for each in guilds] == ["Trading Room"]
    assert await stop(first) == 0

    second, again = await start(*keep)
    assert {key: again[key] for key in ("token", "dana", "max")} == {key: told[key] for key in ("token", "dana", "max")}
    assert await stop(second) == 0
