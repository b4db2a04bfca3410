"""Time zones: what a person means, and what is offered."""

import zoneinfo

import pytest

from bot.domain.errors import TimezoneError
from bot.service.timezones import suggestions, timezone_meant


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


@pytest.mark.parametrize(("typed", "first"), [("lon", "Europe/London"), ("NEW Y", "America/New_York"), ("utc", "UTC")])
def test_a_city_that_begins_so_is_offered_first(typed: str, first: str):
    assert suggestions(typed)[0].value == first


@pytest.mark.parametrize("typed", ["", "a", "america", "zzz"])
def test_at_most_25_are_offered_and_each_is_there(typed: str):
    offered = suggestions(typed)

    assert len(offered) <= 25
    assert all(zoneinfo.ZoneInfo(each.value) and each.label for each in offered)
    assert bool(offered) is (typed != "zzz")


def test_each_that_is_offered_is_taken():
    for letter in "abcdefghijklmnopqrstuvwxyz":
        for each in suggestions(letter):
            assert timezone_meant(each.value) == each.value
