"""Time zones: what a person means, and what is offered."""

import zoneinfo

import pytest

from bot.domain.errors import TimezoneError
from bot.domain.timezone_abbreviations import TIMEZONE_ABBREVIATIONS
from bot.service.timezones import suggestions, timezone_meant
from tests.rounds import rounds


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Europe/London", "Europe/London"),
        (" europe/london ", "Europe/London"),
        ("London", "Europe/London"),
        ("new york", "America/New_York"),
        ("New_York", "America/New_York"),
        ("buenos aires", "America/Argentina/Buenos_Aires"),
        ("utc", "UTC"),
        ("Etc/GMT-3", "Etc/GMT-3"),
        ("EST", "America/New_York"),
        ("edt", "America/New_York"),
        ("\uff25\uff33\uff34", "America/New_York"),
        ("new york\u200b", "America/New_York"),
        ("ET", "America/New_York"),
        ("Eastern", "America/New_York"),
        ("eastern time", "America/New_York"),
        ("MST", "America/Denver"),
        ("HST", "Pacific/Honolulu"),
        ("PST", "America/Los_Angeles"),
        ("CET", "Europe/Berlin"),
    ],
)
def test_a_name_or_a_city_is_a_time_zone(words: str, name: str):
    assert timezone_meant(words) == name


@pytest.mark.parametrize(
    "words", ["", " ", "Mars/Base", "Europe", "../../etc/passwd", "/etc/localtime", "Europe/London\x00", "x" * 6000]
)
def test_what_is_no_time_zone_is_refused(words: str):
    with pytest.raises(TimezoneError):
        timezone_meant(words)


def test_a_slip_of_the_finger_is_recognised():
    with pytest.raises(TimezoneError, match="Did you mean Europe/London"):
        timezone_meant("Lodnon")


@pytest.mark.parametrize("words", ["EST5", "XYZ"])
def test_nothing_is_suggested_for_what_is_like_no_time_zone(words: str):
    with pytest.raises(TimezoneError, match="Type a city"):
        timezone_meant(words)


@pytest.mark.parametrize(("typed", "first"), [("lon", "Europe/London"), ("NEW Y", "America/New_York"), ("utc", "UTC")])
def test_a_city_that_begins_so_is_offered_first(typed: str, first: str):
    assert suggestions(typed)[0].value == first


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("EST", ["America/New_York", "America/Toronto", "America/Panama"]),
        ("MST", ["America/Denver", "America/Phoenix"]),
        ("CST", ["America/Chicago"]),
        ("CET", ["Europe/Berlin", "Europe/Paris"]),
        ("easte", ["America/New_York"]),
        ("pac", ["America/Los_Angeles"]),
        ("gmt", ["UTC", "Europe/London"]),
    ],
)
def test_the_places_of_a_time_are_offered_the_likeliest_first(typed: str, first: list[str]):
    assert [each.value for each in suggestions(typed)][: len(first)] == first


def test_each_place_of_a_time_is_a_time_zone():
    assert {place for places in TIMEZONE_ABBREVIATIONS.values() for place in places} <= zoneinfo.available_timezones()


@pytest.mark.parametrize("typed", ["", "a", "america", "zzz"])
def test_at_most_25_are_offered_and_each_is_there(typed: str):
    offered = suggestions(typed)

    assert len(offered) <= 25
    assert all(zoneinfo.ZoneInfo(each.value) and each.label for each in offered)
    assert bool(offered) is (typed != "zzz")


def test_each_that_is_offered_is_taken():
    for letter in "abcdefghijklmnopqrstuvwxyz"[:: rounds(5, 1)]:
        for each in suggestions(letter):
            assert timezone_meant(each.value) == each.value
