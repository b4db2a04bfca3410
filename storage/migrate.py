"""The database's migrations: numbered steps, each applied whole with its record, or not at all."""

import dataclasses
import datetime
import functools
import pathlib

import apsw
from peewee import AutoField, TextField
from playhouse.apsw_ext import APSWDatabase
from playhouse.migrations import Runner

from storage import schema
from storage.connections import database, reason
from storage.errors.backups import BackupFailedError
from storage.errors.database import DatabaseTooNewError, DatabaseTooOldError, MigrationFailedError, SchemaError
from storage.fields import UtcField
from storage.models import Row
from storage.online_backup import back_up

MIGRATIONS = pathlib.Path(__file__).parent / "migrations"
TABLE = "schema_version"
_NAMELESS = "0001_first_book"
"""The schema in which a database has no name yet: each copy gets another when it is migrated."""


class SchemaVersionRow(Row):
    """A step that was applied."""

    id = AutoField()
    name = TextField(unique=True)
    applied = UtcField(default=lambda: datetime.datetime.now(datetime.UTC))

    class Meta:
        table_name = TABLE


@dataclasses.dataclass(frozen=True, slots=True)
class SchemaVersion:
    """The last migration of a database, and the last one that this program has."""

    found: str | None
    """None: the database is new."""
    needed: str

    @property
    def is_outdated(self) -> bool:
        """True: an older program made the database, which lacks migrations."""
        return self.found not in (None, self.needed)

    @property
    def has_name(self) -> bool:
        """True: the database has the name by which its charts' folder and its backups know it."""
        return self.found not in (None, _NAMELESS)

    def refuse_outdated(self, path: pathlib.Path) -> None:
        """Go on only with a database that lacks no migration.

        Raises:
            DatabaseTooOldError: the one at `path` does.
        """
        if self.is_outdated:
            raise DatabaseTooOldError(path, str(self.found), self.needed)

    def __str__(self) -> str:
        """Return both in words, as a part of a sentence about the database."""
        if self.found is None:
            return f"it is new, and gets schema {self.needed}"
        more = f"; this program needs {self.needed}" if self.is_outdated else ", as this program needs it"
        return f"it has schema {self.found}{more}"


def refuse_altered(
    path: pathlib.Path, connection: apsw.Connection, directory: pathlib.Path = MIGRATIONS
) -> SchemaVersion:
    """Return the version of a database that has the structure which its migrations make.

    Raises:
        SchemaError: it has another, or its record of migrations has gaps.
        DatabaseTooNewError: a newer program was here.
    """
    structure = schema.read(connection, path)
    record = _structure_after(0, directory)
    existing = {name: made for name, made in structure.items() if name in record}
    if existing != record:  # a view, say, would run what it likes when it is read
        raise SchemaError(path, schema.differences(existing, record))
    names = _recorded(path, connection)
    known = [step.name for step in _Steps(directory).migrations()]
    if unknown := sorted(names.difference(known)):
        raise DatabaseTooNewError(path, unknown, known[-1])
    if gap := [name for name in known[: len(names)] if name not in names]:
        raise SchemaError(path, [f"its record of migrations lacks {gap[0]}, and has later ones"])
    if differing := schema.differences(structure, _structure_after(len(names), directory)):
        raise SchemaError(path, differing)
    return SchemaVersion(known[len(names) - 1] if names else None, known[-1])


def new_version(directory: pathlib.Path = MIGRATIONS) -> SchemaVersion:
    """Return the version of a database that is not there yet."""
    return SchemaVersion(None, _Steps(directory).migrations()[-1].name)


def after(version: SchemaVersion, directory: pathlib.Path = MIGRATIONS) -> list[str]:
    """Return the names of the steps that a database of this version lacks, in order."""
    return [step.name for step in _Steps(directory).migrations() if step.name > (version.found or "")]


def pending(directory: pathlib.Path = MIGRATIONS) -> list[str]:
    """Return the names of the steps that the connected database lacks, in order."""
    return [step.name for step in _Steps(directory).status() if not step.applied]


def up(path: pathlib.Path, directory: pathlib.Path = MIGRATIONS, *, is_copy: bool = False) -> list[str]:
    """Bring the connected database to its newest shape and return the names of the steps it took.

    One with anything in it is first copied to `<name>.before-<step>.backup` beside it, unless it is a copy itself.

    Raises:
        DatabaseTooNewError: a newer program was here; nothing was done.
        BackupFailedError: there is no good copy; nothing was done.
        MigrationFailedError: a step failed; those before it were taken.
    """
    steps = _Steps(directory)
    unknown = [step.name for step in steps.status() if step.path is None]
    if unknown:
        raise DatabaseTooNewError(path, unknown, steps.migrations()[-1].name)
    names = pending(directory)
    if names and steps.applied() and not is_copy:
        _back_up_before(path, names[0])
    for name in names:
        try:
            steps.up(name)
        except Exception as error:
            raise MigrationFailedError(path, name, str(error)) from error
    return names


def down(directory: pathlib.Path = MIGRATIONS) -> list[str]:
    """Undo the connected database's last step and lose what it held; return its name, or nothing."""
    return _Steps(directory).down()


class _Steps(Runner):
    """The steps in a folder and the record of those that were taken."""

    def __init__(self, directory: pathlib.Path) -> None:
        super().__init__(database, str(directory), TABLE)
        self.History = SchemaVersionRow


@functools.cache
def _structure_after(count: int, directory: pathlib.Path) -> schema.Schema:
    """Return the structure of a new database, in memory, after the first `count` steps."""
    memory = APSWDatabase(":memory:", pragmas={"foreign_keys": 1})
    record = type("Record", (SchemaVersionRow,), {"Meta": type("Meta", (), {"database": memory, "table_name": TABLE})})
    steps = Runner(memory, str(directory), TABLE)
    with memory.connection_context():
        memory.create_tables([record])
        for step in steps.migrations()[:count]:
            with steps.migrator.migration_context(atomic=True):
                step.load().up(steps.migrator, memory)
        return schema.read(memory.connection(), pathlib.Path(":memory:"))


def _recorded(path: pathlib.Path, connection: apsw.Connection) -> set[str]:
    names = f"SELECT substr(name, 1, 100) FROM {TABLE} LIMIT 1000"  # noqa: S608 - a name of ours
    try:
        return {str(name) for (name,) in connection.execute(names)}
    except UnicodeDecodeError as error:
        raise SchemaError(path, ["a name in its record of migrations is not text"]) from error


def _back_up_before(path: pathlib.Path, name: str) -> None:
    target = path.with_name(f"{path.name}.before-{name}.backup")
    try:
        back_up(database.connection(), target)
    except OSError as error:
        raise BackupFailedError(target, error.strerror or str(error)) from error
    except apsw.Error as error:
        raise BackupFailedError(target, reason(error)) from error
