"""The drawing process's program: it runs isolated, and finds the bot's code relative to its own file."""

import json
import pathlib
import sys

MAX_MEMORY = 1 << 30
"""Bytes of the process's address space."""


def main() -> None:
    """Read a plot as JSON from standard input, and write a PNG to standard output."""
    from bot.service.process_limits import limit_memory
    from bot.service.reports.drawing import draw
    from bot.service.reports.plot import Panel, Plot, Series

    given = json.load(sys.stdin.buffer)
    panels = tuple(
        Panel(
            panel["heading"],
            tuple(Series(each["name"], tuple(each["values"]), each["key"]) for each in panel["series"]),
            panel["is_stacked"],
        )
        for panel in given["panels"]
    )
    limit_memory(MAX_MEMORY)
    sys.stdout.buffer.write(draw(Plot(tuple(given["weeks"]), panels)))


if __name__ == "__main__":
    sys.path.append(str(pathlib.Path(__file__).parents[3]))
    main()
