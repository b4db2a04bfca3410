"""How the book got its shape: numbered steps, each taken whole with its record, or not at all."""

import datetime
import pathlib

import apsw
from peewee import AutoField, TextField
from playhouse.migrations import Runner

from storage.connections import database, reason
from storage.errors import BackupFailedError, DatabaseTooNewError, MigrationFailedError
from storage.fields import UtcField
from storage.models import Row
from storage.online_backup import back_up

MIGRATIONS = pathlib.Path(__file__).parent / "migrations"
TABLE = "schema_version"


class SchemaVersionRow(Row):
    """A step that was applied."""

    id = AutoField()
    name = TextField(unique=True)
    applied = UtcField(default=lambda: datetime.datetime.now(datetime.UTC))

    class Meta:
        table_name = TABLE


def pending(directory: pathlib.Path = MIGRATIONS) -> list[str]:
    """The names of the steps that the connected book still lacks, in order."""
    return [step.name for step in _Steps(directory).status() if not step.applied]


def up(path: pathlib.Path, directory: pathlib.Path = MIGRATIONS) -> list[str]:
    """Bring the connected book to its newest shape and return the names of the steps it took.

    A book with anything in it is first copied to `<name>.before-<step>.backup` beside it.

    Raises:
        DatabaseTooNewError: a newer program was here; nothing was done.
        BackupFailedError: there is no good copy; nothing was done.
        MigrationFailedError: a step failed; those before it were taken.
    """
    steps = _Steps(directory)
    unknown = [step.name for step in steps.status() if step.path is None]
    if unknown:
        raise DatabaseTooNewError(path, unknown)
    names = pending(directory)
    if names and steps.applied():
        _back_up_before(path, names[0])
    for name in names:
        try:
            steps.up(name)
        except Exception as error:
            raise MigrationFailedError(path, name, str(error)) from error
    return names


def down(directory: pathlib.Path = MIGRATIONS) -> list[str]:
    """Undo the connected book's last step and lose what it held; return its name, or nothing."""
    return _Steps(directory).down()


class _Steps(Runner):
    """The steps in a folder and the record of those that were taken."""

    def __init__(self, directory: pathlib.Path) -> None:
        super().__init__(database, str(directory), TABLE)
        self.History = SchemaVersionRow


def _back_up_before(path: pathlib.Path, name: str) -> None:
    target = path.with_name(f"{path.name}.before-{name}.backup")
    try:
        back_up(database.connection(), target)
    except OSError as error:
        raise BackupFailedError(target, error.strerror or str(error)) from error
    except apsw.Error as error:
        raise BackupFailedError(target, reason(error)) from error
