"""The API as an ASGI application."""

from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Any, Final

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import VERSION
from bot.domain.errors import DatabaseUnavailableError, RefusalError
from bot.feed import compatible, plans
from bot.feed.access import Gate
from bot.feed.changes import Changes, StreamLimits
from bot.feed.description.openapi import describe
from bot.feed.description.operations import AS_OF_HEADER, PLAN, Call, Operation, PublicDocument, as_json
from bot.feed.description.parameters import read_all
from bot.feed.documents import answer
from bot.feed.exports import ExportLimits, Exports
from bot.feed.http.encoding import encoded
from bot.feed.http.problems import REQUEST_ID, ProblemError, new_request_id
from bot.feed.http.turns import OnePerRound
from bot.feed.links import Links
from bot.feed.status import Health, Status
from bot.service.feed.changes import ChangeService
from bot.service.feed.plans import FeedService

DESCRIPTION: Final = "/v1/openapi.json"
_METHODS: Final = ("GET",)
_INFO: Final = ("The version and the paths.", as_json("Info"))
_DOCUMENTS: Final = (
    PublicDocument("getRoot", "/", *_INFO),
    PublicDocument("getInfo", "/info", *_INFO),
    PublicDocument("getDescription", DESCRIPTION, "This description.", as_json("Description")),
)

_log = structlog.get_logger(__name__)


def application(
    feed: FeedService,
    changes: ChangeService,
    gate: Gate,
    health: Health,
    stream_limits: StreamLimits | None = None,
    export_limits: ExportLimits | None = None,
    *,
    base_url: str | None = None,
    cors_origins: Sequence[str] = (),
) -> Starlette:
    """Return the application.

    Args:
        feed: the plans.
        changes: their changes.
        gate: admits requests.
        health: of the bot.
        stream_limits: of streams; None: the usual ones.
        export_limits: of exports; None: the usual ones.
        base_url: the address by which programs reach it; None: the one that each names.
        cors_origins: the sites whose pages may read, with a token.
    """
    status = Status(health)
    operations = (
        *plans.OPERATIONS,
        Changes(changes, gate, stream_limits or StreamLimits()).operation,
        Exports(gate, export_limits or ExportLimits()).operation,
        *compatible.OPERATIONS,
        *status.operations,
    )
    info = {
        "name": "Coachbook",
        "version": VERSION,
        "description": DESCRIPTION,
        "endpoints": [each.path for each in operations],
    }
    bodies = (info, info, describe(VERSION, operations, _DOCUMENTS))
    routes = [
        *(_route(each.path, body) for each, body in zip(_DOCUMENTS, bodies, strict=True)),
        *(
            Route(path, _answering(each, feed, gate, status, base_url), methods=_METHODS)
            for each in operations
            for path in _spellings(each)
        ),
    ]
    middleware = [Middleware(OnePerRound), *([_cors(cors_origins)] if cors_origins else [])]
    started = Starlette(routes=routes, middleware=middleware, exception_handlers={HTTPException: _not_found})
    started.router.redirect_slashes = False
    return started


def _answering(
    operation: Operation, feed: FeedService, gate: Gate, status: Status, base_url: str | None
) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint of an operation; whatever fails is answered as a problem."""
    is_compatible = operation.is_compatible

    async def answered(request: Request) -> Response:
        try:
            access = await gate.admit(request, takes_query=is_compatible)
        except DatabaseUnavailableError:
            if operation.unreadable is None:
                raise
            return await operation.unreadable(request)
        status.count(access.actor.guild_id)
        values = read_all(request, operation.parameters, is_compatible=is_compatible)
        links = Links(request, base_url, access.secret if access.is_in_query else None)
        response = await operation.handle(Call(request, access, values, feed, links))
        if access.secret is None:
            response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response

    async def endpoint(request: Request) -> Response:
        request_id = new_request_id()
        try:
            response = await answered(request)
        except ProblemError as problem:
            response = problem.response(request_id)
        except RefusalError as refusal:
            response = ProblemError.of(refusal).response(request_id)
        except Exception:  # noqa: BLE001 - a program gets an answer, and the log the reason
            _log.exception("request of a program failed", path=operation.path, request_id=request_id)
            failed = ProblemError(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong on our side.")
            response = failed.response(request_id)
        return _marked(response, request_id)

    return endpoint


def _marked(response: Response, request_id: str) -> Response:
    """Return the answer with its id; where nothing is found, with a header that no wrong address has."""
    response.headers[REQUEST_ID] = request_id
    if response.status_code == HTTPStatus.NOT_FOUND:
        response.headers[PLAN] = "none"
    return response


def _cors(origins: Sequence[str]) -> Middleware:
    """Return what lets pages of these sites read; never with cookies, so that a page needs a token of its own."""
    return Middleware(
        CORSMiddleware,
        allow_origins=origins,
        allow_methods=_METHODS,
        allow_headers=("Authorization", "If-None-Match", "Last-Event-ID", "Range"),
        expose_headers=("ETag", "Content-Range", "Retry-After", REQUEST_ID, PLAN, AS_OF_HEADER),
    )


def _spellings(operation: Operation) -> tuple[str, ...]:
    """Return the paths of an operation."""
    path = operation.path.removesuffix("/")
    return (path, f"{path}/") if operation.is_compatible else (operation.path,)


def _route(path: str, document: dict[str, Any]) -> Route:
    """Return the route of a document that everybody may read; it is encoded once."""
    body = encoded(document)

    async def endpoint(request: Request) -> Response:
        return answer(request, body, {REQUEST_ID: new_request_id()})

    return Route(path, endpoint, methods=_METHODS)


async def _not_found(_: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException) and error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        why, allowed = "Programs can only read: use GET.", {"Allow": "GET, HEAD"}
        problem = ProblemError(HTTPStatus.METHOD_NOT_ALLOWED, why, allowed)
    else:
        problem = ProblemError(HTTPStatus.NOT_FOUND, f"There is no such address. See {DESCRIPTION}.")
    return problem.response(new_request_id())
