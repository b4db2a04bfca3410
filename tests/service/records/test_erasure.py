"""Erased texts: one rule, in Python and in SQL."""

import itertools

import pytest

from bot.domain.commands import PostPlan
from bot.domain.values import ChangeKind
from bot.service.records import revisions, stored_revisions
from bot.service.records.plans import plan_with_id
from storage.store import Store
from tests.service.erasing import erase
from tests.service.scene import DANA, DAY, Services, fresh

TEXTS = [(first, *later) for first in ("x", "") for later in itertools.product(("x", "", None), repeat=2)]


@pytest.mark.parametrize("texts", [*TEXTS, (None, "", "x", ""), (None, "", "", "")], ids=str)
async def test_revisions_and_plans_are_erased_by_one_rule(
    services: Services, store: Store, texts: tuple[str | None, ...]
):
    plan = await services.plans.post(DANA, PostPlan("x", day=DAY), fresh())
    expected = list[bool]()

    def make() -> None:
        for text in ("x", *texts):
            before = plan_with_id(plan.id)
            made = revisions.append(before, ChangeKind.EDITED, DANA.user_id, plan.posted_at, text=text or "")
            expected.append(text is None or (text == "" and expected[-1]))
            if text is None:
                erase(plan.id, made.revision)
            else:
                assert made.is_erased == expected[-1]
            assert plan_with_id(plan.id).is_erased == expected[-1]

    await store.write(make)

    count = len(texts) + 2
    stored = await store.read(stored_revisions.between, plan.id, 2, count)
    past = [await store.read(revisions.plan_at, plan.id, number) for number in range(2, count + 1)]
    assert [each.is_erased for each in stored] == [each.is_erased for each in past] == expected
