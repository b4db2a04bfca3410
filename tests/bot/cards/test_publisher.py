"""The publisher against a local Discord that fails, loses answers and sets limits, over real sockets."""

import asyncio
import contextlib
import dataclasses
import itertools
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable

import pytest
from pydantic import SecretStr

from bot.cards.messages import CardMessages
from bot.cards.pacing import BURST, RENEWAL_SECONDS
from bot.cards.publisher import POLL_SECONDS, RENEWALS_AT_ONCE, Publisher
from bot.cards.retry_pauses import MAX_RETRY
from bot.discord.connection.gateway import gateway_client
from bot.discord.rest_client import background_client
from bot.domain.commands import AddCharts, EditPlan, PostPlan, RemoveChart
from bot.domain.values import (
    Actor,
    Card,
    CardFailure,
    ChannelId,
    CoachChange,
    GuildId,
    MessageId,
    Plan,
    PlanOfDay,
    Received,
)
from bot.replies import layout
from bot.service.card_channels import CardChannelService
from bot.service.cards import CardService
from sandbox.driver import Seen
from sandbox.http.exchange import Exchange
from sandbox.world.entities import Channel, Overwrite
from sandbox.world.permissions import Permissions
from storage.store import Store
from tests import image_samples
from tests.conftest import Discord, Room, plan_in
from tests.new_database import open_new_store
from tests.processes import DEADLINE
from tests.sandbox.raw_clients import eventually
from tests.service import scene
from tests.service.scene import DAY, Services, fresh

CREATE, EDIT = ("POST", "/channels/*/messages"), ("PATCH", "/channels/*/messages/*")
FIVE_MINUTES = 300.0


class FakeTimer:
    """A clock that goes forward only when somebody sleeps by it."""

    def __init__(self) -> None:
        self.time = 0.0
        self.ends: list[tuple[float, Callable[[], None]]] = []

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += seconds
        for end, act in [each for each in self.ends if each[0] <= self.time]:
            self.ends.remove((end, act))
            act()
        await asyncio.sleep(0)


@dataclasses.dataclass
class Desk:
    """A coach at work, and a publisher."""

    room: Room
    services: Services
    cards: CardService
    channels: CardChannelService
    messages: CardMessages
    publisher: Publisher
    dana: Actor
    clock: scene.FakeClock
    asked: list[Exchange]
    """All requests since the beginning."""

    async def post(self, text: str = "Long", day: str = DAY, actor: Actor | None = None) -> Plan:
        return await self.services.plans.post(actor or self.dana, PostPlan(text, coach="d", day=day), fresh())

    async def edit(self, text: str, day: str = DAY) -> Plan:
        edited = await self.services.plans.edit(self.dana, EditPlan(PlanOfDay("d", day), text), fresh())
        return edited.plan

    async def rename(self, name: str) -> None:
        """Give the coach another name, which all of its cards are to show."""
        manager = dataclasses.replace(scene.MAX, guild_id=self.dana.guild_id)
        await self.services.coaches.change(manager, "d", CoachChange(name))

    async def add_chart(self, plan: Plan, seed: int) -> Plan:
        kept = self.services.keep(image_samples.png(seed=seed))
        received = Received((kept,), ())
        return (await self.services.charts.add(self.dana, AddCharts(plan.id, received), fresh())).plan

    def shown(self, channel: Channel | None = None) -> dict[int, list[str]]:
        """Return the texts of each plan's cards in a channel."""
        found: dict[int, list[str]] = {}
        for message in self.room.discord.sandbox.world.messages_in((channel or self.room.channel).id):
            plan_id = plan_in(Seen(message))
            if plan_id and not message.ephemeral:
                found.setdefault(plan_id, []).append(Seen(message).text)
        return found

    async def card(self, plan: Plan) -> Card:
        """The plan's card."""
        found = await self.cards.card(plan.id)
        assert found
        return found

    async def until_right(self, *plans: Plan, channel: Channel | None = None) -> None:
        """Wait until each of these plans, as it is now, has one card, and it shows the plan."""

        async def is_right(plan: Plan) -> bool:
            card = await self.cards.card(plan.id)
            return card is not None and card.is_current

        async with asyncio.timeout(DEADLINE):
            for plan in plans:
                while not await is_right(plan):
                    await self.publisher.settled(plan, 0.2)
        shown = self.shown(channel)
        for plan in plans:
            assert len(shown[plan.id]) == 1, shown
            assert plan.hash[:8] in shown[plan.id][0]

    async def look(self) -> None:
        """Look for the cards in the channel."""
        await self.publisher.verify(ChannelId(self.room.channel.id), await self.channels.recent())

    def sent(self, method: str) -> list[Exchange]:
        """The requests of a method, for messages."""
        return [each for each in self.asked if each.method == method and "/messages" in each.path]

    def times_of(self, method: str) -> list[float]:
        """When each of these requests from now on was answered, as it happens, in seconds."""
        times: list[float] = []

        def note(each: Exchange) -> None:
            if each.method == method and "/messages" in each.path:
                times.append(time.monotonic())

        self.room.discord.sandbox.exchanges.append(note)
        return times


@contextlib.asynccontextmanager
async def desk_at(discord: Discord, room: Room, store: Store, publisher: Callable[[CardService], Publisher]):
    clock = scene.FakeClock()
    services = Services.on(store, clock)
    cards = CardService(store, clock, services.guilds)
    token, url = SecretStr(discord.application.token), discord.sandbox.rest_url
    dana = Actor(GuildId(room.guild.id), scene.DANA.user_id, channel_id=ChannelId(room.channel.id))
    asked: list[Exchange] = []
    discord.sandbox.exchanges.append(asked.append)
    async with background_client(gateway_client(token, url), token, url) as client:
        messages = CardMessages(client, services.charts)
        channels = CardChannelService(store, clock, services.guilds)
        desk = Desk(room, services, cards, channels, messages, publisher(cards), dana, clock, asked)
        desk.publisher.start(messages)
        yield desk
        await desk.publisher.stop(1)
    discord.sandbox.exchanges.remove(asked.append)


@pytest.fixture
async def store(tmp_path) -> AsyncIterator[Store]:
    opened = open_new_store(tmp_path / "own.db")
    yield opened
    await opened.close()


@pytest.fixture
async def desk(own_discord: Discord, own_room: Room, store: Store) -> AsyncIterator[Desk]:
    async with desk_at(own_discord, own_room, store, Publisher) as desk:
        yield desk


@pytest.fixture
def timer() -> FakeTimer:
    return FakeTimer()


@pytest.fixture
async def patient(own_discord: Discord, own_room: Room, store: Store, timer: FakeTimer) -> AsyncIterator[Desk]:
    """A desk at which the pauses between tries pass at once."""
    async with desk_at(own_discord, own_room, store, lambda cards: Publisher(cards, timer.sleep, timer.now)) as desk:
        yield desk


@pytest.fixture
def resting() -> list[float]:
    """When the publisher began to rest, each time, in seconds."""
    return []


@pytest.fixture
async def watched(own_discord: Discord, own_room: Room, store: Store, resting: list[float]) -> AsyncIterator[Desk]:
    """A desk whose publisher tells when it rests."""

    async def sleep(seconds: float) -> None:
        resting.append(time.monotonic())
        await asyncio.sleep(seconds)

    async with desk_at(own_discord, own_room, store, lambda cards: Publisher(cards, sleep)) as desk:
        yield desk


async def test_five_minutes_of_500_leave_each_card_right_and_single(patient: Desk, timer: FakeTimer):
    faults = patient.room.discord.sandbox.faults
    before = await patient.post("before", "2026-11-20")
    await patient.until_right(before)
    faults.fail("*", "/channels/*", status=500, count=10_000)
    timer.ends.append((FIVE_MINUTES, faults.clear))
    patient.asked.clear()

    posted = [await patient.post("new", f"2026-12-{day:02}") for day in range(1, 11)]
    edited = [await patient.edit("after", day) for day in ("2026-11-20", "2026-12-03", "2026-12-07")]
    latest = {plan.id: plan for plan in (*posted, *edited)}
    await patient.until_right(*latest.values())

    assert timer.time >= FIVE_MINUTES
    failed = [each for each in patient.asked if each.status == 500]
    assert 5 <= len(failed) <= 2 * FIVE_MINUTES / MAX_RETRY + 10


@pytest.mark.parametrize("fault", ["lose_answer", "lose_request"])
async def test_lost_answers_make_no_card_double(patient: Desk, fault: str):
    lose = getattr(patient.room.discord.sandbox.faults, fault)
    lose(*CREATE, count=3)
    first, second = await patient.post(), await patient.post("Long", "2026-12-01")
    await patient.until_right(first, second)

    lose(*EDIT, count=3)
    edited = await patient.edit("Short")

    await patient.until_right(edited, second)


async def test_a_create_whose_answer_was_lost_long_ago_is_found(desk: Desk, store: Store):
    """As after a kill: nobody knows the message, and Discord has forgotten the nonce."""
    await desk.publisher.stop(1)
    plan = await desk.post()
    [(card_id, _)] = await desk.cards.pending()
    work = await desk.cards.begin(card_id)
    assert work
    made = (await desk.messages.create(work)).message_id
    message = desk.room.discord.sandbox.world.messages[made]
    message.nonce = None

    edited = await desk.edit("Short")
    again = Publisher(desk.cards)
    again.start(desk.messages)
    await desk.until_right(edited)

    assert (await desk.card(plan)).message_id == made
    assert len(desk.sent("POST")) == 1
    await again.stop(1)


async def test_a_create_that_arrives_after_the_look_is_harmless(desk: Desk, own_discord: Discord):
    """The first request is carried out late, when the second try has looked for its message in vain."""
    slow = own_discord.sandbox.faults.slow(*CREATE, seconds=DEADLINE)
    plan = await desk.post()
    await eventually(lambda: slow.hits)
    await desk.publisher.stop(0)
    desk.publisher = Publisher(desk.cards)
    desk.publisher.start(desk.messages)
    await desk.until_right(plan)
    slow.release()

    await own_discord.until(lambda: len(desk.sent("POST")) == 2)
    await desk.until_right(await desk.edit("Short"))
    await desk.publisher.stop(1)


@pytest.mark.parametrize("steps", range(6))
async def test_a_stop_right_after_a_nudge_ends_it(desk: Desk, steps: int):
    for _ in range(3):
        await asyncio.sleep(0)
    desk.publisher.nudge()
    for _ in range(steps):
        await asyncio.sleep(0)

    async with asyncio.timeout(DEADLINE):
        await desk.publisher.stop(1)


@pytest.mark.parametrize("scope", ["user", "shared", "global"])
@pytest.mark.parametrize("asked", [CREATE, EDIT])
async def test_a_pause_that_discord_asks_for_is_kept(desk: Desk, scope, asked: tuple[str, str]):
    if asked == EDIT:
        await desk.until_right(await desk.post())
    method, pattern = asked
    times = desk.times_of(method)
    desk.room.discord.sandbox.faults.rate_limit(method, pattern, retry_after=1.3, scope=scope, count=2)
    plan = await (desk.edit("Short") if asked == EDIT else desk.post())

    await desk.until_right(plan)

    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert len(times) == 3
    assert min(gaps) >= 1.25, gaps


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_pause_for_all_holds_up_every_channel(watched: Desk, resting: list[float], method: str):
    """A card that is made is told to pause, or the look for those that are there."""
    sandbox = watched.room.discord.sandbox
    other = sandbox.world.add_channel(watched.room.guild, "swing")
    elsewhere = dataclasses.replace(watched.dana, channel_id=ChannelId(other.id))
    sandbox.faults.rate_limit(method, CREATE[1], retry_after=1, scope="global")
    first = await watched.post()
    if method == "GET":
        await watched.until_right(first)
    watched.publisher.nudge()
    looking = asyncio.create_task(watched.look() if method == "GET" else asyncio.sleep(0))
    async with asyncio.timeout(DEADLINE):
        while not resting:  # noqa: ASYNC110 - a list, which nobody announces
            await asyncio.sleep(0)
    paused = resting[0]
    times = watched.times_of("POST")

    second = await watched.post("Long", "2026-12-01", elsewhere)
    await watched.until_right(second, channel=other)
    await watched.until_right(first)
    await looking

    assert times
    assert times[0] - paused >= 0.95, times


async def test_discords_own_limits_are_kept(desk: Desk):
    sandbox = desk.room.discord.sandbox
    sandbox.limits.strict()
    plans = [await desk.post("first", f"2026-12-{day:02}") for day in range(1, 8)]
    await desk.until_right(plans[0])
    plans = [await desk.edit("second", f"2026-12-{day:02}") for day in range(1, 8)]

    await desk.until_right(*plans)

    assert not sandbox.early_requests
    assert sandbox.invalid_requests <= 2


async def test_changes_that_come_quickly_are_shown_together(desk: Desk):
    plan = await desk.post()
    for number in range(40):
        plan = await desk.edit(f"Long {number}")

    await desk.until_right(plan)

    assert len(desk.sent("PATCH")) <= 2 * BURST


async def test_a_new_plan_goes_before_a_renamed_coachs_cards(desk: Desk):
    old = [await desk.post("old", f"2026-12-{day:02}") for day in range(1, 9)]
    await desk.until_right(*old)
    await desk.rename("Dana")
    desk.publisher.nudge()
    await desk.room.discord.until(lambda: len(desk.sent("PATCH")) == 2)

    await desk.until_right(await desk.post("new", "2026-12-20"))
    await desk.until_right(await desk.edit("edited", "2026-12-08"))

    assert len(desk.sent("PATCH")) <= 2 + 1 + 2, "each of both waited for one renewal at most"
    [first, *_] = desk.room.cards()
    assert "Coach D" in first.text, "the earliest day comes last"


async def test_a_new_plan_does_not_wait_for_the_rest_after_a_renewal(
    own_discord: Discord, own_room: Room, store: Store
):
    async def sleep(_: float) -> None:
        await asyncio.Event().wait()

    async with desk_at(own_discord, own_room, store, lambda cards: Publisher(cards, sleep)) as desk:
        old = [await desk.post("old", f"2026-12-{day:02}") for day in range(1, 4)]
        await desk.until_right(*old)
        await desk.rename("Dana")
        desk.publisher.nudge()
        await desk.until_right(await desk.post("new", "2026-12-20"))

        assert len(desk.sent("PATCH")) <= 1


async def test_renewals_of_many_channels_take_turns(patient: Desk):
    world = patient.room.discord.sandbox.world
    channels = [world.add_channel(patient.room.guild, f"channel {number}") for number in range(2 * RENEWALS_AT_ONCE)]
    plans = [
        await patient.post(
            "old", f"2026-{month}-{day + 1:02}", dataclasses.replace(patient.dana, channel_id=channel.id)
        )
        for month in (11, 12)
        for day, channel in enumerate(channels)
    ]
    await asyncio.gather(*(patient.publisher.settled(plan, DEADLINE) for plan in plans))

    await patient.rename("Dana")
    await asyncio.gather(*(patient.publisher.settled(plan, DEADLINE) for plan in plans))

    paths = [each.path.split("/")[2] for each in patient.sent("PATCH")]
    assert len(set(paths[: len(channels)])) == len(channels)


async def test_renewals_leave_room_under_discords_limits(patient: Desk, timer: FakeTimer):
    plans = [await patient.post("old", f"2026-12-{day:02}") for day in range(1, 9)]
    await patient.until_right(*plans)
    before = timer.time

    await patient.rename("Dana")
    await patient.until_right(*plans)

    assert all("## Dana" in card.text for card in patient.room.cards())
    assert timer.time - before >= 7 * RENEWAL_SECONDS


def close(room: Room, *, again: bool = False) -> None:
    """Hide the channel from the bot, or show it again."""
    denied = 0 if again else int(Permissions.VIEW_CHANNEL)
    overwrite = Overwrite(room.discord.application.id, is_member=True, deny=denied)
    room.discord.sandbox.world.set_overwrite(room.channel, overwrite)


async def test_events_without_end_make_no_flood_of_refused_requests(desk: Desk):
    here, elsewhere, guild = desk.dana.channel_id, ChannelId(1), desk.dana.guild_id
    assert here
    close(desk.room)
    plans = [await desk.post("Long", f"2026-12-{day:02}") for day in range(1, 21)]
    for plan in plans:
        assert (card := await desk.publisher.settled(plan, DEADLINE))
        assert card.failure is CardFailure.CLOSED
    assert len(desk.sent("POST")) == len(plans)
    desk.asked.clear()

    for _ in range(300):
        await desk.publisher.reopened([], [elsewhere])
    of_another = len(desk.asked)
    for _ in range(300):
        await desk.publisher.reopened([], [here])
    for _ in range(300):
        await desk.publisher.reopened([guild])
    await desk.room.discord.until(lambda: bool(desk.asked))

    assert of_another == 0
    assert len(desk.asked) <= 10
    close(desk.room, again=True)
    await desk.publisher.reopened([], [here])
    async with asyncio.timeout(DEADLINE):
        while (await desk.card(plans[0])).failure:  # a refusal on its way sets the next retry, by the clock of then
            desk.clock.move(seconds=MAX_RETRY)
            desk.publisher.nudge()
    await desk.until_right(*plans)


async def test_a_channel_that_hangs_holds_up_no_other(desk: Desk):
    await desk.until_right(await desk.post("Long", "2026-12-02"))
    world = desk.room.discord.sandbox.world
    other = world.add_channel(desk.room.guild, "swing")
    hanging = desk.room.discord.sandbox.faults.slow(
        "POST", f"/channels/{desk.room.channel.id}/messages", seconds=DEADLINE
    )
    first = await desk.post()

    second = await desk.post("Long", "2026-12-01", dataclasses.replace(desk.dana, channel_id=ChannelId(other.id)))
    await desk.until_right(second, channel=other)

    assert hanging.hits == 1
    assert first.id not in desk.shown()
    hanging.release()
    await desk.until_right(first)


async def test_pictures_that_are_there_are_not_sent_again(desk: Desk):
    plan = await desk.add_chart(await desk.post(), 1)
    await desk.until_right(plan)
    desk.asked.clear()

    await desk.until_right(await desk.edit("Short"))
    texts = [each.files for each in desk.sent("PATCH")]
    desk.asked.clear()
    await desk.until_right(await desk.add_chart(plan, 2))
    added = [len(each.files) for each in desk.sent("PATCH")]
    desk.asked.clear()
    removed = await desk.services.charts.remove(desk.dana, RemoveChart(plan.id, "1"), fresh())
    await desk.until_right(removed.plan)

    assert texts == [{}]
    assert added == [1]
    assert [each.files for each in desk.sent("PATCH")] == [{}]
    [card] = [each for each in desk.room.cards() if plan_in(each) == plan.id]
    assert [each.data for each in await desk.room.mia.pictures(card)] == [image_samples.png(seed=2)]
    assert len(card.shown.attachments) == 1


async def test_a_card_has_its_coachs_look_and_sends_the_picture_once(desk: Desk):
    manager = dataclasses.replace(scene.MAX, guild_id=desk.dana.guild_id)
    picture = desk.services.keep(image_samples.png(seed=9))
    await desk.services.coaches.change(manager, "d", CoachChange(color="blue", picture=picture))
    plan = await desk.post()
    await desk.until_right(plan)
    [card] = desk.room.cards()
    [block] = card.shown.components
    posted = block["accent_color"]
    desk.asked.clear()

    await desk.until_right(await desk.edit("Short"))

    [block] = card.shown.components
    assert (posted, block["accent_color"]) == (0x1565C0, layout.CHANGED)
    assert [each.files for each in desk.sent("PATCH")] == [{}]
    assert block["components"][0]["accessory"]["type"] == 11
    assert [each.filename for each in card.shown.attachments] == [f"coach-{picture.sha256[:16]}.png"]
    for seed in range(10, 20):
        plan = await desk.add_chart(plan, seed)
    await desk.until_right(plan)
    assert len(card.shown.attachments) == 10
    assert "accessory" not in card.shown.components[0]["components"][0]


async def test_a_card_that_lacks_its_coachs_picture_says_nothing_and_gets_it_later(desk: Desk):
    manager = dataclasses.replace(scene.MAX, guild_id=desk.dana.guild_id)
    picture = desk.services.keep(image_samples.png(seed=9))
    await desk.services.coaches.change(manager, "d", CoachChange(picture=picture))
    file = desk.services.files.path_of(picture.sha256)
    assert file
    away = file.rename(file.with_name("away"))
    plan = await desk.post()
    await desk.until_right(plan)
    [card_id] = await desk.cards.lacking()
    [card] = desk.room.cards()
    assert not card.shown.attachments
    away.rename(file)

    await desk.cards.send_again(card_id)

    await desk.until_right(plan)
    assert len(card.shown.attachments) == 1
    assert not await desk.cards.lacking()


async def test_pictures_are_sent_again_where_discord_refuses_to_show_those_there(desk: Desk):
    plan = await desk.add_chart(await desk.post(), 1)
    await desk.until_right(plan)
    desk.room.discord.sandbox.faults.fail(*EDIT, status=400)

    await desk.until_right(await desk.edit("Short"))

    assert len(desk.sent("PATCH")[-1].files) == 1


async def test_a_card_that_discord_refuses_is_reported_and_holds_up_no_other(desk: Desk):
    desk.room.discord.sandbox.faults.fail(*CREATE, status=400)
    first = await desk.post()
    card = await desk.publisher.settled(first, DEADLINE)

    second = await desk.post("Long", "2026-12-01")
    await desk.until_right(second)

    assert card
    assert card.failure is CardFailure.REFUSED
    await desk.until_right(await desk.edit("Short"))


async def test_a_message_that_is_gone_when_it_is_to_be_changed_is_put_back(desk: Desk):
    plan = await desk.post()
    await desk.until_right(plan)
    [card] = desk.room.cards()
    card.shown.deleted = True

    edited = await desk.edit("Short")

    await desk.until_right(edited)
    assert (await desk.card(plan)).message_id != card.shown.id


async def test_a_message_that_is_deleted_before_its_making_is_known_is_made_anew(desk: Desk):
    """Its answer was lost, and Discord does not take the nonce of a deleted message again."""
    desk.room.discord.sandbox.faults.lose_answer(*CREATE)

    def delete(each: Exchange) -> None:
        if each.method == "POST" and not each.status:
            for card in desk.room.cards():
                card.shown.deleted = True

    desk.room.discord.sandbox.exchanges.append(delete)
    plan = await desk.post()

    await desk.until_right(plan)
    assert len(desk.sent("POST")) == 3


async def test_cards_that_went_while_nobody_watched_are_put_back(desk: Desk):
    plans = [await desk.post(str(day), f"2026-11-{day}") for day in (21, 22, 23)]
    await desk.until_right(*plans)
    for card in desk.room.cards()[:2]:
        card.shown.deleted = True

    await desk.look()

    await desk.until_right(*plans)


async def test_a_card_below_many_messages_is_not_put_back(desk: Desk):
    plan = await desk.post()
    await desk.until_right(plan)
    for number in range(120):
        desk.room.mia.send(f"chat {number}")

    await desk.look()

    assert (await desk.card(plan)).is_current
    await desk.until_right(plan)


async def test_a_deletion_that_is_told_before_the_card_is_recorded_counts(desk: Desk, own_discord: Discord):
    """The message is deleted in the moment in which Discord answers."""

    def delete(each: Exchange) -> None:
        if each.method == "POST" and each.status == 200 and len(desk.sent("POST")) == 1:
            own_discord.sandbox.world.messages[int(each.response["id"])].deleted = True
            told.append(MessageId(int(each.response["id"])))

    told: list[MessageId] = []
    own_discord.sandbox.exchanges.append(delete)
    plan = await desk.post()
    await own_discord.until(lambda: bool(told))
    await desk.publisher.deleted(told)

    await own_discord.until(lambda: len(desk.sent("POST")) == 2)
    await desk.until_right(plan)


async def test_work_that_nobody_told_of_is_found(desk: Desk):
    plan = await desk.post()

    async with asyncio.timeout(POLL_SECONDS + DEADLINE):
        await desk.room.discord.until(lambda: plan.id in desk.shown())


async def test_plans_of_several_days_each_have_one_card_whatever_goes_wrong(patient: Desk):
    """A mixture of faults, twice as many as there are requests that have to succeed."""
    faults = patient.room.discord.sandbox.faults
    for number, (method, pattern) in enumerate([CREATE, EDIT] * 6):
        (faults.lose_answer, faults.lose_request, faults.fail)[number % 3](method, pattern, count=2)
        faults.rate_limit(method, pattern, retry_after=0.2, scope="user")
    plans: dict[int, Plan] = {}
    for day in range(1, 9):
        plan = await patient.post("first", f"2026-12-{day:02}")
        plans[plan.id] = await patient.edit("second", f"2026-12-{day:02}")

    await patient.until_right(*plans.values())

    assert Counter(len(each) for each in patient.shown().values()) == {1: 8}
