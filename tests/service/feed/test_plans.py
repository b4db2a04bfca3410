"""Plans as programs read them, as they were known at a moment."""

import bisect
import dataclasses
import datetime
import random

import pytest

from bench.counting import Counter
from bot.domain import errors
from bot.domain.as_of import UnknownAsOfError, parse_as_of
from bot.domain.commands import AddCharts, DeletePlan, EditPlan, PostPlan, RestorePlan
from bot.domain.sessions import Exchange
from bot.domain.values import (
    Actor,
    Audience,
    ChangeKind,
    ChannelId,
    DraftKind,
    MessageId,
    Plan,
    PointInTime,
    Received,
    SettingsChange,
    Source,
    StateFilter,
    Submission,
)
from bot.domain.values.searching import HIT_END, HIT_START
from bot.service.records import revisions
from bot.service.records.plans import plan_with_id
from bot.service.records.sources import note_of
from tests.service.revising import make_many
from tests.service.scene import DANA, DAY, MAX, MONDAY, FakeClock, Services, elsewhere, fresh

NOW = PointInTime()
ALL = StateFilter()
OPEN = datetime.datetime(2026, 11, 23, 5, 0, tzinfo=datetime.UTC)
"""The guild trades every day, from midnight in New York on."""


def as_of(words: str) -> PointInTime:
    return PointInTime(parse_as_of(words))


def until(words: str) -> PointInTime:
    return PointInTime(latest=parse_as_of(words))


@pytest.fixture
def feed(services: Services):
    return services.feed


async def post(services: Services, text: str, day: str = DAY, coach: str = "d", actor: Actor = DANA) -> Plan:
    return await services.plans.post(actor, PostPlan(text, coach=coach, day=day), fresh())


async def show_deleted_to(services: Services, audience: Audience) -> None:
    await services.settings.change(MAX, SettingsChange(deleted_visible_to=audience))


@pytest.mark.parametrize("seed", range(6))
async def test_any_moment_of_a_random_history_is_what_a_list_beside_it_says(services, feed, clock, seed):
    dice = random.Random(seed)  # noqa: S311 - it is no secret
    kept = list[tuple[datetime.datetime, str | None]]()
    plan = await post(services, "posted")
    kept.append((clock.now, "posted"))
    for number in range(12):
        clock.move(seconds=dice.choice((0, 1, 40, 3_600, 90_000)))
        if kept[-1][1] is None:
            plan = await services.plans.restore(MAX, RestorePlan(plan.id), fresh())
            text = next(text for _, text in reversed(kept) if text is not None)
        elif dice.random() < 0.3:
            plan = await services.plans.delete(MAX, DeletePlan(plan.id, seen=plan.revision), fresh())
            text = None
        else:
            text = f"text {number}"
            plan = (await services.plans.edit(DANA, EditPlan(plan.id, text, plan.revision), fresh())).plan
        kept.append((clock.now, text))

    for _ in range(40):
        span = (clock.now - kept[0][0]).total_seconds()
        moment = kept[0][0] + datetime.timedelta(seconds=dice.uniform(-0.1 * span, span))
        moment = dice.choice((moment, dice.choice(kept)[0]))
        point, at = PointInTime(moment), bisect.bisect_right(kept, moment, key=lambda each: each[0])
        if not at:
            with pytest.raises(errors.BeforeFirstError):
                await feed.plan(MAX, plan.id, point)
            assert (await feed.plans(MAX, ALL, point, None, 10)).states == ()
            continue
        text, state = kept[at - 1][1], await feed.plan(MAX, plan.id, point)
        snapshot = await services.history.at_moment(MAX, plan.id, moment)
        assert (state.revision, state.moment) == (snapshot.revision, moment)
        assert (None if state.is_deleted else state.revision.text) == text
        listed = (await feed.plans(MAX, ALL, point, None, 10)).states
        assert [each.revision for each in listed] == ([] if text is None else [snapshot.revision])
        page = await feed.revisions(MAX, plan.id, point, 0, 20)
        assert (page.state, [each.number for each, _ in page.revisions], page.next) == (
            state,
            [] if text is None else list(range(1, at + 1)),
            None,
        )


async def test_a_plan_is_read_as_it_was_at_the_open_and_at_a_time(services, feed, clock, mia):
    clock.now = OPEN - datetime.timedelta(minutes=10)
    plan = await post(services, "early")
    for text, hours in (("before the open", -0.1), ("after the open", 1), ("at ten", 10)):
        clock.now = OPEN + datetime.timedelta(hours=hours)
        await services.plans.edit(DANA, EditPlan(plan.id, text), fresh())

    points = ("now", "session_open", "00:30", "09:25", "2026-11-22T23:53:00-05:00", "2026-11-23T14:28:00Z")
    texts = [(await feed.plan(mia, plan.id, as_of(each))).revision.text for each in points]
    assert texts == ["at ten", "before the open", "before the open", "after the open", "early", "after the open"]
    with pytest.raises(errors.BeforeFirstError):
        await feed.plan(mia, plan.id, as_of("2026-11-23T04:49:00Z"))
    for later in ("session_close", "16:00", "2026-11-24T00:00:00Z"):
        with pytest.raises(errors.MomentError, match="still to come"):
            await feed.plan(mia, plan.id, as_of(later))
    for read in (
        feed.plans(mia, ALL, as_of("2026-11-24T00:00Z"), None, 9),
        feed.search(mia, "ten", ALL, as_of("2026-11-24T00:00Z"), None, 9),
    ):
        with pytest.raises(errors.MomentError, match="still to come"):
            await read
    assert (await feed.plans(mia, ALL, as_of("session_close"), None, 10)).states == ()


async def test_of_a_time_that_the_clock_shows_twice_the_first_is_meant(services, feed, clock, mia):
    clock.now = datetime.datetime(2026, 11, 1, 5, 29, tzinfo=datetime.UTC)  # 01:29 EDT
    plan = await post(services, "before the first", "2026-11-01")
    for text in ("between the two", "after the second"):
        clock.move(minutes=31)
        await services.plans.edit(DANA, EditPlan(plan.id, text), fresh())

    for point in (as_of("01:30"), until("01:30")):
        state = await feed.plan(mia, plan.id, point)
        assert (state.moment, state.revision.text) == (clock.now.replace(hour=5, minute=30), "before the first")


async def test_the_last_moment_that_may_be_read_binds_everything(services, feed, clock, mia):
    clock.now = OPEN - datetime.timedelta(minutes=10)
    early = services.keep(b"early")
    plan = await post(services, "short NQ")
    await services.charts.add(DANA, AddCharts(plan.id, Received((early,), ())), fresh())
    clock.now = OPEN + datetime.timedelta(hours=1)
    late = services.keep(b"late")
    await services.charts.add(DANA, AddCharts(plan.id, Received((late,), ())), fresh())
    await services.plans.edit(DANA, EditPlan(plan.id, "long NQ"), fresh())
    await post(services, "NQ of another", coach="i", actor=MAX)

    for point in (until("00:30"), until("session_open"), PointInTime(parse_as_of("00:20"), parse_as_of("00:30"))):
        assert [each.revision.text for each in (await feed.plans(mia, ALL, point, None, 10)).states] == ["short NQ"]
        assert [
            each.state and each.state.revision.text for each in await feed.of_day(mia, ["D", "i"], MONDAY, point)
        ] == ["short NQ", None]
        assert len((await feed.revisions(mia, plan.id, point, 0, 10)).revisions) == 2
        assert (await feed.chart(mia, early.sha256, point), await feed.chart(mia, late.sha256, point)) == (early, None)
        [hit] = (await feed.search(mia, "nq", ALL, point, None, 10)).hits
        assert (hit.state.plan.id, hit.marked) == (plan.id, f"short {HIT_START}NQ{HIT_END}")
        assert (await feed.search(mia, "long", ALL, point, None, 10)).hits == ()
    for micros, shown in (30_000_000, "00:30:30"), (1, "00:30:00.000001"):
        asked = OPEN + datetime.timedelta(minutes=30, microseconds=micros)
        with pytest.raises(errors.MomentError, match=f"{shown} EST is later than this token"):
            await feed.plan(mia, plan.id, PointInTime(asked, parse_as_of("00:30")))
    assert (await feed.plan(mia, plan.id, until("session_close"))).revision.text == "long NQ"  # which means now
    assert await feed.chart(mia, late.sha256, NOW) == late


async def test_a_plan_deleted_then_says_so_and_its_history_follows_the_settings(services, feed, clock, mia):
    plan = await post(services, "posted")
    clock.move(hours=1)
    await services.plans.delete(DANA, DeletePlan(plan.id, seen=plan.revision), fresh())
    deleted_at = clock.now
    clock.move(hours=1)
    before = PointInTime(deleted_at - datetime.timedelta(minutes=1))

    for audience, was_live in ((Audience.MEMBERS, False), (Audience.EVERYONE, True)):
        await show_deleted_to(services, audience)
        now = await feed.plan(mia, plan.id, NOW)
        assert (now.is_deleted, now.revision.at) == (True, deleted_at)
        if was_live:
            assert not (await feed.plan(mia, plan.id, before)).is_deleted
        else:
            with pytest.raises(errors.PlanGoneError):
                await feed.plan(mia, plan.id, before)
        assert len((await feed.search(mia, "posted", ALL, before, None, 10)).hits) == was_live
        assert len((await feed.plans(mia, ALL, before, None, 10)).states) == was_live
        assert [bool(each.state) for each in await feed.of_day(mia, ["d"], MONDAY, before)] == [was_live]
    second = await post(services, "posted again")
    [of_day] = await feed.of_day(mia, ["coach_d"], MONDAY, NOW)
    assert of_day.state
    assert of_day.state.plan.id == second.id
    assert (await feed.live_count(mia)) == 1


async def test_lists_go_on_from_a_cursor_however_plans_change(services, feed, mia):
    for number in range(5):
        await post(services, f"NQ {number}", str(MONDAY + datetime.timedelta(days=number)))
    wanted = StateFilter(first=MONDAY, last=MONDAY + datetime.timedelta(days=3), coach="coach_d")

    first = await feed.plans(mia, wanted, NOW, None, 3)
    await post(services, "of another coach", coach="i", actor=MAX)
    await services.plans.delete(DANA, DeletePlan(first.states[-1].plan.id, seen=1), fresh())
    second = await feed.plans(mia, wanted, NOW, first.next, 3)
    latest = await feed.plans(mia, StateFilter(first=MONDAY + datetime.timedelta(days=3)), NOW, None, 3)
    hits = await feed.search(mia, "nq", ALL, NOW, None, 3)
    rest = await feed.search(mia, "nq", ALL, NOW, hits.next, 3)

    assert [each.revision.text for each in (*first.states, *second.states)] == ["NQ 3", "NQ 2", "NQ 1", "NQ 0"]
    assert second.next is None
    assert [each.revision.text for each in latest.states] == ["NQ 4", "NQ 3"]
    found = [each.state.revision.text for each in (*hits.hits, *rest.hits)]
    assert (found, rest.next) == (["NQ 4", "NQ 3", "NQ 2", "NQ 0"], None)
    with pytest.raises(errors.UnknownCoachError, match=r"The coaches are: d \(Coach D"):
        await feed.plans(mia, StateFilter(coach="z"), NOW, None, 3)


async def test_pages_are_filled_with_what_was_known(services, feed, clock, mia):
    clock.now = OPEN - datetime.timedelta(days=1)
    posted = [
        await post(services, f"NQ {number}", str(MONDAY + datetime.timedelta(days=number))) for number in range(3)
    ]
    point = PointInTime(clock.now)
    clock.move(minutes=1)
    for number in range(3):
        await post(services, f"NQ {number}", str(MONDAY + datetime.timedelta(days=number)), coach="i", actor=MAX)
    for number in range(7):
        await services.plans.edit(DANA, EditPlan(posted[-1].id, f"NQ later {number}"), fresh())

    plans, hits, place, spot = [], [], None, None
    for _ in range(3):
        page, found = await feed.plans(mia, ALL, point, place, 1), await feed.search(mia, "nq", ALL, point, spot, 1)
        plans += [each.revision.text for each in page.states]
        hits += [each.state.revision.text for each in found.hits]
        place, spot = page.next, found.next
    assert (plans, hits) == (["NQ 2", "NQ 1", "NQ 0"],) * 2
    assert (place, spot) == (None, None)


@pytest.mark.parametrize("latest", [None, "23:00"], ids=["free", "bound to a moment to come"])
@pytest.mark.parametrize("hours", [1, -1], ids=["clock goes on", "clock put back"])
async def test_the_pages_of_a_search_are_as_of_the_first(services, feed, clock, mia, latest, hours):
    await show_deleted_to(services, Audience.EVERYONE)
    point = PointInTime(latest=latest and parse_as_of(latest))
    days = [str(MONDAY + datetime.timedelta(days=number)) for number in range(6)]
    plans = [await post(services, f"NQ {day}", day) for day in days]
    await services.plans.edit(DANA, EditPlan(plans[1].id, "without the word", 1), fresh())
    first = await feed.search(mia, "nq", ALL, point, None, 2)

    clock.move(hours=hours)
    await services.plans.edit(DANA, EditPlan(plans[0].id, "NQ again", 1), fresh())
    await services.plans.edit(DANA, EditPlan(plans[1].id, "NQ again", 2), fresh())
    await services.plans.edit(DANA, EditPlan(plans[2].id, "without it", 1), fresh())
    await services.plans.delete(DANA, DeletePlan(plans[3].id, 1), fresh())
    await post(services, "NQ new", coach="i", actor=MAX)
    second = await feed.search(mia, "nq", ALL, point, first.next, 1)
    third = await feed.search(mia, "nq", ALL, point, second.next, 2)

    texts = [each.state.revision.text for page in (first, second, third) for each in page.hits]
    assert texts == [f"NQ {days[number]}" for number in (5, 4, 3, 2, 0)]
    assert third.next is None
    again = await feed.search(mia, "nq", ALL, point, None, 9)
    assert [each.state.revision.text for each in again.hits][:3] == ["NQ new", "NQ again", "NQ again"]


async def test_rights_to_later_pages_of_a_search_are_those_of_now(services, feed, mia):
    plans = [await post(services, "NQ", str(MONDAY + datetime.timedelta(days=number))) for number in range(3)]
    first = await feed.search(mia, "nq", ALL, NOW, None, 1)

    await services.plans.delete(DANA, DeletePlan(plans[1].id, 1), fresh())

    rest = await feed.search(mia, "nq", ALL, NOW, first.next, 9)
    assert [each.state.plan.id for each in rest.hits] == [plans[0].id]


@pytest.fixture
def counter():
    with Counter.installed() as installed:
        yield installed


async def test_an_early_search_takes_the_same_statements_however_much_was_written_later(counter, services, clock, mia):
    plan, point = await post(services, "NQ at first"), PointInTime(clock.now)
    statements = list[int]()
    for _ in range(3):
        await services.feed.search(mia, "nq", ALL, point, None, 1)
        counter.reset()
        [hit] = (await services.feed.search(mia, "nq", ALL, point, None, 1)).hits
        assert hit.state.revision.text == "NQ at first"
        statements.append(counter.cost.statements)
        clock.move(minutes=1)
        for number in range(10):
            await services.plans.edit(DANA, EditPlan(plan.id, f"NQ {clock.now} {number}"), fresh())

    assert statements == [7] * 3


async def test_a_bound_search_reads_no_text_of_the_hits_that_it_leaves_out(counter, services, store, clock, mia):
    plans = [await post(services, f"NQ {day}", str(MONDAY + datetime.timedelta(days=day))) for day in range(3)]
    clock.move(days=5)
    for plan in plans:
        await make_many(store, dataclasses.replace(plan, posted_at=clock.now), 40, "NQ later")

    counter.reset()
    found = await services.feed.search(mia, "nq", ALL, until("09:25"), None, 2)

    assert [hit.marked for hit in found.hits] == [f"{HIT_START}NQ{HIT_END} {day}" for day in (2, 1)]
    assert counter.texts_read == 2
    rest = await services.feed.search(mia, "nq", ALL, until("09:25"), found.next, 2)
    assert [hit.marked for hit in rest.hits] == [f"{HIT_START}NQ{HIT_END} 0"]


async def test_lists_read_no_later_than_the_token_may(services, feed, clock, mia):
    """A program sends its simulated clock: each plan is read at that moment, or at the last that may be read."""
    clock.now = OPEN - datetime.timedelta(minutes=10)
    await post(services, "NQ 0")
    plan = await post(services, "NQ 1", "2026-11-24")
    chart = services.keep(b"late")
    clock.now = OPEN + datetime.timedelta(days=3)
    await services.charts.add(DANA, AddCharts(plan.id, Received((chart,), ())), fresh())
    point = PointInTime(OPEN + datetime.timedelta(hours=23), parse_as_of("session_open"))

    assert [each.revision.text for each in (await feed.plans(mia, ALL, point, None, 9)).states] == ["NQ 1", "NQ 0"]
    assert len((await feed.search(mia, "nq", ALL, point, None, 9)).hits) == 2
    late = PointInTime(clock.now, parse_as_of("session_open"))
    assert await feed.chart(mia, chart.sha256, late) is None
    assert await feed.chart(mia, chart.sha256, PointInTime(clock.now)) == chart


@pytest.mark.parametrize("asked", ["session_close", "2026-11-23T05:00:00.000001Z", "00:01"])
async def test_one_day_is_not_read_as_of_an_earlier_moment_than_was_asked_for(services, feed, clock, mia, asked):
    """The answer would say of the moment that was asked for what is true of another."""
    await post(services, "NQ")
    clock.now = OPEN + datetime.timedelta(days=3)
    day, later = StateFilter(MONDAY, MONDAY), MONDAY + datetime.timedelta(1)
    point = PointInTime(parse_as_of(asked), parse_as_of("session_open"))

    for act in (
        lambda: feed.plans(mia, day, point, None, 9),
        lambda: feed.search(mia, "nq", day, point, None, 9),
        lambda: feed.of_day(mia, None, MONDAY, point),
        lambda: feed.begin_export(mia, day, point, with_revisions=False),
    ):
        with pytest.raises(errors.MomentError, match="is later than this token may read"):
            await act()
    for wanted in (ALL, StateFilter(MONDAY, later)):
        assert [each.moment for each in (await feed.plans(mia, wanted, point, None, 9)).states] == [OPEN]
    for until_then in ("session_open", "2026-11-23T05:00:00Z"):
        same = dataclasses.replace(point, asked=parse_as_of(until_then))
        assert [each.moment for each in (await feed.plans(mia, day, same, None, 9)).states] == [OPEN]


async def test_a_day_without_the_last_moment_of_a_token_has_no_plan_at_any(services, feed, clock, mia):
    await services.settings.change(MAX, SettingsChange(exchange=Exchange.WEEKDAYS))
    saturday = datetime.date(2026, 11, 28)
    clock.now = OPEN + datetime.timedelta(days=9)
    point = PointInTime(parse_as_of("09:25"), parse_as_of("session_open"))

    assert (await feed.plans(mia, StateFilter(saturday, saturday), point, None, 9)).states == ()


async def test_all_of_a_day_has_the_plans_of_coaches_that_were_retired_since(services, feed, mia):
    await post(services, "of d")
    await services.coaches.remove(MAX, "d")

    found = {each.coach.key: each.state for each in await feed.of_day(mia, None, MONDAY, NOW)}
    assert [key for key, state in found.items() if state] == ["d"]
    assert "d" not in {each.coach.key for each in await feed.of_day(mia, None, MONDAY + datetime.timedelta(1), NOW)}


async def test_a_plan_of_a_day_has_the_message_that_it_was_saved_from_at_the_moment(services, clock, mia):
    plan, points = await post(services, "by hand"), [PointInTime(clock.now)]
    sources = [Source(ChannelId(70), MessageId(number), DANA.user_id) for number in (80, 81)]
    for each in sources:
        clock.move(minutes=1)
        draft = await services.drafts.save(DANA, Submission(DraftKind.EDIT, f"from {each}", source=each))
        await services.plans.edit(DANA, EditPlan(plan.id, draft.text, draft=draft.id), fresh())
        points.append(PointInTime(clock.now))
    clock.move(minutes=1)
    await services.plans.edit(DANA, EditPlan(plan.id, "by hand again"), fresh())

    found = [(await services.feed.of_day(mia, ["d"], MONDAY, point))[0] for point in (*points, NOW)]

    assert [each.source for each in found] == [None, *sources, sources[-1]]


@pytest.mark.parametrize("source", [None, Source(ChannelId(70), MessageId(80), None)])
async def test_a_plan_of_a_day_takes_the_same_steps_however_many_revisions_it_has(
    counter, services, store, clock, mia, source
):
    plan = await services.plans.post(DANA, PostPlan("posted", coach="d", day=DAY), fresh())
    note, steps = note_of(source), list[int]()
    plan = await store.write(revisions.append, plan, ChangeKind.EDITED, DANA.user_id, clock.now, note=note)
    for _ in range(3):
        await services.feed.of_day(mia, None, MONDAY, NOW)
        counter.reset()
        await services.feed.of_day(mia, None, MONDAY, NOW)
        steps.append(counter.cost.steps)
        await make_many(store, await store.read(plan_with_id, plan.id), 40, "more")

    assert len(set(steps)) == 1, steps


async def test_another_guild_reads_nothing_of_it(services, feed):
    chart = services.keep(b"picture")
    plan = await post(services, "secret")
    await services.charts.add(DANA, AddCharts(plan.id, Received((chart,), ())), fresh())
    foreign = dataclasses.replace(elsewhere(MAX))

    with pytest.raises(errors.PlanGoneError):
        await feed.plan(foreign, plan.id, NOW)
    assert (await feed.plans(foreign, ALL, NOW, None, 10)).states == ()
    assert (await feed.search(foreign, "secret", ALL, NOW, None, 10)).hits == ()
    assert await feed.chart(foreign, chart.sha256, NOW) is None
    assert (await feed.of_day(foreign, None, MONDAY, NOW))[0].state is None


async def test_a_revision_says_when_it_was_recorded(services, feed, clock: FakeClock, mia):
    plan = await post(services, "posted")

    assert (await feed.plan(mia, plan.id, NOW)).revision.recorded_at == clock.now


@pytest.mark.parametrize(
    "words",
    ["", "soon", "NOW", "9:25", "24:00", "09:25:00", "2026-11-23", "2026-11-23T09:25", "2026-13-01T00:00Z",
     "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59Z", "0001-12-31T23:59:59Z",
     "٠٩:٢٥", "session_open ", "1" * 10_000],
)  # fmt: skip
def test_words_that_name_no_moment_are_refused(words):
    with pytest.raises(UnknownAsOfError, match="session_open"):
        parse_as_of(words)
