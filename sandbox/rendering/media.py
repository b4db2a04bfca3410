"""Components and embeds as in Discord's responses: with defaults, and links in place of `attachment://`."""

from sandbox.rendering.attachments import attachment
from sandbox.world.entities import UPLOADED, AnyJson, Attachment, Json, Message, as_list, as_object
from sandbox.world.state import World

_DEFAULTS: dict[int, Json] = {
    3: {"min_values": 1, "max_values": 1},
    5: {"min_values": 1, "max_values": 1},
    6: {"min_values": 1, "max_values": 1},
    7: {"min_values": 1, "max_values": 1},
    8: {"min_values": 1, "max_values": 1},
    11: {"description": None, "spoiler": False},
    13: {"name": None, "size": None, "spoiler": False},
    14: {"spacing": 1, "divider": True},
    17: {"accent_color": None, "spoiler": False},
}
"""Default fields of components, by component type."""


def attachments_shown(message: Message) -> list[Attachment]:
    """Return the attachments in the message's own list, without those shown by an embed or component."""
    used = uploads_used(message.embeds) | uploads_used(message.components)
    return [each for each in message.attachments if each.id not in used]


def uploads_used(value: AnyJson) -> set[int]:
    """Return the ids of the attachments that stored embeds or components show."""
    found = {used for each in as_list(value) or [] for used in uploads_used(each)}
    if inside := as_object(value):
        found |= {inside[UPLOADED]} if UPLOADED in inside else set()
        found |= {used for each in inside.values() for used in uploads_used(each)}
    return found


def component(world: World, message: Message, stored: Json) -> Json:
    """Return a component of a message, with nested components."""
    body = _DEFAULTS.get(stored["type"], {}) | {key: value for key, value in stored.items() if value is not None}
    for key in ("media", "file"):
        if key in body:
            body[key] = medium(world, message, body[key])
    if stored["type"] == 13 and (shown := _attachment(message, stored["file"])):
        body |= {"name": shown.filename, "size": shown.size}
    if "items" in body:
        body["items"] = [_item(world, message, item) for item in body["items"]]
    if "components" in body:
        body["components"] = [component(world, message, each) for each in body["components"]]
    if "accessory" in body:
        body["accessory"] = component(world, message, body["accessory"])
    return body


def medium(world: World, message: Message, stored: Json) -> Json:
    """Return an unfurled media item: an attachment of the message or an external link."""
    if shown := _attachment(message, stored):
        rendered = attachment(world, shown)
        body = {key: rendered.get(key) for key in ("url", "proxy_url", "width", "height", "content_type")}
        return body | {"id": str(shown.id), "attachment_id": str(shown.id)}
    return {
        "id": str(message.id),
        "url": stored["url"],
        "proxy_url": stored["url"],
        "width": None,
        "height": None,
    }


def embed(world: World, message: Message, stored: Json) -> Json:
    """Return an embed of a message."""
    body: Json = {key: value for key, value in stored.items() if value is not None}
    body["type"] = "rich"
    for key in ("image", "thumbnail"):
        if key in body:
            body[key] = _embed_image(world, message, body[key])
    for key in ("author", "footer"):
        if key in body:
            body[key] = _embed_icon(world, message, body[key])
    if "fields" in body:
        body["fields"] = [{"inline": False} | field for field in body["fields"]]
    return body


def _item(world: World, message: Message, stored: Json) -> Json:
    return {
        "media": medium(world, message, stored["media"]),
        "description": stored.get("description"),
        "spoiler": bool(stored.get("spoiler")),
    }


def _embed_image(world: World, message: Message, stored: Json) -> Json:
    shown = medium(world, message, stored)
    return {key: shown[key] for key in ("url", "proxy_url", "width", "height", "content_type") if shown.get(key)}


def _embed_icon(world: World, message: Message, stored: Json) -> Json:
    body = {key: value for key, value in stored.items() if value is not None and key != UPLOADED}
    if icon_url := body.get("icon_url"):
        shown = medium(world, message, {"url": icon_url, UPLOADED: stored.get(UPLOADED)})
        body |= {"icon_url": shown["url"], "proxy_icon_url": shown["proxy_url"]}
    return body


def _attachment(message: Message, stored: Json) -> Attachment | None:
    wanted = stored.get(UPLOADED)
    return next((each for each in message.attachments if each.id == wanted), None)
