"""A damaged full-text index loses nothing: it is found, named, and built again."""

from pathlib import Path

import apsw
import pytest

from bot.domain.commands import PostPlan
from bot.domain.errors import DatabaseUnreadableError
from bot.service.search import SearchService
from storage import damage_checks, search_index
from storage.file_checks import check_file
from storage.resilient_store import ResilientStore
from storage.store import Store
from tests.service.scene import DANA, DAY, FakeClock, Services, fresh

ZEROS = "UPDATE search_index_data SET block = zeroblob(length(block)) WHERE id > 10"
CUT = "UPDATE search_index_data SET block = substr(block, 1, length(block) / 2) WHERE id > 10"
GONE = "DELETE FROM search_index_data"
EMPTY = "INSERT INTO search_index (search_index) VALUES ('delete-all')"
SURPLUS = "INSERT INTO search_index (rowid, guild, text) VALUES (404, 'g1', 'posted by nobody')"


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """The path of a closed database with a plan."""
    services = Services.on(Store.open(tmp_path / "book.db"), FakeClock())
    await services.plans.post(DANA, PostPlan("Short NQ", coach="d", day=DAY), fresh())
    await services.plans.store.close()
    return tmp_path / "book.db"


def spoil(path: Path, statement: str) -> None:
    connection = apsw.Connection(str(path))
    connection.execute(statement)
    connection.close()


async def found(search: SearchService) -> int:
    return len((await search.find(DANA, "short")).hits)


@pytest.mark.parametrize("statement", [ZEROS, CUT, GONE, EMPTY, SURPLUS])
def test_a_check_says_that_the_index_is_at_fault_and_no_plan(path: Path, statement: str):
    assert check_file(path) == []
    spoil(path, statement)
    before = path.read_bytes()

    assert check_file(path) == [search_index.FAULT]

    assert path.read_bytes() == before


async def test_a_check_asks_nothing_of_an_index_that_is_not_built_yet(path: Path):
    store = Store.open(path)
    await store.write(search_index.empty)
    await store.close()

    assert check_file(path) == []


@pytest.mark.parametrize("statement", [ZEROS, CUT, GONE])
async def test_a_damaged_index_is_emptied_at_the_opening_and_built_again(path: Path, statement: str, caplog):
    spoil(path, statement)

    services = Services.on(Store.open(path), FakeClock())

    assert [record.message for record in caplog.records if record.name == damage_checks.__name__] == [
        "The index of /plan search is damaged and is built again; no plan is affected."
    ]
    assert await found(services.search) == 0
    await services.search.index_older()
    assert await found(services.search) == 1
    await services.plans.store.close()
    assert check_file(path) == []


async def test_damage_that_a_search_meets_is_repaired_by_the_recovery(path: Path):
    store = ResilientStore.serve(path)
    services = Services.on(store, FakeClock())
    spoil(path, GONE)
    with pytest.raises(DatabaseUnreadableError):
        await services.search.find(DANA, "short")

    await store.recover()
    store.resume()

    await services.search.index_older()
    assert await found(services.search) == 1
    await store.close()


async def test_an_index_that_differs_from_the_texts_is_rebuilt(path: Path):
    spoil(path, SURPLUS)
    services = Services.on(Store.open(path), FakeClock())
    assert not await services.plans.store.write(search_index.fits_texts)

    await services.search.rebuild_index()

    assert await services.plans.store.write(search_index.fits_texts)
    assert await found(services.search) == 1
    await services.plans.store.close()
