"""A result is compared with its target, and costs are drawn by size."""

from xml.etree import ElementTree

import pytest

from bench.results import Result, plot


@pytest.mark.parametrize(
    ("result", "ratio", "is_met"),
    [
        (Result("show", 90, "µs", 30, "bare SQL", 3.0), 3.0, True),
        (Result("show", 91, "µs", 30, "bare SQL", 3.0), 91 / 30, False),
        (Result("posts", 35, "/s", 100, "bare SQL", 0.35, is_rate=True), 0.35, True),
        (Result("posts", 34, "/s", 100, "bare SQL", 0.35, is_rate=True), 0.34, False),
        (Result("open", 50, "ms", target=50), None, True),
        (Result("open", 51, "ms", target=50), None, False),
        (Result("resident, bare bot", 56, "MiB"), None, None),
    ],
)
def test_a_result_meets_its_target_by_its_ratio_or_by_itself(result: Result, ratio: float | None, is_met: bool | None):
    assert (result.ratio, result.is_met) == (ratio, is_met)


def test_the_plot_has_a_line_for_each_request_with_a_point_for_each_size():
    curves = {"show": {1_000: 90.0, 10_000: 95.0}, "post": {1_000: 400.0, 10_000: 410.0}}
    svg = ElementTree.fromstring(plot(curves))  # noqa: S314 - of our own making

    lines = [each.attrib["points"].split() for each in svg if each.tag.endswith("polyline")]
    assert [len(points) for points in lines] == [2, 2]
    assert {"show", "post", "1,000 plans"} <= {each.text for each in svg}
