"""The place and the reason why a plugin can't be imported, without a path of the machine."""

import sys
import traceback
from pathlib import Path
from typing import Final

from bot.plugin.exception_text import without_paths, words_of

PROGRAM: Final = frozenset({"bot", "storage", "sandbox", "demo"})
"""The packages of this program, which belong to no plugin."""

_INSTALLED: Final = frozenset({"site-packages", "dist-packages"})


class PluginImportError(Exception):
    """A plugin can't be imported; raised as a PluginFailedError where the plugin's name is known."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where = where
        """A file or a module, with the line where there is one."""
        self.why = why


def import_error(error: BaseException, module: str, folder: Path | None) -> PluginImportError:
    """Return the error, in words for people, of an import that raised `error`.

    Args:
        error: the exception.
        module: the plugin's module.
        folder: the plugin's folder; None: not found.
    """
    if isinstance(error, SyntaxError) and error.filename:
        return PluginImportError(
            _place(error.filename, error.lineno), f"{type(error).__name__}: {without_paths(error.msg)}"
        )
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if lies_in(frame.filename, folder)]
    where = _place(frames[-1].filename, frames[-1].lineno) if frames else module
    return PluginImportError(where, _why(error, module))


def lies_in(file: str, folder: Path | None) -> bool:
    """Return True for a source file in a plugin's folder that is neither this program's nor installed there."""
    path = Path(file)
    if folder is None or folder.name in _INSTALLED or not path.is_relative_to(folder):
        return False
    inner = path.relative_to(folder).parts
    return inner[0] not in PROGRAM and not _INSTALLED.intersection(inner)


def _why(error: BaseException, module: str) -> str:
    if isinstance(error, SystemExit):
        return "it calls sys.exit"
    if isinstance(error, ModuleNotFoundError) and error.name == module:
        return "there is no such module: its file was deleted, or never existed"
    return words_of(error)


def _place(file: str, line: int | None) -> str:
    return f"{_shown(Path(file))}, line {line}" if line is not None else _shown(Path(file))


def _shown(file: Path) -> str:
    """Return the file's path from the folder in which modules are found."""
    roots = [Path(entry or ".").resolve() for entry in ["", *sys.path]]
    shown = [str(file.relative_to(root)) for root in roots if file.is_relative_to(root)]
    return min(shown, key=len, default=file.name)
