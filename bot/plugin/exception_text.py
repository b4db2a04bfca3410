"""Exceptions of plugins as text that people may read: without a path of the machine."""

import re
from typing import Final

_MAX_LENGTH: Final = 300
_PATH: Final = re.compile(r"(?<![\w./:])(?:/[^/\s'\"(),:]+)+/([^/\s'\"(),:]+)")


def words_of(error: BaseException) -> str:
    """Return the error's class and the first line of its message, without a path of the machine."""
    try:
        message = without_paths(str(error).strip().partition("\n")[0])
    except Exception:  # noqa: BLE001 - what a plugin raises may not even be shown
        message = ""
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def without_paths(text: str) -> str:
    """Return the text, cut to a length that can be shown, with files by their names alone."""
    text = _PATH.sub(r"\1", text)
    return text if len(text) <= _MAX_LENGTH else text[: _MAX_LENGTH - 1] + "\N{HORIZONTAL ELLIPSIS}"
