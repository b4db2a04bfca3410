"""Sessions of a guild: computed years, overridden days, and what follows from them."""

import datetime
from collections.abc import Sequence

import pytest
from structlog.testing import capture_logs

from bot.domain import errors
from bot.domain.commands import EditPlan, PostPlan
from bot.domain.days import parse_day
from bot.domain.sessions import DayKind, Exchange, SessionCalendar
from bot.domain.values import (
    Actor,
    Audience,
    CardWork,
    Clearable,
    DraftKind,
    MessageId,
    PlanOfDay,
    SettingsChange,
    Submission,
)
from bot.service.calendars.calendar_process import CalendarProcess, Days, ExchangeYear
from bot.service.cards import CardService
from bot.service.records import sessions as session_rows
from bot.service.sessions import SessionService
from storage.store import Store
from tests.full_disk import full_disk
from tests.service.scene import SUNDAY_MORNING, FakeClock, Services, elsewhere, fresh, renewals

SUNDAY = SUNDAY_MORNING.date()
THANKSGIVING = datetime.date(2026, 11, 26)
FRIDAY = datetime.date(2026, 11, 27)
DAYS = {THANKSGIVING: DayKind.CLOSED, FRIDAY: DayKind.HALF_DAY}
EARLY_CLOSE = datetime.datetime(2026, 11, 27, 18, tzinfo=datetime.UTC)


@pytest.fixture
async def new_york(store: Store, services: Services, max: Actor) -> Services:
    """The guild follows New York, of which 2026 is known."""
    await services.settings.change(max, SettingsChange(exchange=Exchange.NYSE))
    await store.write(session_rows.store_year, Exchange.NYSE, DAYS)
    return services


async def calendar_of(services: Services, actor: Actor) -> SessionCalendar:
    return (await services.settings.read(actor)).calendar


async def show_all(cards: CardService) -> None:
    """Show every card as it is."""
    for card_id, _ in await cards.pending():
        work = await cards.begin(card_id)
        assert work
        await cards.shown(work, MessageId(card_id))


async def renewed(cards: CardService) -> list[CardWork]:
    """Show the cards that are to be renewed; return what was shown."""
    done = list[CardWork]()
    while found := await renewals(cards):
        for card_id, _ in found:
            work = await cards.begin(card_id)
            assert work
            await cards.shown(work, MessageId(card_id))
            done.append(work)
    return done


async def test_missing_years_are_computed_once_for_the_exchanges_that_are_followed(store, services, max, clock):
    await services.settings.change(max, SettingsChange(exchange=Exchange.XLON))

    assert await services.sessions.renew()
    found = await calendar_of(services, max)
    spent = SessionService(store, clock, services.guilds, CalendarProcess(0.0))
    assert not await spent.renew()  # it would fail if there was anything to compute

    assert found.years == {2026, 2027, 2028}
    assert found.kind_of(datetime.date(2027, 12, 24)) is DayKind.HALF_DAY
    assert await store.read(session_rows.stored_years, Exchange.NYSE) == set()


async def test_the_years_of_older_plans_are_computed_where_guilds_follow_the_exchange(
    services, plans, store, dana, max
):
    await plans.post(dana, PostPlan("Long", day="2019-07-03"), fresh())
    await plans.post(elsewhere(max), PostPlan("Long", coach="d", day="2016-07-05"), fresh())
    await services.settings.change(max, SettingsChange(exchange=Exchange.XLON))

    await services.sessions.renew()

    assert await store.read(session_rows.stored_years, Exchange.XLON) == set(range(2019, 2029))
    at_open = services.history.at(dana, PlanOfDay(None, "2019-07-03"), "session_open")
    with pytest.raises(errors.BeforeFirstError):
        await at_open  # the session is known, and the plan was posted after it


async def test_a_year_that_can_not_be_computed_is_left_out(services, plans, store, dana, max):
    await plans.post(dana, PostPlan("Long", day="2014-07-03"), fresh())
    await services.settings.change(max, SettingsChange(exchange=Exchange.XETR))

    await services.sessions.renew()

    assert await store.read(session_rows.stored_years, Exchange.XETR) == set(range(2016, 2029))
    with pytest.raises(errors.MomentError, match=r"in 2014 are not known\. Write a time such as 09:30"):
        await services.history.at(dana, PlanOfDay(None, "2014-07-03"), "session_open")


async def test_what_can_not_be_computed_stays_missing_and_is_not_guessed(store, services, max, clock):
    await services.settings.change(max, SettingsChange(exchange=Exchange.XLON))

    await SessionService(store, clock, services.guilds, CalendarProcess(0.001)).renew()

    found = await calendar_of(services, max)
    assert found.missing_years(SUNDAY) == [2026, 2027]
    assert not found.is_closed(datetime.date(2026, 12, 25))


async def test_what_failed_is_computed_again_after_a_while_and_other_years_at_once(store, services, max, clock):
    failing = SessionService(store, clock, services.guilds, CalendarProcess(0.001))
    await services.settings.change(max, SettingsChange(exchange=Exchange.XLON))

    async def failures() -> int:
        with capture_logs() as lines:
            assert not await failing.renew()
        return [line["event"].partition(";")[0] for line in lines].count("calendars not computed")

    assert [await failures() for _ in range(3)] == [1, 0, 0]
    clock.move(minutes=5)
    assert [await failures() for _ in range(2)] == [1, 0]
    clock.move(hours=-9)  # it was put back
    assert [await failures() for _ in range(2)] == [1, 0]
    await services.settings.change(max, SettingsChange(exchange=Exchange.XETR))
    assert [await failures() for _ in range(2)] == [1, 0]


class CountingProcess(CalendarProcess):
    """Computes, and counts how often."""

    computed = 0

    async def compute(self, wanted: Sequence[ExchangeYear]) -> dict[ExchangeYear, Days]:
        self.computed += 1
        return await super().compute(wanted)


async def test_what_can_not_be_stored_is_computed_again_after_a_while(store, services, max, clock):
    process = CountingProcess()
    sessions = SessionService(store, clock, services.guilds, process)
    await services.settings.change(max, SettingsChange(exchange=Exchange.XLON))

    with full_disk():  # it can be read
        found = [(await sessions.renew(), process.computed) for _ in range(3)]
        clock.move(minutes=5)
        found += [(await sessions.renew(), process.computed) for _ in range(2)]
    assert found == [(False, 1)] * 3 + [(False, 2)] * 2
    assert (await calendar_of(services, max)).years == set()

    clock.move(minutes=5)
    assert await sessions.renew()
    assert not await sessions.renew()
    assert process.computed == 3


async def test_nothing_is_computed_while_the_database_is_away(store, services, max):
    await services.settings.change(max, SettingsChange(exchange=Exchange.XLON))
    await store.close()

    assert not await services.sessions.renew()


async def test_a_closed_day_is_asked_about_and_posted_when_it_is_wanted(new_york, plans, dana):
    post = PostPlan("Long", day=THANKSGIVING.isoformat())

    with pytest.raises(errors.ClosedDayError) as asked:
        await plans.post(dana, post, fresh())
    assert (asked.value.day, asked.value.following) == (THANKSGIVING, FRIDAY)
    with pytest.raises(errors.ClosedDayError):
        await plans.post(dana, PostPlan("Long"), fresh())  # a Sunday

    wanted = PostPlan("Long", day=THANKSGIVING.isoformat(), is_day_confirmed=True)
    assert (await plans.post(dana, wanted, fresh())).day == THANKSGIVING


async def test_a_form_opens_for_a_closed_day_and_its_text_can_be_fixed_before_it_is_asked_about(new_york, plans, dana):
    target = await plans.prepare_post(dana, coach=None, day=THANKSGIVING.isoformat())

    assert target.day == THANKSGIVING
    with pytest.raises(errors.BlankTextError):
        await plans.post(dana, PostPlan(" ", day=THANKSGIVING.isoformat()), fresh())


async def test_a_queued_plan_for_a_closed_day_is_posted_as_nobody_can_be_asked(new_york, plans, dana):
    replayed = Actor(dana.guild_id, dana.user_id, sent_at=SUNDAY_MORNING, is_replay=True)

    assert (await plans.post(replayed, PostPlan("Long"), fresh())).day == SUNDAY


async def test_a_year_that_is_missing_is_not_asked_about(new_york, plans, dana):
    new_year = await plans.post(dana, PostPlan("Long", day="2027-01-01"), fresh())

    assert new_year.early_close is None


async def test_what_was_confirmed_stays_with_the_submission(new_york, drafts, dana):
    submission = Submission(DraftKind.POST, "Long", day="2026-11-26", is_day_confirmed=True)

    assert (await drafts.save(dana, submission)).is_day_confirmed


async def test_a_plan_knows_the_early_close_of_its_day(new_york, plans, dana, mia):
    posted = await plans.post(dana, PostPlan("Long", day=FRIDAY.isoformat()), fresh())
    monday = await plans.post(dana, PostPlan("Long", day="2026-11-23"), fresh())

    assert posted.early_close == EARLY_CLOSE
    assert await plans.find(mia, posted.id) == posted
    assert monday.early_close is None


async def test_the_next_session_is_a_day_that_can_be_typed(new_york, plans, drafts, clock, dana):
    clock.now = datetime.datetime(2026, 11, 25, 15, tzinfo=datetime.UTC)
    posted = await plans.post(dana, PostPlan("Long", day="Next session"), fresh())
    draft = await drafts.save(dana, Submission(DraftKind.POST, "Long", day="next session"))
    clock.now = datetime.datetime(2026, 12, 31, 15, tzinfo=datetime.UTC)

    assert posted.day == FRIDAY
    assert draft.day == FRIDAY.isoformat()
    with pytest.raises(errors.DayError, match="2027 are not known yet"):
        await plans.post(dana, PostPlan("Long", day="next session"), fresh())
    kept = await drafts.save(dana, Submission(DraftKind.POST, "Long", day="next session"))
    assert kept.day == "next session"


async def test_closed_days_are_not_offered_and_half_days_are_named(new_york, plans, clock, dana):
    clock.now = datetime.datetime(2026, 11, 26, 15, tzinfo=datetime.UTC)

    labels = [each.label for each in await plans.suggest_days(dana, "")]

    assert labels[:3] == ["Thu 26 Nov (today, closed)", "Fri 27 Nov (tomorrow, half day)", "Mon 30 Nov"]
    assert labels[-5:] == ["Wed 25 Nov (yesterday)", "Tue 24 Nov", "Mon 23 Nov", "Fri 20 Nov", "Thu 19 Nov"]
    assert [each.value for each in await plans.suggest_days(dana, "next ses")] == [FRIDAY.isoformat()]
    for label in labels:
        assert parse_day(label, THANKSGIVING)


@pytest.mark.parametrize(
    ("kind", "closes", "is_closed", "early_close"),
    [
        (DayKind.CLOSED, None, True, None),
        (DayKind.OPEN, None, False, None),
        (DayKind.HALF_DAY, None, False, datetime.datetime(2026, 11, 26, 18, tzinfo=datetime.UTC)),
        (DayKind.HALF_DAY, "12:15", False, datetime.datetime(2026, 11, 26, 17, 15, tzinfo=datetime.UTC)),
    ],
)
async def test_a_day_is_what_managers_say(new_york, max, kind, closes, is_closed, early_close):
    await new_york.settings.change(max, SettingsChange("Europe/Berlin"))

    changed = await new_york.sessions.override(max, "nov 26", kind, closes)

    found = await calendar_of(new_york, max)
    assert (changed.day, changed.kind, changed.session is None) == (THANKSGIVING, kind, is_closed)
    assert (found.is_closed(THANKSGIVING), found.early_close(THANKSGIVING)) == (is_closed, early_close)
    assert found.early_close(FRIDAY) == EARLY_CLOSE


async def test_an_override_is_taken_back_and_is_of_one_guild(new_york, max):
    await new_york.sessions.override(max, "nov 27", DayKind.CLOSED)
    await new_york.settings.change(elsewhere(max), SettingsChange(exchange=Exchange.NYSE))

    assert (await calendar_of(new_york, elsewhere(max))).early_close(FRIDAY) == EARLY_CLOSE
    changed = await new_york.sessions.override(max, "nov 27", None)

    assert (changed.kind, changed.exchange) == (None, Exchange.NYSE)
    assert (await calendar_of(new_york, max)).early_close(FRIDAY) == EARLY_CLOSE


async def test_guilds_share_the_days_of_their_exchange_whatever_another_changes(new_york, store, max):
    other = elsewhere(max)
    await new_york.settings.change(other, SettingsChange(exchange=Exchange.NYSE))
    days = (await calendar_of(new_york, max)).days

    await new_york.settings.change(other, SettingsChange("Europe/Berlin"))
    await new_york.sessions.override(other, "nov 27", DayKind.CLOSED)

    assert (await calendar_of(new_york, max)).days is days
    assert (await calendar_of(new_york, other)).days is days
    await store.write(session_rows.store_year, Exchange.NYSE, {datetime.date(2027, 1, 1): DayKind.CLOSED})
    assert (await calendar_of(new_york, max)).years == {2026, 2027}


async def test_an_override_is_of_an_exchange_and_comes_back_with_it(services, new_york, plans, clock, dana, max):
    clock.now = datetime.datetime(2026, 11, 26, 3, tzinfo=datetime.UTC)  # in New York still the 25th
    await services.settings.change(max, SettingsChange(exchange=Exchange.XJPX))
    await services.sessions.override(max, "nov 25", DayKind.HALF_DAY, "11:30")
    await services.sessions.override(max, "nov 26", DayKind.OPEN)
    in_tokyo = (await calendar_of(services, max)).overrides

    await services.settings.change(max, SettingsChange(exchange=Exchange.NYSE))
    in_new_york = await services.settings.read(max)
    form = await plans.prepare_post(dana, coach=None, day=None)
    await services.settings.change(max, SettingsChange(exchange=Exchange.EVERY_DAY))
    every_day = await services.settings.read(max)
    await services.settings.change(max, SettingsChange(exchange=Exchange.XJPX))

    assert not in_new_york.calendar.overrides
    assert in_new_york.calendar.is_closed(THANKSGIVING)
    assert form.day == FRIDAY
    assert every_day.calendar.early_close(datetime.date(2026, 11, 25)) is None
    assert len(in_tokyo) == 2
    assert (await calendar_of(services, max)).overrides == in_tokyo


@pytest.mark.parametrize("back", [SettingsChange(clear=Clearable.TIMEZONE), SettingsChange(timezone="New York")])
async def test_an_early_close_without_an_exchange_stays_at_its_hour_in_a_new_time_zone(
    services, cards, plans, dana, max, back
):
    await services.settings.change(max, SettingsChange(exchange=Exchange.EVERY_DAY))
    await services.sessions.override(max, "nov 27", DayKind.HALF_DAY, "13:00")
    friday = await plans.post(dana, PostPlan("Long", day=FRIDAY.isoformat()), fresh())
    await show_all(cards)

    moved = await services.settings.change(max, SettingsChange("Tokyo"))

    session = moved.session_of(FRIDAY)
    assert session
    assert session.closes_at == datetime.datetime(2026, 11, 27, 4, tzinfo=datetime.UTC)
    [work] = await renewed(cards)
    assert (work.plan.id, work.plan.early_close) == (friday.id, session.closes_at)
    session = (await services.settings.change(max, back)).session_of(FRIDAY)
    assert session
    assert session.closes_at == EARLY_CLOSE


async def test_an_early_close_of_an_exchange_does_not_move_with_the_time_zone(new_york, max):
    await new_york.sessions.override(max, "nov 26", DayKind.HALF_DAY)

    await new_york.settings.change(max, SettingsChange("Tokyo"))

    assert (await calendar_of(new_york, max)).early_close(THANKSGIVING) == EARLY_CLOSE - datetime.timedelta(days=1)


async def test_an_override_marks_the_cards_of_its_day(new_york, plans, cards, dana, max):
    friday = await plans.post(dana, PostPlan("Long", day=FRIDAY.isoformat()), fresh())
    await plans.post(dana, PostPlan("Long", day="2026-11-30"), fresh())
    await show_all(cards)

    await new_york.sessions.override(max, "nov 27", DayKind.OPEN)

    [work] = await renewed(cards)
    assert (work.plan.id, work.plan.early_close) == (friday.id, None)


async def test_another_exchange_marks_the_cards_from_today_on(new_york, plans, cards, clock, dana, max):
    await plans.post(dana, PostPlan("Long", day="2026-11-20"), fresh())
    friday = await plans.post(dana, PostPlan("Long", day=FRIDAY.isoformat()), fresh())
    await show_all(cards)

    await new_york.settings.change(max, SettingsChange(deleted_visible_to=Audience.EVERYONE))
    assert not await renewed(cards)
    await new_york.settings.change(max, SettingsChange(exchange=Exchange.WEEKDAYS))

    [work] = await renewed(cards)
    assert (work.plan.id, work.plan.early_close) == (friday.id, None)


async def test_a_year_that_becomes_known_marks_the_cards_of_its_half_days(services, plans, cards, dana, max):
    await services.settings.change(max, SettingsChange(exchange=Exchange.NYSE))
    friday = await plans.post(dana, PostPlan("Long", day=FRIDAY.isoformat()), fresh())
    await plans.post(dana, PostPlan("Long", day="2026-11-24"), fresh())
    await plans.post(dana, PostPlan("Long", day="2025-11-28"), fresh())
    await plans.post(elsewhere(max), PostPlan("Long", coach="d", day=FRIDAY.isoformat()), fresh())
    await show_all(cards)

    await services.sessions.renew()

    [work] = await renewed(cards)
    assert (work.plan.id, work.plan.early_close) == (friday.id, EARLY_CLOSE)


@pytest.mark.parametrize(
    ("kind", "closes", "words"),
    [
        (DayKind.CLOSED, "13:00", "Only a half day"),
        (DayKind.HALF_DAY, "half past", "“half past” is not a time. Write when it closes, such as 13:00.$"),
        (DayKind.HALF_DAY, "09:30", "is from 09:30 to 16:00 by the exchange’s clock. Write a time between them"),
        (DayKind.HALF_DAY, "16:00", "from 09:30 to 16:00"),
        (DayKind.HALF_DAY, "20:00", "from 09:30 to 16:00"),
        (DayKind.HALF_DAY, "nov 28 13:00", "from 09:30 to 16:00"),
    ],
)
async def test_a_close_that_can_not_be_is_refused(new_york, max, kind, closes, words):
    with pytest.raises(errors.CloseTimeError, match=words):
        await new_york.sessions.override(max, "nov 27", kind, closes)

    assert not (await calendar_of(new_york, max)).overrides


@pytest.mark.parametrize(
    ("now", "closes", "words"),
    [
        ("2026-11-02T15", "01:30", "has 01:30 twice"),
        ("2026-10-30T15", "friday", "from 00:00 to 00:00 by this server’s clock"),
    ],
)
async def test_a_close_is_one_time_of_the_guilds_clock_where_the_exchange_has_none(
    services, clock, max, now, closes, words
):
    clock.now = datetime.datetime.fromisoformat(f"{now}Z")

    with pytest.raises(errors.CloseTimeError, match=words):
        await services.sessions.override(max, "nov 1", DayKind.HALF_DAY, closes)


async def test_a_half_day_without_a_usual_close_needs_one(services, max):
    await services.settings.change(max, SettingsChange("Europe/Berlin"))

    with pytest.raises(errors.CloseTimeError, match="When does it close"):
        await services.sessions.override(max, "nov 27", DayKind.HALF_DAY)

    changed = await services.sessions.override(max, "nov 27", DayKind.HALF_DAY, "12:00")
    assert changed.session
    assert changed.session.closes_at == datetime.datetime(2026, 11, 27, 11, tzinfo=datetime.UTC)


async def test_only_managers_override(services, dana):
    with pytest.raises(errors.NotManagerError):
        await services.sessions.override(dana, "nov 27", DayKind.CLOSED)


@pytest.fixture
async def fridays_plan(new_york, plans, clock: FakeClock, dana: Actor):
    """Posted at 09:00 in New York, edited at 09:40 and at 13:20."""
    clock.now = datetime.datetime(2026, 11, 27, 14, tzinfo=datetime.UTC)
    plan = await plans.post(dana, PostPlan("one"), fresh())
    for minutes, text in ((40, "two"), (220, "three")):
        clock.move(minutes=minutes)
        plan = (await plans.edit(dana, EditPlan(plan.id, text), fresh())).plan
    return plan


async def test_the_open_and_the_close_are_times(services, fridays_plan, clock, max, mia):
    at_open = await services.history.at(mia, fridays_plan.id, "session_open")
    at_close = await services.history.at(mia, fridays_plan.id, "Session close")
    changes = await services.history.compare(mia, fridays_plan.id, "session_open", "session_close")
    since = await services.history.compare(mia, fridays_plan.id, "09:35")

    assert (at_open.revision.number, at_close.revision.number) == (1, 2)
    assert at_close.moment == EARLY_CLOSE
    assert (changes.before.number, changes.after.number) == (1, 2)
    assert (since.before.number, since.after.number) == (1, 3)
    await services.sessions.override(max, "today", DayKind.HALF_DAY, "13:30")
    clock.move(hours=1)
    assert (await services.history.at(mia, fridays_plan.id, "session_close")).revision.number == 3


async def test_a_comparison_takes_numbers_and_times(services, fridays_plan, mia):
    compared = await services.history.compare(mia, fridays_plan.id, " 1", "3")

    assert (compared.before.number, compared.after.number) == (1, 3)
    with pytest.raises(errors.SameRevisionError):
        await services.history.compare(mia, fridays_plan.id, "09:00", "09:10")
    with pytest.raises(errors.BeforeFirstError):
        await services.history.compare(mia, fridays_plan.id, "08:59")
    for number in ("0", "4", "9" * 99):
        with pytest.raises(errors.NoRevisionError):
            await services.history.compare(mia, fridays_plan.id, number)


async def test_the_open_of_a_day_without_a_session_is_refused(services, new_york, plans, dana):
    closed = PostPlan("Long", day=THANKSGIVING.isoformat(), is_day_confirmed=True)
    await plans.post(dana, closed, fresh())
    await plans.post(dana, PostPlan("Long", day="2027-01-04"), fresh())

    with pytest.raises(errors.MomentError, match="has no session on Thu 26 Nov"):
        await services.history.at(dana, PlanOfDay(None, "nov 26"), "session_open")
    with pytest.raises(errors.SessionsMissingError, match="in 2027 are not known yet"):
        await services.history.at(dana, PlanOfDay(None, "2027-01-04"), "session_open")
    assert not await services.history.suggest(dana, "session", PlanOfDay(None, "nov 26"), with_times=True)
    assert not await services.history.suggest(dana, "session", PlanOfDay(None, "2027-01-04"), with_times=True)


async def test_an_open_that_is_still_to_come_is_refused(services, new_york, plans, dana):
    await plans.post(dana, PostPlan("Long", day="2026-11-23"), fresh())

    with pytest.raises(errors.MomentError, match="Mon 23 Nov 2026 09:30 EST is still to come"):
        await services.history.at(dana, PlanOfDay(None, "2026-11-23"), "session_open")


async def test_the_open_and_the_close_are_offered_after_the_revisions(services, fridays_plan, mia):
    offered = await services.history.suggest(mia, "", fridays_plan.id, with_times=True)

    assert [each.value for each in offered] == ["3", "2", "1", "session_open", "session_close"]
    assert offered[-1].label == "session_close: Fri 27 Nov 2026 13:00 EST"
    assert [
        each.value for each in await services.history.suggest(mia, "session c", fridays_plan.id, with_times=True)
    ] == ["session_close"]
    assert len(await services.history.suggest(mia, "", fridays_plan.id)) == 3


@pytest.mark.parametrize(
    ("day", "opens"), [("2026-03-06", 14), ("2026-03-09", 13), ("2026-10-30", 13), ("2026-11-02", 14)]
)
async def test_the_open_is_new_yorks_whatever_the_clocks_do(services, new_york, plans, clock, dana, max, day, opens):
    await services.settings.change(max, SettingsChange("Europe/Berlin"))
    clock.now = datetime.datetime.fromisoformat(f"{day}T{opens}:29:59Z")
    plan = await plans.post(dana, PostPlan("before the open", day=day), fresh())
    clock.move(seconds=2)
    await plans.edit(dana, EditPlan(plan.id, "after the open"), fresh())

    found = await services.history.at(dana, plan.id, "session_open")

    assert found.revision.number == 1
    assert found.moment == datetime.datetime.fromisoformat(f"{day}T{opens}:30Z")
