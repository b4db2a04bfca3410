"""What a row may hold is enforced by the database itself."""

import datetime
from typing import Any

import pytest
from peewee import IntegrityError
from playhouse.apsw_ext import DatabaseError

from storage.connections import database
from storage.models import CoachMemberRow, CoachRow, DraftRow, GuildSettingsRow, OperationRow, PlanRow, RevisionRow
from tests.storage import rows
from tests.storage.rows import GUILD_ID, HASH, NOW

pytestmark = pytest.mark.usefixtures("book")

NEW_YORK = datetime.timezone(datetime.timedelta(hours=-5))


def test_a_moment_is_kept_in_utc_to_the_microsecond():
    local = NOW.astimezone(NEW_YORK)

    made = rows.plan(posted_at=local)

    kept = PlanRow.get_by_id(made.id).posted_at
    assert (kept, kept.tzinfo) == (NOW, datetime.UTC)
    found = database.execute_sql("SELECT posted_at FROM coach_plans").fetchone()
    assert found == ("2026-11-22T14:30:00.000005Z",)


def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        rows.plan(posted_at=NOW.replace(tzinfo=None))


def test_a_moment_is_no_day():
    with pytest.raises(TypeError, match="not a day"):
        rows.plan(day=NOW)


def test_sql_by_hand_binds_moments_and_days_as_rows_do():
    made = rows.plan()

    sql = "SELECT id FROM coach_plans WHERE posted_at = ? AND day = ?"
    found = database.execute_sql(sql, (NOW.astimezone(NEW_YORK), NOW.date())).fetchall()

    assert found == [(made.id,)]


@pytest.mark.parametrize("value", [NOW.replace(tzinfo=None), object()])
def test_sql_by_hand_binds_nothing_else(value: object):
    with pytest.raises((ValueError, TypeError)):
        database.execute_sql("SELECT ?", (value,))


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": ""},
        {"key": "D"},
        {"key": "a" * 17},
        {"key": "a-b"},
        {"name": ""},
        {"name": "n" * 101},
        {"guild": 404},
        {"name": None},
    ],
)
def test_a_coach_that_is_none_is_refused(wrong: dict[str, Any]):
    with pytest.raises(IntegrityError):
        rows.coach(**wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"deleted_visible_to": "nobody"},
        {"deleted_visible_to": None},
        {"plans_channel_id": 0},
        {"plans_channel_id": "general"},
    ],
)
def test_settings_that_are_none_are_refused(wrong: dict[str, Any]):
    with pytest.raises((IntegrityError, DatabaseError, ValueError)):
        GuildSettingsRow.create(guild_id=GUILD_ID, created_at=NOW, **wrong)


def test_a_guild_starts_without_a_channel_and_with_deleted_plans_for_members():
    GuildSettingsRow.insert(guild_id=GUILD_ID, created_at=NOW).execute()
    database.execute_sql("INSERT INTO guild_settings (guild_id, created_at) VALUES (1, '2026-11-22T14:30:00.000000Z')")

    found = [(row.plans_channel_id, row.deleted_visible_to) for row in GuildSettingsRow.select()]
    assert found == [(None, "members")] * 2


def test_a_key_is_its_guilds_once():
    first = rows.coach()

    with pytest.raises(IntegrityError):
        CoachRow.create(guild=first.guild_id, key="d", name="Another", created_at=NOW)


def test_a_member_is_a_user_or_a_role_once_and_goes_with_the_coach():
    coach = rows.coach()
    CoachMemberRow.create(coach=coach, kind="user", subject_id=7)
    CoachMemberRow.create(coach=coach, kind="role", subject_id=7)
    for kind in ("user", "owner"):
        with pytest.raises(IntegrityError):
            CoachMemberRow.create(coach=coach, kind=kind, subject_id=7)

    coach.delete_instance()

    assert CoachMemberRow.select().count() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"revision": 0},
        {"hash": "a" * 63},
        {"hash": "X" * 64},
        {"deleted_at": NOW},
        {"deleted_by": 7},
        {"text": None},
        {"author_id": "seven"},
    ],
)
def test_a_plan_that_is_none_is_refused(wrong: dict[str, Any]):
    with pytest.raises((IntegrityError, DatabaseError, ValueError)):
        rows.plan(**wrong)


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("day", "2024-02-30"),
        ("day", "2024-2-3"),
        ("day", "today"),
        ("posted_at", "2026-11-22T14:30:00Z"),
        ("posted_at", "2026-11-22 14:30:00.000000"),
        ("changed_at", "never"),
        ("deleted_at", "2026-11-22"),
    ],
)
def test_text_that_is_no_time_is_refused(column: str, text: str):
    rows.plan()

    with pytest.raises(IntegrityError):
        database.execute_sql(f"UPDATE coach_plans SET deleted_by = 7, {column} = ?", (text,))  # noqa: S608


def test_a_day_has_one_live_plan_and_any_number_of_deleted_ones():
    first = rows.plan(deleted_at=NOW, deleted_by=7)
    rows.plan(coach=first.coach, deleted_at=NOW, deleted_by=7)
    rows.plan(coach=first.coach)

    with pytest.raises(IntegrityError):
        rows.plan(coach=first.coach)


def test_a_coach_with_plans_stays():
    made = rows.plan()

    with pytest.raises(IntegrityError):
        made.coach.delete_instance()


def test_revisions_follow_one_another():
    plan = rows.plan()
    rows.revision(plan, hash="b" * 64)

    rows.revision(plan, 2, "b" * 64)

    assert [row.revision for row in RevisionRow.select()] == [1, 2]


@pytest.mark.parametrize(("number", "previous_hash"), [(1, HASH), (3, HASH), (0, HASH), (2, ""), (2, "b" * 64)])
def test_a_revision_that_does_not_follow_is_refused(number: int, previous_hash: str):
    plan = rows.plan()
    rows.revision(plan)

    with pytest.raises(IntegrityError):
        rows.revision(plan, number, previous_hash)


@pytest.mark.parametrize(("number", "previous_hash"), [(2, ""), (1, HASH)])
def test_a_first_revision_is_the_first(number: int, previous_hash: str):
    plan = rows.plan()

    with pytest.raises(IntegrityError, match="must follow"):
        rows.revision(plan, number, previous_hash)


def test_a_revision_can_not_be_replaced():
    plan = rows.plan()
    made = rows.revision(plan)
    values = {**made.__data__, "revision": 2, "previous_hash": HASH}

    with pytest.raises(IntegrityError, match="must follow"):
        RevisionRow.replace(**values).execute()


def test_a_revision_is_never_deleted():
    rows.revision(rows.plan())

    with pytest.raises(IntegrityError, match="never deleted"):
        RevisionRow.delete().execute()
    with pytest.raises(IntegrityError):
        PlanRow.delete().execute()


@pytest.mark.parametrize(
    "change",
    [
        {"text": "other"},
        {"text": None},
        {"erased_at": NOW, "text": "other"},
        {"erased_at": NOW, "actor_id": 8},
        {"erased_at": NOW, "note": "other"},
        {"erased_at": NOW, "salt": b"t" * 16},
        *(
            {"erased_at": NOW, column: value}
            for column, value in {
                "id": 9,
                "plan": 9,
                "revision": 9,
                "kind": "edited",
                "charts": "[1]",
                "made_at": NOW + datetime.timedelta(1),
                "text_digest": "c" * 64,
                "charts_digest": "c" * 64,
                "actor_digest": "c" * 64,
                "note_digest": "c" * 64,
                "previous_hash": "c" * 64,
                "hash": "c" * 64,
            }.items()
        ),
    ],
    ids=lambda change: "+".join(change),
)
def test_a_revision_is_never_changed(change: dict[str, Any]):
    rows.revision(rows.plan())

    with pytest.raises(IntegrityError, match="never changed"):
        RevisionRow.update(**change).execute()


def test_every_column_of_a_revision_is_guarded():
    erasable = {"text", "charts", "actor_id", "note", "salt", "erased_at"}
    sql = "SELECT sql FROM sqlite_master WHERE name = 'plan_history_is_only_erased'"
    (trigger,) = database.execute_sql(sql).fetchone()
    compared = trigger.partition("IS NOT (OLD.id")[2]

    unguarded = [name for name in RevisionRow._meta.columns if name != "id" and f"OLD.{name}," not in compared]

    assert set(unguarded) - {"hash"} == erasable
    assert "OLD.hash)" in compared


def test_a_revision_can_be_erased_once():
    rows.revision(rows.plan())

    nothing = dict.fromkeys(("text", "actor_id", "note", "salt"))
    RevisionRow.update(**nothing, charts="[]", erased_at=NOW).execute()

    erased = RevisionRow.get()
    assert (erased.text, erased.actor_id, erased.note, erased.salt) == (None,) * 4
    assert (erased.erased_at, erased.hash) == (NOW, HASH)
    with pytest.raises(IntegrityError, match="never changed"):
        RevisionRow.update(erased_at=NOW + datetime.timedelta(1)).execute()


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "lost"},
        {"charts": "{}"},
        {"charts": "no JSON"},
        {"salt": b"short"},
        {"hash": ""},
        {"previous_hash": "a"},
    ],
)
def test_a_revision_that_is_none_is_refused(wrong: dict[str, Any]):
    plan = rows.plan()

    with pytest.raises(IntegrityError):
        rows.revision(plan, **wrong)


def test_a_draft_is_for_a_post_or_an_edit():
    values: dict[str, Any] = {
        "guild_id": GUILD_ID,
        "user_id": 7,
        "text": "half a pl",
        "created_at": NOW,
    }
    kept = DraftRow.create(kind="post", **values)

    assert (kept.plan_id, kept.coach, kept.day, kept.seen) == (None,) * 4
    with pytest.raises(IntegrityError):
        DraftRow.create(kind="delete", **values)


def test_an_operation_is_done_once():
    values = {"id": 1 << 62, "kind": "posted", "plan": rows.plan(), "revision": 1, "done_at": NOW}
    OperationRow.insert(**values).execute()

    with pytest.raises(IntegrityError):
        OperationRow.insert(**values).execute()
