"""A plugin's code, imported aside: what runs stays as it is until the new code is put in its place."""

import asyncio
import builtins
import contextlib
import ctypes
import dataclasses
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Final, Generic, NoReturn, TypeVar, cast

import structlog

from bot.plugin import Plugin
from bot.plugin_host.import_errors import PROGRAM, ImportFault, ImportTooLongError, fault_of, lies_in

T = TypeVar("T")

IMPORT_SECONDS: Final = 5.0
"""How long the import of a plugin may take."""
BREAK_SECONDS: Final = 1.0
"""How long an import that took too long may take to end, once it is told to."""

_BREAKS: Final = 5
_MISSING: Final = object()

_log = structlog.get_logger(__name__)


@dataclasses.dataclass(frozen=True, slots=True)
class Imported:
    """A plugin with the modules that are its own."""

    plugin: Plugin
    module: str
    modules: Mapping[str, ModuleType]
    """By name: its module, those within it, and those of its folder that only it brought in."""

    @property
    def version(self) -> str | None:
        """What its module says in `__version__`."""
        said = getattr(self.modules[self.module], "__version__", None)
        return str(said) if said is not None else None

    def put_in_place(self, before: "Imported | None" = None) -> None:
        """Make its modules those that others import, in the place of the ones before."""
        _take_out(before.modules if before else ())
        sys.modules.update(self.modules)
        for name, module in self.modules.items():
            _set_in_parent(name, module)

    def take_away(self) -> None:
        """Take its modules out, so that nothing of them is left."""
        _take_out(self.modules)


async def import_aside(
    module: str, own: Collection[str] = (), others: Collection[str] = (), seconds: float = IMPORT_SECONDS
) -> Imported:
    """Import a plugin's code anew in a thread of its own, and leave what others import as it is.

    Args:
        module: the plugin's module.
        own: further modules that belong to it, to be read anew too.
        others: the modules of other plugins, and what belongs to them.
        seconds: how long it may take.

    Raises:
        ImportFault: it can't be imported, or is no plugin.
    """
    names = {module, *own, *(name for name in sys.modules if name.startswith(f"{module}."))}
    kept = _take_out(names)
    before = dict(sys.modules)
    finder = _FreshFinder(module, others)
    sys.meta_path.insert(0, finder)
    importlib.invalidate_caches()
    aside = _Aside(finder.run)
    try:
        with _OldForOthers({name: old for name, (old, _) in kept.items()}, finder):
            error = await _ended(aside, seconds)
        imported = {name: found for name, found in sys.modules.items() if finder.is_own(name, found, before)}
    finally:
        finder.thread = None
        sys.meta_path.remove(finder)
        new = {name for name, found in sys.modules.items() if finder.is_own(name, found, before)}
        _take_out(new)
        sys.modules.update({name: old for name, (old, _) in kept.items()})
        for name, (_, attribute) in kept.items():
            if attribute is not _MISSING:
                _set_in_parent(name, attribute)
        if aside.thread.is_alive():
            _forget_locks({*new, *names})
    if error is not None:
        raise fault_of(error, module, finder.folder, seconds) from error
    plugin = getattr(imported.get(module), "plugin", None)
    if not isinstance(plugin, Plugin):
        raise ImportFault(module, "it is no plugin: it has no `plugin = Plugin(...)`")
    return Imported(plugin, module, imported)


class _FreshSource(importlib.machinery.SourceFileLoader):
    """Reads a module's source, and neither reads nor writes bytecode: two changes may fall into one second."""

    def path_stats(self, path: str) -> NoReturn:
        """Refuse, which means that there is no bytecode to compare with.

        Raises:
            OSError: always.
        """
        raise OSError(path)


class _FreshFinder(importlib.abc.MetaPathFinder):
    """Finds the modules of one plugin for the thread that imports it, and has them read anew."""

    def __init__(self, module: str, others: Collection[str]) -> None:
        self._module = module
        self._others = frozenset(others)
        self.thread: int | None = None
        self.folder: Path | None = None

    def run(self) -> None:
        """Import the plugin, in the current thread.

        Raises:
            ImportError: there is no such module.
            BaseException: whatever the plugin raises.
        """
        self.thread = threading.get_ident()
        spec = importlib.util.find_spec(self._module)
        if spec is None or spec.loader is None:
            raise ModuleNotFoundError(f"there is no module {self._module}", name=self._module)
        # Not import_module: that takes a lock, which an import that never ends would hold for ever.
        module = importlib.util.module_from_spec(spec)
        sys.modules[self._module] = module
        spec.loader.exec_module(module)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """What the other finders find; a source file of the plugin is to be read anew."""
        if threading.get_ident() != self.thread:
            return None
        finders = (each for each in tuple(sys.meta_path) if each is not self)
        spec = next((found for each in finders if (found := each.find_spec(fullname, path, target))), None)
        if spec is None or spec.origin is None:
            return spec
        if fullname == self._module:
            self.folder = Path(spec.origin).parent
        if type(spec.loader) is importlib.machinery.SourceFileLoader and self._is_name(fullname, spec.origin):
            spec.loader = _FreshSource(fullname, spec.origin)
        return spec

    def is_own(self, name: str, module: ModuleType, before: Mapping[str, ModuleType]) -> bool:
        """Whether the module came with this import and belongs to the plugin."""
        return before.get(name) is not module and self._is_name(name, getattr(module, "__file__", None))

    def _is_name(self, name: str, file: str | None) -> bool:
        if name == self._module or name.startswith(f"{self._module}."):
            return True
        top = name.partition(".")[0]
        if name in {*self._others, "plugins"} or top in PROGRAM or top in sys.stdlib_module_names:
            return False
        return file is not None and lies_in(file, self.folder)


class _Aside(Generic[T]):
    """Work in a thread that may be abandoned."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._loop = asyncio.get_running_loop()
        self.error: BaseException | None = None
        self.ended = asyncio.Event()
        self.thread = threading.Thread(target=self._run, name="plugin import", daemon=True)

    def _run(self) -> None:
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 - a plugin may even call sys.exit
            self.error = error
        finally:
            with contextlib.suppress(RuntimeError):  # the loop may be closed by then
                self._loop.call_soon_threadsafe(self.ended.set)

    async def break_off(self) -> None:
        """Raise ImportTooLongError where the thread is; where even that does not end it, leave it alone."""
        for _ in range(_BREAKS):
            if self.thread.ident is not None:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(self.thread.ident), ctypes.py_object(ImportTooLongError)
                )
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.ended.wait(), BREAK_SECONDS / _BREAKS)
                return
        _log.error("an import does not end and is abandoned", thread=self.thread.name)


class _OldForOthers:
    """Inside, the other threads import the modules that run, and never wait for those that are read aside."""

    def __init__(self, old: Mapping[str, ModuleType], finder: _FreshFinder) -> None:
        self._old = old
        self._finder = finder
        self._import = builtins.__import__

    def __enter__(self) -> None:
        builtins.__import__ = self._imported

    def __exit__(self, *_: object) -> None:
        builtins.__import__ = self._import

    def _imported(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        if threading.get_ident() != self._finder.thread:
            package = (globals or {}).get("__package__") or ""
            absolute = importlib.util.resolve_name("." * level + name, package) if level and package else name
            if absolute in self._old:
                wanted = absolute if fromlist or level else absolute.partition(".")[0]
                return self._old.get(wanted) or sys.modules[wanted]
        return self._import(name, globals, locals, fromlist or (), level)


async def _ended(aside: _Aside[None], seconds: float) -> BaseException | None:
    """Run it to its end, or break it off; gives what it raised."""
    aside.thread.start()
    try:
        await asyncio.wait_for(aside.ended.wait(), seconds)
    except TimeoutError:
        await aside.break_off()
        return aside.error or ImportTooLongError()
    except asyncio.CancelledError:
        await aside.break_off()
        raise
    return aside.error


def _forget_locks(names: Collection[str]) -> None:
    """Take from an import that never ends what it holds, so that the same modules can be imported again."""
    locks = cast("dict[str, object]", importlib._bootstrap._module_locks)  # type: ignore[attr-defined]
    for name in names:
        locks.pop(name, None)


def _take_out(names: Collection[str]) -> dict[str, tuple[ModuleType, object]]:
    """Take modules out of what can be imported; gives them, with what their parents called so."""
    taken: dict[str, tuple[ModuleType, object]] = {}
    for name in names:
        parent, _, child = name.rpartition(".")
        attribute = vars(sys.modules[parent]).get(child, _MISSING) if parent in sys.modules else _MISSING
        if (module := sys.modules.get(name)) is not None:
            taken[name] = module, attribute
    for name, (_, attribute) in taken.items():
        del sys.modules[name]
        parent, _, child = name.rpartition(".")
        if attribute is not _MISSING and parent not in taken and parent in sys.modules:
            delattr(sys.modules[parent], child)
    return taken


def _set_in_parent(name: str, value: object) -> None:
    parent, _, child = name.rpartition(".")
    if parent in sys.modules:
        setattr(sys.modules[parent], child, value)


def names_of(imported: Sequence[Imported]) -> Iterator[str]:
    """The modules of these plugins."""
    return (name for each in imported for name in each.modules)
