"""The charts that a change was about, with their numbers."""

import pytest

from bot.domain.values import Chart
from bot.service.records.chart_changes import chart_changes

A, B, C = (Chart(letter * 64, f"{letter}.png", "image/png", 9, 9, 9) for letter in "abc")
CAPTIONED = Chart("b" * 64, "b.png", "image/png", 9, 9, 9, "the open")


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ((), (A, B), [("added", [(1, A), (2, B)])]),
        ((A,), (A, B, C), [("added", [(2, B), (3, C)])]),
        ((A, B, C), (A, C), [("removed", [(2, B)])]),
        ((A, B), (B, C), [("added", [(2, C)]), ("removed", [(1, A)])]),
        ((A, B), (A, CAPTIONED), [("captioned", [(2, CAPTIONED)])]),
        ((A, B, C), (C, A, B), [("moved", [(1, C)])]),
        ((A, B, C), (B, C, A), [("moved", [(3, A)])]),
        ((A, B, C), (C, B, A), []),
        ((A, B), (A, B), []),
        ((), (), []),
    ],
)
def test_the_changed_charts_are_found(before, after, changed):
    found = chart_changes(before, after)

    assert [(each.change, [(file.number, file.chart) for file in each.charts]) for each in found] == changed
