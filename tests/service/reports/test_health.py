"""How the bot is: told also when the book does not answer."""

import dataclasses
import datetime
import shutil
from pathlib import Path

import apsw
import pytest
from structlog.testing import capture_logs

from bot.domain import errors
from bot.domain.commands import PostPlan
from bot.domain.pending import DatabaseId
from bot.domain.values import (
    Attachment,
    ChannelId,
    DraftKind,
    FoundMessage,
    GuildId,
    Limits,
    MessageId,
    PlanId,
    Quotas,
    Retention,
    Submission,
)
from bot.service.backups.scheduler import BackupService
from bot.service.cards import CardService
from bot.service.pictures.downloads import Downloads
from bot.service.pictures.inspectors import Inspectors
from bot.service.pictures.intake import IntakeService
from bot.service.records.sessions import calendar_of
from bot.service.recovery.spool import Spool
from bot.service.reports.health import HealthService
from bot.service.reports.storage_probe import StorageProbe
from bot.service.strays import StrayService
from storage.models import DraftOperationRow
from storage.spool import SpoolFile
from storage.store import Store
from tests.service.scene import DAY, Services, fresh

RESERVE = 2**20


@pytest.fixture
def health(services: Services, store: Store, clock, tmp_path: Path) -> HealthService:
    downloads, inspectors = Downloads((), 1, 1), Inspectors(1)
    intake = IntakeService(
        store, clock, services.guilds, services.drafts, services.files, downloads, inspectors, Limits()
    )
    spool = Spool(SpoolFile(tmp_path / "spool"), clock, lambda: DatabaseId("book.db", None), Quotas())
    cards, strays = CardService(store, clock, services.guilds), StrayService(store, clock, services.guilds)
    backups = BackupService(clock, tmp_path / "backups", datetime.timedelta(hours=24), Retention(), ("false",))
    probe = StorageProbe(store, services.files, RESERVE)
    return HealthService(store, clock, intake, cards, strays, spool, backups, "1.2.3", probe, unverified)


async def unverified(_: GuildId) -> int:
    """Return how many cards are in doubt."""
    return 3


async def test_a_sound_bot_says_so(health, clock, max):
    found = await health.check(max)

    assert found.database.why is None
    assert (found.database.milliseconds or 0) > 0
    assert (found.free_for_database or 0) > 0
    assert (found.free_for_pictures or 0) > 0
    assert found.reserve == RESERVE
    assert found.unverified == 3
    assert not found.is_disk_nearly_full
    assert dataclasses.replace(found, free_for_pictures=RESERVE - 1).is_disk_nearly_full
    assert (found.waiting.writes, found.waiting.reads, found.waiting.pictures, found.waiting.drafts) == (0, 0, 0, 0)
    assert found.started_at == clock.now
    versions = dict(found.versions)
    assert versions["Coachbook"] == "1.2.3"
    assert versions["SQLite"] == apsw.sqlite_lib_version()
    assert versions.keys() == {"Coachbook", "Python", "hikari", "lightbulb", "SQLite"}


async def test_the_probe_leaves_nothing(services, health, store, dana, max):
    await services.plans.post(dana, PostPlan("Long", day=DAY), fresh())
    before = await store.read(lambda: list(DraftOperationRow.select().dicts()))

    await health.check(max)

    assert await store.read(lambda: list(DraftOperationRow.select().dicts())) == before
    assert await store.check() == []


async def test_the_probe_drops_no_cached_read(services, health, store, dana, max):
    await services.plans.post(dana, PostPlan("Long", day=DAY), fresh())
    kept = await store.read(calendar_of, dana.guild_id)

    await health.check(max)

    assert calendar_of.peek(dana.guild_id) is kept


async def test_the_probe_is_a_write(health, store, max):
    log = store.path.with_name("book.db-wal")
    await health.check(max)
    before = log.stat().st_size

    await health.check(max)

    assert log.stat().st_size > before


async def test_a_book_that_another_process_holds_is_told(health, store, max):
    other = apsw.Connection(str(store.path))
    other.execute("BEGIN IMMEDIATE")

    found = await health.check(max)
    other.execute("ROLLBACK")
    other.close()

    assert found.database.milliseconds is None
    assert found.database.why == "another process has locked it"
    assert found.waiting.drafts == 0
    assert (await health.check(max)).database.why is None


async def test_a_book_that_is_closed_is_told(health, store, max):
    await store.close()

    with capture_logs() as lines:
        found = await health.check(max)

    assert found.database.milliseconds is None
    assert found.waiting.drafts is None
    [line] = [each for each in lines if each["event"] == "database not read"]
    assert line["reads"] == 6
    assert "is closed" in line["why"]


async def test_a_disk_that_is_gone_is_told(services, health, max, tmp_path):
    shutil.rmtree(tmp_path / "charts")
    (tmp_path / "charts").symlink_to(tmp_path / "nothing")

    found = await health.check(max)

    assert found.free_for_pictures is None
    assert (found.free_for_database or 0) > 0


async def test_a_disk_that_takes_no_picture_is_told(services, health, max, tmp_path):
    shutil.rmtree(tmp_path / "charts" / "incoming")
    (tmp_path / "charts" / "incoming").touch()

    found = await health.check(max)

    assert found.database.why is None
    assert found.pictures.milliseconds is None
    assert "the disk may be full" in (found.pictures.why or "")


async def test_a_draft_that_waits_for_pictures_is_counted(services, health, dana, max):
    picture = Attachment("https://cdn.discordapp.com/a.png", "a.png", 5)
    await services.drafts.save(dana, Submission(DraftKind.POST, "Long", pictures=(picture,)))
    await services.drafts.save(dana, Submission(DraftKind.POST, "Short"))

    assert (await health.check(max)).waiting.drafts == 1


async def test_a_failure_of_the_probe_is_logged_once(health, services, store, max):
    probe = StorageProbe(store, services.files, RESERVE)
    await store.close()

    with capture_logs() as lines:
        found = [await probe.check() for _ in range(2)]

    assert all(each.database.why for each in found)
    assert [each["what"] for each in lines if each["event"] == "probe failed"] == ["database"]


async def test_it_is_told_to_managers_alone(health, dana):
    with pytest.raises(errors.NotManagerError):
        await health.check(dana)


async def test_messages_that_no_card_knows_are_named(health, store, clock, services, dana, max):
    strays = StrayService(store, clock, services.guilds)
    await strays.note(dana.guild_id, [FoundMessage(MessageId(901), ChannelId(900), PlanId(7), ())])

    found = (await health.check(max)).strays

    assert [(each.message_id, each.is_removable) for each in found] == [(901, False)]
