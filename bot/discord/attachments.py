"""Files of messages and commands, as Discord describes them."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import hikari
from hikari.impl import entity_factory

from bot.domain.values import Attachment

_SPOILER_FLAG: Final = 1 << 3
"""IS_SPOILER among the flags of an attachment (Discord's documentation, Message resource, Attachment Flags)."""


def attachment_of(file: hikari.Attachment) -> Attachment:
    """Return the file with the user's name for it and its alternative text.

    A name that begins with SPOILER_ hides the picture, and is shown without that.
    """
    name, is_spoiler = _full_name(file.filename, file.title), file.filename.startswith(hikari.files.SPOILER_TAG)
    return picture_named(name, file.url, file.size, file.description, is_spoiler=is_spoiler)


def attachment_in(payload: Mapping[str, Any]) -> Attachment:
    """Return what `attachment_of` does, of a file in Discord's JSON."""
    filename, is_hidden = payload["filename"], bool(payload.get("flags", 0) & _SPOILER_FLAG)
    is_spoiler = is_hidden or filename.startswith(hikari.files.SPOILER_TAG)
    name = _full_name(filename, payload.get("title"))
    return picture_named(name, payload["url"], payload["size"], payload.get("description"), is_spoiler=is_spoiler)


def picture_named(
    name: str, url: str, size: int = 0, description: str | None = None, *, is_spoiler: bool = False
) -> Attachment:
    """Return a picture; a spoiler's name begins with `SPOILER_`. A size of 0 is unknown."""
    is_spoiler = is_spoiler or name.startswith(hikari.files.SPOILER_TAG)
    return Attachment(url, name.removeprefix(hikari.files.SPOILER_TAG), size, description, is_spoiler)


def _full_name(filename: str, title: str | None) -> str:
    """Return the user's name for a file: Discord reduces it to ASCII, and has it as the title, without its ending."""
    title = (title or "").strip()
    if not title:
        return filename
    _, dot, ending = filename.rpartition(".")
    has_ending = not dot or title.endswith(f".{ending}")
    return title if has_ending else f"{title}.{ending}"


class SpoilerFactory(entity_factory.EntityFactoryImpl):
    """Makes hikari's values from Discord's; a spoiler by flags becomes a spoiler by name.

    hikari drops the flags of attachments.
    """

    def _deserialize_message_attachment(self, payload: Mapping[str, Any]) -> hikari.Attachment:
        name: str = payload["filename"]
        if payload.get("flags", 0) & _SPOILER_FLAG and not name.startswith(hikari.files.SPOILER_TAG):
            payload = {**payload, "filename": f"{hikari.files.SPOILER_TAG}{name}"}
        return super()._deserialize_message_attachment(payload)


@contextmanager
def marking_spoilers() -> Generator[None]:
    """Have hikari's clients made with our factory while the block runs: they have no setting for that."""
    theirs = entity_factory.EntityFactoryImpl
    entity_factory.EntityFactoryImpl = SpoilerFactory
    try:
        yield
    finally:
        entity_factory.EntityFactoryImpl = theirs
