"""Sessions: closed and half days, overrides, missing years, and clock changes around the open."""

import datetime

import pytest

from bot.domain.sessions import (
    DayKind,
    Exchange,
    MissingYearError,
    Override,
    Session,
    SessionCalendar,
    corrected,
)

NEW_YORK = "America/New_York"
THANKSGIVING = datetime.date(2026, 11, 26)
FRIDAY = datetime.date(2026, 11, 27)
SATURDAY = datetime.date(2026, 11, 28)
MONDAY = datetime.date(2026, 11, 30)
DAYS = {THANKSGIVING: DayKind.CLOSED, FRIDAY: DayKind.HALF_DAY}


def calendar(exchange: Exchange = Exchange.NYSE, overrides: dict[datetime.date, Override] | None = None):
    return SessionCalendar(exchange, {2026}, DAYS, overrides or {})


def utc(day: datetime.date, hour: int, minute: int = 0) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(hour, minute), datetime.UTC)


def test_a_session_has_the_hours_of_its_exchange():
    assert calendar().session_of(MONDAY, "Asia/Tokyo") == Session(MONDAY, utc(MONDAY, 14, 30), utc(MONDAY, 21), False)


def test_closed_days_have_no_session():
    assert calendar().session_of(THANKSGIVING, NEW_YORK) is None
    assert calendar().session_of(SATURDAY, NEW_YORK) is None
    assert calendar().is_closed(THANKSGIVING)


def test_a_half_day_ends_early():
    assert calendar().session_of(FRIDAY, NEW_YORK) == Session(FRIDAY, utc(FRIDAY, 14, 30), utc(FRIDAY, 18), True)
    assert calendar().early_close(FRIDAY) == utc(FRIDAY, 18)
    assert calendar().early_close(MONDAY) is None


@pytest.mark.parametrize(
    ("day", "opens"),
    [
        (datetime.date(2026, 3, 6), 14),  # the clock is put forward on Sunday 8 March
        (datetime.date(2026, 3, 9), 13),
        (datetime.date(2026, 10, 30), 13),  # and back on Sunday 1 November
        (datetime.date(2026, 11, 2), 14),
    ],
)
def test_the_open_follows_the_clock_of_the_exchange(day: datetime.date, opens: int):
    session = calendar().session_of(day, "Europe/Berlin")

    assert session
    assert session.opens_at == utc(day, opens, 30)


@pytest.mark.parametrize(
    ("day", "opens", "closes"),
    [
        ("2026-04-24", "2026-04-23T22:00", "2026-04-24T21:00"),  # Cairo has no midnight on this day: it begins at 01:00
        ("2026-10-29", "2026-10-28T21:00", "2026-10-29T22:00"),  # the hour before midnight comes twice
    ],
)
def test_a_day_without_an_exchange_begins_with_the_clock_of_the_guild(day: str, opens: str, closes: str):
    session = calendar(Exchange.EVERY_DAY).session_of(datetime.date.fromisoformat(day), "Africa/Cairo")

    assert session
    assert session.opens_at == datetime.datetime.fromisoformat(f"{opens}Z")
    assert session.closes_at == datetime.datetime.fromisoformat(f"{closes}Z")


def test_a_missing_year_is_not_guessed_but_its_weekends_are_known():
    new_year = datetime.date(2027, 1, 1)

    with pytest.raises(MissingYearError) as raised:
        calendar().session_of(new_year, NEW_YORK)
    assert (raised.value.exchange, raised.value.year) == (Exchange.NYSE, 2027)
    with pytest.raises(MissingYearError):
        calendar().next_session_day(datetime.date(2026, 12, 31))
    assert not calendar().is_closed(new_year)
    assert calendar().early_close(new_year) is None
    assert calendar().is_closed(datetime.date(2027, 1, 2))


def test_the_next_session_skips_closed_days():
    assert calendar().next_session_day(THANKSGIVING - datetime.timedelta(days=1)) == FRIDAY
    assert calendar().next_session_day(FRIDAY) == MONDAY
    assert calendar(Exchange.EVERY_DAY).next_session_day(FRIDAY) == SATURDAY
    assert SessionCalendar(Exchange.WEEKDAYS).next_session_day(FRIDAY) == MONDAY


def test_an_override_is_stronger_than_the_exchange_the_weekend_and_a_missing_year():
    closes = utc(SATURDAY, 16)
    new_year = datetime.date(2027, 1, 1)
    overrides = {
        THANKSGIVING: Override(DayKind.OPEN),
        FRIDAY: Override(DayKind.CLOSED),
        SATURDAY: Override(DayKind.HALF_DAY, closes),
        new_year: Override(DayKind.CLOSED),
    }
    overridden = calendar(overrides=overrides)

    assert overridden.session_of(THANKSGIVING, NEW_YORK) == Session(
        THANKSGIVING, utc(THANKSGIVING, 14, 30), utc(THANKSGIVING, 21), False
    )
    assert overridden.session_of(FRIDAY, NEW_YORK) is None
    assert overridden.session_of(SATURDAY, NEW_YORK) == Session(SATURDAY, utc(SATURDAY, 14, 30), closes, True)
    assert overridden.session_of(new_year, NEW_YORK) is None
    assert overridden.next_session_day(THANKSGIVING) == SATURDAY


def test_thanksgiving_is_a_half_day_at_cme():
    days = corrected(Exchange.XCME, DAYS | {SATURDAY: DayKind.CLOSED})

    assert days == {THANKSGIVING: DayKind.HALF_DAY, FRIDAY: DayKind.HALF_DAY}
    assert corrected(Exchange.NYSE, DAYS) == DAYS
    chicago = SessionCalendar(Exchange.XCME, {2026}, days)
    assert chicago.early_close(THANKSGIVING) == utc(THANKSGIVING, 18)
