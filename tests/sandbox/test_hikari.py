"""The real hikari and lightbulb clients against the sandbox."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import hikari
import lightbulb
import pytest
from hikari.api.shard import GatewayCompression
from hikari.impl import shard as shard_module

from sandbox.http.limits import Rate
from sandbox.interactions.invoke import Interaction, ResponseKind
from sandbox.messages import user_actions
from sandbox.server import Sandbox
from sandbox.world.entities import Command, Upload
from sandbox.world.tokens import bot_token
from tests.sandbox.conftest import Room
from tests.sandbox.raw_clients import eventually

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (3).to_bytes(4, "big") + (2).to_bytes(4, "big")


class Hello(lightbulb.SlashCommand, name="hello", description="Say hello."):
    """`/hello`."""

    name_ = lightbulb.string("name", "Whom to greet.", default="you")
    file = lightbulb.attachment("file", "A file.", default=None)

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context) -> None:
        """Respond immediately."""
        assert isinstance(ctx.interaction, hikari.CommandInteraction)
        size = self.file.size if self.file else 0
        await ctx.respond(f"hello {self.name_} {size}", ephemeral=self.name_ == "me")


class Later(lightbulb.SlashCommand, name="later", description="Answer later."):
    """`/later`."""

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context) -> None:
        """Defer, complete the response, send a followup with a file."""
        await ctx.defer(ephemeral=True)
        first = await ctx.respond("filled")
        await ctx.edit_response(first, "edited")
        await ctx.respond("more", attachment=hikari.Bytes(PNG, "chart one.png"))


class Ask(lightbulb.SlashCommand, name="ask", description="Open a modal."):
    """`/ask`."""

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context) -> None:
        """Open a modal."""
        row = ctx.client.rest.build_modal_action_row().add_text_input("text", "Text", value="before")
        await ctx.interaction.create_modal_response("Ask", "ask:1", components=[row])


class Buttons(lightbulb.SlashCommand, name="buttons", description="Show a card."):
    """`/buttons`."""

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context) -> None:
        """Respond with Components V2 and a file."""
        container = hikari.impl.ContainerComponentBuilder()
        container.add_text_display("the card")
        gallery = hikari.impl.MediaGalleryComponentBuilder()
        gallery.add_media_gallery_item(hikari.Bytes(PNG, "chart.png"))
        container.add_component(gallery)
        row = hikari.impl.MessageActionRowBuilder()
        row.add_interactive_button(hikari.ButtonStyle.PRIMARY, "go", label="Go")
        await ctx.respond(components=[container, row], flags=hikari.MessageFlag.IS_COMPONENTS_V2)


async def _on_interaction(event: hikari.InteractionCreateEvent) -> None:
    found = event.interaction
    if isinstance(found, hikari.ModalInteraction):
        component = found.components[0].components[0]
        await found.create_initial_response(hikari.ResponseType.MESSAGE_CREATE, component.value)
    elif isinstance(found, hikari.ComponentInteraction):
        text = hikari.impl.TextDisplayComponentBuilder(content="pressed")
        await found.create_initial_response(hikari.ResponseType.MESSAGE_UPDATE, components=[text])


@pytest.fixture(params=[GatewayCompression.TRANSPORT_ZLIB_STREAM, GatewayCompression.TRANSPORT_ZSTD_STREAM])
async def bot(
    request: pytest.FixtureRequest, sandbox: Sandbox, room: Room, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[hikari.GatewayBot]:
    """A connected bot with synced commands, for each compression."""
    defaults = {**(shard_module.GatewayShardImpl.__init__.__kwdefaults__ or {}), "compression": request.param}
    monkeypatch.setattr(shard_module.GatewayShardImpl.__init__, "__kwdefaults__", defaults)
    bot = hikari.GatewayBot(
        room.token,
        rest_url=sandbox.rest_url,
        banner=None,
        logs=None,
        intents=hikari.Intents.GUILDS | hikari.Intents.GUILD_MESSAGES,
    )
    client = lightbulb.client_from_app(bot)
    for command in (Hello, Later, Ask, Buttons):
        client.register(command)
    bot.subscribe(hikari.InteractionCreateEvent, _on_interaction)
    bot.subscribe(hikari.StartingEvent, client.start)
    await bot.start(check_for_updates=False)
    yield bot
    await bot.close()
    await client.stop()
    assert sandbox.unknown == []


def command(sandbox: Sandbox, name: str) -> Command:
    """Return the registered command with this name."""
    return next(each for each in sandbox.world.commands.values() if each.name == name)


async def use(sandbox: Sandbox, room: Room, name: str, **more: Any) -> Interaction:
    """Use a command as Dana."""
    return await sandbox.interactions.invoke_command(room.dana, room.channel, command(sandbox, name), **more)


@pytest.mark.usefixtures("bot")
async def test_slash_command_is_answered_with_its_options(sandbox: Sandbox, room: Room) -> None:
    options = [{"name": "name", "type": 3, "value": "Dana"}, {"name": "file", "type": 11, "value": 0}]

    used = await use(sandbox, room, "hello", options=options, attachments={0: Upload("a.png", PNG)})

    assert (await used.filled()).content == f"hello Dana {len(PNG)}"
    assert not used.original.ephemeral  # pyright: ignore[reportOptionalMemberAccess]


@pytest.mark.usefixtures("bot")
async def test_ephemeral_answer_is_seen_by_one_user(sandbox: Sandbox, room: Room) -> None:
    used = await use(sandbox, room, "hello", options=[{"name": "name", "type": 3, "value": "me"}])
    message = await used.filled()

    assert sandbox.world.visible_messages(room.dana, room.channel) == [message]
    assert sandbox.world.visible_messages(room.mia, room.channel) == []


@pytest.mark.usefixtures("bot")
async def test_deferred_answer_is_filled_edited_and_followed_up(sandbox: Sandbox, room: Room) -> None:
    used = await use(sandbox, room, "later")

    assert await used.first_answer() is ResponseKind.DEFERRED_MESSAGE
    await used.until(lambda: len(used.followups) == 1)
    assert used.original
    assert used.original.content == "edited"
    assert used.original.ephemeral
    sent = used.followups[0].attachments[0]
    assert (sent.filename, sent.title, sent.width, sent.height) == ("chart_one.png", "chart one", 3, 2)


@pytest.mark.usefixtures("bot")
async def test_modal_is_opened_and_submitted_much_later(sandbox: Sandbox, room: Room, clock: Any) -> None:
    opened = await use(sandbox, room, "ask")
    assert await opened.first_answer() is ResponseKind.MODAL
    clock.forward(hours=1)

    submitted = await sandbox.interactions.submit(room.dana, opened, {"text": "after an hour"})

    assert (await submitted.filled()).content == "after an hour"


async def test_button_updates_its_message(sandbox: Sandbox, room: Room, bot: hikari.GatewayBot) -> None:
    used = await use(sandbox, room, "buttons")
    card = await used.filled()
    fetched = await bot.rest.fetch_message(room.channel.id, card.id)
    assert fetched.attachments == []
    gallery = fetched.components[0].components[1]  # pyright: ignore
    assert await gallery.items[0].media.read() == PNG  # pyright: ignore

    pressed = await sandbox.interactions.press(room.dana, card, "go")

    assert await pressed.first_answer() is ResponseKind.UPDATE
    assert card.components[0]["content"] == "pressed"


async def test_dropped_socket_is_resumed_with_replay(sandbox: Sandbox, room: Room, bot: hikari.GatewayBot) -> None:
    heard: list[int] = []

    async def hear(event: hikari.GuildMessageCreateEvent) -> None:
        heard.append(int(event.message_id))

    bot.subscribe(hikari.GuildMessageCreateEvent, hear)
    sandbox.faults.drop_socket()
    message = user_actions.say(sandbox.world, room.mia, room.channel, "while nobody listens")

    await eventually(lambda: heard == [message.id])
    assert sandbox.gateway.resumes == 1
    assert sandbox.gateway.identified == {room.application.id: 1}


async def test_session_that_is_gone_is_begun_anew(sandbox: Sandbox, room: Room, bot: hikari.GatewayBot) -> None:
    sandbox.faults.refuse_resume()
    sandbox.faults.drop_socket()

    await eventually(lambda: sandbox.gateway.identified == {room.application.id: 2})
    await eventually(lambda: bot.shards[0].is_connected)


async def test_reads_users_guilds_and_members(room: Room, bot: hikari.GatewayBot) -> None:
    guild = await bot.rest.fetch_guild(room.guild.id)
    member = await bot.rest.fetch_member(guild, room.dana.id)
    application = await bot.rest.fetch_application()

    assert guild.name == "Trading Room"
    assert room.coach.id in member.role_ids
    assert application.id == room.application.id
    assert [each.id async for each in bot.rest.fetch_my_guilds()] == [room.guild.id]
    assert len(await bot.rest.fetch_guild_channels(guild)) == 1


async def test_a_client_that_reads_the_headers_keeps_the_limits(
    sandbox: Sandbox, room: Room, bot: hikari.GatewayBot
) -> None:
    sandbox.limits.rates[("POST", "/channels/{channel_id}/messages")] = Rate(2, 0.3)

    for number in range(5):
        await bot.rest.create_message(room.channel.id, str(number))

    assert [each.content for each in sandbox.world.messages_in(room.channel.id)] == list("01234")
    assert (sandbox.early_requests, sandbox.invalid_requests) == ([], 0)


@pytest.mark.usefixtures("room")
async def test_bad_token_does_not_connect(sandbox: Sandbox) -> None:
    bot = hikari.GatewayBot(bot_token(5), rest_url=sandbox.rest_url, banner=None, logs=None)

    with pytest.raises(hikari.UnauthorizedError):
        await bot.start(check_for_updates=False)
    with contextlib.suppress(hikari.ComponentStateConflictError):
        await bot.close()
