"""Applies a request's body to a message: stores files, links media, sets mentions and component ids."""

import copy
import dataclasses
import re
from collections.abc import Iterator, Mapping

from sandbox import rendering
from sandbox.errors import DiscordError, NotSimulatedError
from sandbox.messages import mentions
from sandbox.messages.components import number
from sandbox.rules.attachments import appended, retained
from sandbox.world.entities import UPLOADED, AnyJson, Attachment, Json, Message, MessageFlag, Upload, as_list, as_object
from sandbox.world.state import World

ATTACHMENT_SIZE_LIMIT = 10 * 1024 * 1024
"""Default size limit of a file in bytes, without boosts or Nitro."""

NOT_SIMULATED = ("poll", "sticker_ids", "shared_client_theme")
"""Fields of a message that the sandbox does not simulate."""

_LINK = re.compile(r"/(?:ephemeral-)?attachments/\d+/(\d+)/")


def fill(world: World, message: Message, body: Json, uploads: Mapping[str, Upload], *, may_ping: bool) -> None:
    """Set a new message's content from a request's body.

    Args:
        world: stores the files.
        message: with its channel and author set.
        body: has passed the rules.
        uploads: the files by the n of `files[n]`.
        may_ping: whether the author may mention everyone.

    Raises:
        DiscordError: 40005, a file is too large.
        NotSimulatedError: the body has a field the sandbox does not carry out.
    """
    if found := next((name for name in NOT_SIMULATED if body.get(name)), None):
        raise NotSimulatedError(f"messages with {found}")
    message.content = (body.get("content") or "").strip()
    message.tts = bool(body.get("tts"))
    names = _keep_uploads(world, message, body.get("attachments") or [], uploads)
    _set_media(message, body, names)
    mentions.find(world, message, body.get("allowed_mentions"), may_ping=may_ping)


def change(world: World, message: Message, body: Json, uploads: Mapping[str, Upload], *, may_ping: bool) -> None:
    """Edit a message by a request's body; omitted fields are unchanged (but attachments are replaced by new ones).

    Raises:
        DiscordError: 40005, a file is too large.
        NotSimulatedError: the body has a field the sandbox does not carry out.
    """
    if "content" in body:
        message.content = (body["content"] or "").strip()
    if body.get("flags") is not None:
        kept = message.flags & ~int(MessageFlag.SUPPRESS_EMBEDS)
        message.flags = kept | body["flags"] & (MessageFlag.SUPPRESS_EMBEDS | MessageFlag.COMPONENTS_V2)
    held = {str(each.id): each for each in message.attachments}
    message.attachments = list(retained(body, uploads, held).values())
    listed: list[Json] = body.get("attachments") or []
    _describe(message, listed)
    names = {each.filename: each.id for each in message.attachments}
    names |= _keep_uploads(world, message, listed, appended(body, uploads))
    _set_media(message, body, names)
    if {"content", "components", "allowed_mentions"} & body.keys():
        mentions.find(world, message, body.get("allowed_mentions"), may_ping=may_ping)


def shown_whole(world: World, message: Message) -> Json:
    """Return a message's JSON with every attachment in its list: for the rules on edits."""
    return rendering.message(world, message) | {
        "attachments": [rendering.attachment(world, each) for each in message.attachments]
    }


def _keep_uploads(world: World, message: Message, listed: list[Json], uploads: Mapping[str, Upload]) -> dict[str, int]:
    described = {str(each.get("id")): each for each in listed}
    names: dict[str, int] = {}
    for key, upload in uploads.items():
        if len(upload.data) > ATTACHMENT_SIZE_LIMIT:
            raise DiscordError(413, 40005, "Request entity too large")
        about = described.get(key, {})
        kept = _keep(world, message, upload, about)
        names[about.get("filename") or upload.filename] = kept.id
        names[kept.filename] = kept.id
    return names


def _keep(world: World, message: Message, upload: Upload, about: Json) -> Attachment:
    owner_id = message.author_id if message.ephemeral else message.channel_id
    described = dataclasses.replace(
        upload,
        filename=about.get("filename") or upload.filename,
        description=about.get("description") or upload.description,
        title=about.get("title") or upload.title,
        is_spoiler=bool(about.get("is_spoiler", upload.is_spoiler)),
    )
    kept = world.keep_file(described, owner_id, ephemeral=message.ephemeral)
    message.attachments.append(kept)
    return kept


def _describe(message: Message, listed: list[Json]) -> None:
    """Update the descriptions and spoiler flags of retained attachments from the list."""
    said = {str(each["id"]): each for each in listed}
    for each in message.attachments:
        changes = said.get(str(each.id), {})
        each.description = changes.get("description", each.description)
        each.is_spoiler = bool(changes.get("is_spoiler", each.is_spoiler))


def _set_media(message: Message, body: Json, names: Mapping[str, int]) -> None:
    if "embeds" in body:
        message.embeds = copy.deepcopy(body["embeds"] or [])
        _link(message, message.embeds, names)
    if "components" in body:
        message.components = copy.deepcopy(body["components"] or [])
        number(message.components)
        _link(message, message.components, names)


def _link(message: Message, value: AnyJson, names: Mapping[str, int]) -> None:
    for medium, url in _media(value):
        medium.pop(UPLOADED, None)
        if url.startswith("attachment://"):
            found = names.get(url.removeprefix("attachment://"))
        else:
            match = _LINK.search(url)
            found = int(match[1]) if match else None
        if found in {each.id for each in message.attachments}:
            medium[UPLOADED] = found


def _media(value: AnyJson) -> Iterator[tuple[Json, str]]:
    for each in as_list(value) or []:
        yield from _media(each)
    if found := as_object(value):
        url = found.get("url") or found.get("icon_url")
        if isinstance(url, str):
            yield found, url
        for each in found.values():
            yield from _media(each)
