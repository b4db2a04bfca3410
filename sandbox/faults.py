"""Faults on demand: what Discord and the network between do on bad days.

    sandbox.faults.fail("POST", "/channels/*/messages", status=502, count=2)
    sandbox.faults.rate_limit("PATCH", "/webhooks/*", retry_after=0.5, scope="shared")
    sandbox.faults.slow("POST", "/interactions/*", seconds=2)      # or until .release() of the fault
    sandbox.faults.lose_answer("POST", "*/callback")        # carried out, then the connection breaks
    sandbox.faults.lose_request("POST", "*/callback")       # the connection breaks before
    sandbox.faults.kill_links()                             # every link signed so far is dead
    sandbox.faults.redirect("*/chart.png", "http://elsewhere/")    # and overflow, stall, cut: of links alone
    sandbox.faults.drop_socket(); .reconnect(); .invalidate_session(); .refuse_resume(); .close_gateway(4000)
    sandbox.faults.kill_resume_host(503)                    # the gateway's own address still works
    sandbox.faults.use_up_sessions(60.0)                    # none may begin in the next 60 seconds
    sandbox.faults.use_up_command_creates()                 # 30034 from now on
    sandbox.faults.send_frame(RawFrame(b"null"))            # on the gateway; or in the place of one that is expected:
    sandbox.faults.replace_frames("READY", RawFrame(b"{}"))

A pattern is matched with the path below /api/v10 (or the CDN's path), and with the route's template.
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
from sandbox.rules.commands import MOST_CREATES
from sandbox.world.state import World

Scope = Literal["user", "shared", "global"]


@dataclass(frozen=True, slots=True)
class Redirect:
    """A link leads elsewhere."""

    location: str


@dataclass(frozen=True, slots=True)
class Overflow:
    """A link gives `size` bytes: the file's, and zeros after them."""

    size: int
    declared: int | None
    """The Content-Length; None: the answer has none."""


@dataclass(frozen=True, slots=True)
class Stall:
    """A link gives the file's first `after` bytes, and then nothing, for as long as the client waits."""

    after: int


@dataclass(frozen=True, slots=True)
class Cut:
    """A link gives the file's first `after` bytes, then the connection breaks."""

    after: int


LinkKind = Redirect | Overflow | Stall | Cut


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong with the next `count` requests which match."""

    kind: Literal["fail", "rate_limit", "slow", "lose_answer", "lose_request"] | LinkKind
    method: str
    pattern: str
    count: int
    status: int = 500
    seconds: float = 0.0
    """Of a slow answer: how long; of a rate limit: `retry_after`."""
    scope: Scope = "user"
    hits: int = 0
    """How many requests it has met."""
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    async def pause(self) -> None:
        """Wait as long as a slow answer takes, or until it is released."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.seconds):
                await self._released.wait()

    def release(self) -> None:
        """Let the slow answers go on at once."""
        self._released.set()

    def matches(self, method: str, path: str, template: str) -> bool:
        """Whether a request is one of those."""
        if self.hits >= self.count or self.method not in ("*", method):
            return False
        return fnmatch.fnmatchcase(path, self.pattern) or fnmatch.fnmatchcase(template, self.pattern)


class Faults:
    """The faults which are waiting for their requests, and those of the gateway."""

    def __init__(self, world: World, gateway: Gateway) -> None:
        """No faults yet."""
        self._world = world
        self._gateway = gateway
        self._waiting: list[Fault] = []

    def fail(self, method: str, pattern: str, *, status: int = 500, count: int = 1) -> Fault:
        """Answer with this status (4xx or 5xx), without carrying anything out."""
        return self._add(Fault("fail", method, pattern, count, status=status))

    def rate_limit(
        self,
        method: str,
        pattern: str,
        *,
        retry_after: float = 1.0,
        scope: Scope = "user",
        count: int = 1,
    ) -> Fault:
        """Answer with 429 and its headers; `retry_after` is in seconds."""
        return self._add(Fault("rate_limit", method, pattern, count, seconds=retry_after, scope=scope, status=429))

    def slow(self, method: str, pattern: str, *, seconds: float, count: int = 1) -> Fault:
        """Carry out and answer only after `seconds` of real time."""
        return self._add(Fault("slow", method, pattern, count, seconds=seconds))

    def lose_answer(self, method: str, pattern: str, *, count: int = 1) -> Fault:
        """Carry the request out, then break the connection instead of answering."""
        return self._add(Fault("lose_answer", method, pattern, count))

    def lose_request(self, method: str, pattern: str, *, count: int = 1) -> Fault:
        """Break the connection before anything is carried out."""
        return self._add(Fault("lose_request", method, pattern, count))

    def redirect(self, pattern: str, location: str, *, count: int = 1) -> Fault:
        """Answer a link with 302 and this Location."""
        return self._add(Fault(Redirect(location), "GET", pattern, count))

    def overflow(self, pattern: str, size: int, declared: int | None = None, *, count: int = 1) -> Fault:
        """Answer a link with `size` bytes: the file's, then zeros.

        Args:
            pattern: the links.
            size: bytes, also fewer than the file has.
            declared: the Content-Length in bytes; None: none, but chunks. Of a larger body HTTP carries no more than
                these; after a smaller one the connection breaks.
            count: how many requests.
        """
        return self._add(Fault(Overflow(size, declared), "GET", pattern, count))

    def stall(self, pattern: str, after: int, *, count: int = 1) -> Fault:
        """Answer a link with the file's first `after` bytes and then nothing, until the client goes away."""
        return self._add(Fault(Stall(after), "GET", pattern, count))

    def cut(self, pattern: str, after: int, *, count: int = 1) -> Fault:
        """Answer a link with the file's first `after` bytes, then break the connection."""
        return self._add(Fault(Cut(after), "GET", pattern, count))

    def kill_links(self, attachment_id: int | None = None) -> None:
        """Make the links of one attachment dead for good, or (None) all links which were signed until now."""
        links = self._world.links
        if attachment_id is None:
            links.forget_all()
        else:
            links.dead_ids.add(attachment_id)

    def drop_socket(self) -> None:
        """Break every gateway connection without a goodbye; sessions can be resumed."""
        self._gateway.drop()

    async def reconnect(self) -> None:
        """Ask every gateway connection to reconnect and resume (opcode 7)."""
        await self._gateway.ask_to_reconnect()

    async def invalidate_session(self, *, resumable: bool = False) -> None:
        """Tell every gateway connection that its session is invalid (opcode 9)."""
        await self._gateway.invalidate(resumable=resumable)

    def refuse_resume(self, count: int = 1) -> None:
        """Refuse the next `count` resumes: the session is gone (opcode 9)."""
        self._gateway.resumes_to_refuse += count

    def kill_resume_host(self, status: int = 0) -> None:
        """Have the address for resuming refuse each connection with this status (0: break it), until `clear`."""
        self._gateway.is_resume_host_dead, self._gateway.resume_host_status = True, status

    def use_up_sessions(self, seconds: float) -> None:
        """Let no application begin a session within so many seconds: `session_start_limit.remaining` is 0."""
        self._gateway.no_sessions_until = time.monotonic() + seconds

    def use_up_command_creates(self) -> None:
        """Have each application created as many global commands today as it may."""
        for application in self._world.applications:
            self._world.command_creates[application, None] = [self._world.clock()] * MOST_CREATES

    def ignore_heartbeats(self, count: int = 1) -> None:
        """Leave the next `count` heartbeats without an acknowledgement."""
        self._gateway.heartbeats_to_ignore += count

    def send_frame(self, frame: RawFrame) -> None:
        """Send a frame on every gateway connection, whatever it holds."""
        self._gateway.send(frame)

    def replace_frames(self, name: str, *frames: RawFrame) -> None:
        """Send these frames, one each time, where HELLO or a dispatch of this name would have been sent."""
        self._gateway.replacements.setdefault(name, []).extend(frames)

    async def close_gateway(self, code: int, reason: str = "") -> None:
        """Close every gateway connection with a close code."""
        await self._gateway.close_all(code, reason)

    def clear(self) -> None:
        """Forget the faults which still wait."""
        self._waiting.clear()
        self._gateway.replacements.clear()
        self._gateway.resumes_to_refuse = self._gateway.heartbeats_to_ignore = 0
        self._gateway.is_resume_host_dead = False
        self._gateway.no_sessions_until = 0.0

    def take(self, method: str, path: str, template: str) -> Fault | None:
        """The fault for this request to the HTTP API, which counts as one of its hits."""
        return self._hit(each for each in self._matching(method, path, template) if not isinstance(each.kind, LinkKind))

    def take_for_link(self, method: str, path: str) -> Fault | None:
        """The fault for this request to the CDN, which counts as one of its hits."""
        return self._hit(self._matching(method, path, path))

    def _matching(self, method: str, path: str, template: str) -> Iterator[Fault]:
        return (each for each in self._waiting if each.matches(method, path, template))

    @staticmethod
    def _hit(found: Iterator[Fault]) -> Fault | None:
        fault = next(found, None)
        if fault:
            fault.hits += 1
        return fault

    def _add(self, fault: Fault) -> Fault:
        self._waiting.append(fault)
        return fault
