"""Answers that take longer than a second, in the real bot: each is deferred as its handler says, and filled then."""

import asyncio
import contextlib
import datetime
from collections.abc import AsyncGenerator, AsyncIterator

import hikari
import pytest

from bot.domain.clock import utc_now
from bot.interactions.deferral import FirstAnswerSent, age_of
from sandbox.driver import Seen
from sandbox.interactions.interaction import Interaction, ResponseKind
from sandbox.world.snowflakes import SnowflakeMaker
from tests import plugin_code
from tests.conftest import Discord, Room
from tests.processes import BotProcess

WAITING = """
import pathlib
from hikari.impl import ContainerComponentBuilder, MessageActionRowBuilder, ModalActionRowBuilder
from bot.domain.errors import StoppingError
from bot.plugin import FirstAnswer, PressContext, SubmitContext

async def allowed():
    while not pathlib.Path("go").exists():
        await asyncio.sleep(0.01)

def shown(words):
    buttons = MessageActionRowBuilder()
    for action in ("say", "change", "fail"):
        buttons.add_interactive_button(hikari.ButtonStyle.PRIMARY, f"cb:mine.{action}", label=action)
    return {"components": [ContainerComponentBuilder().add_text_display(words), buttons]}


def command(kind, name):
    class Waits(lightbulb.SlashCommand, name=name, description="Waits.", **GUILD_ONLY):
        first_answer = kind
        @lightbulb.invoke
        async def invoke(self, ctx: lightbulb.Context) -> None:
            await allowed()
            flags = hikari.MessageFlag.EPHEMERAL if kind is FirstAnswer.PRIVATE else hikari.MessageFlag.NONE
            await ctx.respond(**shown("said"), flags=flags)
    plugin.command(Waits)

command(FirstAnswer.PRIVATE, "private")
command(FirstAnswer.PUBLIC, "public")

@plugin.command
class Asks(lightbulb.SlashCommand, name="asks", description="Opens a form.", **GUILD_ONLY):
    first_answer = FirstAnswer.MODAL
    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context) -> None:
        await allowed()
        row = ModalActionRowBuilder().add_text_input("text", "Text")
        await ctx.respond_with_modal("Form", "cb:mine.sent", components=[row])

@plugin.route("sent")
async def sent(ctx: SubmitContext) -> None:
    await allowed()
    await ctx.respond(**replies.note("received"))

@plugin.route("say")
async def say(ctx: PressContext) -> None:
    await allowed()
    await ctx.respond(**replies.note("said"))

@plugin.route("change", FirstAnswer.UPDATE)
async def change(ctx: PressContext) -> None:
    await allowed()
    await ctx.update(**shown("changed"))

@plugin.route("fail", FirstAnswer.UPDATE)
async def fail(ctx: PressContext) -> None:
    await allowed()
    raise StoppingError
"""


class Waiting:
    """A bot with handlers that answer only when they are let go on."""

    def __init__(self, discord: Discord, room: Room) -> None:
        self.discord = discord
        self.room = room
        self._go = discord.folder / "go"

    def go_on(self) -> None:
        self._go.touch()

    def hold(self) -> None:
        self._go.unlink(missing_ok=True)

    @contextlib.asynccontextmanager
    async def asked(self, acting) -> AsyncGenerator[tuple[Interaction, "asyncio.Task[Seen]"]]:
        """Somebody acts, and what they see is awaited by the block."""
        known = set(self.discord.sandbox.interactions.by_id)
        seeing = asyncio.create_task(acting)
        by_id = self.discord.sandbox.interactions.by_id
        await self.discord.until(lambda: bool(by_id.keys() - known))
        [new] = by_id.keys() - known
        yield by_id[new], seeing
        await seeing

    async def deferred(self, acting) -> tuple[ResponseKind, Seen]:
        """Return the kind of the first answer to an act that is held up, and the message in the end."""
        self.hold()
        async with self.asked(acting) as (interaction, seeing):
            first = await interaction.first_answer()
            self.go_on()
            return first, await seeing


@pytest.fixture(scope="module")
async def bot(shared_discord: Discord) -> AsyncIterator[BotProcess]:
    """The bot of these tests, each of which has a guild of its own."""
    (shared_discord.folder / "mine_plugin.py").write_text(plugin_code.plugin(WAITING))
    variables = shared_discord.settings(COACHBOOK_PLUGINS__EXTRA="mine_plugin")
    process = await BotProcess.start("run", env=variables, cwd=shared_discord.folder)
    yield await process.ready()
    assert await process.stop() == 0, process.output


@pytest.fixture
def waiting(shared_discord: Discord, bot: BotProcess, shared_room: Room) -> Waiting:
    waiting = Waiting(shared_discord, shared_room)
    waiting.hold()
    return waiting


@pytest.mark.parametrize("kind", ["private", "public"])
async def test_a_late_answer_is_deferred_for_those_who_will_see_it(waiting: Waiting, kind: str):
    first, seen = await waiting.deferred(waiting.room.mia.slash(kind))

    assert first is ResponseKind.DEFERRED_MESSAGE
    assert "said" in seen.text
    assert seen.ephemeral == (kind == "private")
    assert not seen.followups


async def test_a_button_that_changes_its_message_late_changes_that_message(waiting: Waiting):
    waiting.go_on()
    shown = await waiting.room.mia.slash("public")

    first, _ = await waiting.deferred(waiting.room.mia.click(shown, "change"))

    assert first is ResponseKind.DEFERRED_UPDATE
    await waiting.room.shows("changed")
    assert len(waiting.room.mia.see()) == 1


async def test_a_late_refusal_leaves_the_message_as_it_was(waiting: Waiting):
    waiting.go_on()
    shown = await waiting.room.mia.slash("public")
    waiting.hold()

    async with waiting.asked(waiting.room.mia.click(shown, "fail")) as (interaction, _):
        assert await interaction.first_answer() is ResponseKind.DEFERRED_UPDATE
        waiting.go_on()
        await interaction.until(lambda: bool(interaction.followups))

    refused = Seen(interaction.followups[0])
    assert "restarting" in refused.text
    assert refused.ephemeral
    assert "said" in waiting.room.mia.see()[0].text


async def test_a_late_answer_to_a_button_or_a_sent_form_is_private(waiting: Waiting):
    waiting.go_on()
    shown, form = await waiting.room.mia.slash("public"), await waiting.room.mia.slash("asks")

    for acting in (waiting.room.mia.click(shown, "say"), waiting.room.mia.submit(form, Text="x")):
        first, seen = await waiting.deferred(acting)

        assert first is ResponseKind.DEFERRED_MESSAGE
        assert seen.ephemeral


async def test_what_opens_a_form_is_not_deferred(waiting: Waiting):
    async with waiting.asked(waiting.room.mia.slash("asks")) as (form, opening):
        async with waiting.asked(waiting.room.ivan.slash("private")) as (later, _):
            await later.first_answer()
            assert form.answer is None
            waiting.go_on()
        assert (await opening).form


async def test_an_interaction_that_arrives_late_is_deferred_before_one_that_came_first(
    waiting: Waiting, monkeypatch: pytest.MonkeyPatch
):
    earlier = SnowflakeMaker(lambda: utc_now() - datetime.timedelta(seconds=1.9))
    async with waiting.asked(waiting.room.mia.slash("private")) as (fresh, _):
        monkeypatch.setattr(waiting.discord.sandbox.world, "new_id", earlier)
        async with waiting.asked(waiting.room.ivan.slash("private")) as (late, _):
            assert await late.first_answer() is ResponseKind.DEFERRED_MESSAGE
            assert fresh.answer is None
            waiting.go_on()


@pytest.mark.parametrize(
    ("seconds", "age"),
    [(0, 0), (1.9, 1.9), (2.999, 2.999), (3, 0), (3600, 0), (-5, 0)],
    ids=["new", "late", "almost too late", "too late", "clock ahead", "clock behind"],
)
def test_an_age_that_can_not_be_counts_as_none(seconds: float, age: float):
    made_at = datetime.datetime(2026, 11, 26, tzinfo=datetime.UTC)
    interaction_id = hikari.Snowflake.from_datetime(made_at)

    assert age_of(interaction_id, made_at + datetime.timedelta(seconds=seconds)) == age


async def test_what_is_late_is_due_at_once():
    late, new = FirstAnswerSent(1.9), FirstAnswerSent()

    assert late.waited >= 1.9
    assert late.due_at <= asyncio.get_running_loop().time() < new.due_at


async def test_an_answer_in_time_is_not_deferred(waiting: Waiting):
    waiting.go_on()

    seen = await waiting.room.mia.slash("private")

    assert seen.interaction
    assert seen.interaction.answer is ResponseKind.MESSAGE
