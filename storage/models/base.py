"""A row, and the constraints of its columns."""

from peewee import Check, Model, Node

from storage.connections import database

_UTC_GLOB = "0000-00-00T00:00:00.000000Z".replace("0", "[0-9]")


class Row(Model):
    """A row of the database."""

    class Meta:
        database = database
        legacy_table_names = False
        strict_tables = True


def moment_check(column: str) -> Node:
    """Return the constraint of a column with moments."""
    return Check(f"{column} GLOB '{_UTC_GLOB}'")


def day_check(column: str) -> Node:
    """Return the constraint of a column with days."""
    return Check(f"{column} IS date({column})")


def digest_check(column: str) -> Node:
    """Return the constraint of a column with SHA-256 digests."""
    return Check(f"length({column}) = 64 AND {column} NOT GLOB '*[^0-9a-f]*'")


def array_check(column: str) -> Node:
    """Return the constraint of a column with JSON arrays."""
    return Check(f"json_valid({column}) AND json_type({column}) = 'array'")
