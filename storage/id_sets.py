"""Sets of ids as part of a query, of any size: SQLite takes a limited number of variables."""

import json
from collections.abc import Collection

from peewee import SQL, Node, Select, Value, fn


def ids_in(ids: Collection[int] | Collection[str]) -> Select:
    """Return the ids as rows with the column `value`, for `column.in_(...)`."""
    return values_from(Value(id_list(ids)))


def values_from(listed: Node) -> Select:
    """Return the values of a JSON array as rows, for `column.in_(...)`."""
    return Select([fn.json_each(listed)], [SQL("value")])


def id_list(ids: Collection[int] | Collection[str]) -> str:
    """Return the ids as a JSON array: one value of a query."""
    return json.dumps(sorted(ids))
