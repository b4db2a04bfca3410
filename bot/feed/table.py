"""Values as a table: CSV (RFC 4180) that spreadsheets take for texts."""

import csv
import io
from collections.abc import Iterable
from typing import Any, Final

_FORMULA: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The beginnings of cells that spreadsheets compute, the last four as some keyboards write them."""


def row(cells: Iterable[object]) -> bytes:
    """Return a row, with its end; None is an empty cell."""
    line = io.StringIO(newline="")
    csv.writer(line).writerow(_cell(each) for each in cells)
    return line.getvalue().encode("utf-8", "replace")


def _cell(value: Any) -> str:  # noqa: ANN401 - of any type
    """Return the text of a cell; with an apostrophe before what a spreadsheet would compute."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
