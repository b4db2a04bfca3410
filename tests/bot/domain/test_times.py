"""Moments: what people ask about a plan's past, and how a moment is written for them."""

import contextlib
import datetime
import zoneinfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.days import WEEKDAYS, parse_day
from bot.domain.times import RepeatedTimeError, UnknownMomentError, exact_moment, parse_moment, short_moment

NEW_YORK, LONDON, KOLKATA = "America/New_York", "Europe/London", "Asia/Kolkata"
LORD_HOWE = "Australia/Lord_Howe"
"""Its clocks are changed by half an hour."""
MOSCOW = "Europe/Moscow"
"""In October 2014 its clocks were put back, and MSK was the name of the time before and after."""
PYONGYANG = "Asia/Pyongyang"
"""On 4 May 2018 half an hour before midnight was left out."""
HAVANA = "America/Havana"
"""Its clocks are put forward at midnight."""
ZONES = (NEW_YORK, LONDON, LORD_HOWE, KOLKATA, MOSCOW, PYONGYANG, HAVANA, "UTC")
SUNDAY = datetime.date(2026, 11, 22)
NOW = datetime.datetime(2026, 11, 22, 15, 0, 30, 5, tzinfo=datetime.UTC)
"""Sunday, 10:00:30 in New York."""
TWICE_ET = ["2026-11-01 1:30 ET", "1:30 et 2026-11-01"]
WRITE = "Write 09:31, friday 16:00, 2026-11-20 09:31 or 20 minutes ago."


def utc(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC)


def found(words: str, timezone: str) -> list[datetime.datetime]:
    """The one moment that the words mean, or both."""
    try:
        return [parse_moment(words, timezone, NOW)]
    except RepeatedTimeError as twice:
        return [twice.first, twice.second]


@pytest.mark.parametrize(
    ("local", "each"),
    [
        ("2026-11-22 09:31", ["09:31", "9:31", "9.31", "0931", "931", "9:31am", " 9:31  AM ", "9:31\u202fAM"]),
        ("2026-11-22 09:31", ["at 09:31", "9 : 31", "\uff10\uff19\uff1a\uff13\uff11", "9:31 est", "09:31:00"]),
        ("2026-11-22 09:31", ["\u200e09:31\u200f", "9\u200b:31\ufeff", "\u2066sunday\u2069\uff0c 9:31"]),
        ("2026-11-22 09:31:20", ["09:31:20", "9:31:20 am", "2026-11-22T09:31:20", "2026-11-22t09:31:20.000"]),
        ("2026-11-22 21:30", ["9:30 p.m.", "930pm", "21h30", "21.30", "9.30 pm"]),
        ("2026-11-22 16:00", ["4pm", "4 PM", "16h", "1600"]),
        ("2026-11-22 12:00", ["Noon", "12pm"]),
        ("2026-11-22 00:00", ["midnight", "sunday midnight", "12am", "0:00"]),
        ("2026-11-21 16:00", ["yesterday 16:00", "16:00 YESTERDAY", "yesterday at 4 pm"]),
        ("2026-11-20 09:31", ["on friday, 9:31", "9:31 fri", "last friday 09:31", "09:31 last friday"]),
        ("2026-11-20 09:31", ["2026-11-20 09:31", "09:31 2026-11-20", "2026-11-20T09:31", "2026-11-20T09:31:00"]),
        (
            "2026-11-20 09:31",
            ["Fri 20 Nov 2026 09:31 EST", "9:31 fri 20 nov", "nov 20 9:31", "20.11. 9:31", "9:31 20.11"],
        ),
        ("2026-11-20 23:59:59.999999", ["Fri 20 Nov 2026", "20 nov 2026", "20.11.2026", "11/20"]),
        ("2026-11-21 09:31", ["-1 9:31", "9:31 nov 21 2026", "11/21 9:31"]),
        ("2026-11-20 09:31", ["9:31 EST friday", "9:31 friday EST", "friday 9:31am est"]),
    ],
)
def test_words_name_a_moment_on_the_clocks_of_the_guild(local: str, each: list[str]):
    meant = datetime.datetime.fromisoformat(local).replace(tzinfo=zoneinfo.ZoneInfo(NEW_YORK))

    moments = [parse_moment(words, NEW_YORK, NOW) for words in each]

    assert moments == [meant] * len(each)
    assert all(moment.tzinfo is datetime.UTC for moment in moments)


@pytest.mark.parametrize("timezone", ZONES)
@pytest.mark.parametrize(
    ("meant", "each"),
    [
        ("2026-11-20 09:31", ["2026-11-20T09:31Z", "9:31 UTC 2026-11-20", "2026-11-20T10:31+01:00"]),
        ("2026-11-20 09:31:00.123", ["2026-11-20T09:31:00.123Z", "2026-11-20T04:31:00.123-0500"]),
        ("2026-11-20 16:01", ["2026-11-20 9:31 pm +5:30", "2026-11-20 21:31 +0530"]),
        ("2026-11-22 09:31", ["09:31Z", "9:31 utc", "09:31 +0"]),
        ("2026-11-22 23:42:42", ["<t:1795390962>", "<t:1795390962:f>", "<T:1795390962:R>"]),
        ("2026-11-22 15:00:30.000005", ["Now", " now "]),
        ("2026-11-22 14:40:30.000005", ["20 minutes ago", "20m ago", "20 MINS ago", "20min ago"]),
        ("2026-11-22 14:59:30.000005", ["1 minute ago", "a minute ago", "00:59:30.000005 -14"]),
        ("2026-11-22 13:00:30.000005", ["2 hours ago", "2h ago", "2 hrs ago"]),
        ("2026-11-22 14:00:30.000005", ["An hour ago", "1 hour ago", "1 hr ago"]),
    ],
)
def test_some_words_mean_the_same_moment_everywhere(meant: str, each: list[str], timezone: str):
    now = NOW.astimezone(zoneinfo.ZoneInfo(timezone))

    moments = [parse_moment(words, timezone, now) for words in each]

    assert moments == [utc(meant)] * len(each)
    assert all(moment.tzinfo is datetime.UTC for moment in moments)


@pytest.mark.parametrize(
    ("words", "timezone", "moment"),
    [
        ("2026-07-20 09:31 bst", LONDON, "2026-07-20 08:31"),
        ("2026-11-20 09:31", LORD_HOWE, "2026-11-19 22:31"),
        ("2026-07-20 09:31", LORD_HOWE, "2026-07-19 23:01"),
        ("2026-11-20 09:31 IST", KOLKATA, "2026-11-20 04:01"),
        ("2026-11-20 14:00 ChST", "Pacific/Guam", "2026-11-20 04:00"),
        ("9:31", LORD_HOWE, "2026-11-22 22:31"),
        ("9:31 utc", LORD_HOWE, "2026-11-22 09:31"),
    ],
)
def test_the_time_zone_says_when_its_clocks_show_a_time(words: str, timezone: str, moment: str):
    assert parse_moment(words, timezone, NOW) == utc(moment)


def test_a_time_without_a_day_is_on_the_day_that_is_asked_about():
    assert parse_moment("09:31", NEW_YORK, NOW, datetime.date(2026, 7, 20)) == utc("2026-07-20 13:31")
    assert parse_moment("09:31Z", NEW_YORK, NOW, datetime.date(2026, 7, 20)) == utc("2026-07-20 09:31")
    assert parse_moment("yesterday 09:31", NEW_YORK, NOW, datetime.date(2026, 7, 20)) == utc("2026-11-21 14:31")
    assert parse_moment("an hour ago", NEW_YORK, NOW, datetime.date(2026, 7, 20)) == NOW - datetime.timedelta(hours=1)


@pytest.mark.parametrize(
    ("words", "day", "since", "meant"),
    [
        ("09:31", "2026-11-22", "2026-11-20 12:00", "2026-11-22 14:31"),
        ("09:31", "2026-11-23", "2026-11-20 12:00", "2026-11-22 14:31"),
        ("16:00", "2026-11-22", "2026-11-20 12:00", "2026-11-21 21:00"),
        ("16:00", "2026-11-29", "2026-11-21 21:00", "2026-11-21 21:00"),
        ("16:00", "2026-11-22", "2026-11-21 21:01", "2026-11-22 21:00"),
        ("16:00 UTC", "2026-11-22", "2026-11-20 12:00", "2026-11-21 16:00"),
        ("16:00", "2026-11-19", "2026-11-18 12:00", "2026-11-19 21:00"),
        ("today 16:00", "2026-11-22", "2026-11-20 12:00", "2026-11-22 21:00"),
    ],
)
def test_a_time_that_is_still_to_come_is_the_last_such_time(words: str, day: str, since: str, meant: str):
    assert parse_moment(words, NEW_YORK, NOW, datetime.date.fromisoformat(day), since=utc(since)) == utc(meant)


@pytest.mark.parametrize(
    ("now", "meant"),
    [
        ("2026-11-01 05:29", "2026-11-01 05:30"),
        ("2026-11-01 05:30", "2026-11-01 05:30"),
        ("2026-11-01 06:29", "2026-11-01 05:30"),
        ("2026-11-01 06:30", None),
    ],
)
def test_of_a_repeated_hour_only_what_is_past_is_asked_about(now: str, meant: str | None):
    said = ("1:30", NEW_YORK, utc(now), datetime.date(2026, 11, 1))
    if meant:
        assert parse_moment(*said) == utc(meant)
    else:
        with pytest.raises(RepeatedTimeError):
            parse_moment(*said)


@pytest.mark.parametrize(
    ("words", "timezone", "last"),
    [
        ("today", NEW_YORK, "2026-11-22 15:00:30.000005"),
        ("yesterday", LORD_HOWE, "2026-11-22 12:59:59.999999"),
        ("friday", NEW_YORK, "2026-11-21 04:59:59.999999"),
        ("last sunday", KOLKATA, "2026-11-15 18:29:59.999999"),
        ("2026-11-01", NEW_YORK, "2026-11-02 04:59:59.999999"),
        ("tomorrow", "UTC", "2026-11-23 23:59:59.999999"),
        ("2018-05-04", PYONGYANG, "2018-05-04 14:59:59.999999"),
        ("2006-10-28", "America/St_Johns", "2006-10-29 03:29:59.999999"),
    ],
)
def test_a_day_without_a_time_is_its_end_and_today_is_now(words: str, timezone: str, last: str):
    assert parse_moment(words, timezone, NOW) == utc(last)


@pytest.mark.parametrize("timezone", ZONES)
@given(st.dates(datetime.date(2001, 1, 1), datetime.date(2037, 1, 1)))
@example(datetime.date(2018, 5, 4))
def test_a_microsecond_after_a_days_end_it_is_another_day(timezone: str, day: datetime.date):
    last = parse_moment(day.isoformat(), timezone, NOW.replace(year=2050))

    after = last + datetime.timedelta(microseconds=1)

    assert last.astimezone(zoneinfo.ZoneInfo(timezone)).date() == day
    assert after.astimezone(zoneinfo.ZoneInfo(timezone)).date() == day + datetime.timedelta(days=1)


@given(st.dates(datetime.date(2001, 1, 1), datetime.date(2098, 1, 1)), st.integers(0, 6), st.booleans())
def test_a_weekday_is_the_latest_one_and_today_counts(today: datetime.date, weekday: int, brief: bool):
    name = WEEKDAYS[weekday][:3] if brief else WEEKDAYS[weekday]
    now = datetime.datetime.combine(today, datetime.time(12), datetime.UTC)

    noon = parse_moment(f"{name} noon", "UTC", now)

    assert noon.weekday() == weekday
    assert (now - noon).days in range(7)


@pytest.mark.parametrize("words", ["today", "tomorrow", "yesterday", "next friday", "last fri", "2027-1-5"])
def test_other_days_are_those_that_plans_are_for(words: str):
    assert parse_moment(f"{words} 09:31", "UTC", NOW).date() == parse_day(words, SUNDAY)


@pytest.mark.parametrize(
    ("words", "timezone", "missing", "change"),
    [
        ("2026-03-08 2:30", NEW_YORK, "Sun 8 Mar 2026 has no 02:30", "from 02:00 to 03:00"),
        ("2026-03-08 2:00 EST", NEW_YORK, "Sun 8 Mar 2026 has no 02:00", "from 02:00 to 03:00"),
        ("2026-03-29 1:59:59.5", LONDON, "Sun 29 Mar 2026 has no 01:59", "from 01:00 to 02:00"),
        ("2026-10-04 2:15", LORD_HOWE, "Sun 4 Oct 2026 has no 02:15", "from 02:00 to 02:30"),
        ("2026-03-08 midnight", HAVANA, "Sun 8 Mar 2026 has no 00:00", "from 00:00 to 01:00"),
    ],
)
def test_a_time_that_the_clock_leaves_out_is_refused(words: str, timezone: str, missing: str, change: str):
    with pytest.raises(UnknownMomentError) as refusal:
        parse_moment(words, timezone, NOW)

    assert refusal.value.why == f"{missing}: the clock is put forward {change}. Write a time before or after."


@pytest.mark.parametrize(
    ("words", "timezone", "times"),
    [
        ("2026-11-01 1:30", NEW_YORK, {"EDT": "2026-11-01 05:30", "EST": "2026-11-01 06:30"}),
        ("2026-10-25 01:00", LONDON, {"BST": "2026-10-25 00:00", "GMT": "2026-10-25 01:00"}),
        ("2026-04-05 1:45", LORD_HOWE, {"+11": "2026-04-04 14:45", "+1030": "2026-04-04 15:15"}),
        ("2014-10-26 1:30", MOSCOW, {"+0400": "2014-10-25 21:30", "+0300": "2014-10-25 22:30"}),
    ],
)
def test_a_time_that_the_clock_shows_twice_needs_a_name(words: str, timezone: str, times: dict[str, str]):
    with pytest.raises(RepeatedTimeError) as refusal:
        parse_moment(words, timezone, NOW)

    assert [refusal.value.first, refusal.value.second] == [utc(moment) for moment in times.values()]
    assert refusal.value.first.tzinfo is refusal.value.second.tzinfo is datetime.UTC
    for name, moment in times.items():
        assert f" {name}" in refusal.value.why
        assert parse_moment(f"{words} {name.lower()}", timezone, NOW) == utc(moment)
        assert short_moment(utc(moment), timezone).endswith(f" {name}")


@pytest.mark.parametrize(
    ("why", "each"),
    [
        (f"“{{}}” is not a time. {WRITE}", ["at", "9", "9:31pmm", "9:31 9:32", "31 November"]),
        (f"“{{}}” is not a time. {WRITE}", ["friday 9:31 friday", "9:31 EST EDT", "12 noon", "foo"]),
        (f"“{{}}” is not a time. {WRITE}", ["year 1", "soon", "\u0660\u0669:\u0663\u0661", "2026-11", "2026-1122"]),
        (f"“wensday” is not a day. Did you mean wednesday? {WRITE}", ["wensday", "wensday 9:31", "9:31 wensday"]),
        (f"Which time? {WRITE}", ["", " , ", "\u3000\n"]),
        (f"February 2026 has 28 days. {WRITE}", ["2026-02-30", "2026-02-30T09:31Z"]),
        (
            f"Plans are for the years 2000 to 2099. {WRITE}",
            ["0001-01-01 9:31", "<t:0>", "<t:9999999999999>", "999999h ago"],
        ),
        (f"There is no {{}}: hours are 0 to 23. {WRITE}", ["25:00", "24:00", "99h"]),
        (f"There is no {{}}: minutes and seconds are 0 to 59. {WRITE}", ["9:61", "9:31:60", "0960", "9.99"]),
        (f"There is no {{}}: with am and pm, hours are 1 to 12. {WRITE}", ["13pm", "0:30am", "0am"]),
        (
            f"No clock is +15:00 from UTC: offsets are like -05:00, up to 14 hours. {WRITE}",
            ["9:31 +15:00", "9:31+15:00"],
        ),
        (f"No clock is +05:75 from UTC: offsets are like -05:00, up to 14 hours. {WRITE}", ["9:31 +05:75"]),
        (f"“edt” is neither a day nor the time in {NEW_YORK} on Sun 22 Nov 2026 at 09:31: write EST.", ["9:31 EDT"]),
        (f"“et” is neither a day nor the time in {NEW_YORK} on Sun 1 Nov 2026 at 01:30: write EDT or EST.", TWICE_ET),
    ],
)
def test_words_that_name_no_moment_are_refused(why: str, each: list[str]):
    for words in each:
        with pytest.raises(UnknownMomentError) as refusal:
            parse_moment(words, NEW_YORK, NOW)

        assert refusal.value.why == str(refusal.value) == why.format(words)


@pytest.mark.parametrize("essay", ["x" * 200, "9" * 200, "x" * 55, "\ufdfa" * 6000, "9:31" + " at" * 50])
def test_a_refusal_does_not_repeat_a_whole_essay(essay: str):
    with pytest.raises(UnknownMomentError) as refusal:
        parse_moment(essay, NEW_YORK, NOW)

    assert refusal.value.why.index("”") <= 42


PIECES = st.sampled_from(
    [
        *"0123456789:.,tzhapm+- ",
        *("2026-11-01", "2026-03-08", "2014-10-26", "1:30", "2:30", "0:15", "23:59", "EST"),
        *("last", "next", "today", "fri", "am", "pm", "noon", "midnight", "now", "ago", "min", "<t:", ">", "utc", "on"),
    ]
)


@given(st.text(max_size=70) | st.lists(PIECES, max_size=12).map("".join) | st.lists(PIECES, max_size=6).map(" ".join))
@pytest.mark.parametrize("timezone", ZONES)
def test_any_words_are_a_moment_or_refused(timezone: str, words: str):
    with contextlib.suppress(UnknownMomentError):
        moments = found(words, timezone)

        assert moments == sorted(set(moments))
        assert all(moment.tzinfo is datetime.UTC and 1999 <= moment.year <= 2100 for moment in moments)


@pytest.mark.parametrize(
    ("timezone", "day", "missing", "repeated"),
    [
        (NEW_YORK, "2026-11-20", 0, 0),
        (NEW_YORK, "2026-11-01", 0, 60),
        (NEW_YORK, "2026-03-08", 60, 0),
        (LONDON, "2026-10-25", 0, 60),
        (LONDON, "2026-03-29", 60, 0),
        (LORD_HOWE, "2026-04-05", 0, 30),
        (LORD_HOWE, "2026-10-04", 30, 0),
        (MOSCOW, "2014-10-26", 0, 60),
        (KOLKATA, "2026-11-01", 0, 0),
    ],
)
def test_each_moment_of_a_day_is_found_again(timezone: str, day: str, missing: int, repeated: int):
    zone = zoneinfo.ZoneInfo(timezone)
    start = datetime.datetime.fromisoformat(f"{day} 00:00").replace(tzinfo=zone).astimezone(datetime.UTC)
    span = (start + datetime.timedelta(minutes=minute) for minute in range(1600))
    minutes = [moment for moment in span if moment.astimezone(zone).date().isoformat() == day]
    twice = 0

    assert len(minutes) == 1440 - missing + repeated
    for moment in minutes:
        if moment.astimezone(zone).hour > 3 and moment.minute % 15:
            continue  # clocks change at night
        written = f"{day} {moment.astimezone(zone):%H:%M}"
        moments = found(written, timezone)
        twice += len(moments) - 1
        assert moment in moments
        assert found(f"{written} {short_moment(moment, timezone).split()[-1]}", timezone) == [moment]

    assert twice == 2 * repeated
    assert len({short_moment(moment, timezone) for moment in minutes}) == len(minutes)


@pytest.mark.parametrize(
    ("moment", "timezone", "written"),
    [
        ("2026-11-23 14:31", NEW_YORK, "Mon 23 Nov 2026 09:31 EST"),
        ("2026-11-23 14:31", LORD_HOWE, "Tue 24 Nov 2026 01:31 +11"),
        ("2026-11-23 14:31", "UTC", "Mon 23 Nov 2026 14:31 UTC"),
        ("2014-10-26 12:00", MOSCOW, "Sun 26 Oct 2014 15:00 MSK"),
    ],
)
def test_a_moment_is_written_with_its_time_zone(moment: str, timezone: str, written: str):
    assert (short_moment(utc(moment), timezone), exact_moment(utc(moment), timezone)) == (written, written)


@pytest.mark.parametrize(("second", "micro", "time"), [(30, 0, "09:31:30"), (0, 1, "09:31:00.000001")])
def test_an_exact_moment_has_the_seconds_that_the_short_one_leaves_out(second: int, micro: int, time: str):
    moment = utc("2026-11-23 14:31").replace(second=second, microsecond=micro)

    assert exact_moment(moment, NEW_YORK) == f"Mon 23 Nov 2026 {time} EST"
    assert short_moment(moment, NEW_YORK) == "Mon 23 Nov 2026 09:31 EST"
