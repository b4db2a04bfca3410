"""Requests of the page, parsed from its WebSocket messages."""

from typing import Final

import orjson

from sandbox.world.entities import Json, as_object

_NEEDED: Final[dict[str, dict[str, type]]] = {
    "look": {},
    "fault": {"name": str},
    "reload": {},
    "command": {"path": list, "options": dict},
    "complete": {"path": list, "options": dict, "focused": str},
    "press": {"message": str, "custom_id": str},
    "select": {"message": str, "custom_id": str, "values": list},
    "submit": {"form": int, "fields": dict},
    "message_action": {"message": str, "name": str},
    "user_action": {"user": str, "name": str},
    "send": {},
    "delete": {"message": str},
}
"""Required fields of a request, by its `do`."""


class InvalidRequestError(Exception):
    """A message is not a request of the page; the text is the reason."""


def read(text: str) -> Json:
    """Parse a request.

    Raises:
        InvalidRequestError: it is not JSON, or a required field is missing.
    """
    try:
        request = as_object(orjson.loads(text))
        orjson.dumps(request)  # dumps accepts less deep nesting than loads
    except (ValueError, TypeError) as error:
        raise InvalidRequestError("This is not JSON.") from error
    needed = _NEEDED.get(str(request.get("do"))) if request else None
    if request is None or needed is None:
        raise InvalidRequestError("The local Discord does not support this request of the page.")
    if wrong := [name for name, kind in needed.items() if not isinstance(request.get(name), kind)]:
        raise InvalidRequestError(f"Missing or of the wrong type: {', '.join(wrong)}.")
    return request
