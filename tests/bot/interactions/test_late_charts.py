"""Late charts that nobody waits for: what can't be checked is tried again, and nothing ends before it is told."""

import asyncio
import contextlib
import datetime
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.discord.connection.gateway import gateway_client
from bot.discord.direct_messages import DirectMessages
from bot.domain.commands import PostPlan
from bot.domain.values import (
    Actor,
    Attachment,
    ChannelId,
    DraftKind,
    GuildId,
    Limits,
    Members,
    Plan,
    Quotas,
    Submission,
    UserId,
)
from bot.interactions.late_charts import MAX_CHECKS, LateCharts
from bot.service.late_charts import LateChartService
from bot.service.pictures.downloads import Downloads
from bot.service.pictures.inspectors import Inspectors
from bot.service.pictures.intake import IntakeService
from sandbox.driver import Person, Seen
from sandbox.rendering.attachments import attachment
from sandbox.world.entities import Upload
from storage.store import Store
from tests import image_samples
from tests.conftest import Discord, Room
from tests.new_database import open_new_store
from tests.processes import DEADLINE
from tests.service.scene import DAY, FakeClock, Services, fresh


class HeldClock(FakeClock):
    """A clock that is slow to tell the time, in a transaction, until it is released."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = threading.Event()
        self.released = threading.Event()
        self.is_broken = False

    def __call__(self) -> datetime.datetime:
        self.asked.set()
        assert self.released.wait(DEADLINE)
        if self.is_broken:
            raise RuntimeError("the clock is broken")
        return super().__call__()


def acting(room: Room, person: Person) -> Actor:
    return Actor(GuildId(room.guild.id), UserId(person.user.id), channel_id=ChannelId(room.channel.id))


def direct_texts(discord: Discord) -> list[str]:
    """Return the texts of the bot's direct messages."""
    return [Seen(each).text for each in discord.sandbox.world.messages.values() if each.guild_id is None]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = open_new_store(tmp_path / "late.db")
    yield opened
    await opened.close()


@pytest.fixture
def services(store: Store) -> Services:
    return Services.on(store, FakeClock())


@pytest.fixture
async def inspectors() -> AsyncIterator[Inspectors]:
    opened = Inspectors(10**6)
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> Iterator[HeldClock]:
    """The clock of the service that adds late charts."""
    held = HeldClock()
    yield held
    held.released.set()


@pytest.fixture
async def late(
    own_discord: Discord, store: Store, services: Services, clock: HeldClock, inspectors: Inspectors
) -> AsyncIterator[LateCharts]:
    client = gateway_client(SecretStr(own_discord.application.token), own_discord.sandbox.rest_url)
    await client.start(check_for_updates=False)
    host = own_discord.sandbox.cdn_url.removeprefix("http://")
    downloads = Downloads([host], 2**20, DEADLINE)
    intake = IntakeService(
        store, FakeClock(), services.guilds, services.drafts, services.files, downloads, inspectors, Limits()
    )
    letters = DirectMessages(client.rest, Quotas())
    made = LateCharts(LateChartService(store, clock, services.guilds), intake, letters)
    yield made
    await made.stop()
    await letters.finish()
    await downloads.close()
    await client.close()


@pytest.fixture
async def posted(own_discord: Discord, own_room: Room, services: Services) -> Plan:
    """A plan that is to have a picture and a file that is none."""
    actor = acting(own_room, own_room.dana)
    await services.coaches.assign(
        Actor(actor.guild_id, UserId(own_room.max.user.id), is_manager=True), "d", Members(frozenset({actor.user_id}))
    )
    files = [Upload("nq-1.png", image_samples.png(seed=1)), Upload("nq-2.png", image_samples.TEXT)]
    message = own_room.dana.send("look", files)
    sent = [attachment(own_discord.sandbox.world, each) for each in message.attachments]
    pictures = tuple(Attachment(each["url"], each["filename"], each["size"]) for each in sent)
    draft = await services.drafts.save(actor, Submission(DraftKind.POST, "", pictures=pictures))
    return await services.plans.post(
        actor, PostPlan("text", coach="d", day=DAY, draft=draft.id, rest_follows=True), fresh()
    )


async def test_what_nobody_can_look_at_is_tried_some_times_and_then_told(
    own_discord: Discord, services: Services, posted: Plan, late: LateCharts, inspectors: Inspectors
):
    await inspectors.close()
    for _ in range(MAX_CHECKS - 1):
        await late.resume()
        assert [each.plan_id for each in await services.late.expected()] == [posted.id]

    await late.resume()

    assert await services.late.expected() == []
    await own_discord.until(lambda: bool(direct_texts(own_discord)))
    [letter] = direct_texts(own_discord)
    assert "nq-1.png: could not be checked" in letter


async def test_what_was_left_out_is_told_though_the_work_was_broken_off(
    own_discord: Discord, services: Services, posted: Plan, late: LateCharts, clock: HeldClock
):
    resuming = asyncio.create_task(late.resume())
    assert await asyncio.to_thread(clock.asked.wait, DEADLINE)

    resuming.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await resuming
    clock.released.set()
    await late.stop()

    assert await services.late.expected() == []
    await own_discord.until(lambda: bool(direct_texts(own_discord)))
    [letter] = direct_texts(own_discord)
    assert "nq-2.png: not a PNG" in letter
    assert "nq-1.png" not in letter


async def test_one_that_fails_holds_up_no_other(services: Services, posted: Plan, late: LateCharts, clock: HeldClock):
    actor = (await services.late.expected())[0].actor
    draft = await services.drafts.save(actor, Submission(DraftKind.POST, "", pictures=()))
    await services.plans.post(
        actor, PostPlan("text", coach="d", day="2026-11-24", draft=draft.id, rest_follows=True), fresh()
    )
    clock.is_broken = True
    clock.released.set()

    await late.resume()

    assert [each.plan_id for each in await services.late.expected()] == [posted.id]


async def test_what_two_handlers_wait_for_is_the_second_ones_when_the_first_ends(
    services: Services, posted: Plan, late: LateCharts, clock: HeldClock
):
    clock.released.set()
    [expected] = await services.late.expected()

    with late.claim(expected.id):
        with late.claim(expected.id):
            pass
        await late.resume()
        assert await services.late.expected() == [expected]

    await late.resume()
    assert await services.late.expected() == []
