"""The history proves itself: whatever is altered behind the program's back is found."""

import hashlib
import json

import pytest

from bot.domain.commands import AddCharts, DeletePlan, EditPlan, PostPlan, RestorePlan
from bot.domain.values import Actor, Plan, PlanOfDay, Received
from bot.service.plans import PlanService
from bot.service.records import chains, revisions
from storage import row_checks
from storage.connections import database
from storage.models import PlanRow, RevisionRow
from storage.store import Store
from tests.rounds import LONG
from tests.service.scene import DAY, fresh


@pytest.fixture
async def plan(plans: PlanService, dana: Actor, ivan: Actor) -> Plan:
    """A plan with three revisions; another coach has one beside it."""
    await plans.post(ivan, PostPlan("beside", day=DAY), fresh())
    first = await plans.post(dana, PostPlan("first", day=DAY), fresh())
    await plans.edit(dana, EditPlan(first.id, "second", seen=1), fresh())
    return (await plans.edit(dana, EditPlan(first.id, "third", seen=2), fresh())).plan


async def meddle(store: Store, plan: Plan, statement: str) -> None:
    """Alter the book as one could who has the file: without the triggers; `?` is the plan's id."""

    def alter() -> None:
        triggers = database.execute_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            database.execute_sql(f"DROP TRIGGER {name}")
        database.execute_sql(statement, (plan.id,))

    await store.write(database.pragma, "ignore_check_constraints", 1)

    await store.write(alter)


async def test_each_change_is_a_revision_that_carries_the_hash_of_the_one_before(plans, store, plan, max):
    await plans.delete(max, DeletePlan(plan.id, seen=3), fresh())
    await plans.restore(max, RestorePlan(PlanOfDay("d", DAY)), fresh())

    history = await store.read(
        lambda: list(RevisionRow.select().where(RevisionRow.plan == plan.id).order_by(RevisionRow.revision))
    )

    assert [(row.kind, row.text) for row in history] == [
        ("posted", "first"),
        ("edited", "second"),
        ("edited", "third"),
        ("deleted", "third"),
        ("restored", "third"),
    ]
    assert [row.actor_id for row in history] == [1, 1, 1, 4, 4]
    assert [row.previous_hash for row in history] == ["", *(row.hash for row in history[:-1])]
    assert await store.read(chains.verify_all) == []


async def test_the_hash_can_be_made_by_hand(store, plan):
    row = await store.read(lambda: RevisionRow.get(RevisionRow.text == "second"))

    def digest(field: str | None) -> str:
        marked = b"\0" if field is None else b"\1" + field.encode()
        return hashlib.sha256(row.salt + marked).hexdigest()

    covered = {
        "actor": digest("1"),
        "at": "2026-11-22T15:00:00.000000Z",
        "charts": digest("[]"),
        "coach": "d",
        "day": plan.day.isoformat(),
        "guild": plan.coach.guild_id,
        "kind": "edited",
        "note": digest(None),
        "plan": plan.id,
        "previous": row.previous_hash,
        "revision": 2,
        "text": digest("second"),
    }
    canonical = json.dumps(covered, separators=(",", ":"))
    assert row.hash == hashlib.sha256(canonical.encode()).hexdigest()


@pytest.mark.parametrize(
    ("meddling", "revision", "why"),
    [
        ("SET text = 'other'", 2, "its text was altered"),
        ("SET actor_id = 9", 2, "its actor was altered"),
        ("SET note = 'n'", 2, "its note was altered"),
        ("SET charts = '[1]'", 2, "its charts was altered"),
        ("SET made_at = '2026-11-22T14:00:00.000000Z'", 2, "its hash does not fit it"),
        ("SET kind = 'restored'", 2, "its hash does not fit it"),
        (f"SET hash = '{'0' * 64}'", 3, "it does not follow from the one before"),
        (f"SET text_digest = '{'0' * 64}'", 2, "its hash does not fit it"),
    ],
)
async def test_an_altered_revision_is_found(store, plan, meddling: str, revision: int, why: str):
    await meddle(store, plan, f"UPDATE plan_history {meddling} WHERE plan_id = ? AND revision = 2")

    faults = await store.read(chains.verify, plan.id)

    assert (revision, why) in [(fault.revision, fault.why) for fault in faults]
    assert await store.read(chains.verify_all) == faults


async def test_a_revision_that_was_taken_out_is_found(store, plan):
    await meddle(store, plan, "DELETE FROM plan_history WHERE plan_id = ? AND revision = 2")

    faults = await store.read(chains.verify_all)

    assert [fault.why for fault in faults] == [
        "a revision before it is missing",
        "it does not follow from the one before",
    ]


@pytest.mark.parametrize("is_last", [False, True])
async def test_a_plan_that_was_taken_out_with_all_its_rows_is_found(store, services, plans, plan, dana, is_last):
    chart = services.keep(b"picture")
    await services.charts.add(dana, AddCharts(plan.id, Received((chart,), ())), fresh())
    if not is_last:
        await plans.post(dana, PostPlan("later", coach="d", day="2026-12-01"), fresh())
    assert await store.read(row_checks.missing_rows) == []

    for statement in (
        "DELETE FROM cards WHERE plan_id = ?",
        "DELETE FROM plan_charts WHERE plan_id = ?",
        "DELETE FROM plan_history WHERE plan_id = ?",
        "DELETE FROM coach_plans WHERE id = ?",
    ):
        await meddle(store, plan, statement)

    assert await store.read(chains.verify_all) == []
    assert await store.read(row_checks.missing_rows) == [
        "plan_history: the rows 2 to 5 are missing. Coachbook never removes any: look for them in an older backup",
        "plan_charts: the row 1 is missing. Coachbook never removes any: look for them in an older backup",
    ]


async def test_very_many_missing_rows_are_told_in_few_lines(store, plans, plan, dana):
    for number in range(30):
        await plans.post(dana, PostPlan("text", coach="d", day=f"2027-03-{number + 1:02}"), fresh())

    await meddle(store, plan, "DELETE FROM plan_history WHERE id % 2 = 0 AND ? > 0")

    found = await store.read(row_checks.missing_rows)
    assert found[-1] == "plan_history: rows are missing at 7 more places"
    assert len(found) == 11


@pytest.mark.parametrize(
    "meddling",
    [
        "UPDATE coach_plans SET text = 'other' WHERE id = ?",
        "UPDATE coach_plans SET revision = 2 WHERE id = ?",
        "UPDATE coach_plans SET deleted_at = changed_at, deleted_by = 1 WHERE id = ?",
        "DELETE FROM plan_history WHERE plan_id = ? AND revision = 3",
    ],
)
async def test_a_plan_that_is_not_what_its_history_says_is_found(store, plan, meddling: str):
    await meddle(store, plan, meddling)

    [fault] = await store.read(chains.verify_all)

    assert (fault.plan_id, fault.why) == (plan.id, "the plan is not what its last revision says")


ALTERED_LINEAGES = ["[]", "[3, 1]", "[99]", '["x"]', "[[1]]", "[1, 1]", "[1,2]", "[1.0]", "7", '{"1": 2}', "1", ""]


@pytest.mark.parametrize("lineage", [*ALTERED_LINEAGES, "[1, 2]", "[2, 3]"])
async def test_a_lineage_that_the_history_does_not_make_is_found(store, plan, lineage: str):
    await meddle(store, plan, f"UPDATE coach_plans SET lineage = '{lineage}' WHERE id = ?")  # noqa: S608

    [fault] = await store.read(chains.verify_all)

    assert (fault.plan_id, fault.why) == (plan.id, "the plan's lineage is not what its history says")


@pytest.mark.parametrize("lineage", ALTERED_LINEAGES)
async def test_a_lineage_of_other_revisions_is_found_beside_erased_ones(store, plan, lineage: str):
    erased = "text = NULL, actor_id = NULL, salt = NULL, erased_at = '2026-11-23T00:00:00.000000Z'"
    await meddle(store, plan, f"UPDATE plan_history SET {erased} WHERE revision = 2 AND plan_id = ?")  # noqa: S608
    assert await store.read(chains.verify_all) == []

    await meddle(store, plan, f"UPDATE coach_plans SET lineage = '{lineage}' WHERE id = ?")  # noqa: S608

    assert [fault.why for fault in await store.read(chains.verify_all)] == [
        "the plan's lineage is not what its history says"
    ]


async def test_a_plan_without_a_history_is_found(store, plan):
    await meddle(store, plan, "DELETE FROM plan_history WHERE plan_id = ?")

    [fault] = await store.read(chains.verify_all)

    assert (fault.plan_id, fault.why) == (plan.id, "the plan has no history")


async def test_an_erased_revision_still_proves_its_place(plans, store, plan, dana):
    statement = (
        "UPDATE plan_history SET text = NULL, actor_id = NULL, salt = NULL, "
        "erased_at = '2026-11-23T00:00:00.000000Z' WHERE revision = 2 AND plan_id = ?"
    )

    await store.write(lambda: database.execute_sql(statement, (plan.id,)))

    assert await store.read(chains.verify_all) == []
    erased = await store.read(revisions.plan_at, plan.id, 2)
    assert (erased.text, erased.changed_by) == ("", revisions.ERASED)


async def test_a_plan_as_it_was_is_had_from_the_history(store, plans, plan, dana):
    await plans.delete(dana, DeletePlan(plan.id, seen=3), fresh())

    assert await store.read(revisions.plan_at, plan.id, 3) == plan
    assert (await store.read(revisions.plan_at, plan.id, 1)).text == "first"
    assert await store.read(lambda: PlanRow.get_by_id(plan.id).deleted_by) == dana.user_id


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE coach_plans SET day = '2026-12-24' WHERE id = ?",
        "UPDATE coach_plans SET author_id = 99 WHERE id = ?",
        "UPDATE coach_plans SET posted_at = '2020-01-01T00:00:00.000000Z' WHERE id = ?",
        "UPDATE coach_plans SET guild_id = 99 WHERE id = ?",
    ],
)
async def test_a_plan_that_was_made_anothers_or_another_days_is_found(store, plan, change: str):
    await meddle(store, plan, change)

    faults = await store.read(chains.verify_all)

    assert {fault.plan_id for fault in faults} == {plan.id}


async def test_faults_are_told_in_words(store, plan):
    await meddle(store, plan, "UPDATE coach_plans SET text = 'other' WHERE id = ?")

    assert await store.read(chains.faults) == [
        f"plan {plan.id}, revision 3: the plan is not what its last revision says"
    ]


COLUMNS = {field.column_name for field in RevisionRow._meta.sorted_fields} - {"recorded_at"}  # by no hash yet
ANOTHER = {
    "id": "id + 100",
    "plan_id": "plan_id + 1",
    "revision": "revision + 100",
    "charts": "'[2]'",
    "made_at": "'2020-01-01T00:00:00.000000Z'",
    "salt": "zeroblob(16)",
    "erased_at": "'2026-11-23T00:00:00.000000Z'",
    "actor_id": "coalesce(actor_id, 0) + 1",
}
"""Something else for a column; for others: what it has, and a letter."""


@pytest.mark.parametrize(
    ("column", "revision"),
    [
        (column, revision)
        for number, column in enumerate(sorted(COLUMNS))
        for revision in (1, 2, 3)
        if (column, revision) != ("plan_id", 1) and (LONG or number % 3 == revision - 1)
    ],
)
async def test_any_column_of_any_revision_that_was_altered_is_found(
    store, plans, plan, dana, column: str, revision: int
):
    await plans.post(dana, PostPlan("another", day="2026-12-01"), fresh())
    other = ANOTHER.get(column, f"coalesce({column}, '') || 'x'")

    statement = f"UPDATE plan_history SET {column} = {other} WHERE plan_id = ? AND revision = {revision}"  # noqa: S608
    await meddle(store, plan, statement)

    faults = await store.read(chains.verify_all)
    assert faults
    if column not in ("plan_id", "revision"):
        assert (plan.id, revision) in {(fault.plan_id, fault.revision) for fault in faults} or column == "hash"


async def test_two_revisions_that_were_swapped_are_found(store, plan):
    for before, after in ((1, 99), (2, 1), (99, 2)):
        statement = f"UPDATE plan_history SET revision = {after} WHERE plan_id = ? AND revision = {before}"  # noqa: S608
        await meddle(store, plan, statement)

    faults = await store.read(chains.verify_all)

    assert {fault.revision for fault in faults} >= {1, 2}
