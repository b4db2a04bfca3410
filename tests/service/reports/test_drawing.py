"""Drawn plots: labels that can be read, bars in proportion, nothing over the edge."""

import io

import pytest
from PIL import Image, ImageDraw, ImageFont

from bot.service.reports.drawing import BACKGROUND, COLORS, WRITABLE, Scale, compact, draw, label_of
from bot.service.reports.plot import Panel, Plot, Series

EDGE = 4


def plot_of(*series: Series, is_stacked: bool = True) -> Plot:
    weeks = tuple(f"W{number:02}" for number in range(len(series[0].values) if series else 12))
    return Plot(weeks, (Panel("Plans posted", series, is_stacked),) * 2)


def drawn(plot: Plot) -> Image.Image:
    with Image.open(io.BytesIO(draw(plot)), formats=["PNG"]) as picture:
        return picture.convert("RGB")


def color_of(text: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(text.removeprefix("#")))


def pixels_of(picture: Image.Image, color: str) -> int:
    counts = {found: count for count, found in picture.getcolors(picture.width * picture.height) or []}
    return counts.get(color_of(color), 0)


def glyph(character: str) -> bytes:
    image = Image.new("L", (80, 80))
    ImageDraw.Draw(image).text((20, 20), character, 255, ImageFont.load_default(40))
    return image.tobytes()


def coaches(count: int, weeks: int, value: int) -> tuple[Series, ...]:
    return tuple(Series("W" * 100, (value,) * weeks, f"coach_{number}") for number in range(count))


@pytest.mark.parametrize("is_stacked", [True, False])
@pytest.mark.parametrize(
    "series",
    [(), coaches(1, 0, 0), coaches(1, 1, 1), coaches(3, 12, 0), coaches(8, 12, 10**15), coaches(8, 104, 9999)],
    ids=["no series", "no week", "one week", "nothing done", "huge counts", "two years"],
)
def test_nothing_runs_over_the_edge(series: tuple[Series, ...], is_stacked: bool):
    picture = drawn(plot_of(*series, is_stacked=is_stacked))

    inner = (EDGE, EDGE, picture.width - EDGE, picture.height - EDGE)
    picture.paste(BACKGROUND, inner)
    assert picture.getcolors() == [(picture.width * picture.height, color_of(BACKGROUND))]


@pytest.mark.parametrize("is_stacked", [True, False])
def test_bars_are_as_large_as_their_numbers(is_stacked: bool):
    picture = drawn(plot_of(Series("d", (6, 4)), Series("s", (2, 3)), is_stacked=is_stacked))
    swatches = 2 * 20 * 20

    first, second = (pixels_of(picture, color) - swatches for color in COLORS[:2])

    assert first / second == pytest.approx(2, rel=0.03)
    assert not pixels_of(picture, COLORS[2])


def test_the_font_has_each_character_that_is_written():
    lacking = glyph("\U0010ffff")

    assert [each for each in sorted(WRITABLE) if glyph(each) == lacking] == []


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Coach D (Day Trading)", "d: Coach D (Day Trading)"),
        ("Andr\u00e9\u2019s \u2013 NQ", "d: Andre\u2019s - NQ"),
        ("\U0001f4c8 Moon \U0001f3f4\u200d\u2620\ufe0f", "d: Moon"),
        ("Z\u0351\u036b\u0343a\u0348l\u0322go", "d: Zalgo"),
        ("two\nlines\x00\x1b[31m\ud800", "d: two lines [31m"),
        ("$x^2$ _hidden %s {}", "d: $x^2$ _hidden %s {}"),
        ("n" * 31, "d: " + "n" * 27 + "..."),
        ("\u041a\u043e\u0443\u0447", "d"),
        ("Coach \u65e5\u672c", "d"),
        ("\u05e9\u05dc\u05d5\u05dd", "d"),
        ("", "d"),
    ],
)
def test_a_label_has_the_name_if_the_font_can_write_it_and_the_key_in_any_case(name: str, label: str):
    assert label_of(Series(name, (1,), "d")) == label


@pytest.mark.parametrize(("name", "label"), [("edits", "edits"), ("\u65e5", "?"), ("", "?")])
def test_a_label_without_a_key_is_the_name(name: str, label: str):
    assert label_of(Series(name, (1,))) == label


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (9_999, "9,999"),
        (10_000, "10k"),
        (12_345, "12.3k"),
        (999_999, "999k"),
        (1_000_000, "1M"),
        (4_560_000_000, "4.5B"),
    ],
)
def test_large_numbers_are_short(number: int, text: str):
    assert compact(number) == text


@pytest.mark.parametrize(
    ("largest", "step", "top"),
    [(0, 1, 1), (1, 1, 1), (5, 1, 5), (6, 2, 6), (11, 5, 15), (103, 50, 150), (10**9, 2 * 10**8, 10**9)],
)
def test_a_scale_has_round_steps_and_room_for_the_largest(largest: int, step: int, top: int):
    assert Scale.up_to(largest) == Scale(step, top)
