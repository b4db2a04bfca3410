"""Rules on creating and editing messages.

Numbers: Discord's documentation, "Message" (create, edit, flags, allowed mentions) and the
schemas MessageCreateRequest, MessageEditRequestPartial and IncomingWebhook* of the OpenAPI
description. A bot's content is limited to 2000 characters, where the description states 4000.
"""

import datetime
from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

from sandbox.rules.attachments import ATTACHMENTS, appended, check_uploads, is_empty
from sandbox.rules.components import check_legacy_components, check_v2_components
from sandbox.rules.embeds import check_embeds
from sandbox.rules.errors import EmptyMessageError, Json, NotKnownError
from sandbox.rules.validators import (
    INT53,
    Form,
    all_of,
    anything,
    as_int,
    as_object,
    boolean,
    integer,
    is_object,
    listing,
    model,
    one_of,
    required,
    snowflake,
    text,
)

Uploads: TypeAlias = Mapping[str, str]
"""The name of each uploaded file by its id (the n of `files[n]`)."""

NO_UPLOADS: Uploads = MappingProxyType({})

SUPPRESS_EMBEDS = 1 << 2
EPHEMERAL = 1 << 6
SUPPRESS_NOTIFICATIONS = 1 << 12
IS_VOICE_MESSAGE = 1 << 13
IS_COMPONENTS_V2 = 1 << 15

MAX_CONTENT_LENGTH = 2000
MAX_FILES = 10

MIN_BULK_DELETE, MAX_BULK_DELETE = 2, 100
"""Numbers of messages in a bulk delete ("Bulk Delete Messages")."""
MAX_BULK_DELETE_AGE = datetime.timedelta(days=14)
"""Maximum age of messages in a bulk delete."""

_UNKNOWN = {
    "sticker_ids": "stickers",
    "poll": "polls",
    "shared_client_theme": "shared themes",
}


def _check_mentions(form: Form) -> None:
    parsed = [place.value for place in form["parse"].items()]
    for kind in ("users", "roles"):
        if kind in parsed and form[kind].value:
            message = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
            form.refuse("MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message)


_MENTIONS = all_of(
    model(
        {
            "parse": listing(one_of("users", "roles", "everyone"), 0, 3, unique=True),
            "users": listing(snowflake, 0, 100, unique=True),
            "roles": listing(snowflake, 0, 100, unique=True),
            "replied_user": boolean,
        }
    ),
    _check_mentions,
)
_REFERENCE = model(
    {
        "message_id": snowflake,
        "channel_id": snowflake,
        "guild_id": snowflake,
        "fail_if_not_exists": boolean,
        "type": one_of(0, 1),
    },
    "message_id",
)


def _check_nonce(form: Form) -> None:
    value = form.value
    if isinstance(value, bool) or not isinstance(value, int | str):
        form.refuse("NONCE_TYPE_INVALID", "Nonce must be a string or an integer.")
    elif isinstance(value, str) and len(value) > 25:
        form.refuse("NONCE_TYPE_TOO_LONG", "Nonce must be 25 or fewer in length.")
    elif isinstance(value, int):
        integer(-(2**63), 2**63 - 1)(form)


_MESSAGE = model(
    {
        "content": text(0, MAX_CONTENT_LENGTH),
        "embeds": check_embeds,
        "allowed_mentions": _MENTIONS,
        "attachments": ATTACHMENTS,
        "components": anything,
        "flags": integer(0, 2**31 - 1),
        "tts": boolean,
        "nonce": _check_nonce,
        "enforce_nonce": boolean,
        "message_reference": _REFERENCE,
    }
)


def check_message(message: Json, uploads: Uploads = NO_UPLOADS, *, ephemeral: bool = False) -> None:
    """Check a new message; `ephemeral`: that flag is allowed.

    Raises:
        FieldErrors: Discord would reject it.
        EmptyMessageError: it is empty.
        NotKnownError: it has fields that these rules do not cover.
    """
    form = Form(message)
    _check(form, message, uploads, {})
    settable = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | IS_COMPONENTS_V2
    check_flags(form["flags"], settable | (EPHEMERAL if ephemeral else 0))
    form.finish()
    if is_empty(message, uploads):
        raise EmptyMessageError


def check_message_edit(changes: Json, before: Json, uploads: Uploads = NO_UPLOADS) -> None:
    """Check changes to a message; `before` is its current state.

    Raises:
        FieldErrors: Discord would reject them.
        EmptyMessageError: the message would be empty.
        NotKnownError: they have fields that these rules do not cover.
    """
    form = Form(changes)
    after = {**before, **as_object(changes)}
    had = as_int(before.get("flags"))
    if as_int(after.get("flags")) & IS_COMPONENTS_V2 == 0 and had & IS_COMPONENTS_V2:
        if not form["flags"].absent:
            message = "The IS_COMPONENTS_V2 flag cannot be removed from a message"
            form["flags"].refuse("MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG", message)
        after["flags"] = had
    _check(form, after, uploads, before)
    check_flags(form["flags"], SUPPRESS_EMBEDS | IS_COMPONENTS_V2 | had)
    form.finish()
    if is_empty(after, appended(changes, uploads)):
        raise EmptyMessageError


def check_bulk_delete(body: Json) -> None:
    """Check the list of messages of a bulk delete; a wrong number of them has its own error code.

    Raises:
        FieldErrors: Discord would reject it.
    """
    form = Form(body)
    form.run(model({"messages": listing(snowflake, 0, INT53, unique=True)}, "messages"))
    form.finish()


def check_message_query(query: Json) -> None:
    """Check the query of "Get Channel Messages".

    Raises:
        FieldErrors: Discord would reject it.
    """
    form = Form(query)
    form.run(model({"around": snowflake, "before": snowflake, "after": snowflake, "limit": integer(1, 100)}))
    form.finish()


def check_flags(form: Form, settable: int) -> None:
    """Check that only `settable` flags are set."""
    surplus = as_int(form.value) & ~settable
    if surplus:
        message = f"Flags {surplus} cannot be set here (only {settable} can)."
        form.refuse("MESSAGE_FLAGS_INVALID", message)


def _check(form: Form, after: Json, uploads: Uploads, before: Json) -> None:
    """Check a body; `after` is the message that results from `before`."""
    form.run(_MESSAGE)
    if not is_object(form.value):
        form.finish()
    for field, what in _UNKNOWN.items():
        if form[field].value:
            raise NotKnownError(what)
    if not form["message_reference"].absent and form["message_reference"]["type"].value == 1:
        raise NotKnownError("forwarded messages")
    if form["enforce_nonce"].value is True and form["nonce"].absent:
        required(form["nonce"])
    if as_int(after.get("flags")) & IS_COMPONENTS_V2:
        _check_v2(form, after)
    elif not form["components"].absent:
        check_legacy_components(form["components"])
    check_uploads(form, after, uploads, before)


def _check_v2(form: Form, after: Json) -> None:
    for field in ("content", "embeds", "poll", "sticker_ids"):
        if after.get(field):
            message = f'The "{field}" field cannot be used when using MessageFlags.IS_COMPONENTS_V2'
            form[field].refuse("MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", message)
    if not form["components"].absent:
        check_v2_components(form["components"])
