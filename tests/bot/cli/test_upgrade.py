"""The upgrade of a database before it is made: the room that it needs."""

from pathlib import Path

import pytest

from bot.cli.upgrade import Upgrade
from storage import migrate

MIB = 2**20
SEARCH = "0022_search"
FIRST, *LATER = (step.stem for step in sorted(migrate.MIGRATIONS.glob("[0-9]*.py")))


def upgrade(*, free: int, found: str | None = FIRST) -> Upgrade:
    version = migrate.SchemaVersion(found, LATER[-1])
    return Upgrade(Path("/book.db"), version, tuple(migrate.after(version)), 100 * MIB, free)


def test_all_later_migrations_are_named_in_order():
    assert upgrade(free=0).migrations == tuple(LATER)
    assert upgrade(free=0, found=None).migrations == (FIRST, *LATER)


@pytest.mark.parametrize(("free", "is_enough"), [(264 * MIB, True), (264 * MIB - 1, False), (0, False)])
def test_an_upgrade_needs_room_for_the_copy_and_the_migrations(free: int, is_enough: bool):
    asked = upgrade(free=free)

    assert (asked.problem is None) == is_enough
    assert f"Disk: 264 MiB needed, {-(-free // MIB)} MiB free" in asked.lines


def test_the_problem_says_how_much_to_free():
    assert upgrade(free=200 * MIB).problem == (
        "The disk of /book.db has too little free space: free 64 MiB more first."
    )


def test_a_database_that_lacks_nothing_needs_nothing():
    asked = upgrade(free=0, found=LATER[-1])

    assert (asked.needed, asked.seconds, asked.problem, len(asked.lines)) == (0, 0, None, 1)


def test_the_index_for_searches_is_made_after_the_start():
    line = "After the start: texts are indexed for searches, which takes up to 250 MiB more"

    assert upgrade(free=0).lines[-1] == line
    assert line not in upgrade(free=0, found=SEARCH).lines
