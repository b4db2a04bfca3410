"""Sample charts for the tour: random candles of a day."""

import io
import random

from PIL import Image, ImageDraw

WIDTH, HEIGHT, STEP = 480, 270, 12
_UP, _DOWN, _PAPER = "#2e7d32", "#c62828", "#fafafa"


def candles(day: int) -> bytes:
    """Return a PNG of candles, always the same for a day."""
    chance = random.Random(day)  # noqa: S311 - not for cryptography
    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    drawn = ImageDraw.Draw(image)
    price = HEIGHT / 2
    for left in range(STEP, WIDTH - STEP, STEP):
        opened, price = price, min(max(price + chance.uniform(-18, 18), 30), HEIGHT - 30)
        color = _UP if price < opened else _DOWN
        low, high = sorted((opened, price))
        middle = left + STEP // 3
        drawn.line((middle, low - chance.uniform(0, 14), middle, high + chance.uniform(0, 14)), fill=color)
        drawn.rectangle((left, low, left + STEP * 2 // 3, high + 1), fill=color)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
