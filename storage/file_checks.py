"""The faults of a database file: damage, rows that point nowhere, and what its own checks find. It is not changed."""

import contextlib
import logging
import pathlib
from collections.abc import Callable, Generator

import apsw

from storage import damage_checks, migrate, open_checks, opening, row_checks, search_index
from storage.backup import private_copy
from storage.connections import database, translate_errors
from storage.errors.database import UnreadableError
from storage.shown_text import cut
from storage.suspicion import retry_reads


def check_file(
    path: pathlib.Path,
    more: Callable[[], list[str]] = list,
    scratch: pathlib.Path | None = None,
    *,
    with_constraints: bool = True,
    on_index_fault: Callable[[], list[str]] = lambda: [search_index.FAULT],
) -> list[str]:
    """Return the faults of the file at `path`, and those that `more` finds; none if there is no file yet.

    The file is neither made nor migrated: of one that lacks migrations a copy is, in the folder `scratch` or among the
    system's temporary files. Rows are checked against the constraints of their tables, and the full-text index
    against the texts, unless that was done already. `on_index_fault` returns what to report of a faulty index.

    Raises:
        StorageError: the file can't be used at all.
        RuntimeError: this process has a database open.
    """
    path = path.absolute()
    open_checks.refuse_old_sqlite(apsw.sqlite_lib_version())
    open_checks.refuse_unwritable(path)
    open_checks.refuse_unfinished(path)
    if not open_checks.exists(path):
        open_checks.refuse_orphaned_log(path)
        return []
    damage, others = retry_reads(
        path,
        lambda: _check_file(path, more, scratch, on_index_fault, with_constraints=with_constraints),
        lambda found: bool(found[0]),
    )
    return [*damage, *others]


def faults() -> list[str]:
    """Return the faults of the connected database: damage, dangling rows, a lost name."""
    return [*_damage(), *_wrong_rows()]


def _check_file(
    path: pathlib.Path,
    more: Callable[[], list[str]],
    scratch: pathlib.Path | None,
    on_index_fault: Callable[[], list[str]],
    *,
    with_constraints: bool,
) -> tuple[list[str], list[str]]:
    """Return the damage in a file, and its other faults."""
    with translate_errors(path), private_copy.reporting_as(path):
        version = open_checks.refuse_foreign(path)
        if version.found is None:
            return [], []
        with _current(path, version, scratch) as current, opening.connected(current):
            database.pragma("ignore_check_constraints", not with_constraints)
            findings, others = _damage(), _wrong_rows()
            damage = search_index.without_index(findings)
            if damage or others:
                return damage, others
            is_index_sound = not findings and (not with_constraints or search_index.fits_texts())
            return [], [*_faults_of_rows(more), *([] if is_index_sound else on_index_fault())]


@contextlib.contextmanager
def _current(
    path: pathlib.Path, version: migrate.SchemaVersion, scratch: pathlib.Path | None
) -> Generator[pathlib.Path]:
    """Yield the path of a database that lacks no migration: the file itself, or a copy of an outdated one."""
    with contextlib.ExitStack() as stack:
        if version.is_outdated:
            try:
                path = stack.enter_context(private_copy.copied(path, scratch))
            except OSError as error:
                raise UnreadableError(path, f"it can't be copied ({error.strerror or error})") from error
            with opening.connected(path), _unlogged():
                damage_checks.refuse_damaged(path)
                migrate.up(path, is_copy=True)
        yield path


@contextlib.contextmanager
def _unlogged() -> Generator[None]:
    """Log no migration, as the file itself gets none."""
    logger = logging.getLogger("peewee.migrations")
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = False


def _damage() -> list[str]:
    search_index.refresh()
    return [row[0] for row in database.execute_sql("PRAGMA integrity_check") if row[0] != "ok"]


def _faults_of_rows(more: Callable[[], list[str]]) -> list[str]:
    """Return the findings of `more`; a row that can't be read as what Coachbook writes is a fault too."""
    try:
        return more()
    except ValueError as error:
        return row_checks.unreadable_rows() or [f"a row holds what Coachbook never writes: {cut(str(error))}"]


def _wrong_rows() -> list[str]:
    dangling = [
        f"a row of {table} (rowid {rowid}) points to a row of {parent} that is not there"
        for table, rowid, parent, _ in database.execute_sql("PRAGMA foreign_key_check")
    ]
    nameless = [] if row_checks.has_name() else ["the table book has no row: the database has lost its name"]
    return [*dangling, *nameless]
