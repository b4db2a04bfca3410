"""An interaction that Discord delivers again, however late, changes nothing and leaves nothing behind."""

import contextlib
import sqlite3
from collections.abc import Awaitable, Callable

import pytest

from bot.interactions.client import REMEMBERED
from sandbox.driver import Seen
from sandbox.interactions.interaction import InteractionStarted
from sandbox.world.entities import Upload
from sandbox.world.events import Event
from tests import image_samples
from tests.conftest import Discord, Room, card_of
from tests.processes import BotProcess

NOTHING = "You have no drafts"


def chart(seed: int = 1) -> Upload:
    return Upload(f"{seed}.png", image_samples.png(seed=seed))


def remember(discord: Discord) -> list[Event]:
    """Collect what is delivered from now on."""
    delivered: list[Event] = []

    def observe(event: Event) -> None:
        if isinstance(event, InteractionStarted):
            delivered.append(event)

    discord.sandbox.world.observers.append(observe)
    return delivered


async def start(discord: Discord) -> BotProcess:
    return await (await BotProcess.start("run", env=discord.settings())).ready()


async def deliver_again(room: Room, bot: BotProcess, events: list[Event]) -> BotProcess:
    """Deliver the events once more, let the bot finish, and give another bot on the same database."""
    for event in tuple(events):
        room.discord.sandbox.world.dispatch(event)
    await room.mia.slash("plan show", coach="i")
    assert await bot.stop() == 0, bot.output
    assert not [each for each in bot.events if each["event"] == "failed"], bot.output
    return await start(room.discord)


async def refused_post(room: Room, **options: str) -> Seen:
    """Post something with a picture, and wait until it is refused and given back."""
    seen = await room.dana.slash("plan post", text="Long above 945", chart1=chart(), **options)
    assert seen.interaction
    await seen.interaction.until(lambda: bool(seen.buttons))
    return seen


async def post_with_chart(room: Room) -> None:
    await card_of(room.dana, await room.dana.slash("plan post", text="Long above 945", chart1=chart()))


async def post_by_form(room: Room) -> None:
    form = await room.dana.slash("plan post", chart1=chart())
    await card_of(room.dana, await room.dana.submit(form, Plan="Long above 945"))


async def post_what_was_refused(room: Room) -> None:
    form = await room.dana.click(await refused_post(room, coach="x"), "Edit and resend")
    await card_of(room.dana, await room.dana.submit(form, Coach=["d"]))


async def replace_with_a_draft(room: Room) -> None:
    await room.dana.slash("plan post", text="first")
    await card_of(room.dana, await room.dana.click(await refused_post(room), "Replace text, add chart"))


@pytest.mark.parametrize("act", [post_with_chart, post_by_form, post_what_was_refused, replace_with_a_draft])
async def test_what_is_delivered_again_after_a_restart_leaves_no_draft(
    own_discord: Discord, own_room: Room, act: Callable[[Room], Awaitable[None]]
):
    bot = await start(own_discord)
    delivered = remember(own_discord)
    await act(own_room)
    shown = [seen.text for seen in own_room.cards()]
    await bot.stop()
    bot = await start(own_discord)

    bot = await deliver_again(own_room, bot, delivered)

    assert NOTHING in (await own_room.dana.slash("plan drafts")).text
    assert [seen.text for seen in own_room.cards()] == shown
    await bot.stop()


async def test_what_is_delivered_again_after_many_others_leaves_no_draft(own_discord: Discord, own_room: Room):
    bot = await start(own_discord)
    delivered = remember(own_discord)
    await post_with_chart(own_room)
    first = delivered.copy()
    for _ in range(REMEMBERED + 10):
        await own_room.mia.slash("plan show", coach="i")

    bot = await deliver_again(own_room, bot, first)

    assert NOTHING in (await own_room.dana.slash("plan drafts")).text
    assert len(own_room.cards()) == 1
    await bot.stop()


async def test_a_refused_text_that_is_delivered_again_is_one_draft(own_discord: Discord, own_room: Room):
    bot = await start(own_discord)
    delivered = remember(own_discord)
    await refused_post(own_room, coach="x")
    await bot.stop()
    bot = await start(own_discord)

    bot = await deliver_again(own_room, bot, delivered)

    drafts: Seen = await own_room.dana.slash("plan drafts")
    assert len(set(drafts.choices)) == 1
    await bot.stop()


async def test_what_was_saved_and_not_answered_is_answered_when_it_comes_again(own_discord: Discord, own_room: Room):
    bot = await start(own_discord)
    await own_room.dana.slash("plan post", text="first")
    refused = await own_room.dana.slash("plan post", text="Long above 945")
    delivered = remember(own_discord)
    own_discord.sandbox.faults.lose_request("POST", "*/callback", count=9)
    await own_discord.sandbox.interactions.press(
        own_room.dana.user, refused.shown, refused.button("Replace text")["custom_id"]
    )
    await own_room.shows("Long above 945")
    bot.process.kill()
    await bot.ended()
    own_discord.sandbox.faults.clear()
    bot = await start(own_discord)

    own_discord.sandbox.world.dispatch(delivered[0])

    await own_discord.until(lambda: any("already saved" in seen.text for seen in own_room.dana.see()))
    assert NOTHING in (await own_room.dana.slash("plan drafts")).text
    await bot.stop()


async def test_a_change_that_changed_nothing_offers_no_undo_when_it_comes_again(own_discord: Discord, own_room: Room):
    bot = await start(own_discord)
    charts = {f"chart{number}": chart(number) for number in (1, 2)}
    card = await card_of(own_room.dana, await own_room.dana.slash("plan post", text="Long above 945", **charts))
    panel = await own_room.dana.click(card, "More\N{HORIZONTAL ELLIPSIS}")
    delivered = remember(own_discord)
    own_discord.sandbox.faults.lose_request("POST", "*/callback", count=9)
    menu = next(each for each in panel.selects if each.get("placeholder") == "Move to first")
    press = await own_discord.sandbox.interactions.press(
        own_room.dana.user, panel.shown, menu["custom_id"], [menu["options"][0]["value"]]
    )
    with contextlib.closing(sqlite3.connect(own_discord.folder / "book.db")) as database:
        done = "SELECT count(*) FROM operations WHERE id = ?"
        await own_discord.until(lambda: database.execute(done, [press.id]).fetchone() == (1,))
    bot.process.kill()
    await bot.ended()
    own_discord.sandbox.faults.clear()
    bot = await start(own_discord)

    own_discord.sandbox.world.dispatch(delivered[0])

    await own_discord.until(lambda: "Nothing changed:" in panel.text)
    assert "Undo" not in panel.buttons
    await bot.stop()
