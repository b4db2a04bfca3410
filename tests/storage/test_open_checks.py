"""What is refused before the bot starts, in words for an operator, and what is left untouched."""

import asyncio
import os
import pathlib
import shutil

import apsw
import pytest

from storage import migrate, open_checks, opening
from storage.connections import database
from storage.errors import StorageError
from storage.errors.database import (
    DatabaseTooNewError,
    DatabaseTooOldError,
    EmptyDatabaseError,
    ForeignDatabaseError,
    NotADatabaseError,
    OldSqliteError,
    OrphanedLogError,
    PredecessorError,
    UnreadableError,
)
from storage.file_checks import check_file
from storage.models import GuildSettingsRow
from storage.resilient_store import ResilientStore
from storage.store import Store
from tests.crash.killed_command import is_killed
from tests.processes import environment
from tests.storage.rows import NOW


def make(path: pathlib.Path, *statements: str) -> bytes:
    """A database that some other program made; its bytes."""
    connection = apsw.Connection(str(path))
    for statement in statements:
        connection.execute(statement)
    connection.close()
    return path.read_bytes()


def names_in(folder: pathlib.Path) -> set[str]:
    return {file.name for file in folder.iterdir()} - {"book.db.lock"}


async def test_the_folders_of_a_new_book_are_made(tmp_path: pathlib.Path):
    path = tmp_path / "a" / "b" / "book.db"

    await Store.open(path).close()

    assert check_file(path) == []


def test_a_folder_is_no_book(tmp_path: pathlib.Path):
    with pytest.raises(UnreadableError, match="it is a folder"):
        Store.open(tmp_path)
    with pytest.raises(UnreadableError, match="it is a folder"):
        check_file(tmp_path)


def test_a_file_in_the_way_of_the_folder_is_named(tmp_path: pathlib.Path):
    (tmp_path / "file").touch()

    with pytest.raises(UnreadableError, match=r"file.book\.db can't be opened"):
        Store.open(tmp_path / "file" / "book.db")
    with pytest.raises(UnreadableError, match="file is not a folder"):
        check_file(tmp_path / "file" / "book.db")


def test_a_folder_that_can_not_be_written_is_named(path: pathlib.Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(open_checks.os, "access", lambda *_: False)

    for attempt in (Store.open, check_file):
        with pytest.raises(UnreadableError, match="can't be written"):
            attempt(path)
    assert names_in(path.parent) == set()


@pytest.mark.parametrize("junk", [b"This is a text, and a long one." * 50, b"\0" * 4096])
def test_a_file_that_is_no_database_is_left_as_it_is(path: pathlib.Path, junk: bytes):
    path.write_bytes(junk)

    for attempt in (Store.open, check_file):
        with pytest.raises(NotADatabaseError, match="is not a SQLite database"):
            attempt(path)
    assert path.read_bytes() == junk
    assert names_in(path.parent) == {"book.db"}


def test_an_empty_file_was_a_book_and_its_log_is_not_thrown_away(path: pathlib.Path):
    log = path.with_name("book.db-wal")
    acknowledged = asyncio.run(write_to_the_log(path, log))
    path.write_bytes(b"")
    log.write_bytes(acknowledged)

    for attempt in (Store.open, check_file):
        with pytest.raises(EmptyDatabaseError, match=r"is an empty file, not a database.* restore BACKUP --force"):
            attempt(path)

    assert (path.read_bytes(), log.read_bytes()) == (b"", acknowledged)


async def write_to_the_log(path: pathlib.Path, log: pathlib.Path) -> bytes:
    """Write a row to the database, and return its log's bytes."""
    store = Store.open(path)
    await store.write(GuildSettingsRow.create, guild_id=1, timezone="UTC", created_at=NOW)
    written = await asyncio.to_thread(log.read_bytes)
    await store.close()
    return written


def test_a_log_without_its_book_is_not_thrown_away(path: pathlib.Path):
    log = path.with_name("book.db-wal")
    log.write_bytes(b"acknowledged")

    for attempt in (Store.open, check_file):
        with pytest.raises(OrphanedLogError, match=r"its log book\.db-wal still is: put the database back"):
            attempt(path)

    assert names_in(path.parent) == {"book.db-wal"}
    assert log.read_bytes() == b"acknowledged"


@pytest.mark.parametrize(
    "name", ["apsw.Connection", "pathlib.Path.rename", "pathlib.Path.unlink", "pathlib.Path.mkdir"]
)
async def test_a_bot_that_is_killed_at_its_first_start_can_be_started_again(path: pathlib.Path, name: str):
    path = path.parent / "data" / path.name
    times = 0
    while is_killed("prepare", name, times, path, env=environment()):
        times += 1
        await Store.open(path).close()
        assert check_file(path) == []
        shutil.rmtree(path.parent)

    assert times
    assert names_in(path.parent) == {"book.db"}


@pytest.mark.parametrize("place", ["/dev/null", "a pipe"])
def test_what_is_no_file_is_no_book(tmp_path: pathlib.Path, place: str):
    path = tmp_path / place
    if place == "a pipe":
        os.mkfifo(path)

    for attempt in (Store.open, check_file):
        with pytest.raises(UnreadableError, match="it is a device or a pipe"):
            attempt(path)


def test_a_name_that_is_too_long_is_told(tmp_path: pathlib.Path):
    for attempt in (Store.open, check_file):
        for path in (tmp_path / ("n" * 300), tmp_path / ("n" * 300) / "book.db"):
            with pytest.raises(UnreadableError, match="File name too long"):
                attempt(path)


@pytest.mark.parametrize("journal_mode", ["delete", "wal"])
def test_the_predecessors_book_is_left_as_it_is(path: pathlib.Path, journal_mode: str):
    before = make(
        path,
        f"PRAGMA journal_mode = {journal_mode}",
        "CREATE TABLE schema_version (version INTEGER PRIMARY KEY, applied_at TEXT)",
        "CREATE TABLE coach_plans (id INTEGER PRIMARY KEY)",
        "INSERT INTO schema_version VALUES (4, '2025-01-01')",
    )

    for attempt in (Store.open, check_file):
        with pytest.raises(PredecessorError, match=r"python -m bot import-predecessor .*book\.db --guild"):
            attempt(path)
    assert path.read_bytes() == before
    assert names_in(path.parent) <= {"book.db", "book.db-wal", "book.db-shm"}


def test_what_a_killed_predecessor_left_is_not_even_checkpointed(path: pathlib.Path, tmp_path: pathlib.Path):
    alive = apsw.Connection(str(tmp_path / "alive.db"))
    alive.pragma("journal_mode", "wal")
    alive.execute("CREATE TABLE schema_version (version INTEGER)")
    log = path.with_name("book.db-wal")
    shutil.copy(tmp_path / "alive.db", path)
    shutil.copy(tmp_path / "alive.db-wal", log)
    alive.close()
    before = path.read_bytes(), log.read_bytes()

    with pytest.raises(PredecessorError):
        Store.open(path)

    assert (path.read_bytes(), log.read_bytes()) == before


def test_a_place_without_a_write_ahead_log_is_refused(path: pathlib.Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(database, "_pragmas", [("journal_mode", "delete")])

    with pytest.raises(UnreadableError, match="local disk"):
        Store.open(path)


def test_another_programs_database_is_left_as_it_is(path: pathlib.Path):
    before = make(path, "CREATE TABLE songs (name TEXT)")

    for attempt in (Store.open, check_file):
        with pytest.raises(ForeignDatabaseError, match="another program"):
            attempt(path)
    assert path.read_bytes() == before


async def test_a_newer_programs_book_is_refused_by_name_and_not_copied(path: pathlib.Path):
    await Store.open(path).close()
    make(
        path,
        "INSERT INTO schema_version (name, applied) VALUES ('0099_moon', '2030-01-01T00:00:00.000000Z')",
    )

    with pytest.raises(DatabaseTooNewError, match="0099_moon") as caught:
        Store.open(path)

    assert caught.value.names == ("0099_moon",)
    assert names_in(path.parent) == {"book.db"}


@pytest.mark.parametrize(("version", "fits"), [("3.51.2", False), ("3.9.9", False), ("3.51.3", True), ("4.0", True)])
def test_an_old_sqlite_is_refused(version: str, fits: bool):
    if fits:
        open_checks.refuse_old_sqlite(version)
    else:
        with pytest.raises(OldSqliteError, match=f"SQLite {version} .* 3.51.3 or newer"):
            open_checks.refuse_old_sqlite(version)


def test_after_a_refusal_another_book_can_be_opened(tmp_path: pathlib.Path):
    make(tmp_path / "songs.db", "CREATE TABLE songs (name TEXT)")
    with pytest.raises(StorageError):
        opening.prepare(tmp_path / "songs.db")

    opening.prepare(tmp_path / "book.db")

    assert check_file(tmp_path / "book.db") == []


def test_checking_a_book_that_is_not_there_yet_makes_nothing(tmp_path: pathlib.Path):
    assert check_file(tmp_path / "a" / "book.db") == []

    assert names_in(tmp_path) == set()


def test_checking_does_not_migrate(path: pathlib.Path):
    before = make(path, "PRAGMA user_version = 1")

    assert check_file(path) == []
    assert path.read_bytes() == before


async def test_only_the_one_who_serves_a_database_migrates_it(path: pathlib.Path):
    opening.prepare(path)
    with opening.connected(path):
        migrate.down()

    with pytest.raises(DatabaseTooOldError):
        Store.open(path)
    assert open_checks.version_of(path).is_outdated
    await ResilientStore.serve(path).close()

    assert not open_checks.version_of(path).is_outdated


async def test_a_check_finds_rows_that_point_nowhere(path: pathlib.Path):
    await Store.open(path).close()
    make(path, "INSERT INTO coach_members VALUES (1, 404, 'user', 7)")

    assert check_file(path) == ["a row of coach_members (rowid 1) points to a row of coaches that is not there"]


async def test_a_check_finds_damage(path: pathlib.Path):
    await Store.open(path).close()
    connection = apsw.Connection(str(path))
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 0)
    connection.pragma("ignore_check_constraints", 1)
    connection.execute(
        "INSERT INTO guild_settings (guild_id, timezone, seed, created_at) VALUES (1, 'UTC', 'no JSON', 'never')"
    )
    connection.close()

    assert check_file(path) == ["CHECK constraint failed in guild_settings"]


def test_a_torn_file_is_told_as_damage(path: pathlib.Path):
    opening.prepare(path)
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * 8192 + whole[12288:])

    try:
        found = check_file(path)
    except NotADatabaseError as error:
        found = [str(error)]

    assert found
