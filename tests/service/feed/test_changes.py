"""Changes in their order, however far behind a reader is."""

from bot.domain.commands import DeletePlan, PostPlan
from bot.service.records.changes import RECENT
from tests.service.scene import DANA, DAY, IVAN, MAX, Services, elsewhere, fresh


async def test_a_reader_that_is_far_behind_gets_the_same_in_the_same_order(services: Services):
    plan = await services.plans.post(DANA, PostPlan("alpha", coach="d", day=DAY), fresh())
    await services.plans.post(elsewhere(MAX), PostPlan("foreign", coach="d", day=DAY), fresh())
    await services.plans.post(IVAN, PostPlan("beta", coach="i", day=DAY), fresh())
    await services.plans.delete(DANA, DeletePlan(plan.id, 1), fresh())

    near = await services.changes.following(DANA, 0, None)
    far = await services.changes.following(DANA, -RECENT - 1, None)

    assert near == far
    assert [each.id for each in near.changes] == [1, 3, 4]
