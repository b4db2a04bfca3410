"""Housekeeping: what nobody needs any more is thrown away, and nothing else."""

import pytest

from bot import errors
from bot.service.housekeeping import HousekeepingService, Swept
from bot.values import DraftKind, Limits, Writing
from tests.service.scene import DAY, fresh


@pytest.fixture
def housekeeping(store, clock):
    return HousekeepingService(store, clock, Limits(draft_days=30))


async def test_old_drafts_are_thrown_away(housekeeping, drafts, clock, dana):
    old = await drafts.keep(dana, Writing(DraftKind.POST, "old"))
    clock.move(days=30, seconds=1)
    new = await drafts.keep(dana, Writing(DraftKind.POST, "new"))

    assert await housekeeping.sweep() == Swept(drafts=1, operations=0)

    assert await drafts.take(dana, new.id) == new
    with pytest.raises(errors.DraftGoneError):
        await drafts.take(dana, old.id)


async def test_what_was_done_is_known_for_a_day(housekeeping, plans, clock, dana):
    operation = fresh()
    posted = await plans.post(dana, coach=None, day=DAY, text="once", operation=operation)

    clock.move(days=1)
    assert await housekeeping.sweep() == Swept(drafts=0, operations=0)
    assert await plans.post(dana, coach=None, day=DAY, text="once", operation=operation) == posted

    clock.move(seconds=1)
    assert await housekeeping.sweep() == Swept(drafts=0, operations=1)
    assert await plans.get(dana, posted.id) == posted
