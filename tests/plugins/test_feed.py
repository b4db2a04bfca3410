"""`/admin feed ...` through a local Discord, and the API of the bot that runs."""

import re
from typing import Any

import aiohttp

from tests.conftest import Discord, Room
from tests.processes import BotProcess, free_port


async def test_a_program_reads_what_everyone_sees_until_its_token_is_revoked(own_discord: Discord, own_room: Room):
    port = free_port()
    settings = own_discord.settings(COACHBOOK_FEED__PORT=str(port), COACHBOOK_FEED__LOCAL_GUILD=str(own_room.guild.id))
    bot = await (await BotProcess.start("run", env=settings)).ready()
    await own_room.dana.slash("plan post", text="Short NQ")

    created = await own_room.max.slash("admin feed token", name="back*test*", as_of="session_open", days=30)
    secret = re.findall(r"cbf_[\w-]+", created.text)[0]
    live = re.findall(r"cbf_[\w-]+", (await own_room.max.slash("admin feed token", name="live")).text)[0]
    listed = await own_room.max.slash("admin feed list")

    assert created.ephemeral
    assert "back\\*test\\*" in listed.text
    assert "as of session_open" in listed.text
    assert secret not in listed.text
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:

        async def read(path: str, token: str | None = None) -> tuple[int, Any]:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            async with session.get(path, headers=headers) as response:
                return response.status, await response.json(content_type=None)

        for token in (live, None):
            status, plans = await read("/v1/plans", token)
            assert (status, [each["text"] for each in plans["plans"]]) == (200, ["Short NQ"])
        assert (await read("/health"))[1]["components"]["discord_bot"] == {"status": "healthy"}
        assert "Revoked" in (await own_room.max.slash("admin feed revoke", name="live")).text
        assert (await read("/v1/plans", live))[0] == 401
    missing = await own_room.max.slash("admin feed revoke", name="live")
    assert "There is no token named" in missing.text
    assert await bot.stop() == 0
