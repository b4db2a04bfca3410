"""Files that strangers may have made: each is refused in plain words that a terminal can show, and changes nothing."""

import dataclasses
import hashlib
import json
import stat
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import apsw
import pytest

from bot.service.predecessor.plan_history import MAX_CHARTS, MAX_ENTRIES
from storage import predecessor
from storage.backup import manifest
from tests.bot.cli.test_commands import GUILD, run
from tests.predecessor_database import Predecessor

pytestmark = pytest.mark.slow  # more than a hundred commands

STEERS = "\x1b[2J\x1b]0;mine\x07\u202e\u2066\r\x9b31m\u2028"
"""Characters that empty a screen, name a window, and turn or overwrite the line."""
WRITABLE = "PRAGMA writable_schema = 1"
TRIGGER = "CREATE TRIGGER helper AFTER UPDATE ON coach_plans BEGIN UPDATE coach_plans SET text = 'mine'; END"
ENDLESS_VIEW = """CREATE VIEW schema_version AS
    WITH RECURSIVE n(name, applied) AS (SELECT 'x', 'y' UNION ALL SELECT name, applied FROM n) SELECT * FROM n"""
CHART = '"filename":"a.png","media_type":"image/png","width":1,"height":1,"bytes":1,"caption":null'
NO_GUARDS = ("DROP TRIGGER plan_history_is_only_erased", "PRAGMA foreign_keys = 0")
GUARDS = "SELECT sql FROM sqlite_master WHERE name = 'plan_history_is_only_erased'"
Lines = list[dict[str, Any]]


def refused(folder: Path, *arguments: str) -> str:
    """Run a command that is to be refused, and change nothing; what it says."""
    before = files_in(folder)

    status, said = run(folder, *arguments)

    assert status == 1, said
    assert is_plain(said)
    assert len(said) < 2000
    assert files_in(folder) == before
    return said


def is_plain(said: str) -> bool:
    return all(character == "\n" or character.isprintable() for character in said)


def files_in(folder: Path) -> dict[Path, bytes]:
    """The book and its pictures; not what SQLite and locks keep beside them."""
    passing = (".lock", ".running", "-wal", "-shm")
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(passing))
    return {path: path.read_bytes() for path in files}


def alter(path: Path, *statements: str) -> None:
    """Change a database as one who knows it may; its triggers are put back where they were dropped for that."""
    connection = apsw.Connection(str(path))
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 0)
    [[guard]] = list(connection.execute(GUARDS))
    for statement in statements:
        connection.execute(statement)
    if NO_GUARDS[0] in statements:
        connection.execute(guard)
    connection.close()


# What may be wrong in a database, with what is said of it.
STRUCTURES: dict[str, tuple[tuple[str, ...], str]] = {
    "a trigger": ((TRIGGER,), "the trigger helper on coach_plans is not Coachbook's"),
    "a view": (("CREATE VIEW plans AS SELECT * FROM coach_plans",), "the view plans is not Coachbook's"),
    "a table": (("CREATE TABLE notes (text)",), "the table notes is not Coachbook's"),
    "no guard": (("DROP TRIGGER plan_history_stays",), "the trigger plan_history_stays is missing"),
    "a column": (("ALTER TABLE coaches ADD COLUMN more TEXT",), "the table coaches has a column more"),
    "a name that steers": ((f'CREATE TABLE "{STEERS}" (x)',), "the table “\\x1b[2J\\x1b]0;mine\\x07\\u202e"),
    "a long name": ((f'CREATE TABLE "{"n" * 500_000}" (x)',), f"the table “{'n' * 40}…” is not"),
    "a thousand tables": (tuple(f"CREATE TABLE t{number} (x)" for number in range(1000)), "and 997 more"),
    "a record of nulls": (
        ("DROP TABLE schema_version", "CREATE TABLE schema_version (id, name, applied)",
         "INSERT INTO schema_version VALUES (NULL, NULL, NULL)"),
        "the table schema_version is not as Coachbook makes it",
    ),
    "a record without names": (
        ("DROP TABLE schema_version", "CREATE TABLE schema_version (id)"),
        "of another program",
    ),
    "a record that is a view without end": (
        ("DROP TABLE schema_version",
         ENDLESS_VIEW),
        "the table schema_version is missing",
    ),
    "steps of another program": (
        ("INSERT INTO schema_version (name, applied) VALUES ('9999' || char(27) || '[2J', 'some day')",),
        "does not know 9999\\x1b[2J",
    ),
    "a huge name of a step": (
        ("INSERT INTO schema_version (name, applied) VALUES (hex(zeroblob(5000000)), '2030-01-01T00:00:00.000000Z')",),
        f"does not know {'0' * 40}…",
    ),
}  # fmt: skip
ROWS: dict[str, tuple[tuple[str, ...], str]] = {
    "a moment that is none": (
        ("UPDATE coach_plans SET posted_at = '2026-99-99T99:99:99.000000Z' WHERE id = 2",),
        "a row of coach_plans (rowid 2) has an impossible day or time in posted_at",
    ),
    "a day before all days": (
        ("UPDATE coach_plans SET day = '0000-01-01' WHERE id = 1",),
        "a row of coach_plans (rowid 1) has an impossible day or time in day",
    ),
    "a text that is none": (
        ("UPDATE coach_plans SET text = CAST(x'ff1b' AS TEXT) WHERE id = 2",),
        "a row of coach_plans (rowid 2) has text that is not UTF-8",
    ),
    **{
        f"charts that are {charts[:30]}": (
            (*NO_GUARDS, f"UPDATE plan_history SET charts = '{charts}' WHERE revision = 2"),  # noqa: S608
            "a list of charts is not as Coachbook writes it",
        )
        for charts in (
            "[1]",
            "[null]",
            "[{}]",
            "[" * 900 + "]" * 900,
            f'[{{"sha256":[],{CHART}}}]',
            f'[{{"sha256":"../../../etc/passwd",{CHART}}}]',
            '[{"url":[]}]',
        )
    },
    "no name": (("DELETE FROM book",), "the table book has no row"),
    "words of another": (("UPDATE coach_plans SET text = 'mine'",), "plan 1, revision 2"),
}  # fmt: skip


@pytest.mark.parametrize("what", [*STRUCTURES, *ROWS])
def test_a_hostile_database_is_refused_by_check(folder: Path, what: str):
    statements, says = (STRUCTURES | ROWS)[what]
    alter(folder / "book.db", *statements)

    assert says in refused(folder, "check")


@pytest.mark.parametrize("what", STRUCTURES)
def test_a_hostile_database_is_refused_by_what_would_write_it_or_copy_it(folder: Path, what: str):
    statements, says = STRUCTURES[what]
    alter(folder / "book.db", *statements)

    for command in (("import", "given.jsonl"), ("backup",), ("import-predecessor", "old.db", "--unmapped", *GUILD)):
        assert says in refused(folder, *command)


# Backups, sealed as good ones are: a seal is no secret.


@dataclasses.dataclass
class Backup:
    """A backup that was opened, and is packed and sealed again."""

    folder: Path
    fields: dict[str, Any]
    members: dict[str, bytes]

    @classmethod
    def opened(cls, folder: Path) -> "Backup":
        with zipfile.ZipFile(folder.parent / "backup.zip") as file:
            members = {name: file.read(name) for name in file.namelist()}
        return cls(folder, json.loads(members["manifest.json"]), members)

    def with_fields(self, **fields: object) -> "Backup":
        """The same with another list."""
        self.fields |= fields
        return self.with_list(json.dumps(self.fields).encode())

    def with_list(self, text: bytes) -> "Backup":
        self.members["manifest.json"] = text
        return self

    def with_database(self, *statements: str) -> "Backup":
        """The same with a database that was changed, and is listed as it is."""
        book = self.folder.parent / "altered.db"
        book.write_bytes(self.members["book.db"])
        alter(book, *statements)
        return self.with_book(book.read_bytes())

    def with_book(self, content: bytes) -> "Backup":
        self.members["book.db"] = content
        return self.with_fields(sha256=hashlib.sha256(content).hexdigest())

    def pack(self, method: int = zipfile.ZIP_STORED, more: tuple[tuple[zipfile.ZipInfo, bytes], ...] = ()) -> Path:
        """The path of the file."""
        path = self.folder.parent / "hostile.zip"
        with zipfile.ZipFile(path, "w", method) as file:
            for name, content in self.members.items():
                file.writestr(name, content)
            for info, content in more:
                file.writestr(info, content)
        return sealed(path)


def sealed(path: Path) -> Path:
    """The file, with the seal that docs/operating.md speaks of."""
    content = path.read_bytes()
    seal = hashlib.sha256(content).hexdigest().encode()
    path.write_bytes(content[:-2] + len(seal).to_bytes(2, "little") + seal)
    return path


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


LISTS: Mapping[str, tuple[bytes | dict[str, object], str]] = {
    "nothing": (b"", "its manifest is not JSON"),
    "no text": (b"\xff\xfe\xff", "its manifest is not JSON"),
    "no object": (b"[]", "its manifest is not a JSON object"),
    "null": (b"null", "its manifest is not a JSON object"),
    "lists in lists": (b"[" * 200_000, "its manifest is not JSON"),
    "objects in objects": (b'{"a":' * 200_000, "its manifest is not JSON"),
    "a huge number": (b'{"version": ' + b"9" * 10_000 + b"}", "its manifest is not JSON"),
    "a field twice": (b'{"version": 1, "version": 1}', "its manifest names a field twice"),
    "a field missing": (b'{"version": 1}', "its manifest has no book"),
    "a field too many": ({STEERS: 1}, "its manifest has an unknown field “\\x1b[2J"),
    "a newer form": ({"version": 3}, "a newer Coachbook made it (format “3”)"),
    "no form": ({"version": 0}, "its manifest has an invalid version: “0”"),
    "a form that is none": ({"version": None}, "its manifest has an invalid version: “None”"),
    "a moment that steers": ({"made_at": STEERS}, "its manifest has an invalid made_at"),
    "a proof at no moment": ({"proved_at": "soon"}, "its manifest has an invalid proved_at: “'soon'”"),
    "no moment": ({"made_at": 5}, "its manifest has an invalid made_at: “5”"),
    "a null": ({"book": None}, "its manifest has an invalid book"),
    "a long name": ({"book": "a" * 10**6}, "its manifest has an invalid book"),
    "a name that leads out": ({"pictures": ["../../evil"]}, "its manifest has an invalid pictures"),
    "pictures that are no list": ({"pictures": "0" * 64}, "its manifest has an invalid pictures"),
    "pictures that are numbers": ({"pictures": [1]}, "its manifest has an invalid pictures"),
    "pictures in pictures": ({"missing": [["0" * 64]]}, "its manifest has an invalid missing"),
    "a picture twice": ({"missing": ["0" * 64] * 2}, "its manifest has an invalid missing"),
    "a truth": ({"revisions": True}, "its manifest has an invalid revisions"),
    "less than nothing": ({"revisions": -1}, "its manifest has an invalid revisions"),
    "another book": ({"book": "0" * 32}, "its manifest is that of another database"),
    "a picture that is not there": ({"pictures": ["0" * 64]}, "what is in it is not what it lists"),
}


@pytest.mark.parametrize("what", LISTS)
def test_a_backup_with_a_hostile_list_is_refused(folder: Path, what: str):
    listed, says = LISTS[what]
    backup = Backup.opened(folder)
    path = (backup.with_list(listed) if isinstance(listed, bytes) else backup.with_fields(**listed)).pack()

    assert says in refused(folder, "restore", str(path), "--force")


@pytest.mark.parametrize("what", [*STRUCTURES, *ROWS])
def test_a_backup_of_a_hostile_database_is_refused(folder: Path, what: str):
    statements, says = (STRUCTURES | ROWS)[what]
    path = Backup.opened(folder).with_database(*statements).pack()

    said = refused(folder, "restore", str(path), "--force")

    assert says in said
    assert str(path) in said
    assert ".restore-" not in said


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "its database is damaged or not an SQLite database"),
        (b"no book " * 999, "its database is damaged or not an SQLite database"),
        (b"SQLite format 3\0" + b"\xff" * 9000, "its database is damaged or not an SQLite database"),
    ],
)
def test_a_backup_of_no_database_is_refused(folder: Path, content: bytes, says: str):
    path = Backup.opened(folder).with_book(content).pack()

    assert says in refused(folder, "restore", str(path), "--force")


def test_a_backup_of_the_predecessors_database_is_refused(folder: Path):
    path = Backup.opened(folder).with_book((folder.parent / "old.db").read_bytes()).pack()

    assert "its database is of another program" in refused(folder, "restore", str(path), "--force")


MEMBERS: Mapping[str, tuple[zipfile.ZipInfo, str]] = {
    "a link": (link("charts/link"), "its member “charts/link” is a link"),
    "a name that leads out": (zipfile.ZipInfo("../../evil"), "its member “../../evil” leads out of its folder"),
    "an absolute name": (zipfile.ZipInfo("/etc/evil"), "its member “/etc/evil” leads out of its folder"),
    "a name of another system": (zipfile.ZipInfo("C:\\evil"), "leads out of its folder"),
    "a long name": (zipfile.ZipInfo("n" * 60_000), "has a name of 60,000 characters"),
    "a name that steers": (zipfile.ZipInfo(f"charts/{STEERS}"), "has characters in its name that are not seen"),
}


@pytest.mark.parametrize("what", MEMBERS)
def test_a_zip_with_a_hostile_member_is_refused(folder: Path, what: str):
    info, says = MEMBERS[what]
    path = Backup.opened(folder).pack(more=((info, b"/etc/passwd"),))
    with zipfile.ZipFile(folder.parent / "given.zip", "a") as file:
        file.writestr(info, b"/etc/passwd")

    assert says in refused(folder, "restore", str(path), "--force")
    assert says in refused(folder, "import", "given.zip")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_with_a_member_twice_is_refused(folder: Path):
    path = Backup.opened(folder).pack(more=((zipfile.ZipInfo("book.db"), b"another"),))
    with zipfile.ZipFile(folder.parent / "given.zip", "a") as file:
        file.writestr("book.jsonl", b"another")

    assert "its member “book.db” is there twice" in refused(folder, "restore", str(path), "--force")
    assert "its member “book.jsonl” is there twice" in refused(folder, "import", "given.zip")


def test_a_backup_that_unpacks_to_more_than_it_holds_is_refused(folder: Path):
    bomb = b" " * (manifest.MAX_BYTES + 1)
    path = Backup.opened(folder).with_list(bomb).pack(zipfile.ZIP_DEFLATED)
    assert "its manifest is larger than 64 MiB" in refused(folder, "restore", str(path), "--force")

    path = Backup.opened(folder).with_book(bomb).pack(zipfile.ZIP_DEFLATED)
    assert "it unpacks to more than it holds" in refused(folder, "restore", str(path), "--force")


def test_a_file_with_a_name_that_steers_a_terminal_is_named_without_that(folder: Path):
    name = STEERS.replace("\r", "")
    (folder.parent / "backups").mkdir()
    for path in (folder.parent / f"{name}.zip", folder.parent / "backups" / f"coachbook-{name}.zip"):
        path.write_text("no backup " * 50)
    Predecessor.make(folder.parent / f"{name}.db", without="plan_charts")

    for command in (
        ("restore", f"{name}.zip"),
        ("import", f"{name}.zip"),
        ("import-predecessor", f"{name}.db", *GUILD),
        ("check", "--deep"),
    ):
        assert "\\x1b[2J" in refused(folder, *command)


# Exports.


def renamed(number: int, **fields: object) -> Callable[[Lines], object]:
    """Give the line of this number these fields."""
    return lambda lines: lines[number - 1].update(fields)


def many_coaches(lines: Lines) -> None:
    lines[2:2] = [{"type": "coach", "key": f"k{number}", "name": "n", "retired_at": None} for number in range(1000)]


def chart_named(lines: Lines) -> None:
    next(line for line in lines if line.get("charts"))["charts"][0]["filename"] = f"a{STEERS}.png"


def chart_twice(lines: Lines) -> None:
    charts = next(line for line in lines if line.get("charts"))["charts"]
    charts.append(charts[0])


JOURNALS: Mapping[str, tuple[Callable[[Lines], object], str]] = {
    "a coach's name that steers": (renamed(2, name=STEERS), "line 2: the coach’s name “\\x1b[2J"),
    "a coach's name that turns": (renamed(2, name="a\u202eb"), "line 2: the coach’s name “a\\u202eb” is invalid"),
    "a coach's name that is not seen": (renamed(2, name="\u2800"), "line 2: the coach’s name"),
    "a field that steers": (renamed(2, **{STEERS: 1}), "line 2: \\x1b[2J"),
    "a long field": (renamed(2, **{"n" * 900_000: 1}), "line 2: nnnn"),
    "a type that steers": (renamed(2, type=STEERS), "line 2: "),
    "too many coaches": (many_coaches, "line 1,002: the file has more than 1,000 lines of the type coach"),
    "a day without weeks": (renamed(3, day="0001-01-01"), "line 3: 0001-01-01 is not in the years 2000 to 2099"),
    "a moment without end": (
        lambda lines: lines[-1].update(at="9999-12-31T23:59:59.999999Z"),
        "9999-12-31T23:59:59.999999Z is not in the years",
    ),
    "a note that steers": (lambda lines: lines[-1].update(note=STEERS), "the note “\\x1b[2J"),
    "a picture that is there twice": (chart_twice, "a picture is in it twice"),
    "a picture's name that steers": (chart_named, "the filename “a\\x1b[2J"),
    "a null": (renamed(2, name=None), "line 2: name: "),
    "a huge number": (renamed(3, plan=10**4000), "line 3: "),
    "half of a letter": (renamed(2, name="\ud800"), "line 2: "),
}  # fmt: skip


@pytest.mark.parametrize("what", JOURNALS)
def test_a_hostile_export_is_refused(folder: Path, what: str):
    change, says = JOURNALS[what]
    path = folder.parent / "given.jsonl"
    lines: Lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    change(lines)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))

    said = refused(folder, "import", path.name)

    assert said.startswith(f"Nothing was imported from {path}: ")
    assert says in said


@pytest.mark.parametrize(
    "content",
    [b"[" * 200_000, b'{"type":' * 100_000, b"\x00" * 3_000_000, b"null", b"NaN", b"\xff\xfe", STEERS.encode()],
    ids=["lists in lists", "objects in objects", "zeros", "null", "no number", "no text", "steers"],
)
def test_what_is_no_export_is_refused(folder: Path, content: bytes):
    path = folder.parent / "given.jsonl"
    path.write_bytes(content)

    assert "line 1: " in refused(folder, "import", path.name)


def test_an_export_that_unpacks_without_end_is_refused(folder: Path):
    path = folder.parent / "bomb.zip"
    line = b'{"guild":"1","type":"coachbook","version":1}\n'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("book.jsonl", line + b"\x00" * (300 * 2**20))

    assert "line 2: it has more than 1,048,576 bytes" in refused(folder, "import", path.name)


# The predecessor's data.


def old_values(old: Predecessor) -> None:
    old.run("CREATE TABLE more (x)", "CREATE TRIGGER more_x AFTER INSERT ON more BEGIN SELECT 1; END")
    old.add("schema_version", [{"version": STEERS}])


def old_coaches(old: Predecessor) -> None:
    for number in range(1001):
        old.plan(10_000 + number, coach_name=f"c{number}")


PREDECESSORS: Mapping[str, tuple[Callable[[Predecessor], object], str]] = {
    "a version that steers": (old_values, "its schema_version says \\x1b[2J"),
    "versions without end": (
        lambda old: old.add("schema_version", [{"version": number} for number in range(2000)]),
        "its schema_version says ",
    ),
    "a version that is nothing": (lambda old: old.run("UPDATE schema_version SET version = NULL"), "says None, and"),
    "a value that is huge": (
        lambda old: old.plan(1, plan="n" * (predecessor.MAX_VALUE + 1)),
        "a value in it has more than 16 MiB",
    ),
    "too many coaches": (old_coaches, "names 1,003 coaches; the limit is 1,000"),
    "a table that is a view": (
        lambda old: old.run("DROP TABLE plan_charts", "CREATE VIEW plan_charts AS SELECT 1 plan_id"),
        "it has no table plan_charts",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", PREDECESSORS)
def test_a_hostile_database_of_the_predecessor_is_refused(folder: Path, what: str):
    change, says = PREDECESSORS[what]
    change(Predecessor(folder.parent / "old.db"))

    assert says in refused(folder, "import-predecessor", "old.db", "--unmapped", *GUILD)


def test_a_huge_database_of_the_predecessor_is_refused_before_it_is_copied(folder: Path):
    with (folder.parent / "old.db").open("r+b") as file:
        file.truncate(predecessor.MAX_BYTES + 1)

    assert "it has more than 2 GiB" in refused(folder, "import-predecessor", "old.db", "--unmapped", *GUILD)


def test_hostile_words_in_the_predecessors_data_are_reported_without_what_steers_a_terminal(folder: Path):
    old = Predecessor.make(folder.parent / "odd.db", without="coach_plans")
    old.run(f"CREATE TABLE coach_plans ({', '.join(predecessor.COLUMNS['coach_plans'])})")
    for number, column in enumerate(("coach_name", "date", "plan", "author", "channel", "created_at", "is_deleted")):
        old.plan(number, **{column: STEERS * 100})
    old.plan(STEERS)
    old.edit(STEERS, STEERS, STEERS, STEERS)
    old.chart(STEERS, STEERS, STEERS, STEERS)
    old.plan(100)
    entry: dict[str, object] = {"plan_id": 100, "plan_text": "x"}
    old.add("plan_history", [entry] * (MAX_ENTRIES + 1))
    old.plan(101)
    chart: dict[str, object] = {"plan_id": 101, "chart_url": "x"}
    old.add("plan_charts", [chart] * (MAX_CHARTS + 1))

    status, said = run(folder, "import-predecessor", "odd.db", "--unmapped", "--dry-run", *GUILD)

    assert status == 0, said
    assert is_plain(said)
    assert "its coach_name is “\\x1b[2J" in said
    assert "coach_plans 100: 10,001 rows of plan_history belong to it; the limit is 10,000" in said
    assert "coach_plans 101: 201 rows of plan_charts belong to it" in said
