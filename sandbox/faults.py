"""Fault injection: failures of Discord and of the network between.

    sandbox.faults.fail("POST", "/channels/*/messages", status=502, count=2)
    sandbox.faults.rate_limit("PATCH", "/webhooks/*", retry_after=0.5, scope="shared")
    sandbox.faults.slow("POST", "/interactions/*", seconds=2)      # or until .release() of the fault
    sandbox.faults.lose_answer("POST", "*/callback")        # the request is processed, then the connection is aborted
    sandbox.faults.lose_request("POST", "*/callback")       # the connection is aborted before processing
    sandbox.faults.kill_links()                             # every link signed so far is invalid
    sandbox.faults.redirect("*/chart.png", "http://elsewhere/")    # and overflow, stall, cut: CDN links only
    sandbox.faults.drop_socket(); .reconnect(); .invalidate_session(); .refuse_resume(); .close_gateway(4000)
    sandbox.faults.kill_resume_host(503)                    # the gateway's own address still works
    sandbox.faults.use_up_sessions(60.0)                    # no new session for 60 seconds
    sandbox.faults.use_up_command_creates()                 # 30034 from now on
    sandbox.faults.send_frame(RawFrame(b"null"))            # on the gateway; or in place of an expected payload:
    sandbox.faults.replace_frames("READY", RawFrame(b"{}"))

A pattern is matched against the path below /api/v10 (or the CDN's path) and against the route's template.
"""

import asyncio
import contextlib
import fnmatch
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from sandbox.gateway.compression import RawFrame
from sandbox.gateway.server import Gateway
from sandbox.rules.commands import MAX_CREATES
from sandbox.world.state import World

Scope = Literal["user", "shared", "global"]


@dataclass(frozen=True, slots=True)
class Redirect:
    """A link redirects."""

    location: str


@dataclass(frozen=True, slots=True)
class Overflow:
    """A link returns `size` bytes: the file's, then zeros."""

    size: int
    declared: int | None
    """The Content-Length header; None: the response has none."""


@dataclass(frozen=True, slots=True)
class Stall:
    """A link returns the file's first `after` bytes and then nothing, for as long as the client waits."""

    after: int


@dataclass(frozen=True, slots=True)
class Cut:
    """A link returns the file's first `after` bytes, then the connection is aborted."""

    after: int


LinkKind = Redirect | Overflow | Stall | Cut


@dataclass(slots=True)
class InjectedFault:
    """A fault of the next `count` matching requests."""

    kind: Literal["fail", "rate_limit", "slow", "lose_answer", "lose_request"] | LinkKind
    method: str
    pattern: str
    count: int
    status: int = 500
    seconds: float = 0.0
    """Delay of a slow response, or `retry_after` of a rate limit."""
    scope: Scope = "user"
    hits: int = 0
    """Number of requests it was injected into."""
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    async def pause(self) -> None:
        """Wait for the delay of a slow response, or until `release`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.seconds):
                await self._released.wait()

    def release(self) -> None:
        """Send the delayed responses now."""
        self._released.set()

    def matches(self, method: str, path: str, template: str) -> bool:
        """Return whether the fault applies to a request."""
        if self.hits >= self.count or self.method not in ("*", method):
            return False
        return fnmatch.fnmatchcase(path, self.pattern) or fnmatch.fnmatchcase(template, self.pattern)


class Faults:
    """The pending faults of requests, and the faults of the gateway."""

    def __init__(self, world: World, gateway: Gateway) -> None:
        """Start without faults."""
        self._world = world
        self._gateway = gateway
        self._waiting: list[InjectedFault] = []

    def fail(self, method: str, pattern: str, *, status: int = 500, count: int = 1) -> InjectedFault:
        """Answer with this status (4xx or 5xx) without processing the request."""
        return self._add(InjectedFault("fail", method, pattern, count, status=status))

    def rate_limit(
        self,
        method: str,
        pattern: str,
        *,
        retry_after: float = 1.0,
        scope: Scope = "user",
        count: int = 1,
    ) -> InjectedFault:
        """Answer with 429 and its headers; `retry_after` is in seconds."""
        return self._add(
            InjectedFault("rate_limit", method, pattern, count, seconds=retry_after, scope=scope, status=429)
        )

    def slow(self, method: str, pattern: str, *, seconds: float, count: int = 1) -> InjectedFault:
        """Process and answer only after `seconds` of real time."""
        return self._add(InjectedFault("slow", method, pattern, count, seconds=seconds))

    def lose_answer(self, method: str, pattern: str, *, count: int = 1) -> InjectedFault:
        """Process the request, then abort the connection instead of answering."""
        return self._add(InjectedFault("lose_answer", method, pattern, count))

    def lose_request(self, method: str, pattern: str, *, count: int = 1) -> InjectedFault:
        """Abort the connection before the request is processed."""
        return self._add(InjectedFault("lose_request", method, pattern, count))

    def redirect(self, pattern: str, location: str, *, count: int = 1) -> InjectedFault:
        """Answer a link with 302 and this Location."""
        return self._add(InjectedFault(Redirect(location), "GET", pattern, count))

    def overflow(self, pattern: str, size: int, declared: int | None = None, *, count: int = 1) -> InjectedFault:
        """Answer a link with `size` bytes: the file's, then zeros.

        Args:
            pattern: of the links' paths.
            size: in bytes; may be less than the file's.
            declared: the Content-Length in bytes; None: chunked transfer. A longer body is truncated to it; after a
                shorter one the connection is aborted.
            count: number of requests.
        """
        return self._add(InjectedFault(Overflow(size, declared), "GET", pattern, count))

    def stall(self, pattern: str, after: int, *, count: int = 1) -> InjectedFault:
        """Answer a link with the file's first `after` bytes and then nothing, until the client disconnects."""
        return self._add(InjectedFault(Stall(after), "GET", pattern, count))

    def cut(self, pattern: str, after: int, *, count: int = 1) -> InjectedFault:
        """Answer a link with the file's first `after` bytes, then abort the connection."""
        return self._add(InjectedFault(Cut(after), "GET", pattern, count))

    def kill_links(self, attachment_id: int | None = None) -> None:
        """Invalidate the links of one attachment for good, or (None) all links signed so far."""
        links = self._world.links
        if attachment_id is None:
            links.forget_all()
        else:
            links.dead_ids.add(attachment_id)

    def drop_socket(self) -> None:
        """Abort every gateway connection without a close frame; sessions can be resumed."""
        self._gateway.drop()

    async def reconnect(self) -> None:
        """Ask every gateway connection to reconnect and resume (opcode 7)."""
        await self._gateway.ask_to_reconnect()

    async def invalidate_session(self, *, resumable: bool = False) -> None:
        """Send Invalid Session (opcode 9) on every gateway connection."""
        await self._gateway.invalidate(resumable=resumable)

    def refuse_resume(self, count: int = 1) -> None:
        """Reject the next `count` resumes with Invalid Session (opcode 9)."""
        self._gateway.resumes_to_refuse += count

    def kill_resume_host(self, status: int = 0) -> None:
        """Reject each connection to the resume URL with this status (0: abort it), until `clear`."""
        self._gateway.is_resume_host_dead, self._gateway.resume_host_status = True, status

    def use_up_sessions(self, seconds: float) -> None:
        """Set `session_start_limit.remaining` to 0 for this many seconds."""
        self._gateway.no_sessions_until = time.monotonic() + seconds

    def use_up_command_creates(self) -> None:
        """Exhaust today's limit of created global commands of each application."""
        for application in self._world.applications:
            self._world.command_creates[application, None] = [self._world.clock()] * MAX_CREATES

    def ignore_heartbeats(self, count: int = 1) -> None:
        """Send no acknowledgement for the next `count` heartbeats."""
        self._gateway.heartbeats_to_ignore += count

    def send_frame(self, frame: RawFrame) -> None:
        """Send a raw frame on every gateway connection."""
        self._gateway.send(frame)

    def replace_frames(self, name: str, *frames: RawFrame) -> None:
        """Send these frames, one each time, in place of HELLO or of the dispatch of this name."""
        self._gateway.replacements.setdefault(name, []).extend(frames)

    async def close_gateway(self, code: int, reason: str = "") -> None:
        """Close every gateway connection with a close code."""
        await self._gateway.close_all(code, reason)

    def clear(self) -> None:
        """Remove the pending faults."""
        self._waiting.clear()
        self._gateway.replacements.clear()
        self._gateway.resumes_to_refuse = self._gateway.heartbeats_to_ignore = 0
        self._gateway.is_resume_host_dead = False
        self._gateway.no_sessions_until = 0.0

    def take(self, method: str, path: str, template: str) -> InjectedFault | None:
        """Return the fault for this request to the HTTP API and count a hit of it."""
        return self._hit(each for each in self._matching(method, path, template) if not isinstance(each.kind, LinkKind))

    def take_for_link(self, method: str, path: str) -> InjectedFault | None:
        """Return the fault for this request to the CDN and count a hit of it."""
        return self._hit(self._matching(method, path, path))

    def _matching(self, method: str, path: str, template: str) -> Iterator[InjectedFault]:
        return (each for each in self._waiting if each.matches(method, path, template))

    @staticmethod
    def _hit(faults: Iterator[InjectedFault]) -> InjectedFault | None:
        fault = next(faults, None)
        if fault:
            fault.hits += 1
        return fault

    def _add(self, fault: InjectedFault) -> InjectedFault:
        self._waiting.append(fault)
        return fault
