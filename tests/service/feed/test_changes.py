"""Changes in their order, however far behind a reader is."""

from bot.domain.commands import DeletePlan, PostPlan
from bot.domain.values import ChangePage, PlanChange
from bot.service.feed.changes import PAGE
from bot.service.records.changes import RECENT
from bot.service.records.stored_revisions import ENOUGH_TEXT
from storage.store import Store
from tests.service.revising import make_many
from tests.service.scene import DANA, DAY, IVAN, MAX, Services, elsewhere, fresh


def size_of(changes: tuple[PlanChange, ...]) -> int:
    return sum(len((each.state.revision.text or "").encode()) for each in changes)


async def pages_of(services: Services) -> list[ChangePage]:
    """Return all pages, the last of which says that there are no more."""
    pages = [await services.changes.following(DANA, 0, None)]
    while pages[-1].has_more:
        pages.append(await services.changes.following(DANA, pages[-1].place, None))
    return pages


async def test_a_reader_that_is_far_behind_gets_the_same_in_the_same_order(services: Services):
    plan = await services.plans.post(DANA, PostPlan("alpha", coach="d", day=DAY), fresh())
    await services.plans.post(elsewhere(MAX), PostPlan("foreign", coach="d", day=DAY), fresh())
    await services.plans.post(IVAN, PostPlan("beta", coach="i", day=DAY), fresh())
    await services.plans.delete(DANA, DeletePlan(plan.id, 1), fresh())

    near = await services.changes.following(DANA, 0, None)
    far = await services.changes.following(DANA, -RECENT - 1, None)

    assert near == far
    assert [each.id for each in near.changes] == [1, 3, 4]


async def test_long_texts_end_a_page_early_and_none_is_lost_or_repeated(services: Services, store: Store):
    plan = await services.plans.post(DANA, PostPlan("alpha", coach="d", day=DAY), fresh())
    text = "\u20ac" * 20_000
    await make_many(store, plan, PAGE + 1, text)
    await services.plans.post(elsewhere(MAX), PostPlan("foreign", coach="d", day=DAY), fresh())

    pages = await pages_of(services)

    assert [each.id for page in pages for each in page.changes] == list(range(1, PAGE + 3))
    assert max(size_of(page.changes[:-1]) for page in pages) < ENOUGH_TEXT
    assert min(size_of(page.changes) for page in pages[:-1]) >= ENOUGH_TEXT
    assert [page.place for page in pages] == [*(page.changes[-1].id for page in pages[:-1]), PAGE + 3]


async def test_a_text_that_is_longer_than_a_page_is_one(services: Services, store: Store):
    plan = await services.plans.post(DANA, PostPlan("alpha", coach="d", day=DAY), fresh())
    await make_many(store, plan, 3, "x" * ENOUGH_TEXT)

    pages = await pages_of(services)

    assert [[each.id for each in page.changes] for page in pages] == [[1, 2], [3], [4]]
