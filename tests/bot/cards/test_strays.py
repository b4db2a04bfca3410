"""Copies of cards are deleted, and what this database never said is reported, in a local Discord."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator

import hikari
import pytest
from pydantic import SecretStr

from bot.cards.messages import CardMessages
from bot.cards.strays import StrayWatch
from bot.discord.connection.gateway import gateway_client
from bot.discord.rest_client import background_client
from bot.domain.commands import PostPlan
from bot.domain.values import CardWork, ChannelId, GuildId, MessageId
from bot.service.cards import CardService
from bot.service.strays import StrayService
from sandbox.world.entities import Overwrite
from sandbox.world.permissions import Permissions
from tests.conftest import Discord, Room
from tests.new_database import open_new_store
from tests.service import scene
from tests.service.scene import DAY, Services, fresh


@dataclasses.dataclass
class Desk:
    """A plan with its card, and the watch."""

    room: Room
    services: Services
    cards: CardService
    strays: StrayService
    messages: CardMessages
    gateway: hikari.GatewayBot
    watch: StrayWatch
    work: CardWork
    card: MessageId

    async def copy(self, **changed: str) -> MessageId:
        """Make one more message for the plan, perhaps a plan that this database has not."""
        work = dataclasses.replace(self.work, plan=dataclasses.replace(self.work.plan, **changed))
        return (await self.messages.create(dataclasses.replace(work, nonce=f"copy-{fresh()}"))).message_id

    def there(self) -> list[int]:
        return [each.shown.id for each in self.room.cards()]


@pytest.fixture
async def desk(own_discord: Discord, own_room: Room, tmp_path) -> AsyncIterator[Desk]:
    store, clock = open_new_store(tmp_path / "own.db"), scene.FakeClock()
    services = Services.on(store, clock)
    cards, strays = CardService(store, clock, services.guilds), StrayService(store, clock, services.guilds)
    token, url = SecretStr(own_discord.application.token), own_discord.sandbox.rest_url
    dana = dataclasses.replace(
        scene.DANA, guild_id=GuildId(own_room.guild.id), channel_id=ChannelId(own_room.channel.id)
    )
    plan = await services.plans.post(dana, PostPlan("Long", coach="d", day=DAY), fresh())
    [(card_id, _)] = await cards.pending()
    work = await cards.begin(card_id)
    assert work
    gateway = gateway_client(token, url)
    async with background_client(gateway, token, url) as client:
        messages = CardMessages(client, services.charts)
        watch = StrayWatch(gateway, strays, lambda _: asyncio.sleep(0))
        shown = await messages.create(work)
        await cards.shown(work, shown.message_id)
        assert work.plan == plan
        yield Desk(own_room, services, cards, strays, messages, gateway, watch, work, shown.message_id)
    await store.close()


async def test_a_copy_of_a_card_is_found_below_many_messages_and_deleted(desk: Desk):
    copy = await desk.copy()
    for number in range(250):
        desk.room.mia.send(f"chat {number}")

    await desk.watch.search(desk.messages)
    assert desk.there() == [desk.card, copy]
    await desk.watch.delete(desk.messages)

    assert desk.there() == [desk.card]
    assert await desk.strays.removable() == []


async def test_what_this_database_never_said_is_reported_until_somebody_deletes_it(desk: Desk):
    unknown = await desk.copy(hash="0" * 64)

    await desk.watch.search(desk.messages)
    await desk.watch.delete(desk.messages)

    assert desk.there() == [desk.card, unknown]
    assert [each.message_id for each in await desk.strays.reported()] == [unknown]
    desk.room.discord.sandbox.world.messages[unknown].deleted = True
    await desk.watch.search(desk.messages)
    assert await desk.strays.reported() == []


async def test_a_channel_that_is_deleted_is_read_no_more_and_nothing_of_it_is_reported(desk: Desk):
    await desk.copy(hash="0" * 64)
    await desk.watch.search(desk.messages)
    assert await desk.strays.reported()
    desk.room.discord.sandbox.world.remove_channel(desk.room.channel)
    asked: list[str] = []
    desk.room.discord.sandbox.exchanges.append(lambda each: asked.append(each.path))

    for _ in range(2):
        await desk.watch.search(desk.messages)

    assert await desk.strays.reported() == []
    assert len(asked) == 2, "one for the channel, one for the message"


async def test_copies_are_looked_for_at_the_first_connection_and_from_then_on(desk: Desk):
    running = asyncio.create_task(desk.watch.run(desk.messages))
    await desk.gateway.start(check_for_updates=False)
    try:
        for _ in range(2):
            copy = await desk.copy()
            await desk.room.discord.until(lambda copy=copy: copy not in desk.there())
    finally:
        running.cancel()
        await desk.gateway.close()


async def test_the_answer_for_a_card_that_is_another_message_by_now_leaves_no_copy(desk: Desk):
    late = await desk.copy()
    await desk.cards.messages_deleted([desk.card])

    await desk.cards.shown(desk.work, late)
    await desk.watch.delete(desk.messages)

    assert desk.there() == [desk.card]


async def test_a_copy_in_a_closed_channel_is_tried_once_until_the_next_look(desk: Desk):
    copy = await desk.copy()
    await desk.watch.search(desk.messages)
    world, bot = desk.room.discord.sandbox.world, desk.room.discord.application.id
    world.set_overwrite(desk.room.channel, Overwrite(bot, is_member=True, deny=int(Permissions.VIEW_CHANNEL)))
    asked: list[int] = []
    desk.room.discord.sandbox.exchanges.append(lambda each: asked.append(each.status))

    for _ in range(5):
        await desk.watch.delete(desk.messages)
    refused = asked.copy()
    world.set_overwrite(desk.room.channel, Overwrite(bot, is_member=True))
    await desk.watch.search(desk.messages)
    await desk.watch.delete(desk.messages)

    assert refused == [403]
    assert copy not in desk.there()


@pytest.mark.parametrize("fault", ["lose_answer", "lose_request"])
async def test_a_deletion_without_an_answer_is_done_again(desk: Desk, fault: str):
    await desk.copy()
    await desk.watch.search(desk.messages)
    getattr(desk.room.discord.sandbox.faults, fault)("DELETE", "/channels/*")

    for _ in range(2):
        await desk.watch.delete(desk.messages)

    assert desk.there() == [desk.card]
    assert await desk.strays.removable() == []
