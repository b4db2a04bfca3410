"""The queued changes in a folder are counted by the database that they are for."""

from pathlib import Path

from bot.domain.commands import PostPlan
from bot.domain.pending import DatabaseId
from bot.domain.values import Quotas
from bot.service.recovery.spool import Spool
from bot.service.recovery.spool_contents import SpoolContents
from storage.spool import SpoolFile
from tests.service.scene import DANA, fresh

OWN = DatabaseId("/data/book.db", "a" * 32)
MOVED = DatabaseId("/elsewhere/book.db", "a" * 32)
OTHER = DatabaseId("/data/other.db", "b" * 32)


async def test_queued_changes_are_counted_by_database(tmp_path: Path, clock):
    databases = [OWN, OWN, OTHER]
    file = SpoolFile.open(tmp_path / "spool")
    spool = Spool(file, clock, lambda: databases[-1], Quotas())
    while databases:
        await spool.add(fresh(), DANA, PostPlan("Long"))
        databases.pop()
    await spool.remove(spool.waiting[-1])
    file.append(b"not a change")

    assert str(SpoolContents.of(file.folder, OWN)) == (
        "1 change is queued; 1 change is queued for another database, /data/other.db; 1 line can't be read"
    )
    assert SpoolContents.of(file.folder, MOVED).own == 1


async def test_changes_that_were_sent_before_their_database_was_first_open_are_told_apart(tmp_path: Path, clock):
    databases = [OWN, DatabaseId(OWN.path, None), OTHER]
    file = SpoolFile.open(tmp_path / "spool")
    spool = Spool(file, clock, lambda: databases[-1], Quotas())
    while databases:
        await spool.add(fresh(), DANA, PostPlan("Long"))
        databases.pop()

    contents = SpoolContents.of(file.folder, DatabaseId(OWN.path, None))

    assert (contents.own, contents.seen) == (2, 1)


def test_an_empty_folder_has_none(tmp_path: Path):
    assert not str(SpoolContents.of(tmp_path / "spool", OWN))
