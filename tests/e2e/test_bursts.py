"""Many people act at once: all are acknowledged in Discord's time, and all are served, once."""

import datetime
import sqlite3
from collections.abc import Iterable
from contextlib import closing

from sandbox.driver import Person, Seen, menu
from sandbox.interactions.invoke import Interaction
from sandbox.world.entities import Upload
from tests import image_samples
from tests.conftest import Discord, Room, make_room, today
from tests.processes import BotProcess
from tests.rounds import rounds

SHOWS = rounds(60, 1000)
ROOMS, POSTS = rounds(2, 10), rounds(8, 20)
"""Of the posts, so many in each server: more drafts at once are refused."""


async def begin(person: Person, inner: str, **options: menu.Value) -> Interaction:
    """Use a command of the group `plan`, and wait for no answer."""
    [command] = [each for each in person.sandbox.world.commands.values() if each.name == "plan"]
    filled, uploads = menu.filled_in(command, [inner], options)
    return await person.sandbox.interactions.invoke_command(person.user, person.channel, command, filled, uploads)


async def answers(discord: Discord, sent: Iterable[Interaction], words: str) -> list[Seen]:
    """Wait until each is answered with these words, or not at all in Discord's time."""

    def is_open(interaction: Interaction) -> bool:
        return not interaction.dead and words not in _seen(interaction).text

    waiting = list(sent)
    done = list(waiting)

    def all_done() -> bool:
        waiting[:] = [each for each in waiting if is_open(each)]
        return not waiting

    await discord.until(all_done)
    return [_seen(each) for each in done]


async def test_a_burst_of_readers_is_answered(discord: Discord, bot: BotProcess, room: Room):
    await room.dana.slash("plan post", text="Long above 945")

    sent = [await begin(room.mia, "show", coach="d") for _ in range(SHOWS)]

    shown = await answers(discord, sent, "Long above 945")
    assert ["945" in each.text and each.ephemeral and not each.followups for each in shown] == [True] * SHOWS


async def test_a_burst_of_posts_with_charts_is_saved_once(discord: Discord, bot: BotProcess):
    rooms = [make_room(discord) for _ in range(ROOMS)]

    sent = [
        await begin(
            room.dana,
            "post",
            text=f"plan {number}",
            day=(today() + datetime.timedelta(number)).isoformat(),
            chart1=Upload("chart.png", image_samples.png(seed=number)),
        )
        for number in range(POSTS)
        for room in rooms
    ]

    receipts = await answers(discord, sent, "Posted")
    assert ["with 1 chart" in each.text for each in receipts] == [True] * len(sent)
    for room in rooms:
        assert saved(discord, room) == [(f"plan {number}", 1) for number in range(POSTS)]


def saved(discord: Discord, room: Room) -> list[tuple[str, int]]:
    """The texts of a server's plans, and how many charts each has."""
    query = "SELECT text, (SELECT count(*) FROM plan_charts WHERE plan_id = p.id) FROM coach_plans p WHERE guild_id = ?"
    with closing(sqlite3.connect(discord.folder / "book.db")) as connection:
        return connection.execute(f"{query} ORDER BY day", (room.guild.id,)).fetchall()


def _seen(interaction: Interaction) -> Seen:
    return Seen(interaction.original, interaction)
