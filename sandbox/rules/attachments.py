"""How files, the list of attachments and what refers to them must fit together."""

import re
from collections.abc import Mapping

from sandbox.rules.components import media
from sandbox.rules.embeds import is_empty_embed
from sandbox.rules.errors import Json
from sandbox.rules.form import (
    Form,
    as_int,
    boolean,
    listing,
    model,
    number,
    refuse_repeats,
    snowflake,
    text,
)

MOST_FILES = 10
_V2 = 1 << 15
_REFERENCE = "attachment://"

_ATTACHMENT = model(
    {
        "id": snowflake,
        "filename": text(1, 1024),
        "title": text(0, 1024),
        "description": text(0, 1024),
        "duration_secs": number(0, 2**31 - 1),
        "waveform": text(0, 400),
        "is_spoiler": boolean,
        "is_remix": boolean,
    },
    "id",
)
ATTACHMENTS = listing(_ATTACHMENT, 0, MOST_FILES)


def check_uploads(form: Form, after: Json, uploads: Mapping[str, str], before: Json) -> None:
    """Check that attachments name files there are, and that components name attachments."""
    kept = {str(held["id"]): str(held["filename"]) for held in before.get("attachments") or ()}
    _check_list(form["attachments"], uploads, kept)
    if not form["attachments"].absent:
        listed = {str(place["id"].value) for place in form["attachments"].items()}
        kept = {key: name for key, name in kept.items() if key in listed}
    if len(uploads) + len(kept) > MOST_FILES:
        message = f"Must be {MOST_FILES} or fewer in length."
        form["attachments"].refuse("BASE_TYPE_MAX_LENGTH", message)
    if as_int(after.get("flags")) & _V2:
        _check_references(form, after, _names(form, uploads), set(kept.values()))


def is_empty(message: Json, uploads: Mapping[str, str]) -> bool:
    """Whether a message shows nothing at all."""
    if as_int(message.get("flags")) & _V2:
        return not message.get("components")
    embeds = message.get("embeds") or ()
    shown = bool((message.get("content") or "").strip()) or not all(map(is_empty_embed, embeds))
    return not (shown or message.get("components") or uploads or message.get("attachments"))


def discord_name(name: str) -> str:
    """The name that Discord gives to an uploaded file: blanks become underscores, little is kept."""
    return re.sub(r"[^A-Za-z0-9_.-]", "", name.replace(" ", "_")) or "file"


def _check_list(form: Form, uploads: Mapping[str, str], kept: Mapping[str, str]) -> None:
    ids = [place["id"] for place in form.items()]
    for place in ids:
        if not place.absent and str(place.value) not in {*uploads, *kept}:
            message = "The referenced attachment was not found"
            place.refuse("ATTACHMENT_NOT_FOUND", message)
    refuse_repeats(ids, "ATTACHMENT_DUPLICATED", "The attachment is already listed")


def _names(form: Form, uploads: Mapping[str, str]) -> dict[str, str]:
    names = dict(uploads)
    for place in form["attachments"].items():
        key, name = str(place["id"].value), place["filename"].value
        if key in names and isinstance(name, str):
            names[key] = name
    return names


def _check_references(form: Form, after: Json, uploads: dict[str, str], kept: set[str]) -> None:
    places = [*media(Form(after)["components"])]
    wanted = {place.value.removeprefix(_REFERENCE) for place in places if place.value.startswith(_REFERENCE)}
    held = {spelling for name in uploads.values() for spelling in (name, discord_name(name))}
    for place in media(form["components"]):
        name = place.value.removeprefix(_REFERENCE)
        if place.value.startswith(_REFERENCE) and name not in held | kept:
            message = "The referenced attachment was not found"
            place.refuse("UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", message)
    for key, name in uploads.items():
        if wanted.isdisjoint({name, discord_name(name)}):
            message = "An uploaded file must be referenced by a component"
            form["attachments"][int(key)].refuse("ATTACHMENT_NOT_REFERENCED", message)
