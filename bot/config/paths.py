"""Places in the configuration that are in each other's way."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.config.errors import Fault

Place = tuple[str, str]
"""A setting: section and key."""

BOOK: Place = ("storage", "path")
CHARTS: Place = ("storage", "charts_path")
SPOOL: Place = ("storage", "spool_path")
BACKUPS: Place = ("backup", "folder")


def clashes(places: Mapping[Place, Path]) -> Iterator[Fault]:
    """What lies where only pictures may: those are moved, or removed, as a whole."""
    ruled = {CHARTS: places[CHARTS], SPOOL: places[SPOOL] / "charts"}
    for ruler, folder in ruled.items():
        for place, path in places.items():
            if place != ruler and _lies_in(path, folder):
                text = f"{folder} is for pictures alone, and {'.'.join(place)} lies in it: {path}. Name a folder apart."
                yield Fault(ruler, text)


def _lies_in(path: Path, folder: Path) -> bool:
    inner, outer = (Path(os.path.realpath(each)) for each in (path, folder))
    return inner.is_relative_to(outer)
