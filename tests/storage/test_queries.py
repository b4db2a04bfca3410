"""Queries that are built once and run with other values."""

import datetime

import apsw
import pytest

from storage.connections import database
from storage.id_sets import id_list, values_from
from storage.models import CoachRow, GuildSettingsRow
from storage.queries import Parameter, Prepared, Rows, insertion, rows_of
from storage.store import Store

NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
async def coaches(store: Store) -> list[int]:
    """The ids of three coaches."""
    add_guild = insertion(GuildSettingsRow, "guild_id", "created_at")
    add_coach = insertion(CoachRow, "guild", "key", "name", "created_at")

    def add() -> list[int]:
        add_guild.insert(guild_id=500, created_at=NOON)
        return [add_coach.insert(guild=500, key=key, name=f"Coach {key}", created_at=NOON) for key in "dix"]

    return await store.write(add)


async def test_the_same_query_takes_other_values(store: Store, coaches: list[int]):
    named = Prepared(lambda: CoachRow.select(CoachRow.id, CoachRow.name).where(CoachRow.key == Parameter("key")))

    assert await store.read(named.rows, key="d") == [(coaches[0], "Coach d")]
    assert await store.read(named.row, key="i") == (coaches[1], "Coach i")
    assert await store.read(named.row, key="z") is None
    assert await store.read(named.rows, key="z") == []


async def test_a_moment_is_bound_as_the_field_writes_it(store: Store):
    since = Prepared(lambda: CoachRow.select(CoachRow.created_at).where(CoachRow.created_at >= Parameter("moment")))

    assert await store.read(since.rows, moment=NOON) == [("2026-11-22T12:00:00.000000Z",)] * 3
    assert await store.read(since.rows, moment=NOON + datetime.timedelta(microseconds=1)) == []


async def test_a_list_of_any_length_is_one_value(store: Store, coaches: list[int]):
    some = Prepared(lambda: CoachRow.select(CoachRow.key).where(CoachRow.id.in_(values_from(Parameter("ids")))))

    assert await store.read(some.rows, ids=id_list([coaches[2], coaches[0]])) == [("d",), ("x",)]
    assert await store.read(some.rows, ids=id_list(range(100_000))) == [("d",), ("i",), ("x",)]
    assert await store.read(some.rows, ids=id_list([])) == []


async def test_a_change_says_how_many_rows_it_changed(store: Store):
    rename = Prepared(lambda: CoachRow.update(name=Parameter("name")).where(CoachRow.key != Parameter("key")))

    assert await store.write(rename.change, name="Coach", key="d") == 2
    assert await store.read(rows_of, CoachRow.select(CoachRow.name)) == [("Coach d",), ("Coach",), ("Coach",)]


async def test_a_value_that_is_not_given_is_an_error(store: Store):
    named = Prepared(lambda: CoachRow.select(CoachRow.id).where(CoachRow.key == Parameter("key")))

    with pytest.raises(KeyError):
        await store.read(named.rows)


async def test_other_values_do_not_make_sqlite_prepare_the_query_again(store: Store):
    some = Prepared(
        lambda: CoachRow.select(CoachRow.key).where(CoachRow.key > Parameter("key")).limit(Parameter("most"))
    )
    prepared: list[str] = []

    def note(_: int, *names: str | None) -> int:
        """SQLite asks for each table and column that a query reads, when it prepares the query."""
        prepared.append(f"{names}")
        return apsw.SQLITE_OK

    def read() -> tuple[Rows, list[str]]:
        database.connection().authorizer = note
        some.rows(key="d", most=1)
        prepared.clear()
        return some.rows(key="e", most=2), list(prepared)

    assert await store.read(read) == ([("i",), ("x",)], [])
