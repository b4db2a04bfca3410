"""The plugins, and what is done with them."""

import dataclasses
import datetime
import enum

from bot.domain.values.ids import UserId


class PluginState(enum.StrEnum):
    """How a plugin stands."""

    LOADED = "loaded"
    UNLOADED = "unloaded"
    FAILED = "failed"


@dataclasses.dataclass(frozen=True, slots=True)
class PluginFault:
    """Something that went wrong with a plugin, on one line."""

    at: datetime.datetime
    words: str


@dataclasses.dataclass(frozen=True, slots=True)
class PluginStanding:
    """A plugin, and how it stands."""

    name: str
    """As it calls itself; its module's name where it could never be read."""
    summary: str
    version: str
    state: PluginState
    since: datetime.datetime
    commands: tuple[str, ...] = ()
    """As they are typed: `/plan`; commands of a menu by their names."""
    last_error: PluginFault | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class PluginAct:
    """What an operator did, or wanted to do, with a plugin."""

    at: datetime.datetime
    user_id: UserId
    act: str
    plugin: str
    outcome: str


@dataclasses.dataclass(frozen=True, slots=True)
class Plugins:
    """All plugins, and the newest acts, newest first."""

    standings: tuple[PluginStanding, ...]
    acts: tuple[PluginAct, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Reloaded:
    """What came of putting a plugin's new code in the place of the old, or of loading or unloading one."""

    name: str
    added: tuple[str, ...]
    """Commands that are new."""
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    """Commands whose text, options or permissions are others."""
    seconds: float


@dataclasses.dataclass(frozen=True, slots=True)
class ReloadedAll:
    """What came of reloading each plugin that is loaded."""

    reloaded: tuple[Reloaded, ...]
    refused: tuple[str, ...]
    """Why the others were not, a sentence or two for each."""
