"""A database that was generated is one that the service could have made."""

from pathlib import Path

from bench.generator import OWN_PLANS, PLANS_OF_GUILD, fill
from bot.service.records import cards, chains
from storage import row_checks
from storage.models import GuildSettingsRow, PlanRow
from storage.store import Store
from tests.service.scene import GUILD, FakeClock, Services


async def test_a_generated_database_has_no_faults(tmp_path: Path):
    store = Store.open(tmp_path / "book.db")
    await Services.on(store, FakeClock()).guilds.ensure_guild(GUILD)
    plans = 3 * PLANS_OF_GUILD

    added = [each async for each in fill(store, plans)]

    assert added[-1] == plans
    for faults in (chains.faults, cards.faults, row_checks.missing_rows, row_checks.unreadable_rows):
        assert await store.read(faults) == []
    assert await store.check() == []
    assert await store.read(PlanRow.select().where(PlanRow.guild_id == GUILD).count) == plans // 2 < OWN_PLANS
    assert await store.read(GuildSettingsRow.select().count) == 3
    await store.close()
