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
    """A plugin that was left out, and why."""

    plugin: str
    """Its name, or its module's where it has none yet."""
    why: str


def find(enabled: Sequence[str], extra: Sequence[str]) -> tuple[list[Plugin], list[Fault]]:
    """Import the plugins: those of this program named in `enabled`, then the modules named in `extra`.

    Returns:
        The plugins in the order they were named, and the extra ones that can't be had.

    Raises:
        PluginError: one of `enabled` can't be imported; the failure of the import is its cause.
    """
    plugins: list[Plugin] = []
    for name in enabled:
        plugins.append(_among(plugins, _import(f"plugins.{name}")))
    faults: list[Fault] = []
    for module in extra:
        try:
            plugins.append(_among(plugins, _import(module)))
        except PluginError as error:
            faults.append(Fault(module, str(error)))
    return plugins, faults


async def load(client: lightbulb.Client, plugins: Sequence[Plugin]) -> list[Fault]:
    """Add the plugins to the client, and take back whole what fails; the faults name the plugins."""
    faults: list[Fault] = []
    for plugin in plugins:
        try:
            await plugin.add_to_client(client)
        except Exception as error:  # noqa: BLE001 - whatever a plugin does, the others are loaded
            await plugin.remove_from_client(client)
            faults.append(Fault(plugin.name, f"{type(error).__name__}: {error}"))
        else:
            _log.info("plugin loaded", plugin=plugin.name)
    return faults


def _among(others: Sequence[Plugin], plugin: Plugin) -> Plugin:
    """The plugin, if it takes no name from those before it.

    Raises:
        PluginError: it does.
    """
    for other in others:
        if other.name == plugin.name:
            raise PluginError(f"there is another plugin {plugin.name}: give this one a name of its own")
        if taken := other.commands & plugin.commands:
            names = ", ".join(sorted(name for _, name in taken))
            raise PluginError(f"the plugin {plugin.name} has commands that {other.name} has already: {names}")
    return plugin


def _import(module: str) -> Plugin:
    try:
        imported = importlib.import_module(module)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a plugin may even call sys.exit
        raise PluginError(f"the plugin {module} can't be imported: {type(error).__name__}: {error}") from error
    plugin = getattr(imported, "plugin", None)
    if not isinstance(plugin, Plugin):
        raise PluginError(f"the module {module} is no plugin: it has no `plugin = Plugin(...)`")
    return plugin
