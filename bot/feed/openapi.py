"""The description of the API: OpenAPI 3.1, made from its operations."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from bot.feed.operations import Operation
from bot.feed.parameters import Parameter

_TEXT: Final = {"type": "string"}
_TEXT_OR_NONE: Final = {"type": ["string", "null"]}
_MOMENT: Final = {"type": "string", "format": "date-time"}
_MOMENT_OR_NONE: Final = {"type": ["string", "null"], "format": "date-time"}
_DAY: Final = {"type": "string", "format": "date"}
_WHOLE: Final = {"type": "integer"}
_COUNT: Final = {"type": ["integer", "null"]}
_FLAG: Final = {"type": "boolean"}
_LINKS: Final = {"type": "array", "items": {"type": "string", "format": "uri"}}


def _object(**properties: object) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _array(name: str) -> dict[str, Any]:
    return {"type": "array", "items": _ref(name)}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


_REVISION: Final = {
    "revision": _WHOLE,
    "kind": _TEXT,
    "text": _TEXT_OR_NONE,
    "is_erased": _FLAG,
    "charts": _array("Chart"),
    "made_at": _MOMENT,
    "recorded_at": _MOMENT_OR_NONE,
    "hash": _TEXT,
}
_COMPONENT: Final = {"status": {"enum": ["healthy", "unhealthy"]}}
SCHEMAS: Final[Mapping[str, dict[str, Any]]] = {
    "Chart": _object(
        sha256=_TEXT,
        url=_TEXT,
        filename=_TEXT,
        media_type=_TEXT,
        width=_WHOLE,
        height=_WHOLE,
        size=_WHOLE,
        caption=_TEXT_OR_NONE,
        is_spoiler=_FLAG,
    ),
    "Revision": _object(**_REVISION),
    "Plan": _object(
        id=_WHOLE,
        coach=_object(key=_TEXT, name=_TEXT),
        day=_DAY,
        author_id=_TEXT_OR_NONE,
        posted_at=_MOMENT,
        **_REVISION,
    ),
    "Plans": _object(plans=_array("Plan"), next=_TEXT_OR_NONE, is_partial=_FLAG),
    "Revisions": _object(id=_WHOLE, revisions=_array("Revision")),
    "Hit": _object(plan=_ref("Plan"), html=_TEXT),
    "Hits": _object(hits=_array("Hit"), next=_TEXT_OR_NONE, is_partial=_FLAG, is_indexed=_FLAG),
    "CoachPlan": _object(
        coach=_TEXT,
        date=_DAY,
        plan=_TEXT,
        charts=_LINKS,
        author=_TEXT_OR_NONE,
        channel=_TEXT_OR_NONE,
        timestamp=_MOMENT_OR_NONE,
        created_at=_MOMENT_OR_NONE,
        edited_at=_MOMENT_OR_NONE,
    ),
    "CoachPlans": {"type": "object", "additionalProperties": _ref("CoachPlan")},
    "PastPlan": _object(plan=_TEXT_OR_NONE, charts=_LINKS, author=_TEXT_OR_NONE, timestamp=_MOMENT, change=_TEXT),
    "CoachHistory": _object(coach=_TEXT, date=_DAY, history=_array("PastPlan")),
    "Health": _object(
        status={"enum": ["healthy", "unhealthy"]},
        components=_object(
            database=_object(**_COMPONENT, plan_count=_COUNT),
            discord_bot=_object(**_COMPONENT),
        ),
    ),
    "Metrics": _object(plan_count=_COUNT, requests_total=_WHOLE, uptime_seconds=_WHOLE),
    "Problem": {
        "type": "object",
        "properties": {
            "type": _TEXT,
            "title": _TEXT,
            "status": _WHOLE,
            "detail": _TEXT,
            "request_id": _TEXT,
            "deleted_at": _MOMENT,
        },
        "required": ["type", "title", "status", "detail", "request_id"],
    },
}


def description(version: str, operations: Iterable[Operation]) -> dict[str, Any]:
    """Return the description of the operations."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Coachbook",
            "version": version,
            "description": "Plans of trading coaches, as they were known at any moment.",
        },
        "security": [{"bearer": []}, {}],
        "paths": {each.path: {"get": _described(each)} for each in operations},
        "components": {
            "schemas": dict(SCHEMAS),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _described(operation: Operation) -> dict[str, Any]:
    problem = {"content": {"application/problem+json": {"schema": _ref("Problem")}}}
    media_type = "application/json" if operation.schema else "image/*"
    content = {media_type: {"schema": _ref(operation.schema) if operation.schema else True}}
    responses: dict[str, Any] = {str(int(each)): {"description": "See docs/feed.md."} for each in operation.statuses}
    return {
        "summary": operation.summary,
        "parameters": [_parameter(each) for each in operation.parameters],
        "responses": {
            "200": {"description": operation.summary, "content": content},
            "304": {"description": "It is as the client has it."},
            **responses,
            "default": {"description": "The request can’t be answered.", **problem},
        },
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.is_required,
        "description": parameter.description,
        "schema": dict(parameter.schema),
    }
