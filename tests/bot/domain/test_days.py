"""Days: what coaches write for them, and what is written for people."""

import contextlib
import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.days import (
    AmbiguousDayError,
    DateOrder,
    NotADayError,
    UnknownDayError,
    long_day,
    open_days,
    parse_day,
    short_day,
    written_forms,
)
from bot.domain.zones import today_in

SUNDAY = datetime.date(2026, 11, 22)
MONDAY = datetime.date(2026, 11, 23)


def meant(words: str, today: datetime.date, order: DateOrder | None) -> tuple[datetime.date, ...]:
    """The day; where the order of its numbers is not known, both that they can be."""
    try:
        return (parse_day(words, today, order),)
    except AmbiguousDayError as error:
        assert order is None, words
        return error.days


def test_a_day_is_written_with_its_weekday():
    assert long_day(MONDAY) == "Monday 23 November 2026"
    assert short_day(MONDAY) == "Mon 23 Nov"


@pytest.mark.parametrize(
    ("words", "day"),
    [
        (None, "2026-11-22"),
        ("", "2026-11-22"),
        ("  ", "2026-11-22"),
        ("today", "2026-11-22"),
        (" ToDay ", "2026-11-22"),
        ("tomorrow", "2026-11-23"),
        ("yesterday", "2026-11-21"),
        ("monday", "2026-11-23"),
        ("Fri", "2026-11-27"),
        ("sunday", "2026-11-22"),
        ("next sunday", "2026-11-29"),
        ("next  Friday", "2026-11-27"),
        ("last sunday", "2026-11-15"),
        ("last fri", "2026-11-20"),
        ("2026-11-23", "2026-11-23"),
        ("2027-1-5", "2027-01-05"),
        ("2024-02-29", "2024-02-29"),
        ("Mon 23 Nov", "2026-11-23"),
        ("Mon 23 Nov (tomorrow)", "2026-11-23"),
        ("Monday 23 November 2026", "2026-11-23"),
        ("Mon 23 Nov 2026", "2026-11-23"),
        ("nov 23", "2026-11-23"),
        ("November 23rd, 2026", "2026-11-23"),
        ("23 nov", "2026-11-23"),
        ("sept 1", "2026-09-01"),
        ("23.11.", "2026-11-23"),
        ("23.11", "2026-11-23"),
        ("1.2.2027", "2027-02-01"),
        ("11/23", "2026-11-23"),
        ("23/11", "2026-11-23"),
        ("11/23/26", "2026-11-23"),
        ("Nov. 23", "2026-11-23"),
        ("Fri.", "2026-11-27"),
        ("thur", "2026-11-26"),
        ("weds", "2026-11-25"),
        ("Sun 4 Jan", "2026-01-04"),
        ("Mon 4 Jan", "2027-01-04"),
        ("11/11", "2026-11-11"),
        ("fri 11/12", "2026-12-11"),
        ("tmrw", "2026-11-23"),
        ("this tues", "2026-11-24"),
        ("+1", "2026-11-23"),
        ("-1", "2026-11-21"),
        ("jan 2", "2027-01-02"),
        ("jul 1", "2026-07-01"),
        ("\uff12\uff10\uff12\uff16\uff0d\uff11\uff11\uff0d\uff12\uff13", "2026-11-23"),  # full-width
        ("\u200efri\u200bday\u200f", "2026-11-27"),
        ("\ufeff2026-11-23\u2069", "2026-11-23"),
        ("next\u00a0\uff26riday", "2026-11-27"),
    ],
)
def test_words_name_a_day(words: str | None, day: str):
    assert parse_day(words, SUNDAY) == datetime.date.fromisoformat(day)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("yesterdai", "“yesterdai” is not a day. Did you mean yesterday?"),
        ("wensday", "“wensday” is not a day. Did you mean wednesday?"),
        ("next frday", "“next frday” is not a day. Did you mean next friday?"),
        ("soon", "“soon” is not a day."),
        ("next", "“next” is not a day."),
        ("next 2026-11-23", "“next 2026-11-23” is not a day."),
        ("2024-02-30", "February 2024 has 29 days."),
        ("2026-11-00", "November 2026 has 30 days."),
        ("2026-13-01", "There is no month 13: a year has 12."),
        ("mon 22 nov", "22 November 2026 is a Sunday."),
        ("feb 29", "February 2026 has 28 days."),
        ("31/11", "November 2026 has 30 days."),
        ("31.2.", "February 2026 has 28 days."),
        ("13/32", "There is no month 32: a year has 12."),
        ("31", "“31” is not a day."),
        ("1.2.3", "“1.2.3” is not a day."),
        ("+1000", "“+1000” is not a day."),
        ("0026-11-23", "Plans are for the years 2000 to 2099."),
        ("\u0662026-11-23", "“\u0662026-11-23” is not a day."),
    ],
)
def test_words_that_name_no_day_are_refused(words: str, why: str):
    with pytest.raises(UnknownDayError) as refusal:
        parse_day(words, SUNDAY)

    assert refusal.value.why == why


def test_a_refusal_does_not_repeat_a_whole_essay():
    with pytest.raises(UnknownDayError) as refusal:
        parse_day("x" * 6000, SUNDAY)

    assert len(refusal.value.why) < 100


@pytest.mark.parametrize(
    ("order", "words", "day"),
    [
        (DateOrder.MONTH_FIRST, "11/12", "2026-11-12"),
        (DateOrder.DAY_FIRST, "11/12", "2026-12-11"),
        (DateOrder.MONTH_FIRST, "01/05/2027", "2027-01-05"),
        (DateOrder.DAY_FIRST, "01/05/2027", "2027-05-01"),
        (DateOrder.MONTH_FIRST, "11.12.", "2026-12-11"),
        (DateOrder.MONTH_FIRST, "23/11", "2026-11-23"),
        (DateOrder.DAY_FIRST, "11/23", "2026-11-23"),
    ],
)
def test_two_numbers_are_read_as_their_writer_writes_them(order: DateOrder, words: str, day: str):
    assert parse_day(words, SUNDAY, order) == datetime.date.fromisoformat(day)


def test_two_numbers_that_can_be_two_days_are_neither():
    with pytest.raises(AmbiguousDayError) as refusal:
        parse_day("11/12", SUNDAY)

    assert refusal.value.days == (datetime.date(2026, 11, 12), datetime.date(2026, 12, 11))


@given(
    st.dates(datetime.date(2001, 1, 1), datetime.date(2098, 1, 1)),
    st.integers(-150, 150),
    st.sampled_from((None, *DateOrder)),
)
def test_each_form_of_a_day_is_read_as_it(today: datetime.date, away: int, order: DateOrder | None):
    day = today + datetime.timedelta(days=away)

    for form in written_forms(day, today, order):
        assert day in meant(form.title(), today, order), form


@given(st.text(max_size=30), st.dates(datetime.date(2001, 1, 1), datetime.date(2098, 1, 1)))
def test_any_words_are_a_day_or_refused(words: str, today: datetime.date):
    with contextlib.suppress(UnknownDayError):
        assert 2000 <= parse_day(words, today).year < 2100


@given(st.dates(datetime.date(2000, 1, 1), datetime.date(2099, 12, 31)))
def test_a_written_date_is_read_back(day: datetime.date):
    assert parse_day(day.isoformat(), SUNDAY) == day


@given(st.dates(datetime.date(2001, 1, 1), datetime.date(2098, 1, 1)), st.integers(0, 6))
def test_next_and_last_leave_today_out(today: datetime.date, weekday: int):
    name = long_day(MONDAY + datetime.timedelta(days=weekday)).split()[0]

    assert (parse_day(name, today) - today).days in range(7)
    assert (parse_day(f"next {name}", today) - today).days in range(1, 8)
    assert (today - parse_day(f"last {name}", today)).days in range(1, 8)


def test_today_is_the_date_on_the_wall_of_the_guild():
    late = datetime.datetime(2026, 11, 23, 4, 59, tzinfo=datetime.UTC)

    assert today_in("America/New_York", late) == SUNDAY
    assert today_in("Europe/Berlin", late) == MONDAY


@pytest.mark.parametrize("count", [0, 1, 5, 6, 25])
def test_open_days_are_those_from_today_on_that_are_not_closed(count: int):
    for offset in range(7):
        today = SUNDAY + datetime.timedelta(days=offset)

        coming = open_days(today, count, lambda day: day.weekday() >= 5)
        past = open_days(today, count, lambda day: day.weekday() >= 5, step=-1)

        assert len(coming) == len(past) == count
        assert all(day.weekday() < 5 and day >= today for day in coming)
        assert all(day.weekday() < 5 and day <= today for day in past)
        assert coming == sorted(set(coming))
        assert past == sorted(set(past), reverse=True)


def test_the_next_session_is_the_calendar_s():
    assert parse_day("Next session", SUNDAY, next_session=lambda day: day + datetime.timedelta(days=4)) == (
        SUNDAY + datetime.timedelta(days=4)
    )
    with pytest.raises(NotADayError):
        parse_day("next session", SUNDAY)


@pytest.mark.parametrize("label", ["(today)", "(tomorrow, half day)", "(closed)", "(today, closed)"])
def test_what_is_said_of_an_offered_day_is_not_read(label: str):
    assert parse_day(f"Thu 26 Nov {label}", SUNDAY) == datetime.date(2026, 11, 26)
