"""A book on disk, the services on it, and those who act: two coaches, a member, a manager."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.values import Actor
from bot.service.cards import CardService
from bot.service.coaches import CoachService
from bot.service.drafts import DraftService
from bot.service.plans import PlanService
from storage.store import Store
from tests.new_database import open_new_store
from tests.service import scene


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = open_new_store(tmp_path / "book.db")
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> scene.FakeClock:
    return scene.FakeClock()


@pytest.fixture
def services(store: Store, clock: scene.FakeClock) -> scene.Services:
    return scene.Services.on(store, clock)


@pytest.fixture
def plans(services: scene.Services) -> PlanService:
    return services.plans


@pytest.fixture
def coaches(services: scene.Services) -> CoachService:
    return services.coaches


@pytest.fixture
def drafts(services: scene.Services) -> DraftService:
    return services.drafts


@pytest.fixture
def cards(store: Store, clock: scene.FakeClock, services: scene.Services) -> CardService:
    return CardService(store, clock, services.guilds)


@pytest.fixture
def dana() -> Actor:
    """A member of coach d by name."""
    return scene.DANA


@pytest.fixture
def ivan() -> Actor:
    """A member of coach i by a role."""
    return scene.IVAN


@pytest.fixture
def mia() -> Actor:
    """A member of the guild who is no coach."""
    return scene.MIA


@pytest.fixture(name="max")
def max_() -> Actor:
    """A manager who is no coach."""
    return scene.MAX
