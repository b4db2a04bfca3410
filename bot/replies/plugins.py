"""Plugins and recent actions on them, for operators."""

from collections.abc import Sequence
from typing import Final

from bot.domain.values import PluginAction, PluginChange, Plugins, PluginState, PluginStatus, ReloadAllResult
from bot.replies import layout
from bot.replies.layout import Reply
from bot.replies.phrases import PART, fitting, note

_ACTIONS_SHOWN: Final = 5
_MAX_FAULT: Final = 300
_LIST: Final = PART - 700
"""Units of the list; leaves room for the actions."""


def plugin_list(plugins: Plugins) -> Reply:
    """Return all plugins, loaded ones first, and the recent actions."""
    ordered = sorted(plugins.statuses, key=lambda each: each.state is not PluginState.LOADED)
    blocks = ["### Plugins", "\n".join(_listed(ordered))]
    if plugins.actions:
        actions = "\n".join(map(_action, plugins.actions[:_ACTIONS_SHOWN]))
        blocks.append(layout.cut(f"**Recent actions**\n{actions}", 900))
    return layout.private([layout.container(layout.LIVE, *blocks)])


def plugin_loaded(done: PluginChange) -> Reply:
    """Say that a plugin was loaded."""
    return note(_done(done, "loaded"))


def plugin_unloaded(done: PluginChange) -> Reply:
    """Say that a plugin was unloaded."""
    return note(_done(done, "unloaded"))


def plugin_reloaded(done: PluginChange) -> Reply:
    """Say that a plugin was reloaded."""
    return note(_done(done, "reloaded"))


def plugins_reloaded(done: ReloadAllResult) -> Reply:
    """Say which plugins were reloaded, and which were not."""
    lines = [_done(each, "reloaded") for each in done.reloaded]
    lines += [layout.escape(refused) for refused in done.refused]
    color = layout.REFUSED if done.refused else layout.LIVE
    return layout.private([layout.container(color, layout.cut("\n".join(lines), PART))])


def _listed(statuses: Sequence[PluginStatus]) -> list[str]:
    """Return the lines that fit, and a count of the rest."""
    shown = fitting([_status(each) for each in statuses], _LIST)
    more = len(statuses) - len(shown)
    return [*shown, f"and {more} more: `python -m bot plugins` lists all"] if more else shown


def _done(done: PluginChange, verb: str) -> str:
    return f"Plugin {layout.escape(done.name)} {verb} in {done.seconds:.1f} s.{_difference(done)}"


def _difference(done: PluginChange) -> str:
    parts = {"New": done.added, "Removed": done.removed, "Changed": done.changed}
    return "".join(f" {word}: {layout.escape(', '.join(names))}." for word, names in parts.items() if names)


def _status(status: PluginStatus) -> str:
    commands = f": {layout.escape(', '.join(status.commands))}" if status.commands else ""
    version = f" {layout.escape(status.version)}" if status.version else ""
    line = f"**{layout.escape(status.name)}**{version}, {status.state} since {layout.timestamp(status.since)}{commands}"
    if status.last_error is None:
        return line
    words = layout.escape(layout.cut(status.last_error.words, _MAX_FAULT))
    return f"{line}\n  Last error, {layout.timestamp(status.last_error.at)}: {words}"


def _action(action: PluginAction) -> str:
    outcome = layout.escape(layout.cut(action.outcome, 100))
    return f"{layout.timestamp(action.at)} <@{action.user_id}>: {action.verb} {layout.escape(action.plugin)}, {outcome}"
