"""Sets of ids as part of a query, of any size: SQLite takes a limited number of variables."""

import json
from collections.abc import Collection

from peewee import SQL, Select, fn


def ids_in(ids: Collection[int]) -> Select:
    """Return the ids as rows, for `column.in_(...)`."""
    return Select([fn.json_each(json.dumps(sorted(ids)))], [SQL("value")])
