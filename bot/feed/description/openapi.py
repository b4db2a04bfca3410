"""The description of the API: OpenAPI 3.1, made from its operations."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

from bot.feed.description.operations import (
    AS_OF_HEADER,
    ETAG,
    LAST_AS_OF_HEADER,
    LAST_MODIFIED,
    PLAN,
    Content,
    Operation,
    PublicDocument,
)
from bot.feed.description.parameters import TOKEN, Parameter
from bot.feed.description.schemas import LAST_AS_OF, SCHEMAS, ref
from bot.feed.http.problems import MEDIA_TYPE, REQUEST_ID

_PROBLEMS: Final[Mapping[int, tuple[str, tuple[str, ...]]]] = {
    HTTPStatus.BAD_REQUEST: ("A parameter is unknown, doubled, missing or wrong.", ()),
    HTTPStatus.UNAUTHORIZED: ("The token is missing, wrong, expired or revoked.", ("WWW-Authenticate",)),
    HTTPStatus.NOT_FOUND: ("There is none that may be read at that moment.", (PLAN,)),
    HTTPStatus.GONE: ("The plan was deleted then.", (PLAN,)),
    HTTPStatus.TOO_MANY_REQUESTS: ("Too many requests in a second.", ("Retry-After",)),
    HTTPStatus.INTERNAL_SERVER_ERROR: ("Something went wrong on our side.", ()),
    HTTPStatus.HTTP_VERSION_NOT_SUPPORTED: ("Exports need HTTP/1.1.", ()),
    HTTPStatus.SERVICE_UNAVAILABLE: ("The database or Discord can’t be asked now.", ("Retry-After",)),
}
"""The reason for each status, and the headers of its answers."""
_ALWAYS: Final = (
    *(HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS),
    *(HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE),
)
_CONTENT_RANGE: Final = "Content-Range"
"""Of an answer with one part; those with several have it in each."""
_HEADERS: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    ETAG: ("Send it as If-None-Match to learn that nothing changed.", {"type": "string", "pattern": '^"[0-9a-f]+"$'}),
    LAST_MODIFIED: ("The time of the last change.", {"type": "string"}),
    PLAN: ("none: there is no plan or picture; a 404 without it is of a wrong address.", {"enum": ["present", "none"]}),
    AS_OF_HEADER: ("The moment as of which the answer is.", {"type": "string", "format": "date-time"}),
    LAST_AS_OF_HEADER: ("The last moment that the token may read; plans are as of it where it is earlier.", LAST_AS_OF),
    "Retry-After": ("Seconds after which to ask again.", {"type": "integer", "minimum": 1}),
    "WWW-Authenticate": ("The way to send a token.", {"type": "string"}),
    _CONTENT_RANGE: ("The part of the picture.", {"type": "string"}),
    REQUEST_ID: ("Names the request in the log of the bot.", {"type": "string", "pattern": "^[0-9a-f]{16}$"}),
}
_SECURITY: Final = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "address": {"type": "apiKey", "in": "query", "name": TOKEN},
}
_PARTS: Final = {"multipart/byteranges": None}
"""Of an answer to a request for several ranges."""


def describe(version: str, operations: Iterable[Operation], documents: Iterable[PublicDocument]) -> dict[str, Any]:
    """Return the description of the operations, and of the documents that everybody may read."""
    paths = {each.path: _methods(each.name, _operation(each)) for each in operations}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Coachbook",
            "version": version,
            "description": "Plans of trading coaches, as they were known at any moment.",
        },
        "paths": {each.path: _methods(each.name, _document(each)) for each in documents} | paths,
        "components": {
            "schemas": dict(SCHEMAS),
            "headers": {
                name: {"description": text, "required": name != _CONTENT_RANGE, "schema": dict(schema)}
                for name, (text, schema) in _HEADERS.items()
            },
            "responses": {str(int(status)): _problem(status) for status in _PROBLEMS},
            "securitySchemes": dict(_SECURITY),
        },
    }


def _methods(name: str, described: Mapping[str, Any]) -> dict[str, Any]:
    """Return the operation for GET, and for HEAD, whose answers have no content."""
    without = {
        status: each if "$ref" in each else {key: value for key, value in each.items() if key != "content"}
        for status, each in described["responses"].items()
    }
    return {
        "get": {"operationId": name, **described},
        "head": {"operationId": f"{name}Head", **described, "responses": without},
    }


def _operation(operation: Operation) -> dict[str, Any]:
    headers = [_header_parameter("If-None-Match")] if ETAG in operation.headers else []
    if HTTPStatus.PARTIAL_CONTENT in operation.statuses:
        headers.append(_header_parameter("Range"))
    ways = ("bearer", "address") if operation.is_compatible else ("bearer",)
    return {
        "summary": operation.summary,
        "security": [*({way: []} for way in ways), {}],
        "parameters": [*(_parameter(each, operation) for each in operation.parameters), *headers],
        "responses": _responses(operation),
    }


def _document(document: PublicDocument) -> dict[str, Any]:
    return {
        "summary": document.summary,
        "security": [],
        "parameters": [_header_parameter("If-None-Match")],
        "responses": {
            "200": _success(document.summary, (ETAG,), document.content),
            "304": _success("The client has it.", (ETAG,)),
        },
    }


def _responses(operation: Operation) -> dict[str, Any]:
    problems = (each for each in (*_ALWAYS, *operation.statuses) if each in _PROBLEMS)
    responses = {
        "200": _success(operation.summary, operation.headers, operation.content),
        **{str(int(each)): {"$ref": f"#/components/responses/{int(each)}"} for each in problems},
    }
    if ETAG in operation.headers:
        responses["304"] = _success("The client has it.", (ETAG,))
    if HTTPStatus.PARTIAL_CONTENT in operation.statuses:
        headers = (*operation.headers, _CONTENT_RANGE)
        responses["206"] = _success("A part of it, or several.", headers, {**operation.content, **_PARTS})
    if operation.unreadable:
        unwell = _problem(HTTPStatus.SERVICE_UNAVAILABLE)
        unwell["content"] |= _content(operation.content)
        unwell["headers"].pop("Retry-After")
        responses["503"] = unwell
    return dict(sorted(responses.items()))


def _success(text: str, headers: Iterable[str], content: Content | None = None) -> dict[str, Any]:
    described = {"description": text, "headers": _header_refs(headers)}
    return described | ({"content": _content(content)} if content else {})


def _problem(status: int) -> dict[str, Any]:
    text, headers = _PROBLEMS[status]
    return {
        "description": text,
        "headers": _header_refs(headers),
        "content": {MEDIA_TYPE: {"schema": ref("Problem")}},
    }


def _content(content: Content) -> dict[str, Any]:
    return {media_type: {"schema": ref(name)} if name else {} for media_type, name in content.items()}


def _header_refs(names: Iterable[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*names, REQUEST_ID)}


def _header_parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "schema": {"type": "string"}}


def _parameter(parameter: Parameter[object], operation: Operation) -> dict[str, Any]:
    schema = dict(parameter.format.schema)
    if operation.is_compatible and not parameter.is_required:
        schema = {"anyOf": [schema, {"type": "string", "maxLength": 0}]}
    described = {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.is_required,
        "description": parameter.description,
        "schema": schema,
    }
    return described if parameter.example is None else described | {"example": parameter.example}
