"""Rules on embeds (Discord's documentation, "Embed Limits")."""

from sandbox.rules.errors import Json
from sandbox.rules.validators import Form, anything, boolean, integer, listing, model, text, url

MAX_EMBEDS = 10
MAX_EMBED_LENGTH = 6000
"""Limit of characters in all embeds of a message."""

_WEB = url(2048, "http", "https")
_PICTURE = url(2048, "http", "https", "attachment")
_MEDIA = model({"url": _PICTURE, "description": text(0, 4096)}, "url")

EMBED = model(
    {
        "title": text(0, 256),
        "description": text(0, 4096),
        "url": _WEB,
        "timestamp": text(1, 64, r"\d{4}-\d\d-\d\d([T ][\d:.]+)?(Z|[+-]\d\d:?\d\d)?"),
        "color": integer(0, 0xFFFFFF),
        "author": model({"name": text(1, 256), "url": _WEB, "icon_url": _PICTURE}, "name"),
        "footer": model({"text": text(1, 2048), "icon_url": _PICTURE}, "text"),
        "image": _MEDIA,
        "thumbnail": _MEDIA,
        "fields": listing(
            model(
                {"name": text(1, 256), "value": text(1, 1024), "inline": boolean},
                "name",
                "value",
            ),
            0,
            25,
        ),
        "type": text(0, 100),
        "provider": anything,
        "video": anything,
    }
)


def check_embeds(form: Form) -> None:
    """Check the embeds of one message."""
    form.run(listing(EMBED, 0, MAX_EMBEDS))
    if sum(_length(embed) for embed in form.items()) > MAX_EMBED_LENGTH:
        form.refuse("MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {MAX_EMBED_LENGTH}")


def is_empty_embed(embed: Json) -> bool:
    """Return whether an embed is empty."""
    shown = ("title", "description", "fields", "image", "thumbnail", "author", "footer")
    return not any(embed.get(field) for field in shown)


def _length(embed: Form) -> int:
    parts = [
        embed["title"],
        embed["description"],
        embed["author"]["name"],
        embed["footer"]["text"],
        *(field[part] for field in embed["fields"].items() for part in ("name", "value")),
    ]
    return sum(len(part.value) for part in parts if isinstance(part.value, str))
