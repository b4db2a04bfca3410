"""What a plot shows; also the program that draws one as a PNG, in a process of its own.

It needs nothing of the bot, and loads the plotting library only to draw: the bot itself has no use for it.
"""

import contextlib
import dataclasses
import io
import json
import os
import sys
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_MEMORY = 1 << 31
"""Bytes of address space that the process may take."""
MOST_NAMED = 8
"""Lines of their own; those that follow are one line together."""
LONGEST_NAME = 40
"""Characters of a name."""

_INCHES, _DOTS = (9.0, 6.0), 110
_FONT = "DejaVu Sans"
"""It comes with the plotting library, so a picture looks the same everywhere."""
_NO_GLYPH = "\u25a1"
_CONTROLS = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


@dataclasses.dataclass(frozen=True, slots=True)
class Bars:
    """What one coach did in each week."""

    name: str
    values: tuple[int, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Plot:
    """Weeks with bars that stand on each other, and with two lines."""

    title: str
    weeks: tuple[str, ...]
    plans: tuple[Bars, ...]
    """Of each coach."""
    charts: tuple[int, ...]
    """Of all coaches together, as the edits."""
    edits: tuple[int, ...]


def main() -> None:
    """Read a plot as JSON from standard input, and write a PNG to standard output."""
    asked = json.load(sys.stdin.buffer)
    plans = tuple(Bars(each["name"], tuple(each["values"])) for each in asked["plans"])
    plot = Plot(asked["title"], tuple(asked["weeks"]), plans, tuple(asked["charts"]), tuple(asked["edits"]))
    _limit()
    sys.stdout.buffer.write(drawn(plot))


def drawn(plot: Plot) -> bytes:
    """The plot as a PNG."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # else each core takes memory
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    mpl.rcdefaults()  # whatever a file of the machine's says
    mpl.rcParams["font.family"] = [_FONT]
    figure = Figure(figsize=_INCHES, dpi=_DOTS, layout="constrained")
    FigureCanvasAgg(figure)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    figure.suptitle(_drawable(plot.title), parse_math=False)
    _show_plans(above, plot)
    _show_changes(below, plot)
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


def gathered(bars: Sequence[Bars]) -> list[Bars]:
    """The bars, the tallest first; those that would be too many to tell apart as one."""
    sorted_bars = sorted(bars, key=lambda each: sum(each.values), reverse=True)
    if len(sorted_bars) <= MOST_NAMED:
        return sorted_bars
    named, others = sorted_bars[: MOST_NAMED - 1], sorted_bars[MOST_NAMED - 1 :]
    sums = tuple(map(sum, zip(*(each.values for each in others), strict=True)))
    return [*named, Bars(f"{len(others)} others", sums)]


def _show_plans(axes: "Axes", plot: Plot) -> None:
    places, bottom = range(len(plot.weeks)), [0] * len(plot.weeks)
    bars = gathered(plot.plans)
    shown: list[Any] = []
    for each in bars:
        shown.append(axes.bar(places, each.values, bottom=bottom))
        bottom = [below + value for below, value in zip(bottom, each.values, strict=True)]
    _set_up(axes, plot.weeks, "plans posted")
    _name(axes, shown, [each.name for each in bars])


def _show_changes(axes: "Axes", plot: Plot) -> None:
    places = range(len(plot.weeks))
    [edits] = axes.plot(places, plot.edits, marker="o")
    [charts] = axes.plot(places, plot.charts, marker="s", linestyle="--")
    _set_up(axes, plot.weeks, "edits, charts added")
    _name(axes, [edits, charts], ["edits", "charts added"])


def _set_up(axes: "Axes", weeks: Sequence[str], what: str) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set_ylabel(what)
    axes.set_xticks(range(len(weeks)), weeks)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylim(bottom=0, top=max(1, axes.get_ylim()[1]))
    axes.grid(axis="y", alpha=0.3)
    axes.set_axisbelow(True)


def _name(axes: "Axes", shown: Sequence[Any], names: Sequence[str]) -> None:
    """Put a legend beside the axes; a name may begin with an underscore, which means "no name" to the library."""
    if not shown:
        return
    legend = axes.legend(shown, [str(number) for number in range(len(shown))], loc="upper left", bbox_to_anchor=(1, 1))
    for text, name in zip(legend.get_texts(), names, strict=True):
        text.set_parse_math(False)
        text.set_text(_drawable(name))


def _drawable(text: str) -> str:
    """The text in characters that the font has."""
    from matplotlib.font_manager import findfont
    from matplotlib.ft2font import FT2Font

    glyphs = FT2Font(findfont(_FONT)).get_charmap()
    plain = "".join(character for character in text if unicodedata.category(character) not in _CONTROLS)
    cut = plain if len(plain) <= LONGEST_NAME else plain[: LONGEST_NAME - 1] + "\N{HORIZONTAL ELLIPSIS}"
    return "".join(character if ord(character) in glyphs else _NO_GLYPH for character in cut)


def _limit() -> None:
    os.umask(0o077)  # for what the library keeps in the user's folders
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with contextlib.suppress(ValueError, OSError):  # the system's own limit is lower
            resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


if __name__ == "__main__":
    main()
