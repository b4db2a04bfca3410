"""Who writes first after an outage: what is replayed, also in a guild that the database does not know yet."""

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.errors import DatabaseUnavailableError
from bot.domain.values import Actor
from storage.resilient_store import ResilientStore


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[ResilientStore]:
    opened = ResilientStore.serve(tmp_path / "book.db")
    opened.pause()
    yield opened
    await opened.close()


async def test_a_replayed_act_is_written_while_others_are_refused(store: ResilientStore, coaches, max: Actor):
    with pytest.raises(DatabaseUnavailableError):
        await coaches.add(max, "new", "New")

    await coaches.add(dataclasses.replace(max, is_replay=True), "new", "New")

    with pytest.raises(DatabaseUnavailableError):
        await coaches.add(max, "newer", "Newer")
    store.resume()
    await coaches.add(max, "newest", "Newest")
    assert {coach.key for coach in await coaches.list(max.guild_id)} >= {"new", "newest"}
