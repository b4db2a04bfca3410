"""Where plugins come from: this program, modules that the configuration names, and what is installed."""

import dataclasses
import importlib.metadata
import importlib.util
import re
from collections.abc import Sequence
from typing import Final

from bot import VERSION
from bot.plugin import NAME

GROUP: Final = "coachbook.plugins"
"""The group of entry points by which an installed package says that it has a plugin."""
OWN: Final = "plugins"
"""The package of this program's plugins."""


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """A module that is to be a plugin."""

    module: str
    name: str
    """What it is called as long as its module was not read."""
    is_core: bool = False
    """Without it the bot does not start."""
    version: str = VERSION
    """Of what it came with; its module may say another."""


def sources(enabled: Sequence[str], extra: Sequence[str]) -> list[Source]:
    """The plugins to load at the start, in their order; what is installed comes last, and each module once.

    Args:
        enabled: modules of this program's own package.
        extra: dotted names of modules, or names of entry points.
    """
    installed = {
        point.name: Source(point.module, point.name, version=point.dist.version if point.dist else VERSION)
        for point in importlib.metadata.entry_points(group=GROUP)
    }
    found = [
        *(Source(f"{OWN}.{name}", name, is_core=True) for name in enabled),
        *(installed.get(name) or Source(name, name, version=_version_of(name)) for name in extra),
        *installed.values(),
    ]
    once: dict[str, Source] = {}
    for source in found:
        once.setdefault(source.module, source)
    return list(once.values())


def source_named(name: str) -> Source | None:
    """A plugin that was added since the start: in this program's package, or installed; None: there is none."""
    importlib.invalidate_caches()
    if re.fullmatch(NAME, name) and importlib.util.find_spec(f"{OWN}.{name}"):
        return Source(f"{OWN}.{name}", name)
    return next((source for source in sources((), ()) if source.name == name), None)


def _version_of(module: str) -> str:
    """The version of what a module was installed with; Coachbook's where it was not installed."""
    distributions = importlib.metadata.packages_distributions().get(module.partition(".")[0])
    return importlib.metadata.version(distributions[0]) if distributions else VERSION
