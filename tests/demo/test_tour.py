"""`python -m bot try`: the tour succeeds, and saved data is used the next time."""

import contextlib
import json
import os
import re
import signal
import socket
import sqlite3
from pathlib import Path

import aiohttp

from demo.environment import free_port as port_for_api
from demo.tour import CHANGED
from tests.processes import BotProcess, environment, free_port


async def run_tour(folder: Path, *arguments: str, api_port: int | None = None) -> BotProcess:
    """Start the tour, with a port of its own for the API: other tours may run at the same time."""
    settings = {"COACHBOOK_FEED__PORT": str(api_port or free_port())}
    return await BotProcess.start("try", *arguments, env=environment(COLUMNS="120") | settings, cwd=folder)


async def test_the_tour_ends_with_every_step_as_expected(tmp_path: Path):
    tour = await run_tour(tmp_path, "--once")

    assert await tour.ended() == 0, tour.output
    assert "All 26 steps were as expected." in tour.lines
    assert tour.lines[0].startswith("Starting")
    assert tour.lines[1].startswith("The page is http://")
    assert "The bot is connected. The tour begins." in tour.lines
    assert any("types /history diff from:1 to:2 coach:d" in line for line in tour.lines)
    assert any("the same card shows the new text" in line for line in tour.lines)
    assert any("What changed (2) on the card" in line for line in tour.lines)
    for act in ("types /today", "presses Open beside Dana's plan", "presses What changed below the plans"):
        assert any(act in line for line in tour.lines), act
    assert not _files(tmp_path)


async def test_the_bot_runs_until_it_is_stopped_and_is_started_again_when_it_ends(tmp_path: Path):
    port = free_port()
    tour = await run_tour(tmp_path, "--no-browser", api_port=port)
    await tour.printed("Press Ctrl-C to stop. The plans of this run are deleted then")
    [address] = re.findall("Programs read the plans: curl (http:.*)", tour.output)
    assert address == f"http://127.0.0.1:{port}/v1/plans"
    async with aiohttp.request("GET", address) as response:
        plans = (await response.json())["plans"]
    assert CHANGED in [each["text"] for each in plans]

    os.kill(_child_of(tour.process.pid), signal.SIGKILL)

    await tour.printed("The bot is connected again.")
    assert any("The bot ended by signal 9." in line for line in tour.lines)
    assert await tour.stop(signal.SIGTERM) == 0, tour.output
    assert "Traceback" not in tour.output


async def test_what_was_kept_is_shown_as_it_is_the_next_time(tmp_path: Path):
    first = await run_tour(tmp_path, "--keep", "--no-browser")
    await first.printed("Press Ctrl-C to stop.")
    assert await first.stop(signal.SIGINT) == 0, first.output
    assert "Traceback" not in first.output
    kept = _kept(tmp_path)
    assert len(kept) > 1

    second = await run_tour(tmp_path, "--keep", "--once")

    assert await second.ended() == 0, second.output
    assert any("shown as it was left the last time" in line for line in second.lines)
    assert not any("steps" in line for line in second.lines)
    assert _kept(tmp_path) == kept


async def test_a_port_that_is_taken_is_reported(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        tour = await run_tour(tmp_path, "--port", str(port))

        assert await tour.ended() == 1
    assert f"The port {port} can't be used" in tour.output
    assert "Traceback" not in tour.output


def test_the_port_of_the_api_is_the_same_each_time_unless_another_program_has_it():
    preferred = free_port()

    assert [port_for_api(preferred), port_for_api(preferred)] == [preferred] * 2
    with socket.create_server(("127.0.0.1", preferred)):
        assert port_for_api(preferred) not in (0, preferred)


def _files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def _child_of(pid: int) -> int:
    """Return the process that the tour started: the bot."""
    [child] = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(child)


def _kept(folder: Path) -> list[tuple[object, ...]]:
    """Return the revisions of all plans, with the messages that people see."""
    data = folder / "data/try"
    with contextlib.closing(sqlite3.connect(data / "coachbook.db")) as database:
        revisions = database.execute("SELECT * FROM plan_history ORDER BY id").fetchall()
    messages = json.loads((data / "discord.json").read_bytes())["messages"]
    return [*revisions, *((each["id"], each["content"], each["edited_at"]) for each in messages)]
