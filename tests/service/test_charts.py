"""Charts of a plan: in the coach's order, each once, ten at most, and part of every revision."""

import dataclasses

import pytest

from bot.domain import errors
from bot.domain.commands import (
    AddCharts,
    CaptionChart,
    DeletePlan,
    EditPlan,
    MoveChart,
    PostPlan,
    RemoveChart,
    RestorePlan,
)
from bot.domain.values import (
    AddChartsResult,
    Attachment,
    ChangeKind,
    Chart,
    DraftKind,
    PictureProblem,
    Plan,
    PlanOfDay,
    Received,
    RejectedPicture,
    Submission,
)
from bot.service.pictures import needed
from bot.service.records import chains, revisions
from bot.service.records import charts as chart_rows
from storage.connections import database
from storage.models import ChartRow, DatabaseRow, RevisionRow
from tests import image_samples
from tests.service.scene import DAY, Services, drafts_of, elsewhere, fresh


def received(*charts: Chart, left_out: tuple[RejectedPicture, ...] = ()) -> Received:
    return Received(charts, left_out)


def names(plan: Plan) -> list[str]:
    return [chart.filename for chart in plan.charts]


@pytest.fixture
def charts(services: Services):
    return services.charts


@pytest.fixture
def some(services: Services) -> list[Chart]:
    """Twelve different charts, called 0.png to 11.png."""
    return [services.keep(f"picture {number}".encode(), f"{number}.png") for number in range(12)]


@pytest.fixture
async def plan(plans, dana) -> Plan:
    return await plans.post(dana, PostPlan("text", day=DAY), fresh())


@pytest.fixture
async def three(charts, plan, some, dana) -> Plan:
    """A plan with the charts 0.png, 1.png and 2.png."""
    return (await charts.add(dana, AddCharts(plan.id, received(*some[:3])), fresh())).plan


async def change(charts, actor, act: str, chart: str, *how, operation=None):
    command = {"remove": RemoveChart, "move": MoveChart, "caption": CaptionChart}[act]
    return await getattr(charts, act)(actor, command(PlanOfDay("d", DAY), chart, *how), operation or fresh())


async def test_charts_are_added_at_the_end_in_one_revision(charts, plans, plan, some, dana, mia):
    first = await charts.add(dana, AddCharts(plan.id, received(*some[:2])), fresh())
    second = await charts.add(dana, AddCharts(plan.id, received(some[2])), fresh())

    assert (first.added, second.added) == (2, 1)
    assert names(second.plan) == ["0.png", "1.png", "2.png"]
    assert second.plan.revision == 3
    assert await plans.find(mia, plan.id) == second.plan


async def test_a_chart_that_is_there_already_is_left_out(charts, three, some, dana):
    change = await charts.add(dana, AddCharts(three.id, received(some[1], some[3])), fresh())

    assert change.added == 1
    assert change.left_out == (RejectedPicture("1.png", "is on the plan already"),)
    assert names(change.plan) == ["0.png", "1.png", "2.png", "3.png"]


async def test_nothing_new_is_refused_with_all_reasons(charts, three, some, dana):
    bad = RejectedPicture("bad.png", "is empty")

    with pytest.raises(errors.NoPictureAddedError, match="No chart was added") as caught:
        await charts.add(dana, AddCharts(three.id, received(some[1], left_out=(bad,))), fresh())

    assert caught.value.left_out == (bad, RejectedPicture("1.png", "is on the plan already"))


async def test_the_eleventh_chart_is_left_out(charts, three, some, dana):
    change = await charts.add(dana, AddCharts(three.id, received(*some[3:])), fresh())

    assert len(change.plan.charts) == 10
    assert [each.filename for each in change.left_out] == ["10.png", "11.png"]
    assert "the limit" in change.left_out[0].why


LINK = Attachment("http://cdn/1", "1.png", 5)


async def test_the_pictures_of_a_draft_are_added_and_its_text_stays(charts, drafts, three, some, dana):
    made, used = fresh(), fresh()
    draft = await drafts.save(dana, Submission(DraftKind.POST, "my text", pictures=tuple(some[3:5])), made)

    change = await charts.add(dana, AddCharts(three.id, received(*draft.pictures), draft=draft.id), used)

    assert names(change.plan)[3:] == ["3.png", "4.png"]
    assert change.plan.text == three.text
    await drafts.put_result(dana, draft.id, LINK, some[3])  # as it was still being fetched
    [left] = await drafts_of(drafts, dana)
    assert (left.text, left.pictures) == ("my text", ())
    with pytest.raises(errors.DraftGoneError):
        await charts.add(dana, AddCharts(three.id, received(some[5]), draft=draft.id), fresh())
    with pytest.raises(errors.DraftSentAgainError, match=f"#{change.plan.revision}"):  # what made it is delivered again
        await drafts.save(dana, Submission(DraftKind.POST, "my text", pictures=tuple(some[3:5])), made)


async def test_the_pictures_of_a_draft_without_a_text_use_it_up(charts, drafts, three, some, dana):
    draft = await drafts.save(dana, Submission(DraftKind.POST, "", pictures=(some[3],)))

    await charts.add(dana, AddCharts(three.id, received(some[3]), draft=draft.id), fresh())

    assert await drafts_of(drafts, dana) == []


async def test_the_pictures_of_a_draft_are_added_all_or_none(charts, drafts, plans, three, some, dana, mia):
    draft = await drafts.save(dana, Submission(DraftKind.POST, "", pictures=tuple(some[2:11])))

    with pytest.raises(errors.TooManyChartsError):
        await charts.add(dana, AddCharts(three.id, received(*draft.pictures), draft=draft.id), fresh())

    assert await plans.find(mia, three.id) == three
    assert await drafts_of(drafts, dana) == [draft]


@pytest.mark.parametrize(
    ("replaces", "text", "expected"),
    [
        (False, "new", ["0.png", "1.png", "2.png", "3.png"]),
        (True, "new", ["2.png", "3.png"]),
        (True, None, ["2.png", "3.png"]),
    ],
)
async def test_an_edit_adds_the_charts_of_its_draft_or_replaces_those_of_the_plan(
    plans, drafts, three, some, dana, replaces, text, expected
):
    draft = await drafts.save(dana, Submission(DraftKind.POST, text or "", pictures=tuple(some[2:4])))

    edited = await plans.edit(dana, EditPlan(three.id, text, seen=2, draft=draft.id, replaces_charts=replaces), fresh())

    assert names(edited.plan) == expected
    assert edited.plan.text == (text or three.text)
    assert await drafts_of(drafts, dana) == []


async def test_an_edit_whose_charts_have_no_room_or_no_longer_fit_what_was_seen_removes_nothing(
    plans, drafts, three, some, dana, mia
):
    draft = await drafts.save(dana, Submission(DraftKind.POST, "new", pictures=tuple(some[3:11])))

    with pytest.raises(errors.TooManyChartsError):
        await plans.edit(dana, EditPlan(three.id, "new", seen=2, draft=draft.id), fresh())
    with pytest.raises(errors.PlanChangedError):
        await plans.edit(dana, EditPlan(three.id, "new", seen=1, draft=draft.id, replaces_charts=True), fresh())

    assert await plans.find(mia, three.id) == three
    assert await drafts_of(drafts, dana) == [draft]


async def test_a_full_plan_has_no_room(charts, plan, some, dana):
    await charts.add(dana, AddCharts(plan.id, received(*some[:10])), fresh())

    with pytest.raises(errors.TooManyChartsError, match="/chart remove"):
        await charts.with_room(dana, PlanOfDay(None, DAY))


async def test_the_same_addition_delivered_twice_is_done_once_and_says_no_number(charts, plan, some, dana):
    await charts.add(dana, AddCharts(plan.id, received(some[0])), fresh())
    operation, command = fresh(), AddCharts(plan.id, received(some[0], some[1]))
    first = await charts.add(dana, command, operation)

    again = await charts.add(dana, command, operation)

    assert (first.added, [each.filename for each in first.left_out]) == (1, ["0.png"])
    assert again == AddChartsResult(first.plan, None)
    assert first.plan.revision == 3


@pytest.mark.parametrize("named", ["2", " #2 ", "1.png", "1.PNG"])
async def test_a_chart_is_removed_by_number_or_name(charts, three, dana, named):
    assert names((await change(charts, dana, "remove", named)).plan) == ["0.png", "2.png"]


async def test_a_suggestion_means_its_chart_wherever_it_was_moved_to(charts, three, dana):
    [offered] = await charts.suggest(dana, "1.png", PlanOfDay(None, DAY))
    await change(charts, dana, "move", "2", 1)

    removed = await change(charts, dana, "remove", offered.value)

    assert offered.label == "2: 1.png"
    assert names(removed.plan) == ["0.png", "2.png"]


async def test_suggestions_fit_the_plan_that_is_meant(charts, three, dana, mia, max):
    assert [each.label for each in await charts.suggest(dana, "", PlanOfDay("d", DAY))] == [
        "1: 0.png",
        "2: 1.png",
        "3: 2.png",
    ]
    assert await charts.suggest(dana, "nothing like it", PlanOfDay(None, DAY)) == []
    assert await charts.suggest(dana, "", PlanOfDay("unknown", "no day")) == []
    assert await charts.suggest(mia, "", PlanOfDay("d", DAY)) == []


@pytest.mark.parametrize("named", ["0", "4", "-1", "", "other.png", "²"])
async def test_a_chart_that_is_none_is_refused(charts, three, dana, named):
    for act, how in (("remove", ()), ("move", (1,)), ("caption", ("x",))):
        with pytest.raises(errors.NoChartError, match="1 to 3"):
            await change(charts, dana, act, named, *how)


async def test_a_name_that_two_charts_have_names_none(charts, plan, services, dana):
    phone = [services.keep(data, "image.png") for data in (b"one", b"two")]
    await charts.add(dana, AddCharts(plan.id, received(*phone)), fresh())

    with pytest.raises(errors.NoChartError, match="1 to 2"):
        await change(charts, dana, "remove", "image.png")


async def test_a_plan_without_charts_says_how_to_add_some(charts, plan, dana):
    with pytest.raises(errors.NoChartError, match="/chart add"):
        await change(charts, dana, "remove", "1")


@pytest.mark.parametrize(
    ("named", "to", "after"),
    [("3", 1, "201"), ("1", 3, "120"), ("1", 10, "120"), ("2", 1, "102"), ("2", 0, "102")],
)
async def test_a_chart_is_moved(charts, three, dana, named, to, after):
    moved = await change(charts, dana, "move", named, to)

    assert names(moved.plan) == [f"{number}.png" for number in after]
    assert moved.plan.revision == 3


async def test_a_chart_is_captioned_and_the_caption_taken_away(charts, three, dana):
    captioned = await change(charts, dana, "caption", "2", "  the \n open ")
    cleared = await change(charts, dana, "caption", "2", "\u200b")

    assert captioned.plan.charts[1].caption == "the open"
    assert cleared.plan.charts[1].caption is None
    assert cleared.plan.revision == 4


async def test_a_caption_that_is_too_long_is_refused(charts, three, dana):
    with pytest.raises(errors.CaptionTooLongError, match="101 characters"):
        await change(charts, dana, "caption", "1", "x" * 101)


async def test_what_is_so_already_makes_no_revision(charts, three, dana):
    moved = await change(charts, dana, "move", "3", 9)
    captioned = await change(charts, dana, "caption", "1", None)

    assert (moved.is_changed, captioned.is_changed) == (False, False)
    assert captioned.plan == three


async def test_only_those_who_may_edit_change_charts(charts, three, some, mia, max):
    for actor, typed in ((mia, errors.NoCoachError), (max, errors.NotYourPlanError)):
        for act, how in (("remove", ()), ("move", (1,)), ("caption", ("x",))):
            with pytest.raises(typed):
                await change(charts, actor, act, "1", *how)
        with pytest.raises(errors.NotYourPlanError):
            await charts.add(actor, AddCharts(three.id, received(some[3])), fresh())
        with pytest.raises(typed):
            await charts.with_room(actor, PlanOfDay("d", DAY))


async def test_another_guild_and_a_deleted_plan_are_gone(charts, plans, three, some, dana):
    with pytest.raises(errors.PlanGoneError):
        await charts.add(elsewhere(dana), AddCharts(three.id, received(some[3])), fresh())
    await plans.delete(dana, DeletePlan(three.id, seen=2), fresh())
    with pytest.raises(errors.PlanGoneError):
        await charts.add(dana, AddCharts(three.id, received(some[3])), fresh())


async def test_a_deleted_plan_comes_back_with_its_charts(plans, three, dana):
    await plans.delete(dana, DeletePlan(three.id, seen=2), fresh())

    restored = await plans.restore(dana, RestorePlan(PlanOfDay(None, DAY)), fresh())

    assert restored.charts == three.charts


async def test_a_post_has_the_charts_of_its_draft(plans, drafts, some, dana):
    draft = await drafts.save(dana, Submission(DraftKind.POST, "text", pictures=tuple(some[:2])))

    posted = await plans.post(dana, PostPlan("text", day=DAY, draft=draft.id), fresh())

    assert names(posted) == ["0.png", "1.png"]
    assert posted.revision == 1


async def test_an_edit_of_the_text_leaves_the_charts(plans, three, dana):
    edited = await plans.edit(dana, EditPlan(three.id, "other", seen=2), fresh())

    assert edited.plan.charts == three.charts


async def test_a_refused_writing_keeps_the_pictures_of_the_draft_it_came_from(drafts, some, dana):
    first = await drafts.save(dana, Submission(DraftKind.POST, "text", pictures=(some[0],)))

    second = await drafts.save(dana, Submission(DraftKind.POST, "other", draft_id=first.id))

    assert (await drafts.get(dana, second.id)).pictures == (some[0],)


async def test_every_revision_knows_its_charts(charts, plans, store, three, dana):
    await change(charts, dana, "caption", "1", "open")
    await change(charts, dana, "move", "1", 3)
    await change(charts, dana, "remove", "2")

    history = [await store.read(revisions.plan_at, three.id, number) for number in range(1, 6)]
    kinds = [row.kind for row in await store.read(lambda: list(RevisionRow.select().order_by(RevisionRow.revision)))]

    assert [names(plan) for plan in history] == [
        [],
        ["0.png", "1.png", "2.png"],
        ["0.png", "1.png", "2.png"],
        ["1.png", "2.png", "0.png"],
        ["1.png", "0.png"],
    ]
    assert [[chart.caption for chart in plan.charts] for plan in history[1:4]] == [
        [None, None, None],
        ["open", None, None],
        [None, None, "open"],
    ]
    assert kinds == [
        ChangeKind.POSTED,
        ChangeKind.CHART_ADDED,
        ChangeKind.CHART_CAPTIONED,
        ChangeKind.CHART_MOVED,
        ChangeKind.CHART_REMOVED,
    ]


@pytest.mark.parametrize(
    "altered",
    [
        "UPDATE plan_charts SET caption = 'other' WHERE position = 1",
        "UPDATE plan_charts SET position = 3 - position WHERE position < 3",
        "UPDATE plan_charts SET sha256 = replace(sha256, substr(sha256, 1, 1), 'f') WHERE position = 2",
        "UPDATE plan_charts SET removed_at = added_at WHERE position = 3",
        "UPDATE plan_charts SET bytes = bytes + 1 WHERE position = 3",
        "DELETE FROM plan_charts WHERE position = 3",
    ],
)
async def test_altered_charts_are_found(store, three, altered):
    for statement in ("DROP TRIGGER plan_charts_stays", "DROP TRIGGER plan_charts_keeps_its_pictures", altered):
        await store.write(database.execute_sql, statement)

    [fault] = await store.read(chains.verify_all)

    assert "charts are not what its last revision says" in fault.why


async def test_missing_and_altered_pictures_are_found_and_break_nothing(charts, services, store, three):
    assert await store.read(needed.faults, services.files) == []
    missing, altered = (services.files.path_of(chart.sha256) for chart in three.charts[:2])
    missing.unlink()
    altered.write_bytes(b"other")

    faults = await store.read(needed.faults, services.files)
    kept = await charts.files(three, [1, 2, 3])

    first, second = (f"plan {three.id}: the picture {chart.sha256}" for chart in three.charts[:2])
    assert sorted(faults) == sorted([f"{first} is missing", f"{second} was altered"])
    assert [each.path is None for each in kept] == [True, True, False]
    assert [each.lacking and each.lacking.problem for each in kept] == [
        PictureProblem.MISSING,
        PictureProblem.ALTERED,
        None,
    ]


async def test_a_spoiler_stays_one_in_the_history_and_through_changes(charts, services, store, plans, plan, dana, some):
    hidden = dataclasses.replace(some[0], is_spoiler=True)
    await charts.add(dana, AddCharts(plan.id, received(hidden, some[1])), fresh())
    await change(charts, dana, "caption", "1", "the open")
    await change(charts, dana, "move", "1", 2)

    await plans.delete(dana, DeletePlan(plan.id, seen=4), fresh())
    restored = await plans.restore(dana, RestorePlan(PlanOfDay("d", DAY)), fresh())

    assert [(each.filename, each.is_spoiler) for each in restored.charts] == [("1.png", False), ("0.png", True)]
    assert await store.read(chains.verify_all) == []
    assert '"spoiler":true' in chart_rows.written((hidden,))
    assert "spoiler" not in chart_rows.written((some[1],))
    pictures = (hidden, some[1], Attachment("https://x", "a.png", 1, "the open", is_spoiler=True))
    assert chart_rows.read(chart_rows.written(pictures)) == pictures


async def test_pictures_that_hold_more_than_what_shows_them_are_noted(charts, services, store, plan, dana):
    photos = [services.keep(each) for each in (image_samples.jpeg_with_location(), image_samples.png(), b"no picture")]
    await charts.add(dana, AddCharts(plan.id, received(*photos)), fresh())
    notes = list[str]()

    assert await store.read(needed.faults, services.files, notes.append) == []

    [note] = notes
    assert note.startswith(f"plan {plan.id}: the picture {photos[0].sha256} still has metadata")


async def test_pictures_whose_folder_is_away_are_not_called_missing(charts, services, store, three):
    assert services.files.folder.belongs_to((await store.read(DatabaseRow.get)).name)
    away = services.files.folder.path.rename(services.files.folder.path.with_name("away"))

    faults = await store.read(needed.faults, services.files)
    kept = await charts.files(three, [1])
    away.rename(services.files.folder.path)

    assert all("can’t be read right now: the charts' folder is not there" in fault for fault in faults)
    assert len(faults) == 3
    assert kept[0].lacking.problem is PictureProblem.UNREADABLE
    assert await store.read(needed.faults, services.files) == []


async def test_a_list_has_the_charts_of_each_plan(plans, three, charts, some, max, dana):
    for ahead in range(4, 7):
        day = f"2026-12-0{ahead}"
        plan = await plans.post(max, PostPlan("text", coach="d", day=day), fresh())
        await charts.add(dana, AddCharts(plan.id, received(*some[:4])), fresh())

    page = await plans.list(max)

    assert [len(plan.charts) for plan in page.plans] == [4, 4, 4, 3]


@pytest.mark.parametrize(("act", "how"), [("remove", ()), ("move", (3,)), ("caption", ("open",))])
async def test_the_same_change_delivered_twice_is_done_once(charts, three, dana, act, how):
    operation = fresh()
    first = await change(charts, dana, act, "1", *how, operation=operation)

    again = await change(charts, dana, act, "1", *how, operation=operation)

    assert (again.plan, again.is_changed) == (first.plan, True)
    assert first.plan.revision == 3


async def test_a_chart_row_is_never_deleted(charts, store, three, dana):
    await change(charts, dana, "remove", "1")
    await change(charts, dana, "remove", "1")

    rows = await store.read(lambda: list(ChartRow.select().order_by(ChartRow.id)))

    assert [row.removed_at is None for row in rows] == [False, False, True]
