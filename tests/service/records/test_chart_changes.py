"""The charts that a change was about, with their numbers."""

import pytest

from bot.domain.values import Chart
from bot.service.records.chart_changes import changed_charts

A, B, C = (Chart(letter * 64, f"{letter}.png", "image/png", 9, 9, 9) for letter in "abc")
CAPTIONED = Chart("b" * 64, "b.png", "image/png", 9, 9, 9, "the open")


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ((A,), (A, B, C), [(2, B), (3, C)]),
        ((A, B, C), (A, C), [(2, B)]),
        ((A, B), (A, CAPTIONED), [(2, CAPTIONED)]),
        ((A, B, C), (C, A, B), [(1, C)]),
        ((A, B, C), (B, C, A), [(3, A)]),
        ((A, B, C), (C, B, A), []),
        ((A, B), (A, B), []),
        ((), (), []),
    ],
)
def test_the_changed_charts_are_found(before, after, changed):
    assert [(each.number, each.chart) for each in changed_charts(before, after)] == changed
