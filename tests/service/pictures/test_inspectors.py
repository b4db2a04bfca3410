"""Several processes look at pictures: one server's crafted ones leave one of them to others."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.service.pictures.formats.errors import ImageError
from bot.service.pictures.inspectors import MIN_COUNT, Inspectors
from tests import image_samples
from tests.service.scene import DANA, IVAN, elsewhere


@pytest.fixture
async def inspectors() -> AsyncIterator[Inspectors]:
    opened = Inspectors(10**6, count=1)
    yield opened
    await opened.close()


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    """A file that has no end: whoever reads it waits for more."""
    path = tmp_path / "endless"
    os.mkfifo(path)
    return path


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.png"
    path.write_bytes(image_samples.png())
    return path


async def test_another_servers_picture_passes_those_that_hang(inspectors: Inspectors, good: Path, endless: Path):
    hanging = [asyncio.create_task(inspectors.strip_and_inspect(endless, actor)) for actor in (DANA, DANA, IVAN)]

    facts = [await inspectors.strip_and_inspect(good, elsewhere(DANA)) for _ in range(MIN_COUNT)]

    assert [each.width for each in facts] == [64, 64]
    assert not any(each.done() for each in hanging)
    for each in hanging:
        each.cancel()
    await asyncio.gather(*hanging, return_exceptions=True)
    assert (await inspectors.strip_and_inspect(good, DANA)).width == 64


async def test_those_that_are_closed_look_at_nothing(inspectors: Inspectors, good: Path, endless: Path):
    looking = asyncio.create_task(inspectors.strip_and_inspect(endless, DANA))
    await inspectors.strip_and_inspect(good, elsewhere(DANA))

    await inspectors.close()

    with pytest.raises(ImageError):
        await looking
    with pytest.raises(ImageError):
        await inspectors.strip_and_inspect(good, DANA)
