"""Each change of a plan is one line of the log, once it is saved: no text, and no user who could be recognized."""

import pytest
from structlog.testing import capture_logs

from bot.domain.commands import DeletePlan, EditPlan, PostPlan
from bot.domain.errors import PlanExistsError
from bot.service.pseudonyms import pseudonym
from tests.service.scene import DAY, fresh


def changes(lines):
    return [line for line in lines if line["event"] == "plan changed"]


async def test_each_change_is_one_line(plans, dana, max):
    with capture_logs() as lines:
        plan = await plans.post(dana, PostPlan("Long above 5000", day=DAY), fresh())
        edit = await plans.edit(dana, EditPlan(plan.id, "Short below 4900", plan.revision), fresh())
        await plans.delete(max, DeletePlan(plan.id, edit.plan.revision), fresh())

    found = changes(lines)
    assert [(each["kind"], each["plan_id"], each["revision"]) for each in found] == [
        ("posted", plan.id, 1),
        ("edited", plan.id, 2),
        ("deleted", plan.id, 3),
    ]
    assert all(each["milliseconds"] > 0 for each in found)
    assert [each["user"] for each in found] == [*[pseudonym(dana.user_id)] * 2, pseudonym(max.user_id)]
    assert found[0].keys() - {"event", "log_level"} == {"kind", "plan_id", "revision", "user", "milliseconds"}


async def test_what_is_not_saved_or_was_saved_before_is_no_line(plans, dana):
    operation = fresh()
    await plans.post(dana, PostPlan("Long", day=DAY), operation)

    with capture_logs() as lines:
        await plans.post(dana, PostPlan("Long", day=DAY), operation)
        with pytest.raises(PlanExistsError):
            await plans.post(dana, PostPlan("Short", day=DAY), fresh())

    assert changes(lines) == []


def test_a_pseudonym_is_the_users_own_and_not_their_id(dana, max):
    assert pseudonym(dana.user_id) == pseudonym(dana.user_id) != pseudonym(max.user_id)
    assert str(dana.user_id) != pseudonym(dana.user_id)
