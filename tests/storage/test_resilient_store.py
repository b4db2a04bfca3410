"""A book that stays in use: trouble is remembered, and mended as soon as it can be, with nothing lost."""

import asyncio
import pathlib
import shutil
import threading
import traceback
from collections.abc import AsyncIterator, Callable

import apsw
import pytest
import pytest_asyncio

from storage.errors import StorageError
from storage.errors.backups import RestoreUnfinishedError
from storage.errors.database import (
    DatabaseLockedError,
    DatabaseMissingError,
    EmptyDatabaseError,
    MovedError,
    NotADatabaseError,
    OrphanedLogError,
    ReadFailedError,
    StorageBusyError,
    StorageUnwritableError,
    UnreadableError,
    WrongPlaceError,
)
from storage.executors import READERS
from storage.process_lock import lock_database
from storage.resilient_store import ResilientStore
from storage.store import Store
from storage.suspicion import CHECKS, PAUSES, Suspicion
from tests.full_disk import full_disk
from tests.storage.rows import guild_ids, new_guild, on_disk


@pytest_asyncio.fixture
async def served(path: pathlib.Path) -> AsyncIterator[ResilientStore]:
    store = ResilientStore.serve(path)
    yield store
    await store.close()


@pytest.fixture
def empty(path: pathlib.Path) -> pathlib.Path:
    path.touch()
    return path


async def recovered(store: ResilientStore) -> None:
    await store.recover()
    store.resume()


async def test_a_lock_of_another_process_is_trouble_until_it_is_gone(hasty: None, served: ResilientStore):
    other = apsw.Connection(str(served.path))
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StorageBusyError):
        await served.write(new_guild, 1)
    assert isinstance(served.outage, StorageBusyError)
    with pytest.raises(StorageBusyError):
        await served.recover()
    assert await served.read(guild_ids) == set()
    other.close(True)
    with pytest.raises(StorageBusyError):
        await served.write(new_guild, 1)
    await recovered(served)

    await served.write(new_guild, 2)
    assert await served.read(guild_ids) == {2}


async def test_only_what_goes_first_is_written_before_the_outage_is_over(hasty: None, served: ResilientStore):
    served.pause()
    with pytest.raises(StorageError, match="being replayed"):
        await served.write(new_guild, 1)

    await served.write_first(new_guild, 2)
    with pytest.raises(StorageError, match="being replayed"):
        await served.write(new_guild, 3)
    served.resume()
    await served.write(new_guild, 4)

    assert await served.read(guild_ids) == {2, 4}


async def test_a_full_disk_is_trouble_for_writing_alone(served: ResilientStore):
    await served.write(new_guild, 1)

    with full_disk():
        with pytest.raises(StorageUnwritableError):
            await served.write(new_guild, 2)
        for _ in range(READERS):
            with pytest.raises(StorageUnwritableError):
                await served.recover()
            assert await served.read(guild_ids) == {1}
    await recovered(served)

    await served.write(new_guild, 3)
    assert await served.read(guild_ids) == {1, 3}


@pytest.mark.parametrize("gone", [("-wal",), ("-shm",), ("-wal", "-shm")])
async def test_a_log_that_was_deleted_takes_nothing_with_it(served: ResilientStore, gone: tuple[str, ...]):
    await served.write(new_guild, 1)
    assert await served.read(guild_ids) == {1}
    for ending in gone:
        served.path.with_name(f"{served.path.name}{ending}").unlink()

    with pytest.raises(MovedError):
        await served.write(new_guild, 2)
    with pytest.raises(MovedError):
        await served.read(guild_ids)
    await recovered(served)

    assert await served.read(guild_ids) == {1}
    await served.write(new_guild, 3)
    await served.close()
    assert on_disk(served.path) == {1, 3}


async def test_a_disk_that_fails_while_the_book_is_opened_anew_is_tried_again(
    served: ResilientStore, monkeypatch: pytest.MonkeyPatch
):
    def fail(_: apsw.Connection) -> None:
        if threading.current_thread().name.startswith("store-writer"):
            raise apsw.IOError("disk I/O error")

    await served.write(new_guild, 1)
    served.path.with_name(f"{served.path.name}-wal").unlink()
    with pytest.raises(MovedError):
        await served.read(guild_ids)
    monkeypatch.setattr(apsw, "connection_hooks", [*apsw.connection_hooks, fail])
    with pytest.raises(StorageUnwritableError):
        await served.recover()
    monkeypatch.undo()

    await recovered(served)

    assert await served.read(guild_ids) == {1}


async def test_a_log_that_is_deleted_while_an_act_is_on_its_way_makes_it_no_success(served: ResilientStore):
    def act() -> None:
        new_guild(1)
        served.path.with_name(f"{served.path.name}-wal").unlink()

    await served.read(guild_ids)
    with pytest.raises(MovedError):
        await served.write(act)
    await recovered(served)

    assert await served.read(guild_ids) == {1}  # it was done, and nobody was told so: the operation's id will tell


async def test_what_is_in_a_deleted_log_is_written_out_at_a_stop_too(served: ResilientStore):
    await served.write(new_guild, 1)
    served.path.with_name(f"{served.path.name}-wal").unlink()

    await served.close()

    assert on_disk(served.path) == {1}


async def test_a_deleted_log_is_noticed_without_an_act(served: ResilientStore):
    await served.probe()
    assert served.outage is None
    served.path.with_name(f"{served.path.name}-wal").unlink()

    await served.probe()

    assert isinstance(served.outage, MovedError)


async def test_a_folder_that_was_moved_away_and_back_has_all(served: ResilientStore, tmp_path: pathlib.Path):
    folder, elsewhere = served.path.parent, tmp_path.with_name("elsewhere")
    await served.write(new_guild, 1)
    folder.rename(elsewhere)

    with pytest.raises(MovedError):
        await served.write(new_guild, 2)
    with pytest.raises(MovedError):
        await served.recover()
    assert not folder.exists()
    elsewhere.rename(folder)
    await recovered(served)

    await served.write(new_guild, 3)
    assert await served.read(guild_ids) == {1, 3}


async def test_of_a_book_that_was_deleted_a_copy_can_be_saved(served: ResilientStore, tmp_path: pathlib.Path):
    await served.write(new_guild, 1)
    copy = tmp_path / "rescued.db"
    assert not await served.rescue(copy)
    delete(served.path)

    with pytest.raises(MovedError):
        await served.write(new_guild, 2)
    assert await served.rescue(copy)
    with pytest.raises(MovedError):
        await served.recover()
    assert not served.path.exists()
    assert on_disk(copy) == {1}
    copy.rename(served.path)
    await recovered(served)

    await served.write(new_guild, 3)
    assert await served.read(guild_ids) == {1, 3}


async def test_a_damaged_book_is_let_go_as_it_is_and_another_taken_in_its_place(
    without_pauses: None, served: ResilientStore, tmp_path: pathlib.Path
):
    for guild_id in range(1, 500):
        await served.write(new_guild, guild_id)
    await served.close()
    good = served.path.read_bytes()
    damaged = bytearray(good)
    damaged[4096:] = bytes(byte ^ 0xFF for byte in damaged[4096:])
    served.path.write_bytes(damaged)

    store = ResilientStore.serve(served.path)
    for _ in range(CHECKS - 1):
        assert isinstance(store.outage, ReadFailedError)
        with pytest.raises(StorageError):
            await store.recover()
    assert isinstance(store.outage, NotADatabaseError)
    for act in (store.read(guild_ids), store.write(new_guild, 1000), store.recover(), store.recover()):
        with pytest.raises(NotADatabaseError):
            await act
    assert served.path.read_bytes() == damaged
    replaced = tmp_path / "good.db"
    replaced.write_bytes(good)
    replaced.replace(served.path)
    await recovered(store)

    await store.write(new_guild, 1000)
    assert len(await store.read(guild_ids)) == 500
    await store.close()


async def test_of_an_empty_book_it_is_told_that_it_is_empty_however_often(empty: pathlib.Path):
    store = ResilientStore.serve(empty)

    for _ in range(3):
        assert isinstance(store.outage, EmptyDatabaseError)
        with pytest.raises(EmptyDatabaseError):
            await store.recover()
    await store.close()


def refuse_missing(path: pathlib.Path) -> Callable[[], None]:
    def refuse() -> None:
        raise DatabaseMissingError(path, {path.parent / "charts": "the pictures of one"})

    return refuse


async def test_of_a_missing_database_whose_log_is_there_the_log_is_told_first(path: pathlib.Path):
    log = path.with_name(f"{path.name}-wal")
    log.write_bytes(b"what is nowhere else")

    store = ResilientStore.serve(path, refuse_missing(path))

    assert isinstance(store.outage, OrphanedLogError)
    with pytest.raises(OrphanedLogError):
        await store.recover()
    log.unlink()
    with pytest.raises(DatabaseMissingError):
        await store.recover()
    assert list(path.parent.glob(path.name)) == []
    await store.close()


async def test_of_a_missing_database_whose_restore_was_broken_off_that_is_told_and_ends_the_start(path: pathlib.Path):
    marker = path.with_name(f"{path.name}.restoring")
    marker.touch()

    with pytest.raises(RestoreUnfinishedError):
        ResilientStore.serve(path, refuse_missing(path))

    with lock_database(path), pytest.raises(DatabaseLockedError):  # while it goes on
        ResilientStore.serve(path, refuse_missing(path))
    marker.unlink()
    store = ResilientStore.serve(path, refuse_missing(path))
    assert isinstance(store.outage, DatabaseMissingError)
    await store.close()


async def test_a_read_that_failed_is_no_damage_and_nothing_must_be_done_about_it(served: ResilientStore):
    for guild_id in range(1, 500):
        await served.write(new_guild, guild_id)
    await served.close()
    store = ResilientStore.serve(served.path)
    sound = served.path.read_bytes()
    overwrite(served.path, sound[:4096] + b"\xff" * (len(sound) - 4096))

    with pytest.raises(ReadFailedError, match="or the file is damaged"):
        await store.read(guild_ids)
    overwrite(served.path, sound)
    await recovered(store)

    await store.write(new_guild, 1000)
    assert len(await store.read(guild_ids)) == 500
    await store.close()


async def test_a_file_that_may_be_damaged_is_checked_again_after_growing_pauses(served: ResilientStore):
    await served.close()
    now = 100.0
    suspicion = Suspicion(served.path, lambda: now)
    pauses: list[float] = []

    for _ in range(len(PAUSES) + 1):
        assert suspicion.is_due
        reported = suspicion.record_failure(ReadFailedError(served.path))
        began = now
        while not suspicion.is_due:
            now += 0.5
        pauses.append(now - began)
        assert isinstance(reported, NotADatabaseError) is (len(pauses) >= CHECKS)

    assert pauses == [*PAUSES, PAUSES[-1]]
    suspicion.record_failure(ReadFailedError(served.path), seconds=60)
    now += 59
    assert not suspicion.is_due
    now += 1
    assert suspicion.is_due
    suspicion.record_failure(ReadFailedError(served.path))
    overwrite(served.path, served.path.read_bytes())
    assert suspicion.is_due


async def test_damage_that_shows_later_stops_everything_and_writes_nothing(
    without_pauses: None, served: ResilientStore
):
    for guild_id in range(1, 500):
        await served.write(new_guild, guild_id)
    await served.close()
    store = ResilientStore.serve(served.path)
    with served.path.open("r+b") as file:
        file.seek(4096)
        file.write(bytes(range(256)) * ((served.path.stat().st_size - 4096) // 256))
    before = contents(served.path)

    with pytest.raises(ReadFailedError):
        await store.read(guild_ids)
    for _ in range(CHECKS - 1):
        with pytest.raises(ReadFailedError):
            await store.recover()
    with pytest.raises(NotADatabaseError):
        await store.recover()
    with pytest.raises(NotADatabaseError):
        await store.read(guild_ids)
    await store.close()

    assert contents(served.path) == before


async def test_a_book_that_cannot_be_opened_yet_is_opened_when_it_can_be(tmp_path: pathlib.Path):
    path = tmp_path / "book.db"
    in_the_way = tmp_path / "book.db.lock"
    in_the_way.mkdir()  # SQLite can't open it
    store = ResilientStore.serve(path)
    assert isinstance(store.outage, StorageError)
    with pytest.raises(UnreadableError):
        await store.read(guild_ids)

    in_the_way.rmdir()
    await recovered(store)

    await store.write(new_guild, 1)
    assert await store.read(guild_ids) == {1}
    await store.close()


async def test_trouble_that_is_told_often_does_not_keep_what_was_sent_alive(hasty: None, served: ResilientStore):
    with full_disk(), pytest.raises(StorageUnwritableError):
        await served.write(new_guild, 1)
    told: StorageError | None = None

    for guild_id in range(20):
        with pytest.raises(StorageUnwritableError) as caught:
            await served.write(new_guild, guild_id)
        assert caught.value is told or told is None
        told = caught.value

    assert told is not None
    assert len(list(traceback.walk_tb(told.__traceback__))) < 20


async def test_a_book_that_was_there_is_never_begun_anew(path: pathlib.Path):
    await Store.open(path).close()
    store = ResilientStore.serve(path)
    shutil.rmtree(path.parent)

    for _ in range(2):
        with pytest.raises(UnreadableError):
            await store.recover()
    await store.close()

    assert not path.parent.exists()


async def test_a_place_that_cannot_be_looked_at_is_waited_for(tmp_path: pathlib.Path):
    store = ResilientStore.serve(tmp_path / ("n" * 300) / "book.db")

    assert isinstance(store.outage, UnreadableError)
    assert "File name too long" in str(store.outage)
    await store.close()


async def test_a_place_that_is_wrong_is_refused_at_once(tmp_path: pathlib.Path):
    with pytest.raises(WrongPlaceError):
        ResilientStore.serve(tmp_path)


async def test_a_second_bot_is_refused_and_may_serve_after_the_first(path: pathlib.Path):
    first = ResilientStore.serve(path)
    with pytest.raises(DatabaseLockedError, match="Another Coachbook runs on"):
        ResilientStore.serve(path)
    await first.close()

    second = ResilientStore.serve(path)
    await asyncio.gather(*(second.write(new_guild, number) for number in range(1, 4)))
    await second.close()
    assert on_disk(path) == {1, 2, 3}


def delete(path: pathlib.Path) -> None:
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()


def overwrite(path: pathlib.Path, data: bytes) -> None:
    """Change what is in the file, and leave the file in its place."""
    with path.open("r+b") as file:
        file.write(data)


def contents(path: pathlib.Path) -> dict[str, bytes]:
    kept = (path, path.with_name(f"{path.name}-wal"))
    return {each.name: each.read_bytes() for each in kept if each.exists()}
