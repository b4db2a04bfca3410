"""A predecessor's file that is taken in."""

import zoneinfo

from bot.domain.values import Actor, Limits
from bot.service.pictures.downloads import Downloads
from bot.service.pictures.fetch import ChartFetcher
from bot.service.pictures.inspector import Inspector
from bot.service.predecessor.migration import MigrationPlan, MigrationResult, MigrationService
from bot.service.predecessor.plan import import_plan
from bot.service.predecessor.rules import Rules
from bot.service.records import chains
from storage import predecessor
from storage.store import Store
from tests.predecessor_database import Predecessor
from tests.service.scene import DANA, IVAN, FakeClock, Services

USERS = {"dana": DANA.user_id, "ivan": IVAN.user_id}


class Move:
    """One who moves a predecessor's file into the book, as often as they like."""

    def __init__(self, old: Predecessor, store: Store, services: Services, clock: FakeClock, host: str) -> None:
        self.old = old
        self.store = store
        self.timezone = "America/New_York"
        self._clock = clock
        self._downloads = Downloads([host], 2**20, 5.0)
        self._inspector = Inspector(10**6, 20.0)
        fetcher = ChartFetcher(services.files, self._downloads, self._inspector.strip_and_inspect, Limits())
        self._service = MigrationService(store, clock, services.guilds, fetcher)

    async def plan_migration(self, guild: Actor = DANA) -> MigrationPlan:
        rules = Rules(dict(USERS), zoneinfo.ZoneInfo(self.timezone), self._clock())
        return await self._service.plan_migration(guild.guild_id, import_plan(predecessor.read(self.old.path), rules))

    async def __call__(self, guild: Actor = DANA, *, patient: bool = True) -> MigrationResult:
        migration_plan = await self.plan_migration(guild)
        result = await self._service.run(
            guild.guild_id, migration_plan.groups, patient=patient, on_progress=lambda _: None
        )
        assert await self.store.read(chains.faults) == []
        assert await self.store.check() == []
        return result

    async def close(self) -> None:
        await self._downloads.close()
        await self._inspector.close()
