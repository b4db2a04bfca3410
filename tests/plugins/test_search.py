"""`/plan search` as members use it: through a local Discord, against the real bot in a process of its own."""

from tests.conftest import Room
from tests.processes import BotProcess


async def test_a_member_finds_plans_by_their_words_and_reads_one(room: Room, bot: BotProcess):
    await room.dana.slash("plan post", text="Short NQ below 21,450\nStop *above*", day="2026-11-23")
    await room.ivan.slash("plan post", text="Fade the open")
    await room.dana.slash("plan edit", text="Long NQ above 21,600", day="2026-11-23")

    assert "No plan with “short 21450”." in (await room.mia.slash("plan search", words="short 21450")).text
    found = await room.mia.slash("plan search", words="$short 21450", include_history=True)
    now = await room.mia.slash("plan search", words="nq", coach="d", to="2026-11-23", **{"from": "2026-11-23"})

    assert found.ephemeral
    assert "Plans with “short 21450”" in found.text
    assert "**Short** NQ below **21,450** Stop \\*above\\*\n-# An earlier text, #1 of 2" in found.text
    assert "Long **NQ** above 21,600" in now.text
    assert "Long NQ above 21,600" in (await room.mia.select(found, found.choices[0])).text
    assert "There is no word to search for" in (await room.mia.slash("plan search", words="$ -")).text
