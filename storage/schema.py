"""The structure of a database: that of a new one after the same migrations, and nothing else.

A trigger or a view that somebody added can rewrite plans or hide them, so whatever differs is refused, by name.
"""

import dataclasses
import pathlib
import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias

import apsw

from storage.errors.database import SchemaError
from storage.shown_text import quoted

_TOKEN = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\w+|\S""")
_PLAIN = re.compile("[A-Za-z0-9_]{1,64}")
_STATISTICS = {
    "sqlite_stat1": "CREATE TABLE sqlite_stat1(tbl,idx,stat)",
    "sqlite_stat4": "CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)",
}
"""Tables that ANALYZE makes (https://sqlite.org/fileformat2.html, 2.6.3 and 2.6.5)."""


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Name:
    """A table, index, trigger or view."""

    kind: str
    name: str

    def __str__(self) -> str:
        """Return it in words."""
        return f"the {self.kind} {_named(self.name)}"


@dataclasses.dataclass(frozen=True, slots=True)
class Definition:
    """The statement that makes one."""

    table: str
    sql: str
    """Without blanks that mean nothing; empty for an index that SQLite makes by itself."""
    columns: tuple[str, ...] = ()
    """Of a table."""


Schema: TypeAlias = Mapping[Name, Definition]


def read(connection: apsw.Connection, path: pathlib.Path) -> Schema:
    """Return the structure of a database, without running anything that it defines.

    Raises:
        SchemaError: it can't be read as text.
        apsw.Error: the file can't be read.
    """
    try:
        rows = list(connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master"))
        definitions = {Name(str(kind), str(name)): _definition(connection, *row) for kind, name, *row in rows}
    except UnicodeDecodeError as error:
        raise SchemaError(path, ["a name in it is not text"]) from error
    return {name: made for name, made in definitions.items() if not _is_statistics(name, made)}


def differences(found: Schema, expected: Schema) -> list[str]:
    """Return what is in one of them and not in the other, in words."""
    extra = [f"{name}{_on(found[name])} is not Coachbook's" for name in _only_in(found, expected)]
    missing = [f"{name} is missing" for name in _only_in(expected, found)]
    both = sorted(found.keys() & expected.keys())
    altered = [_altered(name, found[name], expected[name]) for name in both if found[name] != expected[name]]
    return [*extra, *altered, *missing]


def _only_in(one: Schema, other: Schema) -> list[Name]:
    """Return the names that the other lacks, but for those that go with a table which it lacks."""
    lacking = sorted(one.keys() - other.keys())
    return [name for name in lacking if name.kind in ("table", "view") or Name("table", one[name].table) in other]


def _definition(connection: apsw.Connection, table: object, sql: object) -> Definition:
    statement = " ".join(_TOKEN.findall(str(sql or "")))
    is_table = statement.startswith("CREATE TABLE ")  # a virtual one would run its module's code
    return Definition(str(table), statement, tuple(_columns(connection, str(table))) if is_table else ())


def _columns(connection: apsw.Connection, table: str) -> Iterator[str]:
    for row in connection.execute("SELECT name FROM pragma_table_xinfo(?)", (table,)):
        yield str(row[0])


def _is_statistics(name: Name, made: Definition) -> bool:
    sql = _STATISTICS.get(name.name)
    return sql is not None and name.kind == "table" and made.sql == " ".join(_TOKEN.findall(sql))


def _on(made: Definition) -> str:
    is_of_table = made.sql.startswith(("CREATE TRIGGER ", "CREATE INDEX ", "CREATE UNIQUE "))
    return f" on {_named(made.table)}" if is_of_table else ""


def _altered(name: Name, found: Definition, expected: Definition) -> str:
    extra = [each for each in found.columns if each not in expected.columns]
    missing = [each for each in expected.columns if each not in found.columns]
    if extra:
        return f"{name} has a column {_named(extra[0])} that is not Coachbook's"
    if missing and found.columns:
        return f"{name} has no column {_named(missing[0])}"
    return f"{name} is not as Coachbook makes it"


def _named(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else quoted(name)
