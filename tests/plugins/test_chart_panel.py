"""The panel of a plan's charts is updated in place after each change, and names what is gone by no internal id."""

import pytest

from sandbox.driver import Seen
from sandbox.world.entities import Upload
from tests import image_samples
from tests.conftest import Room, card_of

pytestmark = pytest.mark.usefixtures("bot")

REMOVE, FIRST, CAPTION = "Remove a chart", "Move to first", "Caption a chart"
MORE = "More\N{HORIZONTAL ELLIPSIS}"


async def plan_with_charts(room: Room, count: int) -> Seen:
    charts = {f"chart{n}": Upload(f"{n}.png", image_samples.png(seed=n)) for n in range(1, count + 1)}
    return await card_of(room.dana, await room.dana.slash("plan post", text="Long above 945", **charts))


def listed(panel: Seen) -> list[str]:
    """The charts that the panel lists, and that the last of its menus offers as well."""
    offered = [option["label"].replace(": ", ". ") for option in panel.selects[-1]["options"]] if panel.selects else []
    lines = [line for line in panel.text.splitlines() if line[:2] in ("1.", "2.", "3.")]
    assert lines == offered
    return lines


async def shows(room: Room, panel: Seen, *lines: str) -> None:
    """Wait until the panel lists exactly these charts: where its card takes a while, it is updated a little later."""
    await room.discord.until(lambda: listed(panel) == list(lines))


async def test_the_panel_shows_each_change_that_is_made_from_it(room: Room):
    panel = await room.dana.click(await plan_with_charts(room, 3), MORE)
    await shows(room, panel, "1. 1.png", "2. 2.png", "3. 3.png")

    await room.dana.select(panel, "2: 2.png", menu=REMOVE)
    await shows(room, panel, "1. 1.png", "2. 3.png")
    assert "removed · " in panel.text
    await room.dana.click(panel, "Undo")
    await shows(room, panel, "1. 1.png", "2. 2.png", "3. 3.png")
    await room.dana.select(panel, "3: 3.png", menu=FIRST)
    await shows(room, panel, "1. 3.png", "2. 1.png", "3. 2.png")
    form = await room.dana.select(panel, "2: 1.png", menu=CAPTION)
    await room.dana.submit(form, text="the open")
    await shows(room, panel, "1. 3.png", "2. the open", "3. 2.png")
    await room.dana.select(panel, "1: 3.png", menu=FIRST)
    await room.discord.until(lambda: "Nothing changed" in panel.text)
    assert "Undo" not in panel.buttons
    await room.dana.select(panel, "1: 3.png", menu=REMOVE)
    await shows(room, panel, "1. the open", "2. 2.png")
    await room.dana.select(panel, "1: the open", menu=REMOVE)
    await shows(room, panel, "1. 2.png")
    await room.dana.select(panel, "1: 2.png", menu=REMOVE)
    await shows(room, panel)

    assert "0 charts" in panel.text
    await room.dana.click(panel, "Undo")
    await shows(room, panel, "1. 2.png")
    assert len([seen for seen in room.dana.see() if seen.ephemeral and "Export" in seen.buttons]) == 1


async def test_a_chart_that_is_gone_is_told_and_the_panel_refreshed(room: Room):
    card = await plan_with_charts(room, 3)
    removing, captioning, writing, undoing = [await room.dana.click(card, MORE) for _ in range(4)]
    form = await room.dana.select(writing, "1: 1.png", menu=CAPTION)
    await room.dana.select(undoing, "3: 3.png", menu=FIRST)
    await shows(room, undoing, "1. 3.png", "2. 1.png", "3. 2.png")
    offered = dict(await room.dana.autocomplete("chart remove", coach="d", chart=""))
    await room.dana.slash("chart remove", chart=offered["2: 1.png"])

    for panel, act in (
        (removing, room.dana.select(removing, "1: 1.png", menu=REMOVE)),
        (captioning, room.dana.select(captioning, "1: 1.png", menu=CAPTION)),
        (writing, room.dana.submit(form, text="the open")),
    ):
        await act
        await shows(room, panel, "1. 3.png", "2. 2.png")
        assert "That chart is no longer on" in panel.text
    assert "the open" in writing.text
    await room.dana.click(undoing, "Undo")
    await shows(room, undoing, "1. 3.png", "2. 2.png")
    assert "Not undone: " in undoing.text
    refused = await room.dana.slash("chart remove", chart=offered["2: 1.png"])

    assert "That chart is no longer on" in refused.text
    assert "picture-" not in "".join(seen.text for seen in (refused, removing, captioning, writing))


async def test_the_panel_of_a_plan_that_is_gone_says_so(room: Room):
    card = await plan_with_charts(room, 2)
    removing, captioning = [await room.dana.click(card, MORE) for _ in range(2)]
    await room.dana.click(await room.dana.slash("plan delete"), "Delete")

    await room.dana.select(removing, "1: 1.png", menu=REMOVE)
    await room.dana.select(captioning, "1: 1.png", menu=CAPTION)

    for panel in (removing, captioning):
        assert "no longer exists" in panel.text
        assert not panel.selects
