"""The predecessor's database: its rows, as they are."""

import dataclasses
import pathlib
from typing import TypeVar

import apsw

from storage.backup.private_copy import copied
from storage.errors.database import NotAPredecessorError
from storage.shown_text import cut

VERSION = "1"
_LET_PASS = ("NULL value in ", "CHECK constraint failed in ", "TEXT value in ", "NUMERIC value in ")
"""SQLite's findings on rows that break their own table's rules: they are readable, and are checked one by one."""
_DAMAGED = "\udcff"
MAX_BYTES = 2 * 2**30
"""Of the file, which is read whole: a thousand times what ten years of plans have."""
MAX_ROWS = 1_000_000
"""Of each table."""
MAX_VALUE = 16 * 2**20
"""Bytes of one value: far more than any text that is taken in."""


@dataclasses.dataclass(frozen=True, slots=True)
class OldPlan:
    """A row of `coach_plans`. Each field is what the column holds, as text."""

    id: str | None
    coach_name: str | None
    date: str | None
    plan: str | None
    author: str | None
    channel: str | None
    created_at: str | None
    edited_at: str | None
    is_deleted: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class OldChart:
    """A row of `plan_charts`."""

    plan_id: str | None
    chart_url: str | None
    filename: str | None
    added_at: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class OldEntry:
    """A row of `plan_history`."""

    plan_id: str | None
    plan_text: str | None
    edited_by: str | None
    edited_at: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class PredecessorDatabase:
    """All rows, each kind in the order in which they were written."""

    plans: tuple[OldPlan, ...]
    charts: tuple[OldChart, ...]
    entries: tuple[OldEntry, ...]


RowT = TypeVar("RowT", OldPlan, OldChart, OldEntry)

_KINDS = {"coach_plans": OldPlan, "plan_charts": OldChart, "plan_history": OldEntry}
COLUMNS = {
    "schema_version": ("version",),
    **{table: tuple(field.name for field in dataclasses.fields(kind)) for table, kind in _KINDS.items()},
}


def read(path: pathlib.Path) -> PredecessorDatabase:
    """Return the rows of the predecessor's database at `path`, which is not touched.

    Raises:
        NotAPredecessorError: there is no such database, or it is damaged.
    """
    try:
        _refuse_large(path)
        with copied(path) as copy:
            connection = apsw.Connection(str(copy), flags=apsw.SQLITE_OPEN_READWRITE)
            try:
                return _read(path, connection)
            finally:
                connection.close()
    except OSError as error:
        raise NotAPredecessorError(path, f"it can't be read: {error.strerror or error}") from error
    except apsw.NotADBError as error:
        raise NotAPredecessorError(path, "it is not a SQLite database") from error
    except apsw.BusyError as error:
        raise NotAPredecessorError(path, "another process holds it: stop the predecessor, or try again") from error
    except apsw.TooBigError as error:
        raise NotAPredecessorError(path, f"a value in it has more than {MAX_VALUE // 2**20} MiB") from error
    except (apsw.Error, UnicodeDecodeError) as error:
        raise NotAPredecessorError(path, f"it is damaged, or can't be read: {cut(str(error))}") from error


def _refuse_large(path: pathlib.Path) -> None:
    if path.stat().st_size > MAX_BYTES:
        raise NotAPredecessorError(path, f"it has more than {MAX_BYTES // 2**30} GiB")


def _read(path: pathlib.Path, connection: apsw.Connection) -> PredecessorDatabase:
    connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    connection.limit(apsw.SQLITE_LIMIT_LENGTH, MAX_VALUE)
    _refuse_others(path, connection)
    for (finding,) in connection.execute("PRAGMA integrity_check"):
        if finding != "ok" and not str(finding).startswith(_LET_PASS):
            raise NotAPredecessorError(path, f"it is damaged: {cut(str(finding))}")
    return PredecessorDatabase(
        _rows(connection, "coach_plans", OldPlan),
        _rows(connection, "plan_charts", OldChart),
        _rows(connection, "plan_history", OldEntry),
    )


def _refuse_others(path: pathlib.Path, connection: apsw.Connection) -> None:
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
    tables = {str(name).lower() for (name,) in connection.execute(query)}
    columns = {table: _columns(connection, table) for table in COLUMNS if table in tables}
    if "name" in columns.get("schema_version", ()):
        raise NotAPredecessorError(path, "it is a database of Coachbook, not its predecessor's")
    for table in tables & COLUMNS.keys():
        if list(connection.execute(f"SELECT 1 FROM {table} LIMIT 1 OFFSET {MAX_ROWS}")):  # noqa: S608 - names of ours
            raise NotAPredecessorError(path, f"its table {table} has more than {MAX_ROWS:,} rows")
    if missing := [table for table in COLUMNS if table not in tables]:
        raise NotAPredecessorError(path, f"it has no table {', '.join(missing)}")
    for table, needed in COLUMNS.items():
        if missing := [column for column in needed if column not in columns[table]]:
            raise NotAPredecessorError(path, f"its table {table} has no column {', '.join(missing)}")
    versions = sorted({str(row[0]) for row in connection.execute("SELECT version FROM schema_version LIMIT 10")})
    if versions != [VERSION]:
        listed = cut(", ".join(versions)) or "nothing"
        raise NotAPredecessorError(path, f"its schema_version says {listed}, and only version {VERSION} is known")


def _columns(connection: apsw.Connection, table: str) -> set[str]:
    return {str(row[1]).lower() for row in connection.execute(f"PRAGMA table_info({table})")}


def _rows(connection: apsw.Connection, table: str, kind: type[RowT]) -> tuple[RowT, ...]:
    columns = ", ".join(f'CAST("{column}" AS BLOB)' for column in COLUMNS[table])
    encoding = str(connection.pragma("encoding"))
    rows = connection.execute(f"SELECT {columns} FROM {table} ORDER BY rowid")  # noqa: S608 - names of ours
    return tuple(kind(*(_text(value, encoding) for value in row)) for row in rows)


def _text(value: object, encoding: str) -> str | None:
    """Return the text; one whose bytes are damaged gets a surrogate, which no text has."""
    if not isinstance(value, bytes):
        return None
    try:
        return str(value, encoding)
    except UnicodeDecodeError:
        return (
            str(value, "utf-8", "surrogateescape")
            if encoding == "UTF-8"
            else str(value, encoding, "replace") + _DAMAGED
        )
