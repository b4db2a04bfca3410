"""Rules on initial responses to interactions (documentation, "Interaction Callback Type")."""

from collections.abc import Iterator, Sequence

from sandbox.rules.command_options import CHOICE_VALUES, STRING, choices
from sandbox.rules.errors import FieldErrors, Json, NotKnownError
from sandbox.rules.messages import (
    EPHEMERAL,
    NO_UPLOADS,
    Uploads,
    check_flags,
    check_message,
    check_message_edit,
)
from sandbox.rules.modals import check_modal
from sandbox.rules.validators import Form, as_int, model, one_of, required

PONG, MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 1, 4, 5, 6, 7, 8, 9
LAUNCH_ACTIVITY, SOCIAL_LAYER = 12, 13

PING, COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 1, 2, 3, 4, 5

_ALLOWED: dict[int, tuple[int, ...]] = {
    PING: (PONG,),
    COMMAND: (MESSAGE, DEFERRED_MESSAGE, MODAL, LAUNCH_ACTIVITY),
    COMPONENT: (MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE, MODAL, LAUNCH_ACTIVITY),
    AUTOCOMPLETE: (CHOICES,),
    SUBMIT: (MESSAGE, DEFERRED_MESSAGE, LAUNCH_ACTIVITY),
}
"""The allowed callback types, by interaction type."""

_ALLOWED_WITH_MESSAGE = (MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE, LAUNCH_ACTIVITY)
"""The allowed callback types for a modal that a message's component opened."""


def check_callback(response: Json, interaction: Json, uploads: Uploads = NO_UPLOADS) -> None:
    """Check the initial response to an interaction.

    Raises:
        FieldErrors: Discord would reject it.
        EmptyMessageError: an empty message.
        NotKnownError: a callback type that these rules do not cover.
    """
    form = Form(response)
    form.run(model({"type": one_of(*_allowed(interaction))}, "type"))
    form.finish()
    kind, data = as_int(response["type"]), form["data"]
    if kind in (LAUNCH_ACTIVITY, SOCIAL_LAYER):
        raise NotKnownError(f"callbacks of type {kind}")
    if kind in (CHOICES, MODAL) and data.absent:
        required(data)
        form.finish()
    try:
        _check_data(kind, {} if data.absent else data.value, interaction, uploads)
    except FieldErrors as errors:
        raise errors.under("data") from None


def check_choices(suggested: Json, option_type: int = STRING) -> None:
    """Check the choices suggested for an option of this type.

    Raises:
        FieldErrors: Discord would reject them.
    """
    form = Form({"choices": suggested})
    form.run(model({"choices": choices(option_type)}, "choices"))
    form.finish()


def _check_data(kind: int, data: Json, interaction: Json, uploads: Uploads) -> None:
    if kind == MESSAGE:
        check_message(data, uploads, ephemeral=True)
    elif kind == DEFERRED_MESSAGE:
        form = Form(data)
        form.run(model({}))
        check_flags(form["flags"], EPHEMERAL)
        form.finish()
    elif kind == UPDATE:
        check_message_edit(data, interaction["message"], uploads)
    elif kind == CHOICES:
        form = Form(data)
        form.run(model({"choices": choices(_focused_type(interaction))}, "choices"))
        form.finish()
    elif kind == MODAL:
        check_modal(data)


def _allowed(interaction: Json) -> tuple[int, ...]:
    kind = as_int(interaction["type"])
    with_message = kind == SUBMIT and interaction.get("message") is not None
    return _ALLOWED_WITH_MESSAGE if with_message else _ALLOWED[kind]


def _focused_type(interaction: Json) -> int:
    for option in _options(interaction["data"].get("options") or ()):
        if option.get("focused") and option["type"] in CHOICE_VALUES:
            return as_int(option["type"], STRING)
    return STRING


def _options(options: Sequence[Json]) -> Iterator[Json]:
    for option in options:
        yield option
        yield from _options(option.get("options") or ())
