"""A database has the structure that its migrations make, and nothing else; whatever differs is named."""

import pathlib
import shutil

import apsw
import pytest

from storage import migrate, opening
from storage.connections import database
from storage.errors.database import DatabaseTooNewError, ForeignDatabaseError, NotADatabaseError, SchemaError
from storage.file_checks import check_file
from storage.store import Store
from tests.new_database import put_new_database

STEPS = sorted(file.stem for file in migrate.MIGRATIONS.glob("[0-9]*.py"))
TRIGGER = "CREATE TRIGGER {name} AFTER UPDATE ON coach_plans BEGIN UPDATE plan_history SET text = 'mine'; END"
WRITABLE = "PRAGMA writable_schema = 1"


def alter(path: pathlib.Path, *statements: str) -> bytes:
    """Change the file as another program may; its bytes."""
    connection = apsw.Connection(str(path))
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 0)
    for statement in statements:
        connection.execute(statement)
    connection.pragma("wal_checkpoint(TRUNCATE)")
    connection.close()
    return path.read_bytes()


@pytest.fixture
def file(path: pathlib.Path) -> pathlib.Path:
    """A book that nobody has open."""
    put_new_database(path)
    return path


ALTERATIONS = {
    "a trigger": (
        (TRIGGER.format(name="helper"),),
        "the trigger helper on coach_plans is not Coachbook's",
    ),
    "a trigger in the place of ours": (
        (
            "DROP TRIGGER plan_history_stays",
            "CREATE TRIGGER plan_history_stays BEFORE DELETE ON plan_history BEGIN SELECT 1; END",
        ),
        "the trigger plan_history_stays is not as Coachbook makes it",
    ),
    "no trigger": (("DROP TRIGGER plan_history_follows",), "the trigger plan_history_follows is missing"),
    "a view": (("CREATE VIEW plans AS SELECT * FROM coach_plans",), "the view plans is not Coachbook's"),
    "a table": (("CREATE TABLE notes (text)",), "the table notes is not Coachbook's"),
    "an index": (("CREATE INDEX quick ON coaches (name)",), "the index quick on coaches is not Coachbook's"),
    "no index": (("DROP INDEX cards_asked",), "the index cards_asked is missing"),
    "no table": (("DROP TABLE cards",), "the table cards is missing"),
    "a column": (("ALTER TABLE drafts ADD COLUMN extra TEXT",), "the table drafts has a column extra that is not"),
    "no column": (("ALTER TABLE drafts DROP COLUMN seen",), "the table drafts has no column seen"),
    "a weaker rule": (
        (WRITABLE, "UPDATE sqlite_master SET sql = replace(sql, 'revision >= 1', 'revision >= 0')"),
        "is not as Coachbook makes it",
    ),
    "a virtual table": (("CREATE VIRTUAL TABLE words USING fts5(text)",), "the table words is not Coachbook's"),
    "a virtual table of no module": (
        (
            "CREATE TABLE odd (x)",
            WRITABLE,
            "UPDATE sqlite_master SET sql = 'CREATE VIRTUAL TABLE odd USING nobody(x)', rootpage = 0 WHERE name='odd'",
        ),
        "the table odd is not Coachbook's",
    ),
    "a trigger with a name of SQLite's": (
        (
            TRIGGER.format(name="helper"),
            WRITABLE,
            (
                "UPDATE sqlite_master SET name = 'sqlite_stat1', sql = replace(sql, 'helper', 'sqlite_stat1') "
                "WHERE name = 'helper'"
            ),
        ),
        "the trigger sqlite_stat1 on coach_plans is not Coachbook's",
    ),
    "a name that steers a terminal": (
        ('CREATE VIEW "\x1b[2J\u202evil" AS SELECT 1',),
        "the view “\\x1b[2J\\u202evil” is not Coachbook's",
    ),
    "a long name": ((f'CREATE VIEW "{"n" * 100_000}" AS SELECT 1',), f"the view “{'n' * 40}…” is not Coachbook's"),
    "many": (tuple(f"CREATE TABLE t{number} (x)" for number in range(30)), "; and 27 more"),
    "a record that is a view": (
        ("DROP TABLE schema_version", "CREATE VIEW schema_version AS SELECT 1 id, 'x' name, 'y' applied"),
        "the table schema_version is missing",
    ),
    "a record of any values": (
        (
            "DROP TABLE schema_version",
            "CREATE TABLE schema_version (id, name, applied)",
            "INSERT INTO schema_version VALUES (NULL, NULL, NULL)",
        ),
        "the table schema_version is not as Coachbook makes it",
    ),
    "a gap in the record": (
        ("DELETE FROM schema_version WHERE id = 2",),
        f"its record of migrations lacks {STEPS[1]}, and has later ones",
    ),
    "no record": (("DELETE FROM schema_version",), "is not Coachbook's"),
    "a name that is not text": (
        ("UPDATE schema_version SET name = CAST(x'ff' AS TEXT) WHERE id = 7",),
        "a name in its record of migrations is not text",
    ),
}


@pytest.mark.parametrize("what", ALTERATIONS)
def test_what_was_altered_is_named_and_the_file_left_as_it_is(file: pathlib.Path, what: str):
    statements, says = ALTERATIONS[what]
    before = alter(file, *statements)

    for attempt in (Store.open, check_file):
        with pytest.raises(SchemaError) as caught:
            attempt(file)
        assert says in str(caught.value)
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 1000
    assert file.read_bytes() == before


def test_a_record_that_no_module_reads_is_of_another_program(file: pathlib.Path):
    alter(
        file,
        WRITABLE,
        "UPDATE sqlite_master SET sql = 'CREATE VIRTUAL TABLE schema_version USING nobody(x)', rootpage = 0 "
        "WHERE name = 'schema_version'",
        "DELETE FROM sqlite_master WHERE tbl_name = 'schema_version' AND type = 'index'",
    )

    with pytest.raises(ForeignDatabaseError):
        Store.open(file)


def test_a_database_of_views_alone_is_of_another_program(path: pathlib.Path):
    alter(path, "CREATE VIEW plans AS SELECT 1")

    for attempt in (Store.open, check_file):
        with pytest.raises(ForeignDatabaseError):
            attempt(path)


def test_a_structure_that_sqlite_can_not_read_is_damage(file: pathlib.Path):
    alter(file, WRITABLE, "INSERT INTO sqlite_master VALUES ('table', 'x', 'x', 9999, 'CREATE TABLE x(')")

    with pytest.raises(NotADatabaseError, match="damaged"):
        check_file(file)


def test_unknown_migrations_are_named_shortly_and_without_what_steers_a_terminal(file: pathlib.Path):
    names = ", ".join(f"('9{number:03}_\x1b[2J{'x' * 1000}', '2030-01-01T00:00:00.000000Z')" for number in range(500))
    alter(file, f"INSERT INTO schema_version (name, applied) VALUES {names}")  # noqa: S608 - names of this test

    for attempt in (Store.open, check_file):
        with pytest.raises(DatabaseTooNewError, match="and 497 more") as caught:
            attempt(file)
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 500


@pytest.mark.parametrize("count", range(1, len(STEPS) + 1))
def test_a_database_of_each_older_release_is_taken_over(tmp_path: pathlib.Path, count: int):
    path, older = tmp_path / "book.db", tmp_path / "older"
    older.mkdir()
    for name in STEPS[:count]:
        shutil.copy(migrate.MIGRATIONS / f"{name}.py", older)
    opening.prepare(path, older)

    found = check_file(path)
    opening.prepare(path)

    assert found == []
    assert check_file(path) == []


def test_an_older_database_that_was_altered_is_not_migrated(tmp_path: pathlib.Path):
    path, older = tmp_path / "book.db", tmp_path / "older"
    older.mkdir()
    shutil.copy(migrate.MIGRATIONS / f"{STEPS[0]}.py", older)
    opening.prepare(path, older)
    before = alter(path, TRIGGER.format(name="helper"))

    with pytest.raises(SchemaError, match="the trigger helper on coach_plans"):
        opening.prepare(path)

    assert path.read_bytes() == before
    assert not list(tmp_path.glob("*.backup"))


def test_what_sqlite_makes_by_itself_is_no_alteration(file: pathlib.Path):
    alter(file, "ANALYZE", "VACUUM", "REINDEX")

    opening.prepare(file)
    with opening.connected(file):
        tables = [name for (name,) in database.execute_sql("SELECT name FROM sqlite_master")]
    assert check_file(file) == []
    assert "sqlite_stat1" in tables


def test_other_blanks_in_a_statement_are_no_alteration(file: pathlib.Path):
    alter(file, WRITABLE, "UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '\n\tNOT  NULL')")

    assert check_file(file) == []


def test_blanks_within_a_text_are_an_alteration(file: pathlib.Path):
    alter(file, WRITABLE, "UPDATE sqlite_master SET sql = replace(sql, 'is never deleted', 'is never  deleted')")

    with pytest.raises(SchemaError, match="the trigger plan_history_stays is not as Coachbook makes it"):
        check_file(file)


def test_the_tables_behind_a_full_text_index_of_a_migration_are_expected(file: pathlib.Path, tmp_path: pathlib.Path):
    steps = tmp_path / "steps"
    shutil.copytree(migrate.MIGRATIONS, steps)
    (steps / "9000_words.py").write_text(
        'def up(migrator, db):\n    db.execute_sql("CREATE VIRTUAL TABLE words USING fts5(text)")\n'
    )

    opening.prepare(file, steps)
    opening.prepare(file, steps)

    before = alter(file, "CREATE VIRTUAL TABLE others USING fts5(text)")
    with pytest.raises(SchemaError, match="the table others is not Coachbook's; the table others_config is not"):
        opening.prepare(file, steps)
    assert file.read_bytes() == before


def test_a_row_that_can_not_be_read_is_a_fault(file: pathlib.Path):
    def more() -> list[str]:
        raise ValueError("time data '2026-99-99\x1b[2J' does not match")

    [fault] = check_file(file, more)

    assert fault == "a row holds what Coachbook never writes: time data '2026-99-99\\x1b[2J' does not match"


def test_an_unreadable_row_of_a_table_without_row_ids_is_named_by_its_key(file: pathlib.Path):
    def more() -> list[str]:
        raise ValueError("time data does not match")

    connection = apsw.Connection(str(file))
    connection.execute("INSERT INTO read_markers VALUES (7, 1, 1, 1, '2026-99-99T99:99:99.000000Z')")
    connection.close()

    assert check_file(file, more) == [
        "a row of read_markers (user_id 7, plan_id 1) has an impossible day or time in opened_at"
    ]
