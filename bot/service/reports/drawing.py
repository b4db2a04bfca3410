"""Drawing of plots with Pillow, in colors for Discord's dark theme and at twice the displayed size."""

import dataclasses
import io
import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import accumulate, pairwise

from PIL import Image, ImageDraw, ImageFont

from bot.service.reports.plot import Panel, Plot, Series

WIDTH = 1000
MARGIN = 36
AREA_HEIGHT = 260
"""Height of the bars, without the labels."""
LINE = 42
"""From one line of text to the next."""
TEXT_SIZE, NUMBER_SIZE, HEADING_SIZE = 28, 24, 32
MAX_BARS_WIDTH = 140
"""Maximum width of one week's bars, which matters with few weeks."""
MAX_NAME = 30
"""Characters."""

BACKGROUND = "#2b2d31"
GRID = "#45474d"
MUTED = "#b5bac1"
BRIGHT = "#f2f3f5"
COLORS = ("#5b9dff", "#f5a142", "#43c59e", "#f2698a", "#b892ff", "#f4d35e", "#5ed3f3", "#9a9ea6")

WRITABLE = frozenset(map(chr, range(0x20, 0x7F))) | frozenset("«»°±·\u2018\u2019\u201c\u201d")
"""Characters of Pillow's built-in font: ASCII, and quotation marks."""
_UNITS = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "k"))


def draw(plot: Plot) -> bytes:
    """Return the plot as a PNG."""
    blocks = [_Block(panel, plot.weeks) for panel in plot.panels]
    image = Image.new("RGB", (WIDTH, MARGIN + sum(block.height for block in blocks)), BACKGROUND)
    canvas = ImageDraw.Draw(image)
    top = MARGIN
    for block in blocks:
        block.draw(canvas, top)
        top += block.height
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def label_of(series: Series) -> str:
    """Return the series' key and name in characters of the font, without a name in another script."""
    name = _writable(series.name)
    if name is None:
        return series.key or "?"
    cut = name if len(name) <= MAX_NAME else name[: MAX_NAME - 3].rstrip() + "..."
    return ": ".join(part for part in (series.key, cut) if part) or "?"


def compact(number: int) -> str:
    """Return the number in at most five characters if it is below 1,000 trillion: `9,876`, `12.3k`."""
    for size, unit in _UNITS:
        if number >= max(size, 10**4):
            whole, tenths = divmod(number // (size // 10), 10)  # cut: 999,999 is 999k, not 1000k
            return f"{whole:,}{unit}" if whole >= 100 or not tenths else f"{whole}.{tenths}{unit}"
    return f"{number:,}"


@dataclasses.dataclass(frozen=True, slots=True)
class Scale:
    """The axis from 0 up."""

    step: int
    """Between two lines."""
    top: int

    @classmethod
    def up_to(cls, largest: int) -> "Scale":
        """Return a scale of three to five round steps, or fewer for small numbers."""
        power = 1
        while True:
            for factor in (1, 2, 5):
                step = factor * power
                if step * 5 >= largest:
                    return cls(step, max(1, -(-largest // step)) * step)
            power *= 10

    def pixels(self, value: int) -> int:
        """Return the height of a value."""
        return value * AREA_HEIGHT // self.top


class _Block:
    """A panel and its place in the picture: heading, legend, bars, weeks."""

    def __init__(self, panel: Panel, weeks: tuple[str, ...]) -> None:
        self._panel = panel
        self._weeks = weeks
        values = tuple(zip(*(series.values for series in panel.series), strict=True)) or ((),) * len(weeks)
        if len(values) != len(weeks):
            raise ValueError(f"{panel.heading}: {len(values)} values for {len(weeks)} weeks")
        self._stacks = [(each,) if panel.is_stacked else tuple((value,) for value in each) for each in values]
        totals = [sum(stack) for stacks in self._stacks for stack in stacks]
        self._scale = Scale.up_to(max(totals, default=0))
        ticks = range(0, self._scale.top + 1, self._scale.step)
        self._left = MARGIN + max(_text_width(compact(tick)) for tick in ticks) + 16
        self._slot = (WIDTH - MARGIN - self._left) / max(1, len(weeks))
        abreast = max((len(stacks) for stacks in self._stacks), default=0) or 1
        self._bar = min(self._slot * 0.75, MAX_BARS_WIDTH) / abreast
        self._has_totals = all(_text_width(compact(each), NUMBER_SIZE) < self._slot * 0.9 / abreast for each in totals)
        self._legend = _flow([label_of(series) for series in panel.series])

    @property
    def height(self) -> int:
        """Pixels, with the margin below."""
        return LINE * (len(self._legend) + 3) + AREA_HEIGHT + MARGIN

    def draw(self, canvas: ImageDraw.ImageDraw, top: int) -> None:
        """Draw the panel from `top` down."""
        canvas.text((MARGIN, top), self._panel.heading, BRIGHT, _font(HEADING_SIZE))
        self._draw_legend(canvas, top + LINE)
        bottom = top + LINE * (len(self._legend) + 2) + AREA_HEIGHT
        self._draw_grid(canvas, bottom)
        for number, stacks in enumerate(self._stacks):
            self._draw_week(canvas, number, stacks, bottom)
        self._draw_weeks(canvas, bottom + 12)

    def _draw_legend(self, canvas: ImageDraw.ImageDraw, top: int) -> None:
        number = 0
        for row in self._legend:
            for x, label in row:
                canvas.rectangle((x, top + 9, x + 19, top + 28), _color(number))
                canvas.text((x + 30, top + 4), label, MUTED, _font())
                number += 1
            top += LINE

    def _draw_grid(self, canvas: ImageDraw.ImageDraw, bottom: int) -> None:
        for tick in range(0, self._scale.top + 1, self._scale.step):
            y = bottom - self._scale.pixels(tick)
            canvas.line((self._left, y, WIDTH - MARGIN, y), GRID, 2)
            canvas.text((self._left - 16, y), compact(tick), MUTED, _font(), anchor="rm")

    def _draw_week(
        self, canvas: ImageDraw.ImageDraw, week: int, stacks: tuple[tuple[int, ...], ...], bottom: int
    ) -> None:
        x = self._middle(week) - self._bar * len(stacks) / 2
        color = 0
        for stack in stacks:
            left, right = round(x), round(x + self._bar) - (2 if self._bar > 12 else 1)
            for below, above in pairwise(accumulate(stack, initial=0)):
                low, high = bottom - self._scale.pixels(below), bottom - self._scale.pixels(above)
                if high < low:
                    gap = 1 if low - high > 4 else 0
                    canvas.rectangle((left, high + gap, max(left, right), low - 1), _color(color))
                color += 1
            if self._has_totals and sum(stack):
                y = bottom - self._scale.pixels(sum(stack)) - 6
                canvas.text((x + self._bar / 2, y), compact(sum(stack)), BRIGHT, _font(NUMBER_SIZE), anchor="ms")
            x += self._bar

    def _draw_weeks(self, canvas: ImageDraw.ImageDraw, top: int) -> None:
        """Write as many weeks as fit, counted back from the last."""
        widest = max((_text_width(label) for label in self._weeks), default=0) + 8
        step = -(-widest // max(1, int(self._slot)))
        for week in range(len(self._weeks) - 1, -1, -step):
            canvas.text((self._middle(week), top), self._weeks[week], MUTED, _font(), anchor="ma")

    def _middle(self, week: int) -> float:
        return self._left + (week + 0.5) * self._slot


def _flow(labels: Iterable[str]) -> list[list[tuple[int, str]]]:
    """Return rows of labels with their positions from the left."""
    rows: list[list[tuple[int, str]]] = []
    x = WIDTH
    for label in labels:
        width = 30 + _text_width(label) + 36
        if x + width - 36 > WIDTH - MARGIN:
            rows.append([])
            x = MARGIN
        rows[-1].append((x, label))
        x += width
    return rows


def _writable(text: str) -> str | None:
    """Return the text in characters of the font; None: it has letters or digits that the font lacks."""
    written: list[str] = []
    for character in unicodedata.normalize("NFKD", text):
        category = unicodedata.category(character)
        if character in WRITABLE:
            written.append(character)
        elif category[0] in "LN":
            return None
        elif category[0] in "PZ" or category == "Cc":
            written.append("-" if category == "Pd" else " ")
    return " ".join("".join(written).split())


def _color(number: int) -> str:
    return COLORS[number % len(COLORS)]


def _text_width(text: str, size: int = TEXT_SIZE) -> int:
    return int(_font(size).getlength(text)) + 1


@cache
def _font(size: int = TEXT_SIZE) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("this Pillow was built without FreeType")
    return font
