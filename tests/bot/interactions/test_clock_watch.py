"""The machine's clock against Discord's: a delay is not taken for a wrong clock."""

import datetime

import pytest

from bot.interactions.clock_watch import error_in


@pytest.mark.parametrize(
    ("seconds", "error"),
    [
        ([], None),
        ([0.1, 0.2, 3.0], None),
        ([-1.0, -2.0], None),
        ([400.0], None),
        ([400.0, 30.0], None),
        ([400.0, 30.0, 0.2], None),
        ([9.0, 8.0, 30.0], 8.0),
        ([-6.0], -6.0),
        ([0.1, -6.0], -6.0),
        ([86_400.0], 86_400.0),
    ],
)
def test_the_least_delayed_interaction_tells(seconds: list[float], error: float | None):
    found = error_in([datetime.timedelta(seconds=each) for each in seconds])

    assert found == (None if error is None else datetime.timedelta(seconds=error))
