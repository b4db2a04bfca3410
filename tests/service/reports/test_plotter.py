"""Plots: any numbers and any names become a picture, without a warning."""

import asyncio
import dataclasses
import io
import json
import subprocess
import sys

import pytest
from PIL import Image

from bot.service.reports import plot_worker
from bot.service.reports.plot_worker import Bars, Plot, gathered
from bot.service.reports.plotter import PlotError, Plotter
from tests.processes import DEADLINE

NAMES = [
    "$x$ and $\\frac{",
    "a $ b",
    "_hidden",
    "",
    " ",
    "\u65e5\u672c\u8a9e",
    "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "\U0001f4c8\U0001f3f4\u200d\u2620\ufe0f",
    "Z\u0351\u036b\u0343\u036a\u0302a\u0348l\u0322g\u0321o\u0328",
    "\ud800",
    "two\nlines\x00\x1b[31m",
    "%s {} \\n",
    "n" * 100,
]


def plot_of(*names: str, values: tuple[int, ...] = (1, 0, 3)) -> Plot:
    weeks = tuple(f"W{number}" for number in range(len(values)))
    return Plot("Weeks", weeks, tuple(Bars(name, values) for name in names), values, values)


def run(plot: Plot) -> "subprocess.CompletedProcess[bytes]":
    """The program as it is run, with every warning an error."""
    asked = json.dumps(dataclasses.asdict(plot)).encode()
    command = [sys.executable, "-I", "-W", "error", plot_worker.__file__]
    return subprocess.run(command, input=asked, capture_output=True, timeout=DEADLINE, check=False)


def pixels(png: bytes) -> bytes:
    with Image.open(io.BytesIO(png), formats=["PNG"]) as picture:
        return picture.convert("RGB").tobytes()


@pytest.mark.parametrize(
    "plot",
    [plot_of(*NAMES[:7]), plot_of(*NAMES[7:]), plot_of(), plot_of("d: Coach D", values=(0,)), plot_of("d", values=())],
    ids=["names", "more names", "no coach", "nothing done", "no week"],
)
def test_any_names_and_numbers_are_drawn_without_a_warning(plot: Plot):
    done = run(plot)

    assert (done.returncode, done.stderr) == (0, b"")
    assert len(pixels(done.stdout)) > 100_000


@pytest.mark.parametrize("name", ["$\\frac{$", "$x_$", "$$"])
def test_a_dollar_is_a_dollar_where_it_would_be_wrong_mathematics(name: str):
    done = run(plot_of(name))

    assert (done.returncode, done.stderr) == (0, b"")


def test_those_that_can_not_be_told_apart_are_one():
    bars = [Bars(str(number), (number, 1)) for number in range(10)]

    found = gathered(bars)

    assert [each.name for each in found] == ["9", "8", "7", "6", "5", "4", "3", "3 others"]
    assert found[-1].values == (0 + 1 + 2, 3)
    assert len(gathered(bars[:8])) == 8


async def test_a_plotter_gives_a_picture_and_leaves_no_process():
    plotter = Plotter(DEADLINE)

    pictures = await asyncio.gather(*(plotter.draw(plot_of(name)) for name in ("one", "two")))
    await plotter.close()

    assert all(pixels(png) for png in pictures)
    assert pictures[0] != pictures[1]


async def test_a_plot_that_takes_too_long_is_given_up():
    plotter = Plotter(0.001)

    with pytest.raises(PlotError, match="longer than"):
        await plotter.draw(plot_of("d"))

    await plotter.close()


async def test_a_plot_that_can_not_be_drawn_is_told():
    uneven = dataclasses.replace(plot_of("d"), edits=(1,))

    with pytest.raises(PlotError, match="status 1"):
        await Plotter(DEADLINE).draw(uneven)


async def test_a_stop_ends_what_is_being_drawn():
    plotter = Plotter(DEADLINE)
    drawing = asyncio.create_task(plotter.draw(plot_of("d")))
    async with asyncio.timeout(DEADLINE):
        while not plotter.is_drawing:  # noqa: ASYNC110 - nothing tells that a process was started
            await asyncio.sleep(0)

    await plotter.close()

    with pytest.raises(PlotError):
        await drawing
    with pytest.raises(PlotError, match="being stopped"):
        await plotter.draw(plot_of("d"))


def test_the_bot_does_not_load_the_plotting_library():
    code = "import sys, bot.app, plugins.admin; sys.exit('matplotlib' in sys.modules or 'numpy' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], timeout=DEADLINE, check=False).returncode == 0
