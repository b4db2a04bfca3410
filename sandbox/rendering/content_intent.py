"""The message content intent (page "Gateway"), which applies to HTTP too."""

from sandbox.world.entities import Json

_EMPTIED: Json = {"content": "", "embeds": [], "attachments": [], "components": []}


def as_read(body: Json, application_id: int, *, has_intent: bool, is_direct: bool) -> Json:
    """Return a message without content, unless it is the application's own, direct, or mentions it."""
    if has_intent or is_direct or _is_its_own(body, str(application_id)):
        return body
    shown = {name: value for name, value in (body | _EMPTIED).items() if name != "poll"}
    if "message_snapshots" in shown:
        shown["message_snapshots"] = [
            {"message": {**snapshot["message"], **_EMPTIED}} for snapshot in shown["message_snapshots"]
        ]
    if referenced := shown.get("referenced_message"):
        shown["referenced_message"] = as_read(referenced, application_id, has_intent=False, is_direct=False)
    return shown


def _is_its_own(body: Json, own_id: str) -> bool:
    return body["author"]["id"] == own_id or any(each["id"] == own_id for each in body["mentions"])
