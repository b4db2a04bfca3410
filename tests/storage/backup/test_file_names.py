"""The names of backups."""

import datetime

from storage.backup.file_names import moment_in, name_at

NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)


def test_a_name_tells_the_moment_and_nothing_else_is_one():
    assert name_at(NOON) == "coachbook-20261122T120000Z.zip"
    assert name_at(NOON, 3) == "coachbook-20261122T120000Z-3.zip"
    assert moment_in(name_at(NOON)) == moment_in(name_at(NOON, 3)) == NOON
    for name in ("book.db", "coachbook-20261322T120000Z.zip", "coachbook-20261122T120000Z.zip.part", "notes.zip"):
        assert moment_in(name) is None
