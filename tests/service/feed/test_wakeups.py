"""Wakeups of tasks that wait for changes."""

from bot.domain.commands import PostPlan
from tests.service.scene import DANA, DAY, Services, fresh


async def test_changes_have_another_number_also_while_nobody_waits(services: Services):
    await services.guilds.ensure_guild(DANA.guild_id)
    before = services.changes.version

    await services.plans.post(DANA, PostPlan("alpha", coach="d", day=DAY), fresh())

    assert services.changes.version > before
