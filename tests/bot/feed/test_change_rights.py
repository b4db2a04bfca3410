"""Changes that a reader may not read, or no more: nothing tells of them."""

import contextlib
import dataclasses
import datetime
from collections.abc import AsyncGenerator

import pytest

from bot.domain.commands import DeletePlan
from bot.domain.values import Audience, ChannelId, Plan, SettingsChange, View
from storage.store import Store
from tests.bot.feed.programs import Program
from tests.bot.feed.serving import serving
from tests.bot.feed.streams import BEAT, CHANGES, EVENTS, Stream, edit, followed
from tests.bot.feed.views import Views
from tests.service.erasing import erase
from tests.service.scene import DANA, IVAN, MAX, Services, fresh

SECRET = ChannelId(901)
OPEN = datetime.datetime(2026, 11, 23, 5, 0, tzinfo=datetime.UTC)
"""Of the session of Monday."""


@dataclasses.dataclass(frozen=True)
class Room:
    """Two plans, the second in a channel that may be hidden, and a program that follows them."""

    reader: Program
    stream: Stream
    views: Views
    plans: tuple[Plan, Plan]

    async def edit(self, number: int, text: str) -> None:
        await edit(self.reader, self.plans[number], text)


@contextlib.asynccontextmanager
async def followed_room(program: Program, store: Store) -> AsyncGenerator[Room]:
    views = Views(View.SEEN)
    services = Services.on(store, program.clock, views=views)
    secret = dataclasses.replace(IVAN, channel_id=SECRET)
    plans = await program.post("open 1"), await program.post("secret 2", coach="i", actor=secret)
    served = serving(await program.with_token(), streams=BEAT, services=services)
    async with served as (_, reader), followed(reader, 0) as stream:
        assert await stream.texts(2) == [(1, "open 1"), (2, "secret 2")]
        yield Room(reader, stream, views, plans)


async def test_a_channel_that_becomes_private_goes_silent(program: Program, store: Store):
    async with followed_room(program, store) as room:
        room.views.view = View.HIDDEN
        await room.edit(1, "secret 3")
        await room.edit(0, "open 4")
        assert await room.stream.texts(1) == [(4, "open 4")]

        async with followed(room.reader, 2) as stream:  # an id of what is secret now is not known to anyone
            resync = await stream.next()
            assert resync
            assert (resync.name, resync.id) == ("resync", 4)
        got = await room.reader.get(f"{CHANGES}?after=1")
        assert [each["id"] for each in got.json["changes"]] == [4]


async def test_changes_wait_while_discord_does_not_say_who_may_read_them(program: Program, store: Store):
    async with followed_room(program, store) as room:
        room.views.view = View.UNKNOWN
        await room.edit(0, "open 3")
        await room.edit(1, "secret 4")
        await room.edit(0, "open 5")
        got = await room.reader.get(f"{CHANGES}?after=1")
        unknown = await room.reader.get(f"{CHANGES}?after=2")
        assert got.json == {"changes": [], "next": 1, "resync": False}
        assert (unknown.status, unknown.headers["Retry-After"]) == (503, "5")

        room.views.view = View.SEEN
        assert await room.stream.texts(3) == [(3, "open 3"), (4, "secret 4"), (5, "open 5")]


async def test_a_plan_that_is_the_first_in_its_channel_comes_at_its_place(program: Program, store: Store):
    async with followed_room(program, store) as room:

        async def happen() -> None:
            thread = dataclasses.replace(IVAN, channel_id=ChannelId(902))
            await room.reader.post("in a new thread 4", "2026-11-24", "i", thread)
            await room.edit(0, "open 5")

        room.views.meanwhile = happen
        await room.edit(0, "open 3")

        assert await room.stream.texts(3) == [(3, "open 3"), (4, "in a new thread 4"), (5, "open 5")]


async def test_a_revoked_token_ends_its_stream(program: Program):
    plan, kept, revoked = await program.post("alpha"), await program.with_token(), await program.with_token()
    async with followed(kept) as goes_on, followed(revoked) as stream:
        tokens = await program.services.feed_tokens.tokens(MAX)
        await program.services.feed_tokens.revoke(MAX, max(tokens, key=lambda each: each.id).name)

        assert await stream.next() is None
        await edit(program, plan, "beta")
        assert await goes_on.texts(1) == [(2, "beta")]
    assert (await revoked.get(CHANGES, EVENTS)).status == 401


@pytest.mark.parametrize("has_news", [True, False])
async def test_an_expired_token_ends_its_stream(program: Program, has_news: bool):
    plan, expiring = await program.post("alpha"), await program.with_token(days=1)
    async with serving(expiring, streams=BEAT) as (_, reader), followed(reader) as stream:
        program.clock.move(days=1)
        if has_news:
            await edit(program, plan, "beta")
        assert await stream.next() is None


async def test_a_bound_token_hears_of_nothing_later_than_its_moment(program: Program):
    program.clock.now = OPEN - datetime.timedelta(minutes=10)
    early, bound = await program.post("early"), await program.with_token("session_open")
    async with serving(bound, streams=BEAT) as (_, reader), followed(reader, 0) as stream:
        assert await stream.texts(1) == [(1, "early")]
        program.clock.now = OPEN
        await edit(program, early, "at the open")
        assert await stream.texts(1) == [(2, "at the open")]
        program.clock.now = OPEN + datetime.timedelta(seconds=1)
        before = await shown(reader)
        await edit(program, early, "late")
        await program.post("late too", coach="i", actor=MAX)
        await edit(program, early, "late as well")
        after = await shown(reader)
        await program.post("of Tuesday", "2026-11-24")
        assert await stream.texts(1) == [(6, "of Tuesday")]

    assert before == after


async def shown(reader: Program) -> list[bytes]:
    """Return what a reader gets from here and there: all but heartbeats and the ids of requests."""
    polls = [await reader.get(f"{CHANGES}{query}") for query in ("", "?after=0", "?after=1", "?after=2", "?after=3")]
    found = [each.body for each in polls]
    for place in (None, 0, 1, 2, 3):
        async with followed(reader, place) as stream:
            found.append(await until_heartbeat(stream))
    return found


async def until_heartbeat(stream: Stream) -> bytes:
    return (await stream.response.content.readuntil(b"\n:\n\n")).removesuffix(b":\n\n")


@pytest.mark.parametrize("audience", list(Audience))
@pytest.mark.parametrize("as_of", [None, "session_open"])
async def test_of_a_deleted_plan_only_those_who_see_its_history_get_more_than_the_end(
    program: Program, audience: Audience, as_of: str | None
):
    program.clock.now = OPEN - datetime.timedelta(minutes=10)
    await program.services.settings.change(MAX, SettingsChange(deleted_visible_to=audience))
    plan, reader = await program.post("early"), await program.with_token(as_of)
    await edit(program, plan, "edited")
    async with followed(reader, 1) as stream:
        assert await stream.texts(1) == [(2, "edited")]
        program.clock.move(minutes=20)
        await program.services.plans.delete(DANA, DeletePlan(plan.id, 2), fresh())
        await program.post("of Tuesday", "2026-11-24")
        live = await stream.texts(1 if as_of else 2)

    end = [(3, None)] if as_of is None else []
    tuesday = [(4, "of Tuesday")]
    assert live == [*end, *tuesday]
    async with followed(reader, 2) as stream:
        assert await stream.texts(len(live)) == live
    history = [(1, "early"), (2, "edited")] if audience is Audience.EVERYONE else []
    async with followed(reader, 0) as stream:
        assert await stream.texts(len(history) + len(live)) == [*history, *live]


async def test_a_revision_of_a_clock_that_was_put_back_is_sent_at_once(program: Program):
    plan, reader = await program.post("alpha"), await program.with_token()
    async with followed(reader) as stream:
        program.clock.move(hours=-5)
        await edit(program, plan, "beta")
        assert await stream.texts(1) == [(2, "beta")]


async def test_an_erased_text_is_marked(program: Program, store: Store):
    await program.post("alpha")
    reader = await program.with_token()
    await store.write(erase, 1)

    [change] = (await reader.get(f"{CHANGES}?after=0")).json["changes"]

    assert (change["plan"]["text"], change["plan"]["is_erased"]) == (None, True)
