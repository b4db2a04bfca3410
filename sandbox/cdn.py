"""The CDN: files by signed links which end."""

from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.pictures import media_type_of

if TYPE_CHECKING:
    from sandbox.world import World

GONE = "This content is no longer available."
"""What Discord's CDN says for a link that has ended or was never signed."""


def answer(world: "World", path: str, query: dict[str, str]) -> web.Response:
    """What a link gives: the file, or 404."""
    *_, attachment_id, _ = path.split("/")
    known = attachment_id.isdecimal() and int(attachment_id) in world.files
    if not known or int(attachment_id) in world.links.dead_ids or not world.links.is_good(path, query):
        return web.Response(status=404, text=GONE)
    data = world.files[int(attachment_id)]
    headers = {
        "Content-Type": media_type_of(path) or "application/octet-stream",
        "Cache-Control": "public, max-age=31536000",
    }
    return web.Response(body=data, headers=headers)
