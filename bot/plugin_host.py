"""Finds the plugins and puts them into the client."""

import dataclasses
import importlib
from collections.abc import Sequence

import lightbulb
import structlog

from bot.plugin import Plugin

_log = structlog.get_logger(__name__)


class PluginError(Exception):
    """A plugin can't be loaded. The message names it and says why, for the operator."""


@dataclasses.dataclass(frozen=True, slots=True)
class Fault:
    """An extra plugin that was left out, and why."""

    module: str
    why: str


def find(enabled: Sequence[str], extra: Sequence[str]) -> tuple[list[Plugin], list[Fault]]:
    """Import the plugins: those of this program named in `enabled`, then the modules named in `extra`.

    Returns:
        The plugins in the order they were named, and the extra ones that can't be had.

    Raises:
        PluginError: one of `enabled` can't be imported; the failure of the import is its cause.
    """
    plugins = [_import(f"plugins.{name}") for name in enabled]
    faults: list[Fault] = []
    for module in extra:
        try:
            plugins.append(_import(module))
        except PluginError as error:
            faults.append(Fault(module, str(error)))
    return plugins, faults


async def load(client: lightbulb.Client, plugins: Sequence[Plugin]) -> None:
    """Add the plugins to the client."""
    for plugin in plugins:
        await plugin.add_to_client(client)
        _log.info("plugin loaded", plugin=plugin.name)


def _import(module: str) -> Plugin:
    try:
        imported = importlib.import_module(module)
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:
        raise PluginError(f"the plugin {module} can't be imported: {type(error).__name__}: {error}") from error
    plugin = getattr(imported, "plugin", None)
    if not isinstance(plugin, Plugin):
        raise PluginError(f"the module {module} is no plugin: it has no `plugin = Plugin(...)`")
    return plugin
