"""An open book in an empty folder."""

import pathlib
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from storage import connections, opening, suspicion
from storage.store import Store
from tests.new_database import open_new_store, put_new_database


@pytest.fixture
def path(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "book.db"


@pytest_asyncio.fixture
async def store(path: pathlib.Path) -> AsyncIterator[Store]:
    opened = open_new_store(path)
    yield opened
    await opened.close()


@pytest.fixture
def book(path: pathlib.Path) -> Iterator[pathlib.Path]:
    """A migrated book that this thread is connected to."""
    put_new_database(path)
    with opening.connected(path):
        yield path


@pytest.fixture
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Check a file that may be damaged again without a pause."""
    monkeypatch.setattr(suspicion, "PAUSES", (0.0,) * suspicion.CHECKS)
    monkeypatch.setattr(suspicion, "REST", 0.0)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that is opened now waits for other processes no longer than a test may."""
    monkeypatch.setattr(connections, "BUSY_SECONDS", 0.05)
