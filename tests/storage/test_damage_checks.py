"""Damage is found at the opening where that is quick, and else by the first read; nothing is written after that."""

import asyncio
import pathlib
import shutil

import pytest

from storage.damage_checks import MAX_BYTES, MAX_UNCLEAN_BYTES
from storage.errors.database import NotADatabaseError, ReadFailedError
from storage.models import DraftRow
from storage.resilient_store import ResilientStore
from storage.store import Store
from storage.suspicion import CHECKS
from tests.storage.rows import NOW

PAGE = 4096
ROWS = MAX_BYTES // PAGE * 2


def fill() -> None:
    """Write rows of which each fills a page."""
    rows = [(row_id, 1, 1, "post", text_of(row_id), NOW) for row_id in range(1, ROWS + 1)]
    fields = (DraftRow.id, DraftRow.guild_id, DraftRow.user_id, DraftRow.kind, DraftRow.text, DraftRow.created_at)
    DraftRow.insert_many(rows, fields).execute()


def text_of(row_id: int) -> str:
    return f"draft {row_id:05} " + "x" * (PAGE * 3 // 4)


def read(row_id: int) -> str:
    return DraftRow.get_by_id(row_id).text


async def large(path: pathlib.Path) -> pathlib.Path:
    store = Store.open(path)
    await store.write(fill)
    await store.close()
    return path


def damage(path: pathlib.Path, row_id: int) -> bytes:
    """Flip the first byte of the page that has this row, and return what the file has now."""
    content = bytearray(path.read_bytes())
    content[content.index(text_of(row_id).encode()) // PAGE * PAGE] ^= 0x55
    with path.open("r+b") as file:
        file.write(content)
    return bytes(content)


async def test_damage_in_a_large_database_is_found_by_the_first_read_and_nothing_is_written_after_it(
    without_pauses: None, path: pathlib.Path
):
    damaged = damage(await large(path), ROWS // 2)

    store = ResilientStore.serve(path)
    assert store.outage is None
    assert await store.read(read, 1) == text_of(1)
    with pytest.raises(ReadFailedError):
        await store.read(read, ROWS // 2)
    for _ in range(CHECKS):  # it is checked completely now: else it would be taken back into use
        with pytest.raises((ReadFailedError, NotADatabaseError)):
            await store.recover()
    assert isinstance(store.outage, NotADatabaseError)
    with pytest.raises(NotADatabaseError):
        await store.read(read, 1)
    await store.close()

    assert await asyncio.to_thread(path.read_bytes) == damaged


def test_damage_where_the_next_row_goes_is_found_at_the_opening(without_pauses: None, path: pathlib.Path):
    damaged = damage(asyncio.run(large(path)), ROWS)

    with pytest.raises(NotADatabaseError):
        Store.open(path)

    assert path.read_bytes() == damaged


async def test_damage_is_found_at_the_opening_after_a_crash(
    without_pauses: None, path: pathlib.Path, tmp_path: pathlib.Path
):
    store = Store.open(await large(path))
    await store.write(DraftRow.delete_by_id, 1)
    left = tmp_path / "left"
    left.mkdir()
    for ending in ("", "-wal"):
        shutil.copyfile(f"{path}{ending}", left / f"{path.name}{ending}")
    await store.close()
    crashed = left / path.name
    damaged = await asyncio.to_thread(damage, crashed, ROWS // 2)

    assert len(damaged) < MAX_UNCLEAN_BYTES
    with pytest.raises(NotADatabaseError):
        Store.open(crashed)
    assert await asyncio.to_thread(crashed.read_bytes) == damaged
