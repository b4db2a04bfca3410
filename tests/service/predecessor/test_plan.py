"""What comes of the predecessor's rows."""

import dataclasses
import datetime
import zoneinfo

import pytest

from bot.domain import import_notes
from bot.domain.values import ChangeKind, UserId
from bot.service.predecessor.plan import ImportPlan, import_plan
from bot.service.predecessor.plan_history import PlannedPlan
from bot.service.predecessor.rules import Rules, coach_key
from storage.predecessor import OldChart, OldEntry, OldPlan, PredecessorDatabase

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
RULES = Rules({"dana": UserId(1), "ivan": UserId(2)}, zoneinfo.ZoneInfo("America/New_York"), NOW)
PLAN = OldPlan("17", "coach_d", "2024-1-5", "now", "dana", "plans", "2024-01-05 08:55:00", None, "0")


def changed(**columns: str | None) -> OldPlan:
    return dataclasses.replace(PLAN, **columns)


def entry(text: str | None, at: str | None, by: str | None = "dana") -> OldEntry:
    return OldEntry("17", text, by, at)


def chart(at: str | None, name: str | None = "a.png", url: str = "https://cdn.discordapp.com/a.png") -> OldChart:
    return OldChart("17", url, name, at)


def only(*rows: OldPlan | OldEntry | OldChart) -> PlannedPlan:
    """The plan that comes of these rows."""
    found = all_of(*rows)
    assert found.left_out == ()
    return found.plans[0]


def all_of(*rows: OldPlan | OldEntry | OldChart) -> ImportPlan:
    plans = tuple(row for row in rows if isinstance(row, OldPlan))
    charts = tuple(row for row in rows if isinstance(row, OldChart))
    return import_plan(
        PredecessorDatabase(plans, charts, tuple(row for row in rows if isinstance(row, OldEntry))), RULES
    )


def times(plan: PlannedPlan) -> list[str]:
    return [f"{step.at:%H:%M}" for step in plan.steps]


def test_an_entry_holds_the_text_before_its_edit():
    plan = only(PLAN, entry("first", "2024-1-5 9:31"), entry("second", "2024-01-05T10:31:00", "ivan"))

    assert plan.texts == ["first", "second", "now"]
    assert [step.actor_id for step in plan.steps] == [1, 1, 2]
    assert times(plan) == ["13:55", "14:31", "15:31"]
    assert (plan.day, plan.coach, plan.is_deleted) == (datetime.date(2024, 1, 5), "d", False)


def test_the_first_note_says_where_the_plan_is_from():
    note = only(PLAN).steps[0].notes[0]

    assert note.endswith(": plan 17 by “dana” in “plans”")


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"date": "01/05/2024"}, "its date: “01/05/2024” can be read in two ways"),
        ({"date": None}, "its date: it is empty"),
        ({"created_at": "soon"}, "its created_at: “soon” is not a day with a time"),
        ({"created_at": None}, "its created_at: it is empty"),
        ({"created_at": "2031-01-05 08:55"}, "in the future in America/New_York"),
        ({"coach_name": "Das Orakel!"}, "not a valid key"),
        ({"coach_name": None}, "its coach_name is nothing"),
        ({"coach_name": "coach_" + "x" * 17}, "not a valid key"),
        ({"is_deleted": "2"}, "neither 0 nor 1"),
        ({"plan": "x" * 40_001}, "its text has 40,001 characters; the limit is 40,000"),
        ({"plan": "\udcff"}, "its text is not text"),
        ({"id": None}, "it has no id"),
    ],
)
def test_a_row_that_can_not_become_a_plan_is_left_out_and_named(columns: dict[str, str | None], why: str):
    found = all_of(changed(**columns))

    assert found.plans == ()
    assert why in str(found.left_out[0])
    assert str(found.left_out[0]).startswith("coach_plans 17" if "id" not in columns else "coach_plans nothing")


def test_a_coach_is_who_the_operator_says():
    rules = dataclasses.replace(RULES, coaches={"Coach Swing": "s", "Das Orakel!": "o"})
    plans = [
        changed(id=str(number), coach_name=name) for number, name in enumerate(["Coach Swing ", "Das Orakel!", "d"])
    ]

    found = import_plan(PredecessorDatabase(tuple(plans), (), ()), rules)

    assert [plan.coach for plan in found.plans] == ["s", "o", "d"]


def test_rows_with_one_id_are_all_left_out():
    assert [about.why for about in all_of(PLAN, changed(plan="other")).left_out] == ["another row has the same id"] * 2


def test_a_plan_is_left_out_whole_when_an_older_text_can_not_be_kept():
    assert "an older text has 50,000 characters" in all_of(PLAN, entry("x" * 50_000, None)).left_out[0].why


def test_what_belongs_to_no_plan_is_named():
    lost = [dataclasses.replace(entry("x", None), plan_id=plan_id) for plan_id in ("18", "18", None)]

    found = all_of(PLAN, *lost, OldChart("19", "x", None, None))

    assert [str(about) for about in found.left_out] == [
        "plan_history of plan 18: there is no such plan (2 rows)",
        "plan_history of plan nothing: there is no such plan (1 row)",
        "plan_charts of plan 19: there is no such plan (1 row)",
    ]


@pytest.mark.parametrize(
    ("name", "key"),
    [("coach_d", "d"), ("Coach D", "d"), ("coach-i", "i"), (" D ", "d"), ("swing", "swing"), ("coach", "coach")],
)
def test_a_coach_is_known_by_its_key(name: str, key: str):
    assert coach_key(name) == key


def test_a_text_is_kept_whole_with_what_is_strange_in_it():
    text = "a\0b\x1b\u202e" + "x" * 10_000

    assert only(changed(plan=text + "\r\n")).texts == [text + "\n"]


def test_a_missing_text_is_empty_and_said_so():
    plan = only(changed(plan=None), entry(None, "2024-1-5 9:31"))

    assert plan.texts == ["", ""]
    assert len(plan.remarks) == 2


def test_an_edit_at_a_time_that_can_not_be_read_comes_where_it_was_written():
    plan = only(PLAN, entry("a", "2024-1-5 9:31"), entry("b", "??"), entry("c", "2024-1-5 10:00"))

    assert times(plan) == ["13:55", "14:31", "14:31", "15:00"]
    assert plan.steps[2].notes == ("time unknown",)
    assert plan.remarks == ("edited_at of an entry: “??” is not a day with a time; time unknown",)


def test_a_clock_that_went_back_changes_no_order():
    plan = only(PLAN, entry("a", "2024-1-5 9:31"), entry("b", "2024-1-5 9:00"))

    assert times(plan) == ["13:55", "14:31", "14:31"]
    assert plan.steps[2].notes == ("dated “2024-1-5 9:00” in the predecessor, before the previous change",)


def test_a_repeated_hour_is_read_by_what_came_before():
    plan = only(
        changed(created_at="2024-11-03 01:10"), entry("a", "2024-11-03 01:50"), entry("b", "2024-11-03 01:20:00")
    )

    assert times(plan) == ["05:10", "05:50", "06:20"]
    assert [remark.rpartition(": ")[2] for remark in plan.remarks] == [
        "clocks showed this time twice when they were set back"
    ] * 3


def test_a_time_in_the_gap_is_remarked():
    plan = only(changed(created_at="2024-03-10 02:30"))

    assert plan.remarks == ("created_at “2024-03-10 02:30”: clocks skipped this time when they were set forward",)
    assert plan.remarks[0] in plan.steps[0].notes


def test_names_without_a_user_are_kept_as_names():
    found = all_of(changed(author="eve"), entry("first", "2024-1-5 9:31", "eve"), entry("b", "2024-1-5 9:40", None))

    assert found.unmapped(RULES) == {"": 1, "eve": 2}
    steps = found.plans[0].steps
    assert [step.actor_id for step in steps] == [None, None, None]
    assert "by “eve”" in steps[0].notes[0]
    assert [step.notes for step in steps[1:]] == [("by “eve”",), ("by nothing",)]


@pytest.mark.parametrize("name", ["Dana", "dana#1234", "dan", "1"])
def test_a_name_that_is_only_like_another_is_not_taken_for_it(name: str):
    assert only(changed(author=name)).author_id is None


def test_a_deleted_plan_ends_with_a_deletion_by_nobody_known():
    plan = only(changed(is_deleted="1"), entry("first", "2024-1-5 9:31"))

    assert (plan.steps[-1].kind, plan.steps[-1].actor_id, times(plan)[-1]) == (ChangeKind.DELETED, None, "14:31")


def test_of_several_live_plans_the_newest_stays():
    found = all_of(
        PLAN,
        changed(id="18", created_at="2024-01-05 09:30", date="5 Jan 2024"),
        changed(id="19", created_at="2024-01-05 09:00"),
        changed(id="20", created_at="2024-01-05 10:00", is_deleted="1"),
        changed(id="21", coach_name="coach_i"),
    )

    assert {plan.id: plan.replaced_by for plan in found.plans} == dict.fromkeys(("18", "20", "21")) | {
        "17": "18",
        "19": "18",
    }
    assert sorted(len(group) for group in found.groups()) == [1, 4]


def test_charts_that_came_with_the_plan_are_a_part_of_it_and_later_ones_a_change():
    plan = only(
        PLAN,
        entry("first", "2024-1-5 9:31"),
        chart("2024-01-05 08:55:02", "posted.png"),
        chart("2024-01-05 09:00:00", "later.png"),
        chart("2024-01-05 09:00:30", "with it.png"),
        chart("2024-01-05 09:40", "last.png"),
        chart("??", "some time.png"),
    )

    assert [(step.kind.value, [link.filename for link in step.links]) for step in plan.steps] == [
        ("posted", ["posted.png"]),
        ("chart_added", ["later.png", "with it.png"]),
        ("edited", []),
        ("chart_added", ["last.png"]),
        ("chart_added", ["some time.png"]),
    ]
    assert plan.steps[-1].notes == ("author unknown", "time unknown")


def test_a_chart_without_a_name_is_called_as_in_its_link():
    link = only(PLAN, chart("2024-01-05 08:55", None, "https://cdn.discordapp.com/attachments/1/2/ES%20open.png?ex=1"))

    assert link.links[0].filename == "ES open.png"


def test_a_change_that_the_history_does_not_have_is_told():
    plan = only(changed(edited_at="2024-01-05 11:00"), entry("first", "2024-1-5 9:31"))

    assert plan.remarks == (import_notes.unrecorded_change("“2024-01-05 11:00”"),)
    assert only(changed(edited_at="2024-01-05 09:31"), entry("first", "2024-1-5 9:31")).remarks == ()


def test_a_file_whose_entries_seem_to_hold_the_text_after_the_edit_is_told():
    other = changed(id="18", coach_name="coach_i")
    entries = [entry("now", "2024-1-5 9:31"), dataclasses.replace(entry("now", "2024-1-5 9:31"), plan_id="18")]

    assert all_of(PLAN, other, *entries).holds_later_texts()
    assert not all_of(PLAN, other, *entries, entry("before", "2024-1-5 9:40")).holds_later_texts()
    assert not all_of(PLAN).holds_later_texts()


def test_a_plans_mark_is_its_own_and_does_not_change_with_its_text():
    same = changed(plan="other", edited_at="2024-01-05 11:00", is_deleted="1", date="2024-1-6")
    others = [changed(id="18"), changed(created_at="2024-01-05 08:55:01"), changed(coach_name="coach_i")]

    assert only(same).mark == only(PLAN).mark
    assert len({only(PLAN).mark, *(only(other).mark for other in others)}) == 4
