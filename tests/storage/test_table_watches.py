"""Calls after changes of tables: of this process, of another one, and after an outage."""

import apsw

from storage.models import FeedTokenRow, GuildSettingsRow
from storage.resilient_store import ResilientStore
from storage.store import Store
from tests.storage.rows import guild_ids, new_guild


def watched(store: Store) -> list[str]:
    """The changes of a table, and of two others, as they are noted."""
    noted: list[str] = []
    store.watches.add((GuildSettingsRow,), lambda: noted.append("guilds"))
    store.watches.add((FeedTokenRow,), lambda: noted.append("tokens"))
    return noted


async def test_a_commit_is_noted_by_those_who_watch_its_tables(store: Store):
    await store.read(guild_ids)
    noted = watched(store)

    await store.write(guild_ids)
    assert noted == []
    await store.write(new_guild, 1)
    assert noted == ["guilds"]


async def test_what_another_process_changed_is_noted_with_the_next_act(store: Store):
    await store.read(guild_ids)
    noted = watched(store)
    other = apsw.Connection(str(store.path))
    other.execute("DELETE FROM guild_settings")
    other.execute("CREATE TABLE another (id)")
    other.close()

    await store.read(guild_ids)
    await store.read(guild_ids)

    assert noted == ["guilds", "tokens"]


async def test_a_database_that_is_opened_again_may_have_changed(store: Store):
    await store.close()
    book = store.path.read_bytes()
    resilient = ResilientStore.serve(store.path)
    noted = watched(resilient)
    for tail in ("", "-wal", "-shm"):
        store.path.with_name(f"{store.path.name}{tail}").unlink()
    await resilient.probe()
    store.path.write_bytes(book)

    await resilient.recover()

    assert noted[:2] == ["guilds", "tokens"]
    await resilient.close()
