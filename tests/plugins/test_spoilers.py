"""Charts that are hidden until a reader opens them, and files with the names and descriptions of their owners."""

import pytest

from sandbox.driver import Seen
from sandbox.messages import user_actions
from sandbox.world.entities import Upload
from tests import image_samples
from tests.conftest import Room, card_of

pytestmark = pytest.mark.usefixtures("bot")

MEDIA_GALLERY = 12


def upload(name: str, description: str | None = None, *, is_spoiler: bool = False) -> Upload:
    data = image_samples.png(seed=len(name))
    return Upload(name, data, description=description, is_spoiler=is_spoiler)


def items(seen: Seen) -> list[tuple[str, bool]]:
    """Return the pictures in a message's galleries: description, and whether it is hidden."""
    galleries = [each for each in seen.components if each["type"] == MEDIA_GALLERY]
    return [(item["description"], item["spoiler"]) for gallery in galleries for item in gallery["items"]]


async def test_spoilers_stay_spoilers_wherever_the_plan_is_shown(room: Room):
    files = {"chart1": upload("SPOILER_nq.png"), "chart2": upload("график.png"), "chart3": upload("es.png", "the open")}
    posted = await room.dana.slash("plan post", text="Long above 945", **files)
    card = await card_of(room.dana, posted)
    expected = [("nq.png", True), ("график.png", False), ("the open", False)]
    assert items(card) == expected
    assert items(await room.mia.slash("plan show")) == expected

    await room.dana.submit(await room.dana.slash("plan edit"), Plan="Long above 950")
    await room.shows("Long above 950")

    assert items(card) == expected
    assert "3. the open" in card.text


async def test_what_is_said_of_a_spoiler_is_one_too(room: Room):
    """Its description came with the picture, and Discord shows it to nobody who has not opened the picture."""
    chart = upload("nq.png", "long | https://example.com/a||b", is_spoiler=True)
    posted = await room.dana.slash("plan post", text="Long above 945", chart1=chart)
    hidden = "1. ||long \\| https\\://example.com/a\\|\\|b||"

    assert hidden in (await card_of(room.dana, posted)).text
    assert hidden in (await room.mia.slash("plan show")).text
    assert hidden in (await room.mia.slash("chart list")).text
    await room.dana.slash("chart remove", chart="1")
    assert hidden in (await room.mia.slash("history diff")).text


async def test_a_message_with_spoilers_becomes_a_plan_with_spoilers(room: Room):
    files = [upload("nq.png", is_spoiler=True), upload("es-60m.png", "x " * 300), upload("SPOILER_график.png", "  ")]
    message = room.dana.send("Long 945", files)

    await room.dana.submit(await room.dana.message_action("Save as plan", message))

    card = await room.shows("Long 945", "Posted <t:")
    (first, *first_kind), (second, *second_kind), (third, *third_kind) = items(card)
    assert (first, third) == ("nq.png", "график.png")
    assert (first_kind, second_kind, third_kind) == ([True], [False], [True])
    assert second.endswith("x\N{HORIZONTAL ELLIPSIS}")
    assert len(second) <= 100


async def test_what_a_program_hides_stays_hidden(room: Room):
    gallery = {"type": MEDIA_GALLERY, "items": [{"media": {"url": "attachment://nq.png"}, "description": "the open"}]}
    hidden = {"type": 17, "components": [{"type": 10, "content": "CPI ||08:30|| in"}, gallery], "spoiler": True}
    item = {"media": {"url": "attachment://es-60m.png"}, "spoiler": True}
    shown = {"type": MEDIA_GALLERY, "items": [item, {"media": {"url": "attachment://g.png"}}]}
    alert = user_actions.say_by_webhook(
        *(room.discord.sandbox.world, "Alerts", room.channel, ""),
        [upload(name) for name in ("nq.png", "es-60m.png", "g.png")],
        components=[hidden, shown],
    )

    await room.dana.submit(await room.dana.message_action("Save as plan", alert))

    card = await room.shows("||CPI 08:30 in||", "Posted <t:")
    assert items(card) == [("the open", True), ("es-60m.png", True), ("g.png", False)]
