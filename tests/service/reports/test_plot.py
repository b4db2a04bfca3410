"""Series of a plot: which have a color of their own."""

from bot.service.reports.plot import Series, largest_first


def test_the_smallest_series_are_joined_where_they_are_too_many_to_tell_apart():
    series = [Series(str(number), (number, 1)) for number in range(10)]

    found = largest_first(series)

    assert [each.name for each in found] == ["9", "8", "7", "6", "5", "4", "3", "3 others"]
    assert found[-1].values == (0 + 1 + 2, 3)
    assert len(largest_first(series[:8])) == 8


def test_a_series_without_anything_is_left_out():
    assert largest_first([Series("idle", (0, 0)), Series("d", (0, 1))]) == (Series("d", (0, 1)),)
