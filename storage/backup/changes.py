"""The changes since the last backup: what they left alone need not be proved again.

The rows of a new copy are compared with those of the last backup, where they lie. Rows that are the same were proved
with it, or with one before it, back to a backup for which all were proved.
"""

import contextlib
import dataclasses
import datetime
import pathlib
from collections.abc import Iterator, Sequence

import apsw

from storage.backup import archive, embedded
from storage.backup.file_names import moment_in
from storage.backup.manifest import Manifest
from storage.errors.backups import BadBackupError
from storage.opening import handle_signals
from storage.read_only import name_of

MAX_AGE = datetime.timedelta(days=7)
"""Of the last proof of all histories: after it an error in a comparison, or in an earlier version's proof, is found."""
_STRUCTURE = "SELECT type, name, tbl_name, sql FROM {}.sqlite_master ORDER BY 1, 2"
_TABLES = """
    SELECT made.name, made.sql FROM copy.sqlite_master made
    JOIN pragma_table_list AS listed ON listed.schema = 'copy' AND listed.name = made.name
    WHERE listed.type = 'table' AND made.name NOT LIKE 'sqlite_%'
"""
"""Without the full-text index, which is made from others."""
_COLUMNS = "SELECT name FROM pragma_table_info(?, 'copy') WHERE 1"
_PLANS = """
    SELECT id FROM main.coach_plans
    UNION SELECT plan_id FROM main.plan_history
    UNION SELECT plan_id FROM main.plan_charts
    UNION SELECT plan_id FROM last.plan_history WHERE id IN (SELECT id FROM main.plan_history)
    UNION SELECT plan_id FROM last.plan_charts WHERE id IN (SELECT id FROM main.plan_charts)
    UNION SELECT plan_id FROM last.plan_history WHERE id NOT IN (SELECT id FROM copy.plan_history)
    UNION SELECT plan_id FROM last.plan_charts WHERE id NOT IN (SELECT id FROM copy.plan_charts)
    UNION SELECT plan.id FROM copy.coach_plans plan
        JOIN main.coaches coach ON coach.id = plan.coach_id
        JOIN last.coaches before ON before.id = coach.id AND before.key IS NOT coach.key
"""
"""The plans with a history, a head or charts that differ, were removed or moved to another, or with another key."""


@dataclasses.dataclass(frozen=True, slots=True)
class Changes:
    """The changes of a database since a backup."""

    plans: tuple[int, ...]
    """The ids of the plans whose histories are to be proved."""
    proved_at: str
    """The time of the last proof of all histories, in ISO 8601."""


def since_last(folder: pathlib.Path, copy: pathlib.Path, now: datetime.datetime) -> Changes | None:
    """Return the changes in a copy of the database since its last backup in the folder; None: prove everything.

    That is so where there is no such backup, where it can't be compared, and a while after the last proof of all.
    A changed row that breaks a constraint of its table can't be compared: the proof of everything reports it.
    """
    path, manifest = next(_backups_of(name_of(copy), folder, now), (None, None))
    if path is None or manifest is None or not _is_recent(manifest, now):
        return None
    with contextlib.suppress(BadBackupError, OSError, apsw.Error):
        offset, size = archive.find_database(path, manifest)
        with embedded.readable(path, offset, size) as last, contextlib.closing(_temporary()) as connection:
            connection.execute("ATTACH ? AS copy", (str(copy),))
            connection.execute("ATTACH ? AS last", (last,))
            if _structure(connection, "copy") == _structure(connection, "last"):
                return Changes(_changed_plans(connection), manifest.last_proof)
    return None


def _backups_of(
    name: str | None, folder: pathlib.Path, now: datetime.datetime
) -> Iterator[tuple[pathlib.Path, Manifest]]:
    """Return the backups of the database with this name that were made until now, the newest first."""
    made = {path: moment for path in folder.iterdir() if (moment := moment_in(path.name)) and moment <= now}
    # Of several in one second, a later one has a longer or a greater name.
    for path in sorted(made, key=lambda each: (made[each], len(each.name), each.name), reverse=True):
        with contextlib.suppress(BadBackupError, OSError):
            manifest = archive.read_list(path)
            if manifest.book == name:
                yield path, manifest


def _is_recent(manifest: Manifest, now: datetime.datetime) -> bool:
    """Return whether all histories were proved a short time ago; a wrong clock may have put it into the future."""
    return datetime.timedelta(0) <= now - datetime.datetime.fromisoformat(manifest.last_proof) < MAX_AGE


def _temporary() -> apsw.Connection:
    """Return a connection to a new database that is gone when it is closed, in memory as long as it is small."""
    flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE | apsw.SQLITE_OPEN_URI
    connection = apsw.Connection("", flags=flags)
    handle_signals(connection)
    return connection


def _structure(connection: apsw.Connection, schema: str) -> list[Sequence[object]]:
    return list(connection.execute(_STRUCTURE.format(schema)))


def _changed_plans(connection: apsw.Connection) -> tuple[int, ...]:
    """Copy the changed rows of each table, which SQLite checks against its constraints, and return their plans."""
    with connection:
        for table, definition in list(connection.execute(_TABLES)):
            connection.execute(definition)
            names = [name for (name,) in connection.execute(_COLUMNS, (table,))]
            columns, new, old = (", ".join(f'{of}"{name}"' for name in names) for of in ("", "new.", "old."))
            keys = [name for (name,) in connection.execute(f"{_COLUMNS} AND pk", (table,))] or ["rowid"]
            is_same = " AND ".join(f'old."{key}" = new."{key}"' for key in keys)
            connection.execute(
                f'INSERT INTO main."{table}" ({columns}) SELECT {new} FROM copy."{table}" AS new '  # noqa: S608 - names of a structure that was checked
                f'LEFT JOIN last."{table}" AS old ON {is_same} WHERE ({new}) IS NOT ({old})'
            )
    return tuple(sorted(plan_id for (plan_id,) in connection.execute(_PLANS)))
