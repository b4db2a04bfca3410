"""Results that are kept in memory: no reader gets one that the database no longer says."""

import asyncio
import datetime
import threading

import apsw
import pytest

from storage import cached_reads
from storage.cached_reads import CachedRead
from storage.models import CardChannelRow, GuildSettingsRow
from storage.store import Store

GUILD = 500
LONG_AGO = datetime.datetime.fromtimestamp(0, datetime.UTC)


class Loads:
    """A cached read of a guild's time zone, and how often it was read from the database."""

    def __init__(self) -> None:
        self.count = 0
        self.timezone = CachedRead(self._load, ["guild_settings"])

    def _load(self, guild_id: int) -> str:
        self.count += 1
        return GuildSettingsRow.get_by_id(guild_id).timezone or ""


@pytest.fixture
def loads() -> Loads:
    return Loads()


@pytest.fixture(autouse=True)
async def guild(store: Store) -> None:
    await store.write(GuildSettingsRow.create, guild_id=GUILD, timezone="Europe/Berlin", created_at=LONG_AGO)


def move_to(timezone: str) -> None:
    GuildSettingsRow.update(timezone=timezone).where(GuildSettingsRow.guild_id == GUILD).execute()


async def test_a_result_is_read_once(store: Store, loads: Loads):
    assert [await store.read(loads.timezone, GUILD) for _ in range(3)] == ["Europe/Berlin"] * 3

    assert loads.count == 1
    assert loads.timezone.peek(GUILD) == "Europe/Berlin"


async def test_a_change_is_seen_by_its_transaction_and_after_it(store: Store, loads: Loads):
    await store.read(loads.timezone, GUILD)

    def change() -> str:
        move_to("Asia/Tokyo")
        return loads.timezone(GUILD)

    assert await store.write(change) == "Asia/Tokyo"
    assert await store.read(loads.timezone, GUILD) == "Asia/Tokyo"


async def test_a_change_that_is_rolled_back_was_never_seen(store: Store, loads: Loads):
    await store.read(loads.timezone, GUILD)

    def fail() -> None:
        move_to("Asia/Tokyo")
        assert loads.timezone(GUILD) == "Asia/Tokyo"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store.write(fail)

    assert await store.read(loads.timezone, GUILD) == "Europe/Berlin"


async def test_a_change_of_another_table_drops_nothing(store: Store, loads: Loads):
    await store.read(loads.timezone, GUILD)

    await store.write(CardChannelRow.create, guild_id=GUILD, channel_id=1)

    assert loads.timezone.peek(GUILD) == "Europe/Berlin"


async def test_a_change_of_a_table_without_row_ids_is_noticed(store: Store):
    channels = CachedRead(lambda guild_id: str(CardChannelRow.select().count()), ["card_channels"])
    assert await store.read(channels, GUILD) == "0"

    await store.write(CardChannelRow.create, guild_id=GUILD, channel_id=1)

    assert await store.read(channels, GUILD) == "1"


@pytest.mark.parametrize("is_written_after", [False, True])
async def test_a_change_of_another_process_is_noticed(store: Store, loads: Loads, is_written_after: bool):
    await store.read(loads.timezone, GUILD)

    with apsw.Connection(str(store.path)) as other:
        other.execute("UPDATE guild_settings SET timezone = 'Asia/Tokyo'")
    other.close()
    if is_written_after:
        await store.write(CardChannelRow.create, guild_id=GUILD, channel_id=1)

    assert await store.read(loads.timezone, GUILD) == "Asia/Tokyo"


async def test_a_writer_notices_a_change_of_another_process(store: Store, loads: Loads):
    await store.read(loads.timezone, GUILD)

    with apsw.Connection(str(store.path)) as other:
        other.execute("UPDATE guild_settings SET timezone = 'Asia/Tokyo'")
    other.close()

    assert await store.write(loads.timezone, GUILD) == "Asia/Tokyo"


async def test_what_an_earlier_transaction_reads_late_is_not_kept(store: Store, loads: Loads):
    reads, is_changed = threading.Event(), threading.Event()

    def read_late() -> str:
        GuildSettingsRow.get_by_id(GUILD)  # the transaction sees the database as it is now
        reads.set()
        assert is_changed.wait(120)
        return loads.timezone(GUILD)

    early = asyncio.create_task(store.read(read_late))
    await asyncio.to_thread(reads.wait, 120)
    await store.write(move_to, "Asia/Tokyo")
    is_changed.set()

    assert await early == "Europe/Berlin"
    assert await store.read(loads.timezone, GUILD) == "Asia/Tokyo"


async def test_nothing_is_kept_of_a_database_that_was_closed(store: Store, loads: Loads, tmp_path_factory):
    await store.read(loads.timezone, GUILD)
    await store.close()

    other = Store.open(tmp_path_factory.mktemp("other") / "book.db")

    try:
        assert loads.timezone.peek(GUILD) is None
    finally:
        await other.close()


async def test_the_oldest_result_makes_room(store: Store, loads: Loads):
    def many() -> None:
        for guild_id in range(1, cached_reads.MAX_RESULTS + 1):
            GuildSettingsRow.create(guild_id=guild_id + GUILD, timezone="Asia/Tokyo", created_at=LONG_AGO)

    await store.read(loads.timezone, GUILD)
    await store.write(many)
    await store.read(lambda: [loads.timezone(guild_id) for guild_id in range(GUILD, GUILD + 1001)])

    assert loads.timezone.peek(GUILD) is None
    assert loads.timezone.peek(GUILD + 1) == "Asia/Tokyo"
