"""A copy of a database is whole, or nothing is left of it."""

import pathlib

import apsw
import pytest

from storage.online_backup import back_up
from tests.bot.cli.test_backups import full_disk

PAGE = 4096


@pytest.fixture
def source(tmp_path: pathlib.Path) -> apsw.Connection:
    """A database in WAL mode of two pages: less than the index of a log has."""
    connection = apsw.Connection(str(tmp_path / "book.db"))
    connection.pragma("journal_mode", "wal")
    connection.execute("CREATE TABLE moons (name TEXT)")
    return connection


@pytest.mark.parametrize("pages", range(8))
def test_a_copy_that_fails_leaves_nothing_behind(source: apsw.Connection, tmp_path: pathlib.Path, pages: int):
    with full_disk(pages * PAGE), pytest.raises(OSError, match="File too large"):
        back_up(source, tmp_path / "copy.backup")

    source.close()
    assert [path.name for path in tmp_path.iterdir()] == ["book.db"]


def test_what_a_killed_copy_has_left_is_in_no_ones_way(source: apsw.Connection, tmp_path: pathlib.Path):
    for ending in ("part", "part-wal", "part-shm", "part-journal"):
        (tmp_path / f"copy.backup.{ending}").write_bytes(b"left behind")

    back_up(source, tmp_path / "copy.backup")

    source.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book.db", "copy.backup"]
