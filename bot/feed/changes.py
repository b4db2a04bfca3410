"""Changes of plans: a stream of server-sent events, or a long poll."""

import asyncio
import contextlib
import dataclasses
import functools
import math
import re
from collections.abc import AsyncGenerator
from typing import Any, Final, TypeAlias

from starlette.requests import Request
from starlette.responses import Response

from bot.domain.errors import DatabaseUnavailableError, ReadersUncheckedError, SessionsMissingError, StoppingError
from bot.domain.values import ChangePage, ChangeStart, PlanChange
from bot.feed.access import Access, Gate
from bot.feed.description import parameters
from bot.feed.description.operations import JSON, Call, Operation
from bot.feed.documents import state_document
from bot.feed.http.connections import MAX_CONNECTIONS
from bot.feed.http.encoding import encoded
from bot.feed.http.problems import ProblemError
from bot.feed.http.slots import SETTLED_SECONDS, Slots
from bot.feed.http.streamed import StreamedResponse
from bot.feed.http.tags import NO_STORE
from bot.service.feed.changes import ChangeService

EVENT_STREAM: Final = "text/event-stream"
RETRY_MILLISECONDS: Final = 2_000
"""The time after which a client connects again."""
WRITERS: Final = 8
"""Streams that go on in one turn of the event loop."""
PAUSE_SECONDS: Final = 0.2
"""Between two reads for one stream, so that many changes at once are read together."""
_HEARTBEAT: Final = b":\n\n"
_REFUSED: Final = re.compile(r"q=0(\.0*)?")
"""A parameter of a media type that is not wanted."""
_PageKey: TypeAlias = tuple[Access, int, int]
"""The reader, the place after which, and the version of the plans."""


@dataclasses.dataclass(frozen=True, slots=True)
class StreamLimits:
    """Limits of the requests that wait for changes."""

    count: int = MAX_CONNECTIONS // 2
    """Of all programs; the other half of the connections is for requests that are answered at once."""
    count_of_token: int = 50
    heartbeat_seconds: float = 15
    """Proxies close connections on which nothing is sent for 60 s."""
    settled_seconds: float = SETTLED_SECONDS


class Changes:
    """Sends what changes to those who wait for it."""

    def __init__(self, service: ChangeService, gate: Gate, limits: StreamLimits) -> None:
        self._service = service
        self._gate = gate
        self._slots = Slots(limits.count, limits.count_of_token, "streams or polls", limits.settled_seconds)
        self._heartbeat = limits.heartbeat_seconds
        self._renewing, self._writers = asyncio.Lock(), asyncio.Semaphore(WRITERS)
        self._reading: dict[_PageKey, asyncio.Task[ChangePage]] = {}
        """The pages that are being read, each for all who wait for it."""

    @property
    def operation(self) -> Operation:
        """The operation."""
        return Operation(
            name="getChanges",
            path="/v1/changes",
            summary="Changes of plans since one, in the order in which they were made.",
            handle=self.answer,
            content={JSON: "Changes", EVENT_STREAM: None},
            parameters=(parameters.AFTER, parameters.WAIT, parameters.LAST_EVENT_ID),
            headers=(),
        )

    async def answer(self, call: Call) -> Response:
        """Answer with a stream if the program asks for one, or with a page of changes."""
        opened = self._service.opened
        sent = call.value(parameters.LAST_EVENT_ID)
        after = call.value(parameters.AFTER) if sent is None else sent
        start = await self._service.start(call.actor, after, call.access.latest)
        if not _wants_stream(call.request):
            found = () if after is None or start.is_resync else await self._following(call, start.place)
            if self._service.opened != opened:
                start, found = await self._resynced(call), ()
            return _answer(call, start, found)
        headers = {**NO_STORE, "X-Accel-Buffering": "no"}
        if call.request.method == "HEAD":
            return Response(headers=headers, media_type=EVENT_STREAM)
        with contextlib.ExitStack() as stack:
            slot = stack.enter_context(self._slots.slot(call.actor.guild_id, call.access.token_id))
            return StreamedResponse(self._events(call, start, opened), headers, EVENT_STREAM, stack.pop_all(), slot)

    async def _following(self, call: Call, place: int) -> tuple[PlanChange, ...]:
        """Return the changes after a place once there are some; none if the program waits no longer."""
        wait = 0 if call.request.method == "HEAD" else call.value(parameters.WAIT)
        if not wait:
            return (await self._page(call.access, place)).changes
        deadline = asyncio.get_running_loop().time() + wait
        key = (call.actor.guild_id, call.access.token_id)
        with self._slots.slot(*key) as slot, self._service.subscribed() as changed:
            gone = asyncio.create_task(_disconnected(call.request))
            slot.end = gone.cancel
            gone.add_done_callback(lambda _: changed.set())
            try:
                while True:
                    changed.clear()
                    page = await self._page(call.access, place)
                    if page.changes or gone.done() or not await _is_set(changed, deadline):
                        return page.changes
                    place = page.place
            finally:
                gone.cancel()

    async def _events(self, call: Call, start: ChangeStart, opened: int) -> AsyncGenerator[bytes]:
        """Yield the changes after a place as events, as long as the token may read."""
        time, place = asyncio.get_running_loop().time, start.place
        heartbeat, is_due, is_partial = time() + self._heartbeat, True, False
        yield _beginning(start)
        with self._service.subscribed() as changed:
            while not self._has_expired(call.access):
                if is_due:
                    changed.clear()
                    try:
                        page = await self._page_if_readable(call, place, opened)
                    except ProblemError:
                        return
                    if isinstance(page, ChangeStart):
                        yield _beginning(page)
                        return
                    for change in page.changes:
                        yield await self._event(call, change)
                    place, is_due, is_partial = page.place, page.has_more, page.is_partial
                    if is_due:
                        continue
                    await asyncio.sleep(min(PAUSE_SECONDS, heartbeat - time()))
                is_due = await _is_set(changed, heartbeat)
                if not is_due:
                    yield _HEARTBEAT
                    heartbeat += self._heartbeat * max(1, math.ceil((time() - heartbeat) / self._heartbeat))
                    is_due = is_partial

    async def _page_if_readable(self, call: Call, place: int, opened: int) -> ChangePage | ChangeStart:
        """Return the page after a place; a partial one without changes while it can't be known.

        Of a database that was opened since, return the place to go on from.
        """
        try:
            page = await self._page(call.access, place)
            return page if self._service.opened == opened else await self._resynced(call)
        except (DatabaseUnavailableError, ReadersUncheckedError, SessionsMissingError, StoppingError):
            return ChangePage((), place, has_more=False, is_partial=True)

    async def _resynced(self, call: Call) -> ChangeStart:
        """Return the newest place, for a program whose place is of another file."""
        start = await self._service.start(call.actor, None, call.access.latest)
        return dataclasses.replace(start, is_resync=True)

    async def _page(self, access: Access, place: int) -> ChangePage:
        """Return the page after a place; of all who ask at once, one reads it.

        Raises:
            DatabaseUnreadableError: the database can't be read.
            ProblemError: the token may read no more.
        """
        key = (access, place, self._service.version)
        reading = self._reading.get(key)
        if reading is None:
            reading = self._reading[key] = asyncio.create_task(self._read(access, place))
            reading.add_done_callback(functools.partial(self._end_reading, key))
        await asyncio.wait((reading,))  # it goes on for the others if this one waits no longer
        return reading.result()

    def _end_reading(self, key: _PageKey, reading: asyncio.Task[ChangePage]) -> None:
        del self._reading[key]
        if not reading.cancelled():
            reading.exception()  # which is of no concern if nobody waits any longer

    async def _read(self, access: Access, place: int) -> ChangePage:
        async with self._renewing:  # a token that has changed is read from the database, without a turn
            current = await self._gate.renew(access)
        return await self._service.following(current.actor, place, current.latest)

    async def _event(self, call: Call, change: PlanChange) -> bytes:
        async with self._writers:
            await asyncio.sleep(0)
            return b"event: change\nid: %d\ndata: %s\n\n" % (change.id, encoded(_document(call, change)))

    def _has_expired(self, access: Access) -> bool:
        return access.expires_at is not None and self._service.clock() >= access.expires_at


def _wants_stream(request: Request) -> bool:
    accepted = re.sub(r"\s", "", ",".join(request.headers.getlist("accept")).lower())
    types = (each.split(";") for each in accepted.split(","))
    return any(name == EVENT_STREAM and not any(map(_REFUSED.fullmatch, others)) for name, *others in types)


def _answer(call: Call, start: ChangeStart, found: tuple[PlanChange, ...]) -> Response:
    document = {
        "changes": [_document(call, each) for each in found],
        "next": found[-1].id if found else start.place,
        "resync": start.is_resync,
    }
    return Response(encoded(document), headers=NO_STORE, media_type=JSON)


def _beginning(start: ChangeStart) -> bytes:
    """Return the first lines, with the id to go on from; alone it makes no event."""
    resync = b"event: resync\ndata: {}\n" if start.is_resync else b""
    return b"retry: %d\n%sid: %d\n\n" % (RETRY_MILLISECONDS, resync, start.place)


def _document(call: Call, change: PlanChange) -> dict[str, Any]:
    plan = state_document(call.links, change.state)
    if change.state.is_deleted:
        plan |= {"text": None, "charts": []}
    return {"id": change.id, "plan": plan}


async def _is_set(event: asyncio.Event, deadline: float) -> bool:
    """Wait for the event until a time of the loop, and return whether it is set."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout_at(deadline):
            await event.wait()
    return event.is_set()


async def _disconnected(request: Request) -> None:
    """Return when the client is gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
