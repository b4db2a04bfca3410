"""Rules on uploads, the list of attachments and references to them (page "Reference", uploading files)."""

import re
from collections.abc import Mapping
from typing import TypeVar

from sandbox.rules.components import media
from sandbox.rules.embeds import is_empty_embed
from sandbox.rules.errors import Json, NotKnownError
from sandbox.rules.validators import (
    Form,
    as_int,
    as_object,
    boolean,
    listing,
    model,
    number,
    refuse_repeats,
    snowflake,
    text,
)

U = TypeVar("U")

MAX_FILES = 10
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
ATTACHMENTS = listing(_ATTACHMENT, 0, MAX_FILES)


def check_uploads(form: Form, after: Json, uploads: Mapping[str, str], before: Json) -> None:
    """Check that attachments refer to uploaded files, and components to attachments."""
    held = {str(each["id"]): str(each["filename"]) for each in before.get("attachments") or ()}
    _check_list(form["attachments"], uploads, held)
    kept = retained(form.value, uploads, held)
    added = appended(form.value, uploads) if before else uploads
    if len(added) + len(kept) > MAX_FILES:
        message = f"Must be {MAX_FILES} or fewer in length."
        form["attachments"].refuse("BASE_TYPE_MAX_LENGTH", message)
    if as_int(after.get("flags")) & _V2:
        _check_references(form, after, _names(form, added), kept)


def appended(changes: Json, uploads: Mapping[str, U]) -> dict[str, U]:
    """Return the uploads that an edit adds: with a list of attachments, only those in it."""
    listed = _listed(changes)
    return {key: upload for key, upload in uploads.items() if listed is None or key in listed}


def retained(changes: Json, uploads: Mapping[str, object], held: Mapping[str, U]) -> dict[str, U]:
    """Return the attachments, by id, that an edit retains: those in its list; without list and uploads, all."""
    listed = _listed(changes)
    if listed is None:
        return {} if uploads else dict(held)
    return {key: each for key, each in held.items() if key in listed}


def is_empty(message: Json, uploads: Mapping[str, str]) -> bool:
    """Return whether a message is empty."""
    if as_int(message.get("flags")) & _V2:
        return not message.get("components")
    embeds = message.get("embeds") or ()
    shown = bool((message.get("content") or "").strip()) or not all(map(is_empty_embed, embeds))
    return not (shown or message.get("components") or uploads or message.get("attachments"))


def discord_name(name: str) -> str:
    """Return Discord's name of an uploaded file: spaces become underscores, most other characters are removed."""
    return re.sub(r"[^A-Za-z0-9_.-]", "", name.replace(" ", "_")) or "file"


def _check_list(form: Form, uploads: Mapping[str, str], kept: Mapping[str, str]) -> None:
    ids = [place["id"] for place in form.items()]
    for place in ids:
        if not place.absent and str(place.value) not in {*uploads, *kept}:
            message = "The referenced attachment was not found"
            place.refuse("ATTACHMENT_NOT_FOUND", message)
    refuse_repeats(ids, "ATTACHMENT_DUPLICATED", "The attachment is already listed")


def _listed(changes: Json) -> set[str] | None:
    """Return the ids in the list of attachments; None: no list."""
    if "attachments" not in as_object(changes):
        return None
    return {str(place["id"].value) for place in Form(changes)["attachments"].items()}


def _names(form: Form, uploads: Mapping[str, str]) -> dict[str, str]:
    names = dict(uploads)
    for place in form["attachments"].items():
        key, name = str(place["id"].value), place["filename"].value
        if key in names and isinstance(name, str):
            names[key] = name
    return names


def _check_references(form: Form, after: Json, uploads: Mapping[str, str], kept: Mapping[str, str]) -> None:
    """Check the resulting components, which may be unchanged ones."""
    components = Form(after, form.path, form.faults)["components"]
    spellings = [{name, discord_name(name)} for name in uploads.values()] + [{name} for name in kept.values()]
    wanted: set[str] = set()
    for medium in media(components):
        url, shown = medium["url"], medium["attachment_id"].value
        if url.value.startswith(_REFERENCE):
            name = url.value.removeprefix(_REFERENCE)
            wanted.add(name)
            found = sum(name in each for each in spellings)
            if found > 1:
                raise NotKnownError(f"which of {found} files called {name} is meant")
            _refuse_missing(url, is_there=found == 1)
        elif form["components"].absent:
            _refuse_missing(url, is_there=shown is None or str(shown) in kept)
    for key, name in uploads.items():
        if wanted.isdisjoint({name, discord_name(name)}):
            message = "An uploaded file must be referenced by a component"
            form["attachments"][int(key)].refuse("ATTACHMENT_NOT_REFERENCED", message)


def _refuse_missing(url: Form, *, is_there: bool) -> None:
    if not is_there:
        message = "The referenced attachment was not found"
        url.refuse("UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", message)
