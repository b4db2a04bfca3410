"""The requests of a page, read from its socket."""

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
"""By its `do`, what each wish must have."""


class NotAWishError(Exception):
    """A message is not one that a page sends; the text says why."""


def read(text: str) -> Json:
    """Read a wish.

    Raises:
        NotAWishError: it is not JSON that can be sent on, or has not what it needs.
    """
    try:
        wish = as_object(orjson.loads(text))
        orjson.dumps(wish)  # which takes less deep nesting than is read
    except (ValueError, TypeError) as error:
        raise NotAWishError("This is not JSON.") from error
    needed = _NEEDED.get(str(wish.get("do"))) if wish else None
    if wish is None or needed is None:
        raise NotAWishError("The page asks for what the local Discord does not know.")
    if wrong := [name for name, kind in needed.items() if not isinstance(wish.get(name), kind)]:
        raise NotAWishError(f"This is missing, or of another type: {', '.join(wrong)}.")
    return wish
