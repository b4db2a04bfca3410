"""Imports a plugin's code from its files beside the code that runs."""

import asyncio
import concurrent.futures
import dataclasses
import importlib
import importlib.util
import sys
import threading
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from types import ModuleType
from typing import Final

from bot.discord.commands.sync import Builder, builders_of
from bot.plugin import Plugin
from bot.plugin.exception_text import words_of
from bot.plugin_host import modules
from bot.plugin_host.import_errors import PROGRAM, PluginImportError, import_error, lies_in

IMPORT_SECONDS: Final = 10.0
"""Maximum duration of an import in the bot. The preflight is stricter; this leaves room for a busy machine."""

_abandoned: Final[dict[str, "concurrent.futures.Future[None]"]] = {}
"""Imports that took too long, by module."""


@dataclasses.dataclass(frozen=True, slots=True)
class Imported:
    """A plugin with the modules that belong to it."""

    plugin: Plugin
    module: str
    modules: Mapping[str, ModuleType]
    """By name: the plugin's module, the modules inside it, and those of its folder that only it imports."""

    @property
    def version(self) -> str | None:
        """The value of `__version__` in the plugin's module."""
        version = getattr(self.modules[self.module], "__version__", None)
        return str(version) if version is not None else None

    async def build_commands(self) -> tuple[Builder, ...]:
        """Return its commands as they are sent to Discord.

        Raises:
            PluginImportError: they can't be built.
        """
        try:
            return await builders_of(self.plugin.registered)
        except Exception as error:  # whatever a plugin calls a command
            raise PluginImportError(self.module, f"its commands can't be made: {words_of(error)}") from error

    def install(self) -> None:
        """Add its modules to `sys.modules`."""
        modules.install(self.modules)

    def remove(self) -> None:
        """Remove its modules from `sys.modules`."""
        modules.remove(self.modules)


class PluginImport:
    """One import of a plugin whose modules are not in `sys.modules`."""

    def __init__(self, module: str, others: Collection[str]) -> None:
        """Prepare the import of `module`; `others` are the modules of the other plugins, which are left alone."""
        self._module = module
        self._others = frozenset(others)
        self._before = sys.modules.copy()
        self._folder: Path | None = None
        self._error: BaseException | None = None

    def run(self) -> None:
        """Import the plugin in the current thread."""
        try:
            self._run()
        except BaseException as error:  # noqa: BLE001 - a plugin may even call sys.exit
            self._error = error

    def found(self) -> dict[str, ModuleType]:
        """Return the plugin's modules that were imported so far."""
        new = (each for each in sys.modules.copy().items() if self._before.get(each[0]) is not each[1])
        return {name: module for name, module in new if self._owns(name, getattr(module, "__file__", None))}

    def result(self, found: Mapping[str, ModuleType]) -> Imported:
        """Return the plugin with its modules, once `run` has ended.

        Raises:
            PluginImportError: the import failed, or the module has no plugin.
        """
        if self._error is not None:
            raise import_error(self._error, self._module, self._folder) from self._error
        plugin = getattr(found.get(self._module), "plugin", None)
        if not isinstance(plugin, Plugin):
            raise PluginImportError(self._module, "it is no plugin: it has no `plugin = Plugin(...)`")
        return Imported(plugin, self._module, found)

    def _run(self) -> None:
        importlib.invalidate_caches()
        spec = importlib.util.find_spec(self._module)
        if spec is None or spec.loader is None or spec.origin is None:
            raise ModuleNotFoundError(f"there is no module {self._module}", name=self._module)
        self._folder = Path(spec.origin).parent
        # Not import_module: the lock that it holds would stop everyone who imports the module, were this to hang.
        module = importlib.util.module_from_spec(spec)
        sys.modules[self._module] = module
        writes_none, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # two edits can fall into one second
        try:
            spec.loader.exec_module(module)
        finally:
            sys.dont_write_bytecode = writes_none

    def _owns(self, name: str, file: str | None) -> bool:
        if name == self._module or name.startswith(f"{self._module}."):
            return True
        top = name.partition(".")[0]
        if name in {*self._others, "plugins"} or top in PROGRAM or top in sys.stdlib_module_names:
            return False
        return file is not None and lies_in(file, self._folder)


async def import_plugin(
    module: str, own: Collection[str] = (), others: Collection[str] = (), seconds: float = IMPORT_SECONDS
) -> Imported:
    """Import a plugin's code from its files in a thread, and restore `sys.modules`.

    Until it ends, other code that imports one of the plugin's own modules can get the new one. An import that takes
    too long is abandoned: a thread can't be stopped without breaking the locks that it holds.

    Args:
        module: the plugin's module.
        own: further modules that belong to the plugin and are imported again too.
        others: the modules of other plugins.
        seconds: maximum duration.

    Raises:
        PluginImportError: the import failed, or the module has no plugin.
    """
    if module in _abandoned and not _abandoned[module].done():
        raise PluginImportError(module, "an earlier import of it in the bot still runs: restart the bot")
    old = modules.remove({*own, *modules.within(module)})
    running = PluginImport(module, others)
    found: dict[str, ModuleType] = {}
    ended = _in_thread(running.run)
    try:
        await asyncio.wait_for(asyncio.wrap_future(ended), seconds)
    except TimeoutError as error:
        _abandoned[module] = ended
        raise PluginImportError(module, f"its import in the bot had not ended after {seconds:g} seconds") from error
    finally:
        found = modules.remove(running.found())
        modules.install(old)
    return running.result(found)


def _in_thread(work: Callable[[], None]) -> "concurrent.futures.Future[None]":
    """Start work in a daemon thread of its own."""
    ended: concurrent.futures.Future[None] = concurrent.futures.Future()
    ended.set_running_or_notify_cancel()  # so that a timeout does not cancel it

    def run() -> None:
        work()
        ended.set_result(None)

    threading.Thread(target=run, name="plugin import", daemon=True).start()
    return ended
