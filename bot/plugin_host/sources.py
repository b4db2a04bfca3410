"""The sources of plugins: this program, modules in the configuration, and installed distributions."""

import dataclasses
import importlib.metadata
import importlib.util
import re
from collections.abc import Sequence
from typing import Final

from bot import VERSION
from bot.plugin.api import NAME

GROUP: Final = "coachbook.plugins"
"""The group of entry points of installed plugins."""
OWN: Final = "plugins"
"""The package of this program's plugins."""


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """A module to load as a plugin."""

    module: str
    name: str
    """The plugin's name until its module was imported."""
    is_core: bool = False
    """True: the bot does not start without it."""
    version: str = VERSION
    """The version of its distribution; empty: it has none. Its module may have another."""


def sources(enabled: Sequence[str], extra: Sequence[str]) -> list[Source]:
    """Return the plugins to load at the start, in their order: installed ones last, and each module once.

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
    """Return a plugin that was added since the start, to this program's package or installed; None: there is none."""
    importlib.invalidate_caches()
    if re.fullmatch(NAME, name) and importlib.util.find_spec(f"{OWN}.{name}"):
        return Source(f"{OWN}.{name}", name)
    return next((source for source in sources((), ()) if source.name == name), None)


def _version_of(module: str) -> str:
    """Return the version of a module's distribution; empty: it was not installed."""
    package = module.partition(".")[0]
    return next((each.version for each in importlib.metadata.distributions() if _has(each, package)), "")


def _has(distribution: importlib.metadata.Distribution, package: str) -> bool:
    """Return true if the distribution installed this package or module.

    `packages_distributions` would look at each file of all distributions, for as long as the rest of the start takes.
    """
    listed = distribution.read_text("top_level.txt")
    if listed is not None:
        return package in listed.split()
    record = distribution.read_text("RECORD") or ""
    return re.search(rf"^{re.escape(package)}[/.]", record, re.MULTILINE) is not None
