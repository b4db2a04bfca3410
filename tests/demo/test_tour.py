"""`python -m bot try`: the tour succeeds, and saved data is used the next time."""

import signal
import socket
from pathlib import Path

from tests.processes import BotProcess, environment


async def run_tour(folder: Path, *arguments: str) -> BotProcess:
    return await BotProcess.start("try", *arguments, env=environment(COLUMNS="120"), cwd=folder)


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


async def test_the_tour_keeps_running_until_it_is_stopped(tmp_path: Path):
    tour = await run_tour(tmp_path, "--no-browser")
    await tour.printed("Press Ctrl-C to stop.")

    assert await tour.stop(signal.SIGTERM) == 0, tour.output
    assert "Traceback" not in tour.output


async def test_a_saved_plan_is_shown_the_next_time(tmp_path: Path):
    first = await run_tour(tmp_path, "--keep", "--no-browser")
    await first.printed("Press Ctrl-C to stop.")
    assert await first.stop(signal.SIGINT) == 0, first.output
    assert "Traceback" not in first.output

    second = await run_tour(tmp_path, "--keep", "--once")

    assert await second.ended() == 0, second.output
    assert any("The plan from the last time is still stored" in line for line in second.lines)
    assert any("everyone sees this (edited)" in line for line in second.lines)
    assert "All 7 steps were as expected." in second.lines


async def test_a_port_that_is_taken_is_reported(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        tour = await run_tour(tmp_path, "--port", str(port))

        assert await tour.ended() == 1
    assert f"The port {port} can't be used" in tour.output
    assert "Traceback" not in tour.output


def _files(folder: Path) -> list[Path]:
    return list(folder.iterdir())
