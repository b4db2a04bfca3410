"""Processing of HTTP API requests: routing, rate limits, fault injection, authorization, handler, response."""

import math
from collections.abc import Callable, Hashable

import orjson
from aiohttp import web

from sandbox.errors import DiscordError, NotSimulatedError
from sandbox.faults import Faults, InjectedFault, Scope
from sandbox.http import router
from sandbox.http.body import read_body
from sandbox.http.client_compliance import ClientCompliance
from sandbox.http.exchange import Exchange
from sandbox.http.limits import Key, LimitCheck, RateLimits
from sandbox.http.request import Backend, Call, Reply, Route
from sandbox.rules import NotKnownError, RefusedError
from sandbox.world.entities import AnyJson, Application, Json

_CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
"""A route without a rate limit bucket."""

_OF_INTERACTIONS = (_CALLBACK, "/webhooks/{webhook_id}/{webhook_token}")
"""Prefixes of the routes that the global rate limit excludes."""


class Api:
    """Answers the requests to the HTTP API.

    Attributes:
        exchanges: observers, called with each exchange.
    """

    def __init__(
        self, backend: Backend, faults: Faults, limits: RateLimits, compliance: ClientCompliance, unknown: list[str]
    ) -> None:
        """Answer from `backend`; record violations of `limits` in `compliance`, unsupported requests in `unknown`."""
        self.exchanges: list[Callable[[Exchange], None]] = []
        self._backend = backend
        self._faults = faults
        self._limits = limits
        self._compliance = compliance
        self._unknown = unknown

    async def handle(self, request: web.Request, path: str) -> web.Response:
        """Answer one request."""
        match = router.find(request.method, path)
        template = match.route.template if match else ""
        call = Call(
            self._backend,
            request.method,
            path,
            template,
            match.parameters if match else {},
            dict(request.query),
            {k: v for k, v in request.headers.items() if k.lower() != "authorization"},
            caller=self._caller(request),
        )
        call.too_early = self._is_too_early(request, match, call)
        check = self._check_limits(match, call)
        fault = self._faults.take(request.method, path, template)
        if fault and fault.kind == "lose_request":
            self._record(call, 0, None, {}, fault)
            self.break_connection(request)
        if fault and fault.kind == "fail":
            await request.read()
            body = {"message": f"{fault.status}: Injected fault", "code": 0}
            return self._answer(call, fault.status, body, {}, fault)
        if fault and fault.kind == "rate_limit":
            await request.read()
            return self._rate_limited(request, match, call, self._injected_limit(fault, match, call), fault)
        if check.seconds:
            return self._rate_limited(request, match, call, check, None)
        if fault and fault.kind == "slow":
            if not request.content_type.startswith("multipart/"):
                await request.read()  # the client may have disconnected by the time it is processed
            await fault.pause()
        reply = await self._carry_out(request, match, call)
        if fault and fault.kind == "lose_answer":
            self._record(call, 0, None, {}, fault)
            self.break_connection(request)
        return self._answer(call, reply.status, reply.body, check.headers, None)

    @staticmethod
    def break_connection(request: web.Request) -> None:
        """Abort the connection of a request.

        Raises:
            ConnectionResetError: always, as no response can be sent.
        """
        if request.transport is not None:
            request.transport.abort()
        raise ConnectionResetError("connection aborted by an injected fault")

    async def _carry_out(self, request: web.Request, match: router.Match | None, call: Call) -> Reply:
        try:
            route = _permitted(match, call)
            call.body, call.uploads = await read_body(request)
            return route.handler(call)
        except DiscordError as error:
            return Reply(error.status, error.body())
        except NotKnownError as error:
            self._unknown.append(str(error))
            return Reply(error.status, error.body())
        except RefusedError as error:
            return Reply(error.status, error.body())
        except NotSimulatedError as error:
            self._unknown.append(str(error))
            return Reply(501, {"message": f"The sandbox does not simulate: {error}", "code": 0})
        except Exception:
            self._unknown.append(f"{call.method} {call.path} made the sandbox fail")
            raise

    def _caller(self, request: web.Request) -> Application | None:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        return self._backend.world.application_of(token) if kind == "Bot" else None

    def _is_too_early(self, request: web.Request, match: router.Match | None, call: Call) -> bool:
        keys = [_bucket(match, call)] if _is_of_interactions(call) else [_bucket(match, call), (_name(call),)]
        return any(self._compliance.is_too_early(key, _connection(request)) for key in keys)

    def _check_limits(self, match: router.Match | None, call: Call) -> LimitCheck:
        if match is None or match.route.template == _CALLBACK:
            return LimitCheck({})
        caller = None if _is_of_interactions(call) else (_name(call),)
        return self._limits.count(_bucket(match, call), caller)

    def _injected_limit(self, fault: InjectedFault, match: router.Match | None, call: Call) -> LimitCheck:
        if fault.scope == "global":
            return LimitCheck({}, fault.seconds, fault.scope)
        headers = self._limits.exhausted(_bucket(match, call), fault.seconds)
        return LimitCheck(headers, fault.seconds, fault.scope)

    def _rate_limited(
        self,
        request: web.Request,
        match: router.Match | None,
        call: Call,
        check: LimitCheck,
        fault: InjectedFault | None,
    ) -> web.Response:
        """Answer with 429 and remember the client's `retry_after`."""
        key = (_name(call),) if check.scope == "global" else _bucket(match, call)
        body, headers = _limited(check.seconds, check.scope)
        self._compliance.pause(key, body["retry_after"], _connection(request))
        return self._answer(call, 429, body, check.headers | headers, fault)

    def _answer(
        self, call: Call, status: int, body: AnyJson, headers: dict[str, str], fault: InjectedFault | None
    ) -> web.Response:
        self._record(call, status, body, headers, fault)
        if status == 204:
            return web.Response(status=204, headers=headers)
        return web.Response(status=status, body=orjson.dumps(body), content_type="application/json", headers=headers)

    def _record(
        self, call: Call, status: int, body: AnyJson, headers: dict[str, str], fault: InjectedFault | None
    ) -> None:
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
            too_early=call.too_early,
        )
        self._compliance.observe(exchange)
        for observer in self.exchanges:
            observer(exchange)
        self._backend.world.changes.wake()


def _name(call: Call) -> str:
    """Return the caller's name: the application's id, or "" for the address of unauthenticated requests."""
    return str(call.caller.id) if call.caller else ""


def _bucket(match: router.Match | None, call: Call) -> Key:
    if match is None or match.route.template == _CALLBACK:
        return (call.method, call.path)
    return match.bucket(_name(call))


def _is_of_interactions(call: Call) -> bool:
    return call.template.startswith(_OF_INTERACTIONS)


def _connection(request: web.Request) -> Hashable:
    """Return the client's end of the request's connection."""
    return request.transport.get_extra_info("peername") if request.transport else None


def _permitted(match: router.Match | None, call: Call) -> Route:
    """Return the route if the caller may use it."""
    if match is None:
        raise NotSimulatedError(f"{call.method} {call.path}")
    if not match.route.open and call.caller is None:
        raise DiscordError(401, 0, "401: Unauthorized")
    return match.route


def _limited(seconds: float, scope: Scope) -> tuple[Json, dict[str, str]]:
    """Return body and headers of a 429; times are rounded up so that waiting for them is enough."""
    is_global = scope == "global"
    body: Json = {
        "message": "The resource is being rate limited." if scope == "shared" else "You are being rate limited.",
        "retry_after": math.ceil(seconds * 1000) / 1000,
        "code": 0,
        "global": is_global,
    }
    headers = {"X-RateLimit-Scope": scope, "Retry-After": str(max(1, math.ceil(seconds)))}
    return body, headers | ({"X-RateLimit-Global": "true"} if is_global else {})
