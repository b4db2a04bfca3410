"""Templates: placeholders are replaced, and the result is never too long."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.templates import PLACEHOLDERS, filled

DAY = datetime.date(2026, 11, 26)
_PARTS = st.sampled_from([*PLACEHOLDERS, "{LAST}", "{la\u017ft}", "{", "}", "x", "\n", "👩\u200d💻"])


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{weekday}, {day}: {coach}", "Thursday, 26 November 2026: Coach {day}"),  # each is replaced once
        ("Before:\n{last}", "Before:\nlong {coach}\nstop"),
        ("{Day}{DAY}", "26 November 202626 November 2026"),  # as phones capitalize
        ("{ day } {days} {} {{day}} {year}", "{ day } {days} {} {26 November 2026} {year}"),
        ("no placeholder", "no placeholder"),
        ("{la\u017ft}", "{la\u017ft}"),
    ],
)
def test_placeholders_are_replaced_and_other_braces_stay(template: str, text: str):
    assert filled(template, DAY, "Coach {day}", "long {coach}\nstop", 4000) == text


@pytest.mark.parametrize(
    ("template", "last", "text"),
    [
        ("a{last}z", "long text", "along…z"),
        ("{last}{last}", "long text", "lon…lon…"),
        ("12345678{last}", "long text", "1234567…"),
        ("123456789", "", "1234567…"),
        ("{last}", "x" * 8, "x" * 8),
        ("{last}z", "ab👩\u200d💻👩\u200d💻👩\u200d💻", "ab👩\u200d💻…z"),  # no emoji is split
    ],
)
def test_the_end_of_the_last_plan_is_cut_off_where_the_text_would_be_too_long(template: str, last: str, text: str):
    assert filled(template, DAY, "Coach D", last, 8) == text


@given(st.lists(_PARTS, max_size=12).map("".join), st.text(max_size=30), st.integers(1, 60))
def test_the_result_fits_whatever_the_template(template: str, last: str, limit: int):
    assert len(filled(template, DAY, "Coach D", last, limit)) <= limit
