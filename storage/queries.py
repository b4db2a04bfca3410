"""Queries whose SQL Peewee builds once; they take named values, and their rows are tuples of what SQLite stores."""

import functools
from collections.abc import Callable
from typing import Any

import apsw
from peewee import ColumnBase, Context, Model, Query

from storage.connections import database

Rows = list[tuple[Any, ...]]


class Parameter(ColumnBase):
    """The place of a value in a prepared query."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def __sql__(self, ctx: Context) -> Context:
        """Add the placeholder to the SQL."""
        return ctx.value(_Name(self.name), converter=False)


class _Name(str):
    """The name of a parameter among the values of a query."""

    __slots__ = ()


class Prepared:
    """A query with parameters. Values of moments and days are converted; rows are not (`storage.fields` does)."""

    def __init__(self, build: Callable[[], Query]) -> None:
        """Build the query with `build` when it is first needed."""
        self._build = build

    def rows(self, **values: object) -> Rows:
        """Return all rows for these values of the parameters."""
        return self._execute(values).fetchall()

    def row(self, **values: object) -> tuple[Any, ...] | None:
        """Return the first row; None: there is none."""
        return next(iter(self.rows(**values)), None)

    def change(self, **values: object) -> int:
        """Run a query that changes rows, and return their number."""
        return self._execute(values).connection.changes()

    def insert(self, **values: object) -> int:
        """Run a query that inserts a row, and return its id."""
        return self._execute(values).connection.last_insert_rowid()

    def _execute(self, values: dict[str, object]) -> apsw.Cursor:
        sql, places = self._sql
        bound = [values[each] if isinstance(each, _Name) else each for each in places]
        return database.execute_sql(sql, bound)

    @functools.cached_property
    def _sql(self) -> tuple[str, list[object]]:
        return self._build().sql()


def insertion(rows: type[Model], *columns: str) -> Prepared:
    """Return the query that inserts a row; its parameters are named as the columns."""
    return Prepared(lambda: rows.insert({getattr(rows, name): Parameter(name) for name in columns}))


def rows_of(query: Query, **values: object) -> Rows:
    """Return all rows of a query that is built for this once."""
    return Prepared(lambda: query).rows(**values)
