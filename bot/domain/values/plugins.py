"""Plugins and actions on them."""

import dataclasses
import datetime
import enum

from bot.domain.values.ids import UserId


class PluginState(enum.StrEnum):
    """States of a plugin."""

    LOADED = "loaded"
    UNLOADED = "unloaded"
    FAILED = "failed"


@dataclasses.dataclass(frozen=True, slots=True)
class PluginFailure:
    """An error of a plugin, in one line."""

    at: datetime.datetime
    words: str


@dataclasses.dataclass(frozen=True, slots=True)
class PluginStatus:
    """A plugin and its state."""

    name: str
    """The plugin's own name; its module's name if it could never be imported."""
    summary: str
    version: str
    """Empty: it says none."""
    state: PluginState
    since: datetime.datetime
    commands: tuple[str, ...] = ()
    """As typed: `/plan`; context menu commands by name."""
    last_error: PluginFailure | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class PluginAction:
    """An operator's attempted action on a plugin."""

    at: datetime.datetime
    user_id: UserId
    verb: str
    """Such as reload."""
    plugin: str
    outcome: str


@dataclasses.dataclass(frozen=True, slots=True)
class Plugins:
    """All plugins, and the latest actions, newest first."""

    statuses: tuple[PluginStatus, ...]
    actions: tuple[PluginAction, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class PluginChange:
    """Result of loading, reloading or unloading a plugin."""

    name: str
    added: tuple[str, ...]
    """New commands."""
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    """Commands whose text, options or permissions changed."""
    seconds: float


@dataclasses.dataclass(frozen=True, slots=True)
class ReloadAllResult:
    """Result of reloading all loaded plugins."""

    reloaded: tuple[PluginChange, ...]
    refused: tuple[str, ...]
    """Reasons why the others were not reloaded, one or two sentences each."""
