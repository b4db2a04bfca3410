"""Days and moments as the predecessor wrote them."""

import datetime
import zoneinfo

import pytest

from bot.service.predecessor.date_parsing import DateError, read_day, read_moment
from storage.shown_text import quoted

NEW_YORK = zoneinfo.ZoneInfo("America/New_York")
FIFTH = datetime.date(2024, 1, 5)


@pytest.mark.parametrize(
    "words",
    [
        *("2024-1-5", "2024-01-05", " 2024/1/05 ", "2024.1.5", "20240105", "2024-01-05 00:00:00", "2024-01-05T00:00"),
        *("5 Jan 2024", "05-JAN-2024", "5 January, 2024", "Jan 5, 2024", "january 5th 2024", "2024-Jan-05"),
        *("Fri 2024-1-5", "Friday, January 5, 2024", "fri. 5 jan 2024", "Jan.  5 2024"),
    ],
)
def test_a_day_is_read_in_many_forms(words: str):
    assert read_day(words) == FIFTH


@pytest.mark.parametrize(
    ("words", "day"),
    [("13/05/2024", "2024-05-13"), ("5/13/2024", "2024-05-13"), ("05.05.2024", "2024-05-05"), ("2024-2-29", None)],
)
def test_a_day_that_only_one_reading_fits_is_read(words: str, day: str | None):
    assert read_day(words) == datetime.date.fromisoformat(day or "2024-02-29")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("01/05/2024", "in two ways"),
        ("5.1.2024", "in two ways"),
        ("24-1-5", "in several ways"),
        ("1/5/24", "in several ways"),
        ("2024-13-1", "not in the calendar"),
        ("2023-2-29", "not in the calendar"),
        ("13/13/2024", "not in the calendar"),
        ("2024-1/5", "not a day"),
        ("Mon 2024-1-5", "is a Friday"),
        ("1999-1-5", "not in the years"),
        ("0001-1-1", "not in the years"),
        ("2024-1-5 09:31", "not a day"),
        ("2024-1", "not a day"),
        ("tomorrow", "not a day"),
        ("\u0662\u0660\u0662\u0664-1-5", "not a day"),
        ("2024-1-5\0", "not a day"),
        ("1704445200", "not a day"),
        ("9" * 10_000_000, "too long"),
        ("", "it is empty"),
        (None, "it is empty"),
        (" \n", "it is empty"),
    ],
)
def test_a_day_that_is_none_or_may_be_another_is_refused(words: str | None, why: str):
    with pytest.raises(DateError, match=why):
        read_day(words)


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("2024-01-05 08:55:00", "13:55:00"),
        ("2024-1-5 8:55", "13:55:00"),
        ("2024-01-05T08:55:01.25", "13:55:01.250"),
        ("2024-01-05 08:55:01.123456789", "13:55:01.123456"),
        ("2024/1/5, 8:55 PM", "01:55:00+1"),
        ("Jan 5, 2024 at 12:05 a.m.", "05:05:00"),
        ("Fri Jan 5 2024 8am", "13:00:00"),
        ("20240105T085500", "13:55:00"),
        ("20240105 0855", "13:55:00"),
        ("2024-01-05T08:55:00Z", "08:55:00"),
        ("2024-01-05 08:55:00 UTC", "08:55:00"),
        ("2024-01-05 08:55:00+01:00", "07:55:00"),
        ("2024-01-05 08:55 -0330", "12:25:00"),
        ("13/01/2024 08:55", "13:55:00+8"),
    ],
)
def test_a_moment_is_read_in_many_forms(words: str, moment: str):
    time, _, later = moment.partition("+")
    day = FIFTH + datetime.timedelta(days=int(later or 0))
    expected = datetime.datetime.fromisoformat(f"{day}T{time}+00:00")

    read = read_moment(words, NEW_YORK)

    assert read.instants == (expected,)
    assert not read.is_in_gap


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("2024-01-05", "not a day with a time"),
        ("2024-01-05 8", "not a day with a time"),
        ("2024-01-05 855", "not a day with a time"),
        ("01/05/2024 08:55", "in two ways"),
        ("2024-01-05 24:00", "no clock shows"),
        ("2024-01-05 08:60", "no clock shows"),
        ("2024-01-05 13:00 pm", "no such hour"),
        ("2024-01-05 08:55+15:00", "no clock has"),
        ("1704445200", "not a day with a time"),
        ("soon", "not a day with a time"),
        (None, "it is empty"),
    ],
)
def test_a_moment_that_is_none_or_may_be_another_is_refused(words: str | None, why: str):
    with pytest.raises(DateError, match=why):
        read_moment(words, NEW_YORK)


def test_a_time_in_the_gap_is_what_it_would_have_been_without_the_change():
    read = read_moment("2024-03-10 02:30", NEW_YORK)

    assert read.is_in_gap
    assert read.instants == (datetime.datetime(2024, 3, 10, 7, 30, tzinfo=datetime.UTC),)


def test_of_a_repeated_time_the_first_is_taken_that_is_not_before_what_came_before():
    first, second = (datetime.datetime(2024, 11, 3, hour, 30, tzinfo=datetime.UTC) for hour in (5, 6))
    read = read_moment("2024-11-03 01:30", NEW_YORK)

    assert (read.instants, read.is_twice) == ((first, second), True)
    assert read.after(None) == read.after(first) == first
    assert read.after(first + datetime.timedelta(minutes=1)) == second
    assert read.after(second + datetime.timedelta(days=1)) == second


@pytest.mark.parametrize(
    ("words", "seen"),
    [(None, "nothing"), ("a\nb\0", r"“a\nb\x00”"), ("\udcff", r"“\udcff”"), ("x" * 99, f"“{'x' * 40}…”")],
)
def test_what_is_shown_is_one_short_line(words: str | None, seen: str):
    assert quoted(words) == seen
