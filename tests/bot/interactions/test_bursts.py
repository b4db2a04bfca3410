"""More interactions at once than are handled, in the real bot: each is acknowledged in time, and handled once."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.interactions.turn_order import LONG_QUEUE
from sandbox.driver import Person, Seen
from sandbox.interactions.interaction import Interaction, InteractionStarted, ResponseKind
from sandbox.world.events import Event
from tests import plugin_code
from tests.conftest import Discord, Room
from tests.processes import BotProcess

COUNT = LONG_QUEUE + 12
"""Some have a turn, some are deferred after a second, and some at once."""

PLUGIN = """
import pathlib
from hikari.impl import ContainerComponentBuilder, MessageActionRowBuilder, ModalActionRowBuilder
from bot.plugin import FirstAnswer, PressContext

def shown(words):
    button = MessageActionRowBuilder().add_interactive_button(hikari.ButtonStyle.PRIMARY, "cb:mine.change", label="x")
    return {"components": [ContainerComponentBuilder().add_text_display(words), button]}

@plugin.command
class Waits(lightbulb.SlashCommand, name="waits", description="Waits.", **GUILD_ONLY):
    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context) -> None:
        with open("handled", "a") as file:
            file.write(f"{ctx.interaction.id}\\n")
        while not pathlib.Path("go").exists():
            await asyncio.sleep(0.05)
        await ctx.respond(**replies.note("done"))

@plugin.command
class Asks(lightbulb.SlashCommand, name="asks", description="Opens a form.", **GUILD_ONLY):
    text = lightbulb.string("text", "Text.", default=None)
    @property
    def first_answer(self):
        return FirstAnswer.MODAL if self.text is None else FirstAnswer.PRIVATE
    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context) -> None:
        row = ModalActionRowBuilder().add_text_input("text", "Text")
        await ctx.respond_with_modal("Form", "cb:mine.sent", components=[row])

@plugin.command
class Says(lightbulb.SlashCommand, name="says", description="Says.", **GUILD_ONLY):
    first_answer = FirstAnswer.PUBLIC
    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context) -> None:
        await ctx.respond(**shown("before"))

@plugin.command
class Fails(lightbulb.SlashCommand, name="fails", description="Fails to say how it answers.", **GUILD_ONLY):
    @property
    def first_answer(self):
        raise RuntimeError("not today")
    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context) -> None:
        await ctx.respond(**replies.note("answered"))

@plugin.route("change", FirstAnswer.UPDATE)
async def change(ctx: PressContext) -> None:
    await ctx.update(**shown("after"))
"""


class Burst:
    """People who use a command that waits, many times at once."""

    def __init__(self, discord: Discord, room: Room, bot: BotProcess) -> None:
        self.discord = discord
        self.room = room
        self.bot = bot
        self.delivered: list[Event] = []
        self._seeing: list[asyncio.Task[Seen]] = []
        discord.sandbox.world.observers.append(self._observe)

    @property
    def sent(self) -> list[Interaction]:
        return [each.interaction for each in self.delivered if isinstance(each, InteractionStarted)]

    async def begin(self, person: Person, count: int = COUNT) -> list[Interaction]:
        """Use the command, and return the interactions once the bot has seen them all."""
        before = len(self.sent)
        self._seeing += [asyncio.create_task(person.slash("waits")) for _ in range(count)]
        await self.discord.until(lambda: len(self.sent) == before + count)
        return self.sent[before:]

    async def end(self) -> list[Seen]:
        """Let the handlers answer, and return the answers."""
        (self.discord.folder / "go").touch()
        return await asyncio.gather(*self._seeing)

    def handled(self) -> list[int]:
        """The ids of the interactions that were handled."""
        return [int(line) for line in (self.discord.folder / "handled").read_text().splitlines()]

    def _observe(self, event: Event) -> None:
        if isinstance(event, InteractionStarted):
            self.delivered.append(event)


@pytest.fixture
async def burst(own_discord: Discord, own_room: Room) -> AsyncIterator[Burst]:
    (own_discord.folder / "mine_plugin.py").write_text(plugin_code.plugin(PLUGIN))
    operator = str([own_room.max.user.id])
    variables = own_discord.settings(COACHBOOK_PLUGINS__EXTRA="mine_plugin", COACHBOOK_DISCORD__OPERATORS=operator)
    bot = await (await BotProcess.start("run", env=variables, cwd=own_discord.folder)).ready()
    yield Burst(own_discord, own_room, bot)
    assert await bot.stop() == 0, bot.output


async def test_a_burst_is_acknowledged_and_each_is_handled_once(burst: Burst):
    sent = await burst.begin(burst.room.mia)
    form = await burst.room.ivan.slash("asks")
    assert form.form
    kinds = [await each.first_answer() for each in sent]
    for event in tuple(burst.delivered):
        burst.discord.sandbox.world.dispatch(event)
    await burst.bot.logged("delivered again", COUNT + 1)

    answers = await burst.end()

    assert set(kinds) == {ResponseKind.DEFERRED_MESSAGE}
    assert ["done" in each.text and each.ephemeral and not each.followups for each in answers] == [True] * COUNT
    assert sorted(burst.handled()) == sorted(each.id for each in sent)


async def test_what_waits_in_a_burst_is_acknowledged_as_it_will_be_answered(burst: Burst):
    says = await burst.room.ivan.slash("says")
    await burst.begin(burst.room.mia)
    pressed = asyncio.create_task(burst.room.ivan.click(says, "x"))
    spoken = asyncio.create_task(burst.room.both.slash("says"))

    seen = await spoken
    await pressed

    await burst.room.shows("after")
    assert burst.sent[-2].answer is ResponseKind.DEFERRED_UPDATE
    assert burst.sent[-1].answer is ResponseKind.DEFERRED_MESSAGE
    assert not seen.ephemeral
    await burst.end()


async def test_a_command_that_is_unloaded_while_others_wait_for_it_is_refused(burst: Burst):
    sent = await burst.begin(burst.room.mia, COUNT * 2)

    await burst.room.max.slash("admin plugin unload", name="mine")
    answers = await burst.end()

    begun = burst.handled()
    assert {each.id for each in sent} > set(begun)
    for interaction, seen in zip(sent, answers, strict=True):
        assert ("done" if interaction.id in begun else "currently disabled") in seen.text
        assert seen.ephemeral


async def test_a_command_that_fails_to_say_how_it_answers_is_answered(burst: Burst):
    assert "answered" in (await burst.room.mia.slash("fails")).text

    await burst.bot.logged("no first answer")
