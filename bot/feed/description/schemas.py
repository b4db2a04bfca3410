"""The schemas of answers in the description of the API."""

from collections.abc import Mapping
from typing import Any, Final

from bot.domain.as_of import NOW, PATTERN_OF_TIMES, Edge
from bot.domain.values import ChangeKind
from bot.service.pictures.formats.kinds import MEDIA_TYPES

_TEXT: Final = {"type": "string"}
_TEXT_OR_NONE: Final = {"type": ["string", "null"]}
_MOMENT: Final = {"type": "string", "format": "date-time"}
_MOMENT_OR_NONE: Final = {"type": ["string", "null"], "format": "date-time"}
_DAY: Final = {"type": "string", "format": "date"}
_ID: Final = {"type": "integer", "minimum": 1}
_ID_OR_NONE: Final = {"type": ["integer", "null"], "minimum": 1}
_COUNT: Final = {"type": "integer", "minimum": 0}
_COUNT_OR_NONE: Final = {"type": ["integer", "null"], "minimum": 0}
_FLAG: Final = {"type": "boolean"}
_SHA256: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_DISCORD_ID_OR_NONE: Final = {"type": ["string", "null"], "pattern": "^[0-9]+$"}
_KIND: Final = {"enum": [each.words for each in ChangeKind]}
_LINK: Final = {"type": "string", "format": "uri"}
_LINKS: Final = {"type": "array", "items": _LINK}
LAST_AS_OF: Final = {"anyOf": [{"enum": [NOW, *Edge]}, {"type": "string", "pattern": f"^{PATTERN_OF_TIMES}$"}]}
_HEALTH: Final = {"enum": ["healthy", "unhealthy"]}
_HEALTH_OR_UNKNOWN: Final = {"enum": ["healthy", "unhealthy", "unknown"]}


def ref(name: str) -> dict[str, Any]:
    """Return a reference to a schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def _object(**properties: object) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _array(name: str) -> dict[str, Any]:
    return {"type": "array", "items": ref(name)}


_REVISION: Final = {
    "revision": _ID,
    "kind": _KIND,
    "text": _TEXT_OR_NONE,
    "is_erased": _FLAG,
    "charts": _array("Chart"),
    "made_at": _MOMENT,
    "recorded_at": _MOMENT_OR_NONE,
    "hash": _TEXT,
}
SCHEMAS: Final[Mapping[str, dict[str, Any]]] = {
    "Chart": _object(
        sha256=_SHA256,
        url=_LINK,
        filename=_TEXT,
        media_type={"enum": list(MEDIA_TYPES)},
        width=_ID,
        height=_ID,
        size=_COUNT,
        caption=_TEXT_OR_NONE,
        is_spoiler=_FLAG,
    ),
    "Revision": _object(**_REVISION, proof=ref("Proof")),
    "Proof": _object(
        plan=_ID,
        guild={"type": "string", "pattern": "^[0-9]+$"},
        coach=_TEXT,
        day=_DAY,
        kind={"enum": list(ChangeKind)},
        salt={"type": ["string", "null"], "pattern": "^[0-9a-f]{32}$"},
        **dict.fromkeys(("text", "charts", "actor", "note"), _SHA256),
        previous={"type": "string", "pattern": "^([0-9a-f]{64})?$"},
    ),
    "Plan": _object(
        id=_ID,
        coach=_object(key=_TEXT, name=_TEXT),
        day=_DAY,
        author_id=_DISCORD_ID_OR_NONE,
        posted_at=_MOMENT,
        **_REVISION,
    ),
    "Plans": _object(plans=_array("Plan"), next=_TEXT_OR_NONE, is_partial=_FLAG, last_as_of=LAST_AS_OF),
    "Revisions": _object(id=_ID, revisions=_array("Revision"), next=_ID_OR_NONE),
    "Hit": _object(plan=ref("Plan"), html=_TEXT),
    "Hits": _object(hits=_array("Hit"), next=_TEXT_OR_NONE, is_partial=_FLAG, is_indexed=_FLAG, last_as_of=LAST_AS_OF),
    "Change": _object(id=_ID, plan=ref("Plan")),
    "Changes": _object(changes=_array("Change"), next=_COUNT, resync=_FLAG),
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
    "CoachPlans": {"type": "object", "additionalProperties": ref("CoachPlan")},
    "PastPlan": _object(plan=_TEXT_OR_NONE, charts=_LINKS, author=_TEXT_OR_NONE, timestamp=_MOMENT, change=_KIND),
    "CoachHistory": _object(coach=_TEXT, date=_DAY, history=_array("PastPlan")),
    "Health": _object(
        status=_HEALTH,
        components=_object(
            database=_object(status=_HEALTH, plan_count=_COUNT_OR_NONE),
            discord_bot=_object(status=_HEALTH_OR_UNKNOWN),
        ),
    ),
    "Metrics": _object(plan_count=_COUNT_OR_NONE, requests_total=_COUNT, uptime_seconds=_COUNT),
    "Info": _object(name=_TEXT, version=_TEXT, description=_TEXT, endpoints={"type": "array", "items": _TEXT}),
    "Description": {"type": "object", "required": ["openapi", "info", "paths", "components"]},
    "Problem": {
        "type": "object",
        "properties": {
            "type": _TEXT,
            "title": _TEXT,
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": _TEXT,
            "request_id": _TEXT,
            "deleted_at": _MOMENT,
        },
        "required": ["type", "title", "status", "detail", "request_id"],
    },
}
