"""`/admin feed ...` through a local Discord, and the API of the bot that runs."""

import asyncio
import re
from typing import Any

import aiohttp

from bot.domain.sessions import Exchange
from tests.conftest import Discord, Room
from tests.predecessor_database import Predecessor
from tests.processes import DEADLINE, BotProcess, free_port


async def test_a_program_reads_what_everyone_sees_until_its_token_is_revoked(own_discord: Discord, own_room: Room):
    port = free_port()
    settings = own_discord.settings(COACHBOOK_FEED__PORT=str(port), COACHBOOK_FEED__LOCAL_GUILD=str(own_room.guild.id))
    bot = await (await BotProcess.start("run", env=settings)).ready()
    await own_room.dana.slash("plan post", text="Short NQ")

    created = await own_room.max.slash("admin feed token", name="back*test*", as_of="session_open", days=30)
    secret = re.findall(r"cbf_[\w-]+", created.text)[0]
    live = re.findall(r"cbf_[\w-]+", (await own_room.max.slash("admin feed token", name="live")).text)[0]
    listed = await own_room.max.slash("admin feed list")

    assert await own_room.max.autocomplete("admin feed revoke", name="LI") == [("live", "live")]
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


async def test_the_open_of_older_years_is_known_soon_after_an_import_beside_the_bot(
    own_discord: Discord, own_room: Room
):
    port = free_port()
    settings = own_discord.settings(COACHBOOK_FEED__PORT=str(port), COACHBOOK_DAYS__EXCHANGE=Exchange.NYSE)
    bot = await (await BotProcess.start("run", env=settings)).ready()
    await bot.logged("calendars computed")
    await own_room.max.slash("admin settings", plans_channel=own_room.channel)
    created = await own_room.max.slash("admin feed token", name="backtest", as_of="session_open")
    [secret] = re.findall(r"cbf_[\w-]+", created.text)
    headers = {"Authorization": f"Bearer {secret}"}
    old = Predecessor.make(own_discord.folder / "old.db")
    old.plan(1, plan="Long 950")
    command = ("import-predecessor", str(old.path), "--guild", str(own_room.guild.id), "--timezone", "America/New_York")
    imported = await BotProcess.start(*command, f"--map=dana={own_room.dana.user.id}", env=settings)
    assert await imported.ended() == 0, imported.output

    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", headers=headers) as session, asyncio.timeout(DEADLINE):
        while True:
            async with session.get("/v1/plans") as response:
                answer = await response.json(content_type=None)
            if response.status == 200:
                break
            assert (response.status, response.headers["Retry-After"]) == (503, "15")
            await asyncio.sleep(0.1)

    assert [each["text"] for each in answer["plans"]] == ["Long 950"]
    shown = await own_room.mia.slash("history at", time="session_open", coach="d", day="2024-01-05")
    assert "Long 950" in shown.text
    assert bot.count("calendars computed") == 2
    assert await bot.stop() == 0
