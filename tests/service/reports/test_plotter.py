"""The process that draws: it ends, whatever happens, and a plot that it could not draw is an error."""

import asyncio
import dataclasses
import io
import json
import subprocess
import sys

import pytest
from PIL import Image

from bot.service.reports import plot_worker
from bot.service.reports.plot import Panel, Plot, Series
from bot.service.reports.plotter import Plotter
from bot.service.subprocesses import WorkerError
from tests.processes import DEADLINE


def plot_of(*names: str, values: tuple[int, ...] = (1, 0, 3)) -> Plot:
    weeks = tuple(f"W{number}" for number in range(len(values)))
    return Plot(weeks, (Panel("Plans posted", tuple(Series(name, values, "d") for name in names), is_stacked=True),))


def pixels(png: bytes) -> bytes:
    with Image.open(io.BytesIO(png), formats=["PNG"]) as picture:
        return picture.convert("RGB").tobytes()


def test_a_plot_is_drawn_without_a_warning():
    """Run the program as the bot does, with every warning an error."""
    given = json.dumps(dataclasses.asdict(plot_of("$x$", "", "\u65e5", "\U0001f4c8", "\ud800"))).encode()
    command = [sys.executable, "-I", "-W", "error", plot_worker.__file__]

    done = subprocess.run(command, input=given, capture_output=True, timeout=DEADLINE, check=False)

    assert (done.returncode, done.stderr) == (0, b"")
    assert len(pixels(done.stdout)) > 100_000


async def test_a_plotter_gives_a_picture_and_leaves_no_process():
    plotter = Plotter(DEADLINE)

    pictures = await asyncio.gather(*(plotter.draw(plot_of(name)) for name in ("one", "two")))
    await plotter.close()

    assert all(pixels(png) for png in pictures)
    assert pictures[0] != pictures[1]


async def test_a_plot_that_takes_too_long_is_given_up():
    plotter = Plotter(0.001)

    with pytest.raises(WorkerError, match="longer than"):
        await plotter.draw(plot_of("d"))

    await plotter.close()


async def test_a_plot_that_can_not_be_drawn_is_an_error():
    uneven = dataclasses.replace(plot_of("d"), weeks=("W1",))

    with pytest.raises(WorkerError, match="status 1"):
        await Plotter(DEADLINE).draw(uneven)


def test_the_bot_does_not_load_the_drawing_library():
    code = "import sys, bot.app, plugins.admin; sys.exit('PIL' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], timeout=DEADLINE, check=False).returncode == 0
