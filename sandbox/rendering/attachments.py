"""Attachments as Discord's JSON, with fresh links."""

import urllib.parse

from sandbox.world.entities import Attachment, Json
from sandbox.world.state import World

IS_SPOILER = 1 << 3
"""An attachment flag (Message resource, Attachment Flags)."""


def attachment(world: World, one: Attachment) -> Json:
    """Return an attachment with a fresh link."""
    path = attachment_path(one)
    body: Json = {
        "id": str(one.id),
        "filename": one.filename,
        "size": one.size,
        "url": world.links.sign(path),
        "proxy_url": world.links.sign(f"/media{path}"),
    }
    optional = {
        "content_type": one.content_type,
        "width": one.width,
        "height": one.height,
        "description": one.description,
        "title": one.title,
        "ephemeral": one.ephemeral or None,
        "flags": IS_SPOILER if one.is_spoiler else None,
    }
    return body | {key: value for key, value in optional.items() if value is not None}


def attachment_path(one: Attachment) -> str:
    """Return an attachment's path on the CDN."""
    folder = "ephemeral-attachments" if one.ephemeral else "attachments"
    return f"/{folder}/{one.owner_id}/{one.id}/{urllib.parse.quote(one.filename, safe='')}"
