"""Plugins, and what was done with them: for those who run the bot."""

from collections.abc import Iterator, Sequence
from typing import Final

from bot.domain.values import PluginAction, Plugins, PluginState, PluginStatus, ReloadAllResult, Reloaded
from bot.replies import layout
from bot.replies.layout import Reply
from bot.replies.phrases import PART, note

_ACTS_SHOWN: Final = 5
_MARKS: Final = {
    PluginState.LOADED: "\N{LARGE GREEN CIRCLE}",
    PluginState.UNLOADED: "\N{MEDIUM WHITE CIRCLE}",
    PluginState.FAILED: "\N{LARGE RED CIRCLE}",
}
_LONGEST_FAULT: Final = 300
_LIST: Final = PART - 700
"""Units of the list; leaves room for the acts."""


def plugin_list(plugins: Plugins) -> Reply:
    """All plugins, those that are loaded first, and the newest acts."""
    ordered = sorted(plugins.statuses, key=lambda each: each.state is not PluginState.LOADED)
    blocks = ["### Plugins", "\n".join(_fitting([_standing(each) for each in ordered]))]
    if plugins.actions:
        acts = "\n".join(map(_act, plugins.actions[:_ACTS_SHOWN]))
        blocks.append(layout.cut(f"**Done lately**\n{acts}", 900))
    return layout.private([layout.container(layout.LIVE, *blocks)])


def plugin_loaded(done: Reloaded) -> Reply:
    """A plugin was loaded."""
    return note(f"The plugin {layout.escape(done.name)} is loaded, in {done.seconds:.1f} s.{_difference(done)}")


def plugin_unloaded(done: Reloaded) -> Reply:
    """A plugin was unloaded."""
    return note(f"The plugin {layout.escape(done.name)} is unloaded, in {done.seconds:.1f} s.{_difference(done)}")


def plugin_reloaded(done: Reloaded) -> Reply:
    """A plugin was reloaded."""
    return note(_reloaded(done))


def plugins_reloaded(done: ReloadAllResult) -> Reply:
    """All plugins were reloaded, or not."""
    lines = [_reloaded(each) for each in done.reloaded]
    lines += [f"{layout.escape(refused)} Its old code goes on." for refused in done.refused]
    color = layout.REFUSED if done.refused else layout.LIVE
    return layout.private([layout.container(color, layout.cut("\n".join(lines), PART))])


def _fitting(lines: Sequence[str]) -> Iterator[str]:
    """The lines that there is room for, and how many more there are."""
    room = _LIST
    for number, line in enumerate(lines):
        room -= layout.units(line) + 1
        if room < 0:
            yield f"and {len(lines) - number} more: `python -m bot plugins` lists all"
            return
        yield line


def _reloaded(done: Reloaded) -> str:
    return f"The plugin {layout.escape(done.name)} is reloaded, in {done.seconds:.1f} s.{_difference(done)}"


def _difference(done: Reloaded) -> str:
    parts = {"New": done.added, "Gone": done.removed, "Changed": done.changed}
    return "".join(f" {word}: {layout.escape(', '.join(names))}." for word, names in parts.items() if names)


def _standing(standing: PluginStatus) -> str:
    commands = f": {layout.escape(', '.join(standing.commands))}" if standing.commands else ""
    line = (
        f"{_MARKS[standing.state]} **{layout.escape(standing.name)}** {layout.escape(standing.version)}, "
        f"{standing.state} since {layout.timestamp(standing.since)}{commands}"
    )
    if standing.last_error is None:
        return line
    words = layout.escape(layout.cut(standing.last_error.words, _LONGEST_FAULT))
    return f"{line}\n  Last error, {layout.timestamp(standing.last_error.at)}: {words}"


def _act(act: PluginAction) -> str:
    outcome = layout.escape(layout.cut(act.outcome, 100))
    return f"{layout.timestamp(act.at)} <@{act.user_id}>: {act.act} {layout.escape(act.plugin)}, {outcome}"
