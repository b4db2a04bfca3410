"""The book of the first release, 0.1.0 before it knew charts, is taken over with all that is in it."""

from pathlib import Path

import apsw
import pytest

from bot.domain import errors
from bot.domain.commands import AddCharts, DeletePlan, EditPlan, PostPlan, RestorePlan
from bot.domain.values import Audience, PlanId, PlanOfDay
from bot.service.records import chains, revisions
from storage import opening
from storage.store import Store
from tests.service.scene import DANA, DAY, IVAN, MAX, TIMEZONE, FakeClock, Services, drafts_of, fresh
from tests.service.test_charts import received

DUMP = Path(__file__).parent.parent / "storage" / "first_release.sql"


@pytest.fixture
async def store(tmp_path):
    """The book that `DUMP` was made of, opened by this program."""
    book = tmp_path / "book.db"
    connection = apsw.Connection(str(book))
    connection.execute(DUMP.read_text(encoding="utf-8"))
    connection.close()
    opening.prepare(book)
    opened = Store.open(book)
    yield opened
    await opened.close()


@pytest.fixture
def services(store) -> Services:
    return Services.on(store, FakeClock())


async def test_its_plans_are_there_and_its_history_proves_itself(services, store):
    plan = await services.plans.find(DANA, PlanOfDay("d", DAY))
    listed = await services.plans.list(MAX)

    assert (plan.text, plan.revision, plan.charts) == ("Long NQ above 21,460.", 2, ())
    assert [each.text for each in listed.plans] == ["Tomorrow's", "Long NQ above 21,460.", "Second try"]
    assert (await store.read(revisions.plan_at, PlanId(1), 1)).text.startswith("Long NQ above 21,450.\nStop")
    assert await store.read(chains.verify_all) == []
    assert await store.check() == []


async def test_its_plans_take_charts_and_can_be_restored(services, store):
    change = await services.charts.add(DANA, AddCharts(PlanId(1), received(services.keep(b"new"))), fresh())
    await services.plans.delete(IVAN, DeletePlan(PlanId(3), seen=1), fresh())
    restored = await services.plans.restore(IVAN, RestorePlan(PlanOfDay("i", DAY)), fresh())

    assert change.plan.revision == 3
    assert restored.text == "Second try"
    assert await store.read(chains.verify_all) == []


async def test_its_drafts_go_on(services):
    [edit] = await drafts_of(services.drafts, IVAN)
    [post] = await drafts_of(services.drafts, DANA)

    assert (post.text, post.pictures) == ("refused", ())
    with pytest.raises(errors.UnknownCoachError):
        await services.plans.post(DANA, PostPlan(post.text, coach=post.coach, day=post.day), fresh())
    changed = await services.plans.edit(IVAN, EditPlan(PlanId(3), edit.text, seen=1, draft=edit.id), fresh())
    assert changed.plan.text == "stale"


async def test_its_guild_is_set_up_as_it_was(services):
    found = await services.settings.read(MAX)

    assert (found.timezone, found.is_timezone_own, found.plans_channel_id) == (TIMEZONE, False, None)
    assert found.deleted_visible_to is Audience.MEMBERS


async def test_a_copy_of_it_is_kept(store):
    assert (store.path.parent / "book.db.before-0002_charts.backup").is_file()
