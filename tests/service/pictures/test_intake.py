"""Pictures come in: those that can be had are kept at once, and one that can't costs no other."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.domain import errors
from bot.domain.values import Attachment, Chart, Draft, DraftKind, Limits, Submission, UserId
from bot.service.pictures.downloads import Downloads
from bot.service.pictures.inspectors import Inspectors
from bot.service.pictures.intake import MAX_OF_SERVER, IntakeService, refuse_unchecked
from tests import image_samples
from tests.processes import DEADLINE
from tests.service.scene import Services, elsewhere

GOOD = {
    "one.png": image_samples.png(seed=1),
    "two.png": image_samples.png(seed=2),
    "again.png": image_samples.png(seed=1),
}
BAD = {
    "text.png": image_samples.TEXT,
    "empty.png": b"",
    "message.txt": "börse".encode(),
    "latin.txt": b"b\xf6rse",
    "photo.heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    "photo.png": b"\0\0\0\x18ftypavif\0\0\0\0mif1avif",
}


@dataclasses.dataclass
class Links:
    """A server of pictures; `slow.png` comes when it is told to."""

    port: int = 0
    go_on: asyncio.Event = dataclasses.field(default_factory=asyncio.Event)
    asked: asyncio.Event = dataclasses.field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name == "slow.png":
            self.asked.set()
            await self.go_on.wait()
            return web.Response(body=image_samples.png(seed=9))
        return web.Response(body=(GOOD | BAD)[name])

    def to(self, *names: str) -> tuple[Attachment, ...]:
        return tuple(Attachment(f"http://127.0.0.1:{self.port}/{name}", name, 100) for name in names)


@pytest.fixture
async def links() -> AsyncIterator[Links]:
    served = Links()
    application = web.Application()
    application.router.add_get("/{name}", served.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    served.port = runner.addresses[0][1]
    yield served
    served.go_on.set()
    await runner.cleanup()


@pytest.fixture
async def inspectors() -> AsyncIterator[Inspectors]:
    opened = Inspectors(40 * 10**6)
    yield opened
    await opened.close()


@pytest.fixture
async def intake(
    store, services: Services, clock, links: Links, inspectors: Inspectors
) -> AsyncIterator[IntakeService]:
    downloads = Downloads([f"127.0.0.1:{links.port}"], 10 * 2**20, DEADLINE)
    limits = Limits()
    yield IntakeService(store, clock, services.guilds, services.drafts, services.files, downloads, inspectors, limits)
    await downloads.close()


@pytest.fixture
async def draft(drafts, dana, links: Links) -> Draft:
    """A post that waits for a good picture and for a slow one."""
    return await drafts.save(dana, Submission(DraftKind.POST, "text", pictures=links.to("one.png", "slow.png")))


def names(pictures: tuple[Chart | Attachment, ...]) -> list[tuple[str, bool]]:
    """Each with its name, and whether it is kept."""
    return [(each.filename, isinstance(each, Chart)) for each in pictures]


async def test_good_pictures_are_kept_and_bad_ones_named(intake, services, dana, links):
    steps = []

    pictures = links.to("text.png", "one.png", "empty.png", "two.png")
    received = await intake.receive(dana, pictures, lambda: steps.append(1))

    assert names(received.pictures) == [("text.png", False), ("one.png", True), ("empty.png", False), ("two.png", True)]
    assert [(each.filename, each.why) for each in received.left_out] == [
        ("text.png", "is not a PNG, JPEG, GIF or WebP picture"),
        ("empty.png", "is empty"),
    ]
    assert [services.files.path_of(chart.sha256).read_bytes() for chart in received.charts] == [
        GOOD["one.png"],
        GOOD["two.png"],
    ]
    assert len(steps) == 4


async def test_what_phones_send_is_named_with_what_to_do(intake, dana, links):
    received = await intake.receive(dana, links.to("photo.heic", "photo.png"))

    send = "Send a screenshot of it, or save it as JPEG or PNG and send that"
    assert [each.why for each in received.left_out] == [f"is a HEIC picture. {send}", f"is an AVIF picture. {send}"]


async def test_a_picture_has_what_its_owner_says_of_it(intake, dana, links):
    [link] = links.to("one.png")
    described = dataclasses.replace(link, description=" the\nopen ", is_spoiler=True)

    [chart] = (await intake.receive(dana, [described])).charts

    assert (chart.caption, chart.is_spoiler) == ("the open", True)


async def test_a_picture_that_nobody_can_look_at_stays_a_link_and_is_not_lost_with_its_draft(
    intake, dana, inspectors, links
):
    await inspectors.close()

    received = await intake.receive(dana, links.to("one.png", "empty.png"))

    assert names(received.pictures) == [("one.png", False), ("empty.png", False)]
    assert all("could not be checked" in each.why for each in received.left_out)
    with pytest.raises(errors.PicturesUncheckedError) as refusal:
        refuse_unchecked(received.left_out)
    assert refusal.value.left_out == received.left_out


async def test_pictures_that_were_looked_at_and_not_taken_are_no_reason_to_wait(intake, dana, links):
    received = await intake.receive(dana, links.to("text.png", "one.png"))

    refuse_unchecked(received.left_out)


async def test_the_same_picture_twice_is_taken_once(intake, dana, links):
    received = await intake.receive(dana, links.to("one.png", "again.png"), lambda: None)

    assert names(received.pictures) == [("one.png", True), ("again.png", False)]
    assert received.left_out[0].why == "is the same picture as one.png"


async def test_what_is_kept_already_is_not_fetched_again(intake, services, dana, links):
    chart = services.keep(b"kept")

    received = await intake.receive(dana, (chart, *links.to("one.png")), lambda: None)

    assert received.pictures[0] == chart
    assert names(received.pictures) == [("chart.png", True), ("one.png", True)]


async def test_a_draft_has_each_picture_as_soon_as_it_is_kept(intake, drafts, dana, draft, links):
    kept = asyncio.Event()
    fetching = asyncio.create_task(intake.fetch(dana, draft, kept.set))
    await asyncio.wait_for(asyncio.gather(kept.wait(), links.asked.wait()), DEADLINE)

    assert names((await drafts.get(dana, draft.id)).pictures) == [("one.png", True), ("slow.png", False)]
    assert intake.fetching == 1

    links.go_on.set()
    await fetching
    assert intake.fetching == 0
    assert names((await drafts.get(dana, draft.id)).pictures) == [("one.png", True), ("slow.png", True)]


async def test_stopping_breaks_off_and_leaves_the_draft_what_came(intake, drafts, dana, draft, links):
    kept = asyncio.Event()
    fetching = asyncio.create_task(intake.fetch(dana, draft, kept.set))
    await asyncio.wait_for(asyncio.gather(kept.wait(), links.asked.wait()), DEADLINE)

    intake.stop()

    with pytest.raises(errors.StoppingError, match="/plan drafts"):
        await fetching
    assert names((await drafts.get(dana, draft.id)).pictures) == [("one.png", True), ("slow.png", False)]
    with pytest.raises(errors.StoppingError):
        await intake.receive(dana, links.to("two.png"), lambda: None)


async def test_who_waits_for_those_that_come_soon_does_not_wait_for_the_rest(intake, dana, draft, links):
    async with intake.incoming(dana, draft) as incoming:
        soon = await incoming.soon(0)

        assert names(soon.pictures) == [("one.png", True), ("slow.png", False)]
        assert (soon.left_out, incoming.awaited) == ((), 1)
        links.go_on.set()
        assert names((await incoming.all()).pictures) == [("one.png", True), ("slow.png", True)]


async def test_nobody_is_served_before_the_first_picture_is_there(intake, dana, links):
    waiting = asyncio.create_task(intake.receive(dana, links.to("text.png", "slow.png")))
    await asyncio.wait_for(links.asked.wait(), DEADLINE)

    assert not waiting.done()
    links.go_on.set()
    assert names((await waiting).pictures) == [("text.png", False), ("slow.png", True)]


async def test_of_one_user_and_of_one_server_so_many_wait_and_no_more(intake, dana, ivan, links):
    plan = links.to(*["slow.png"] * 10)
    users = [dana, *(dataclasses.replace(ivan, user_id=UserId(10 + number)) for number in range(4))]
    waiting = [asyncio.create_task(intake.receive(user, plan)) for user in users for _ in range(3)]
    await asyncio.wait_for(links.asked.wait(), DEADLINE)

    assert intake.fetching == MAX_OF_SERVER
    with pytest.raises(errors.TooManyPicturesError, match="30 of your pictures"):
        await intake.receive(dana, plan)
    with pytest.raises(errors.TooManyPicturesError, match="150 pictures of this server"):
        await intake.receive(ivan, links.to("one.png"))
    assert (await intake.receive(elsewhere(dana), links.to("one.png"))).charts
    unlimited = asyncio.create_task(intake.receive(dana, links.to("one.png"), is_limited=False))
    links.go_on.set()
    await asyncio.gather(*waiting)
    assert (await unlimited).charts
    assert intake.fetching == 0
    assert (await intake.receive(dana, plan[:1])).charts


async def test_nothing_half_stored_is_left_when_it_is_broken_off(intake, services, dana, draft, links):
    fetching = asyncio.create_task(intake.fetch(dana, draft, lambda: None))
    await asyncio.wait_for(links.asked.wait(), DEADLINE)

    fetching.cancel()
    await asyncio.gather(fetching, return_exceptions=True)

    async with asyncio.timeout(DEADLINE):
        while list((services.plans.store.path.parent / "charts" / "incoming").iterdir()):  # noqa: ASYNC110 - files tell nobody
            await asyncio.sleep(0)


async def test_nothing_is_fetched_for_one_who_may_post_as_nobody(intake, mia, max, dana):
    with pytest.raises(errors.NoCoachError):
        await intake.require_live_coach(mia)
    await intake.require_live_coach(dana)
    await intake.require_live_coach(max)


async def test_what_a_kill_left_is_fetched_at_the_next_start(intake, drafts, dana, draft, links):
    links.go_on.set()

    assert await intake.fetch_waiting() == 2

    assert names((await drafts.get(dana, draft.id)).pictures) == [("one.png", True), ("slow.png", True)]
    assert await intake.fetch_waiting() == 0


async def test_the_text_of_a_file_is_read_and_nothing_stays_on_the_disk(intake, dana, links: Links, services: Services):
    (file,) = links.to("message.txt")

    assert await intake.whole_text(dana, "", file) == "börse"
    assert await intake.whole_text(dana, "NQ", file) == "NQ\nbörse"
    with pytest.raises(errors.TextTooLongError):
        await intake.whole_text(dana, "x" * 3995, file)
    assert not [
        path for path in services.files.folder.path.rglob("*") if path.is_file() and path.parent.name == "incoming"
    ]


@pytest.mark.parametrize(
    ("name", "size", "why"),
    [("latin.txt", 5, "is not UTF-8 text"), ("message.txt", 16_001, "is too long: a plan can have")],
)
async def test_a_file_that_is_no_plans_text_is_refused(intake, dana, links: Links, name: str, size: int, why: str):
    (file,) = links.to(name)

    with pytest.raises(errors.TextFileError, match=why):
        await intake.whole_text(dana, "", dataclasses.replace(file, size=size))
