"""Rows that fit the constraints of their tables but were not written by Coachbook, and rows that were removed."""

from collections.abc import Iterator
from typing import Any

from storage.connections import database
from storage.models import ALL_ROWS, ChartRow, DatabaseRow, RevisionRow, Row

_GAPS = """
    SELECT before + 1, id - 1
    FROM (
        SELECT id, LAG(id, 1, 0) OVER (ORDER BY id) AS before
        FROM (SELECT id FROM {table} UNION SELECT seq + 1 FROM sqlite_sequence WHERE name = '{table}')
    )
    WHERE id > before + 1
    ORDER BY id
"""
"""The first and the last id of each gap."""
_MAX_GAPS = 10
"""The number of gaps that are listed."""


def unreadable_rows() -> list[str]:
    """Describe the first unreadable row of each table; of a database with all migrations.

    The constraints accept `2026-99-99T00:00:00.000000Z` as a time, year 0 in a day, and any bytes as text.
    """
    return [finding for kind in ALL_ROWS if (finding := _first_unreadable(kind))]


def missing_rows() -> list[str]:
    """Describe the removed rows of histories and charts; of a database with all migrations.

    Coachbook never deletes one, and an insert that is rolled back gives its id back, so the ids have no gaps; those of
    plans may have some, as an import keeps the ids of another database.
    """
    return [finding for kind in (RevisionRow, ChartRow) for finding in _missing_rows(kind._meta.table_name)]


def has_name() -> bool:
    """Return whether the database has the row by which the pictures' folder knows it."""
    return DatabaseRow.select().exists()


def _missing_rows(table: str) -> Iterator[str]:
    gaps = list(database.execute_sql(_GAPS.format(table=table)))
    for first, last in gaps[:_MAX_GAPS]:
        rows = f"the row {first} is" if first == last else f"the rows {first} to {last} are"
        yield f"{table}: {rows} missing. Coachbook never removes any: look for them in an older backup"
    if len(gaps) > _MAX_GAPS:
        yield f"{table}: rows are missing at {len(gaps) - _MAX_GAPS:,} more places"


def _first_unreadable(kind: type[Row]) -> str | None:
    table, fields = kind._meta.table_name, kind._meta.sorted_fields
    columns = ", ".join(f'"{field.column_name}"' for field in fields)
    keys = [key.column_name for key in kind._meta.get_primary_keys()] if kind._meta.without_rowid else ["rowid"]
    for key in list(database.execute_sql(f"SELECT {', '.join(keys)} FROM {table}")):  # noqa: S608 - names of ours
        is_row = " AND ".join(f"{name} = ?" for name in keys)
        row = f"a row of {table} ({', '.join(f'{name} {value}' for name, value in zip(keys, key, strict=True))})"
        try:
            values: list[Any] = next(iter(database.execute_sql(f"SELECT {columns} FROM {table} WHERE {is_row}", key)))  # noqa: S608 - names of ours
        except UnicodeDecodeError:
            return f"{row} has text that is not UTF-8"
        for field, value in zip(fields, values, strict=True):
            try:
                field.python_value(value)
            except ValueError:
                return f"{row} has an impossible day or time in {field.column_name}"
    return None
