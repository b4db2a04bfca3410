"""Rows that keep the rules of their tables and that Coachbook never wrote."""

from typing import Any

from storage.connections import database
from storage.models import ALL_ROWS, BookRow, Row


def unreadable_rows() -> list[str]:
    """Return the first row of each table, in words, that can't be read; of a database with all migrations.

    A rule lets `2026-99-99T00:00:00.000000Z` pass for a moment, year 0 for a day, and any bytes for a text.
    """
    return [found for kind in ALL_ROWS if (found := _first_unreadable(kind))]


def has_name() -> bool:
    """Return whether the database has the row by which the pictures' folder knows it."""
    return BookRow.select().exists()


def _first_unreadable(kind: type[Row]) -> str | None:
    if kind._meta.without_rowid:
        return None  # such a table has numbers alone, and is STRICT
    table, fields = kind._meta.table_name, kind._meta.sorted_fields
    columns = ", ".join(f'"{field.column_name}"' for field in fields)
    for (rowid,) in list(database.execute_sql(f"SELECT rowid FROM {table}")):  # noqa: S608 - names of ours
        of_row = f"SELECT {columns} FROM {table} WHERE rowid = {rowid}"  # noqa: S608 - a number
        try:
            values: list[Any] = next(iter(database.execute_sql(of_row)))
        except UnicodeDecodeError:
            return f"a row of {table} (rowid {rowid}) has a text that is not UTF-8"
        for field, value in zip(fields, values, strict=True):
            try:
                field.python_value(value)
            except ValueError:
                return f"a row of {table} (rowid {rowid}) has a wrong {field.column_name}, no day or moment that can be"
    return None
