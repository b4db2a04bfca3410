"""The HTTP API from end to end: find the route, meet the fault, read, authorise, carry out, answer, tell."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import web

from sandbox.composing import NotSimulatedError
from sandbox.entities import AnyJson, Application
from sandbox.faults import Fault
from sandbox.http import reading, router
from sandbox.http.calls import Call, Reply, Route
from sandbox.http.errors import DiscordError
from sandbox.http.limits import RateLimits, headers_of
from sandbox.rules import NotKnownError, RefusedError

if TYPE_CHECKING:
    from sandbox.server import Sandbox

_CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
"""Is exempt from the global limit, and has no bucket."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request with its answer, for those who check them."""

    method: str
    path: str
    """Below /api/v10."""
    template: str
    """The path as Discord's OpenAPI description writes it; "" for one the sandbox does not know."""
    query: dict[str, str]
    headers: dict[str, str]
    """The request's, without Authorization."""
    body: AnyJson
    """The request's JSON (of a form: its `payload_json`); None: it had none."""
    status: int
    """0: the connection was broken instead of an answer."""
    response: Any
    """The answer's JSON; None: it had none."""
    response_headers: dict[str, str] = field(default_factory=dict[str, str])
    files: dict[str, str] = field(default_factory=dict[str, str])
    """The names of uploaded files, by the n of `files[n]`."""
    application_id: int | None = None
    faulty: bool = False
    """Whether the answer was made up by a fault."""


class Api:
    """Answers the requests to the HTTP API of one sandbox."""

    def __init__(self, sandbox: "Sandbox") -> None:
        """Answer for `sandbox`."""
        self._sandbox = sandbox
        self._limits = RateLimits()

    async def handle(self, request: web.Request, path: str) -> web.Response:
        """Answer one request."""
        match = router.find(request.method, path)
        template = match.route.template if match else ""
        call = Call(
            self._sandbox,
            request.method,
            path,
            template,
            match.parameters if match else {},
            dict(request.query),
            {k: v for k, v in request.headers.items() if k.lower() != "authorization"},
            caller=self._caller(request),
        )
        headers, refused_for = self._count(match, call)
        fault = self._sandbox.faults.take(request.method, path, template)
        if fault and fault.kind == "lose_request":
            self._tell(call, 0, None, {}, fault)
            self.break_connection(request)
        if fault and fault.kind in ("fail", "rate_limit"):
            await request.read()
            return self._answer(call, *self._made_up(fault, match, call), fault)
        if refused_for:
            return self._answer(call, *_limited(refused_for, "user", headers), None)
        if fault and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        reply = await self._carry_out(request, match, call)
        if fault and fault.kind == "lose_answer":
            self._tell(call, 0, None, {}, fault)
            self.break_connection(request)
        return self._answer(call, reply.status, reply.body, headers, None)

    @staticmethod
    def break_connection(request: web.Request) -> None:
        """Break the connection of a request.

        Raises:
            ConnectionResetError: always; nothing can be answered.
        """
        if request.transport is not None:
            request.transport.abort()
        raise ConnectionResetError("a fault broke this connection")

    async def _carry_out(self, request: web.Request, match: router.Match | None, call: Call) -> Reply:
        try:
            route = _permitted(match, call)
            call.body, call.uploads = await reading.read(request)
            return route.handler(call)
        except DiscordError as error:
            return Reply(error.status, error.body())
        except NotKnownError as error:
            self._sandbox.unknown.append(str(error))
            return Reply(error.status, error.body())
        except RefusedError as error:
            return Reply(error.status, error.body())
        except NotSimulatedError as error:
            self._sandbox.unknown.append(str(error))
            return Reply(501, {"message": f"The sandbox does not know: {error}", "code": 0})
        except Exception:
            self._sandbox.unknown.append(f"{call.method} {call.path} made the sandbox fail")
            raise

    def _caller(self, request: web.Request) -> Application | None:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        return self._sandbox.world.application_of(token) if kind == "Bot" else None

    def _count(self, match: router.Match | None, call: Call) -> tuple[dict[str, str], float]:
        if match is None or match.route.template == _CALLBACK:
            return {}, 0.0
        return self._limits.count(match.bucket(_name(call)))

    def _made_up(self, fault: Fault, match: router.Match | None, call: Call) -> tuple[int, Any, dict[str, str]]:
        if fault.kind == "fail":
            return fault.status, {"message": f"{fault.status}: A fault on demand", "code": 0}, {}
        key = match.bucket(_name(call)) if match else (call.method, call.path)
        ends_at = time.time() + fault.seconds
        headers = {} if fault.scope == "global" else headers_of(key, 0, ends_at, fault.seconds)
        return _limited(fault.seconds, fault.scope, headers)

    def _answer(
        self, call: Call, status: int, body: AnyJson, headers: dict[str, str], fault: Fault | None
    ) -> web.Response:
        self._tell(call, status, body, headers, fault)
        if status == 204:
            return web.Response(status=204, headers=headers)
        return web.Response(status=status, body=orjson.dumps(body), content_type="application/json", headers=headers)

    def _tell(self, call: Call, status: int, body: AnyJson, headers: dict[str, str], fault: Fault | None) -> None:
        exchange = Exchange(
            call.method,
            call.path,
            call.template,
            dict(call.query),
            call.headers,
            call.body,
            status,
            body,
            headers,
            call.upload_names,
            call.caller.id if call.caller else None,
            faulty=fault is not None,
        )
        for observer in self._sandbox.exchanges:
            observer(exchange)


def _name(call: Call) -> str:
    return str(call.caller.id) if call.caller else ""


def _permitted(match: router.Match | None, call: Call) -> Route:
    """The route, when the caller may use it."""
    if match is None:
        raise NotSimulatedError(f"{call.method} {call.path}")
    if not match.route.open and call.caller is None:
        raise DiscordError(401, 0, "401: Unauthorized")
    return match.route


def _limited(seconds: float, scope: str, headers: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
    """A 429: status, body and headers."""
    is_global = scope == "global"
    body = {
        "message": "You are being rate limited.",
        "retry_after": round(seconds, 3),
        "code": 0,
        "global": is_global,
    }
    headers = headers | {"X-RateLimit-Scope": scope, "Retry-After": str(max(1, round(seconds)))}
    return 429, body, headers | ({"X-RateLimit-Global": "true"} if is_global else {})
