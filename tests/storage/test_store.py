"""The open book: what is acknowledged is on the disk, and acts do not see or tear one another."""

import asyncio
import pathlib
import threading
from typing import Any

import apsw
import pytest
from peewee import IntegrityError, InterfaceError

from storage import connections
from storage.connections import MAX_LOG_BYTES, database
from storage.errors.database import MovedError, StorageBusyError, StorageClosedError, StorageUnwritableError
from storage.executors import READERS
from storage.file_checks import check_file
from storage.models import GuildSettingsRow
from storage.store import Store
from tests.processes import DEADLINE
from tests.storage import child_process
from tests.storage.rows import NOW, guild_ids, new_guild, on_disk

FULL = 2


def settings() -> dict[str, Any]:
    names = ("journal_mode", "synchronous", "foreign_keys", "query_only", "busy_timeout")
    return {"thread": threading.get_ident(), **{name: database.pragma(name) for name in names}}


async def test_the_log_shrinks_again_after_a_long_reader(store: Store, path: pathlib.Path):
    log = path.with_name("book.db-wal")
    reader = apsw.Connection(str(path))
    reader.execute("BEGIN")
    reader.execute("SELECT 1 FROM sqlite_master")
    guild_id = 0
    while log.stat().st_size < 2 * MAX_LOG_BYTES:
        guild_id += 1
        await store.write(_seed, guild_id)
    reader.close()

    for _ in range(3):
        guild_id += 1
        await store.write(_seed, guild_id)

    assert log.stat().st_size <= MAX_LOG_BYTES


def _seed(guild_id: int) -> None:
    GuildSettingsRow.create(guild_id=guild_id, timezone="UTC", seed=f'["{"x" * 500_000}"]', created_at=NOW)


async def test_every_thread_is_durable_and_strict_and_readers_only_read(store: Store):
    together = threading.Barrier(READERS)

    def settings_of_all_readers() -> dict[str, Any]:
        together.wait(DEADLINE)
        return settings()

    readers = await asyncio.gather(*(store.read(settings_of_all_readers) for _ in range(READERS)))
    writer = await store.write(settings)

    assert len({thread.pop("thread") for thread in readers}) == READERS
    expected = {
        "journal_mode": "wal",
        "synchronous": FULL,
        "foreign_keys": 1,
        "busy_timeout": connections.BUSY_SECONDS * 1000,
    }
    assert readers == [{**expected, "query_only": 1}] * READERS
    assert {**expected, "query_only": 0}.items() <= writer.items()


async def test_a_write_is_on_the_disk_when_it_returns(store: Store):
    guild_id = await store.write(new_guild, 5)

    assert guild_id == 5
    assert on_disk(store.path) == {5}


async def test_a_write_that_raises_leaves_nothing(store: Store):
    def two_and_fail() -> None:
        new_guild(1)
        new_guild(2)
        raise LookupError("no")

    with pytest.raises(LookupError, match="no"):
        await store.write(two_and_fail)

    assert on_disk(store.path) == set()
    assert await store.write(new_guild, 3) == 3


async def test_a_commit_is_followed_by_its_calls_and_a_rollback_by_none(store: Store):
    called: list[float] = []

    def guild(guild_id: int, *, fails: bool) -> None:
        new_guild(guild_id)
        store.on_commit(called.append)
        if fails:
            raise LookupError("no")

    with pytest.raises(LookupError, match="no"):
        await store.write(guild, 1, fails=True)
    await store.write(guild, 2, fails=False)
    await store.write(new_guild, 3)

    [seconds] = called
    assert seconds > 0


async def test_finished_acts_are_counted_with_their_time(store: Store):
    await store.write(new_guild, 1)
    await asyncio.gather(*(store.read(guild_ids) for _ in range(5)), store.read_first(guild_ids))

    times = store.times

    assert (times.writes, times.reads) == (1, 6)
    assert times.write_seconds > 0
    assert times.read_seconds > 0


async def test_a_broken_constraint_is_told_as_it_is(store: Store):
    await store.write(new_guild, 1)

    with pytest.raises(IntegrityError):
        await store.write(new_guild, 1)


async def test_a_write_is_immediate_so_that_it_never_fails_between_reading_and_writing(
    store: Store,
):
    def read_then_write() -> None:
        guild_ids()
        other = apsw.Connection(str(store.path))
        try:
            with pytest.raises(apsw.BusyError):
                other.execute("BEGIN IMMEDIATE")
        finally:
            other.close()
        new_guild(1)

    await store.write(read_then_write)

    assert on_disk(store.path) == {1}


async def test_a_read_sees_one_moment(store: Store):
    begun, go_on = threading.Event(), threading.Event()

    def twice() -> tuple[set[int], set[int]]:
        before = guild_ids()
        begun.set()
        go_on.wait(DEADLINE)
        return before, guild_ids()

    reading = asyncio.create_task(store.read(twice))
    await asyncio.to_thread(begun.wait, DEADLINE)
    await store.write(new_guild, 1)
    go_on.set()

    assert await reading == (set(), set())
    assert await store.read(guild_ids) == {1}


async def test_a_short_read_waits_for_no_longer_ones(store: Store):
    begun, let_go = threading.Barrier(READERS + 1), threading.Event()

    def take_long() -> None:
        begun.wait(DEADLINE)
        assert let_go.wait(DEADLINE)

    long = [asyncio.create_task(store.read(take_long)) for _ in range(READERS)]
    await asyncio.to_thread(begun.wait, DEADLINE)

    assert await asyncio.wait_for(store.read_first(guild_ids), DEADLINE) == set()

    let_go.set()
    await asyncio.gather(*long)


async def test_a_read_can_not_write(store: Store):
    with pytest.raises(StorageUnwritableError):
        await store.read(new_guild, 1)

    assert on_disk(store.path) == set()


async def test_a_query_outside_an_act_is_refused(store: Store):
    with pytest.raises(InterfaceError):
        guild_ids()


async def test_cancelling_does_not_tear_an_act_that_has_begun_and_drops_one_that_has_not(
    store: Store,
):
    begun, go_on = threading.Event(), threading.Event()

    def slowly() -> None:
        new_guild(1)
        begun.set()
        go_on.wait(DEADLINE)
        new_guild(2)

    running = asyncio.create_task(store.write(slowly))
    await asyncio.to_thread(begun.wait, DEADLINE)
    waiting = asyncio.create_task(store.write(new_guild, 3))
    await asyncio.to_thread(lambda: None)  # the task has handed in what it writes by then
    assert store.writing == 2
    running.cancel()
    waiting.cancel()
    await asyncio.gather(running, waiting, return_exceptions=True)
    go_on.set()
    await store.write(new_guild, 4)

    assert on_disk(store.path) == {1, 2, 4}


async def test_closing_finishes_what_was_handed_in_and_leaves_one_whole_file(path: pathlib.Path):
    store = Store.open(path)
    writes = [asyncio.create_task(store.write(new_guild, number)) for number in range(20)]
    await store.read(guild_ids)

    await store.close()
    await store.close()

    assert await asyncio.gather(*writes) == list(range(20))
    assert {file.name for file in path.parent.iterdir()} == {"book.db", "book.db.lock"}
    assert on_disk(path) == set(range(20))


async def test_a_closed_store_takes_nothing_in(path: pathlib.Path):
    store = Store.open(path)
    await store.close()

    with pytest.raises(StorageClosedError):
        await store.write(new_guild, 1)
    with pytest.raises(StorageClosedError):
        await store.read(guild_ids)


async def test_a_process_has_one_book_open(store: Store, tmp_path: pathlib.Path):
    with pytest.raises(RuntimeError, match=r"book\.db is open"):
        Store.open(tmp_path / "other.db")

    assert await store.write(new_guild, 1) == 1


async def test_a_book_that_another_process_holds_is_busy_and_can_be_used_again_after(hasty: None, store: Store):
    other = apsw.Connection(str(store.path))
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StorageBusyError, match=r"Another process is using .*book\.db"):
        await store.write(new_guild, 1)
    assert await store.read(guild_ids) == set()
    other.close(True)

    assert await store.write(new_guild, 2) == 2
    assert on_disk(store.path) == {2}


async def test_a_full_disk_takes_the_whole_write_back(store: Store):
    def fill() -> None:
        database.pragma("max_page_count", database.pragma("page_count"))
        for guild_id in range(1, 10_000):
            new_guild(guild_id)

    with pytest.raises(StorageUnwritableError, match="full"):
        await store.write(fill)

    assert on_disk(store.path) == set()


async def test_trying_to_write_writes_to_the_disk_and_leaves_nothing(store: Store):
    await store.write(new_guild, 1)
    before = await store.size()

    await store.try_to_write()

    assert await store.size() > before
    assert on_disk(store.path) == {1}


async def test_trying_to_write_a_book_that_another_process_holds_is_told(hasty: None, store: Store):
    other = apsw.Connection(str(store.path))
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StorageBusyError):
        await store.try_to_write()

    other.close(True)
    await store.try_to_write()


async def test_a_book_that_is_exchanged_meanwhile_is_neither_read_nor_written(store: Store, tmp_path: pathlib.Path):
    await store.write(new_guild, 1)
    beside = ("", "-wal", "-shm")
    for ending in beside:
        store.path.with_name(f"{store.path.name}{ending}").rename(tmp_path / f"aside.db{ending}")

    with pytest.raises(MovedError):
        await store.read(guild_ids)
    with pytest.raises(MovedError):
        await store.write(new_guild, 2)
    assert not store.path.exists()
    store.path.write_bytes(b"another")
    with pytest.raises(MovedError):
        await store.write(new_guild, 3)
    await store.close()

    assert store.path.read_bytes() == b"another"
    assert on_disk(tmp_path / "aside.db") == {1}


async def test_a_book_that_is_exchanged_during_an_act_makes_it_no_success(store: Store, tmp_path: pathlib.Path):
    def act() -> None:
        new_guild(1)
        store.path.rename(tmp_path / "aside.db")

    with pytest.raises(MovedError):
        await store.write(act)


async def test_what_is_in_a_deleted_log_is_saved_at_the_end(store: Store):
    await store.write(new_guild, 1)
    store.path.with_name(f"{store.path.name}-wal").unlink()

    await store.close()

    assert on_disk(store.path) == {1}


async def test_what_is_handed_in_counts_until_it_is_done(store: Store):
    begun, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        go_on.wait(DEADLINE)

    reading = [asyncio.create_task(store.read(wait)) for _ in range(READERS + 1)]
    writing = [asyncio.create_task(store.write(guild_ids)) for _ in range(2)]
    await asyncio.to_thread(begun.wait, DEADLINE)
    assert store.reading == READERS + 1

    go_on.set()
    await asyncio.gather(*reading, *writing)

    assert (store.reading, store.writing) == (0, 0)


async def test_the_size_is_that_of_all_files_and_the_disk_has_room(store: Store):
    files = list(store.path.parent.glob("book.db*"))

    assert await store.size() == sum(file.stat().st_size for file in files if not file.name.endswith(("shm", "lock")))
    assert store.free() > 0


async def test_a_sound_book_has_no_faults(store: Store):
    assert await store.check() == []


async def test_an_open_book_is_checked_as_thoroughly_as_a_file(store: Store):
    def break_a_check() -> None:
        database.pragma("ignore_check_constraints", 1)
        database.execute_sql(
            "INSERT INTO guild_settings (guild_id, timezone, seed, created_at) VALUES (1, 'UTC', 'no JSON', 'never')"
        )

    await store.write(break_a_check)

    assert await store.check() == ["CHECK constraint failed in guild_settings"]


async def test_a_kill_loses_nothing_that_was_acknowledged(path: pathlib.Path):
    child = child_process.start("write", path)
    assert child.stdout is not None

    acknowledged = {int(child.stdout.readline()) for _ in range(50)}
    child.kill()
    acknowledged |= {int(line) for line in child.communicate()[0].splitlines()}

    assert check_file(path) == []
    kept = on_disk(path)
    assert acknowledged <= kept
    assert len(kept - acknowledged) <= 1
