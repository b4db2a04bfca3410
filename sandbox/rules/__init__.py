"""Discord's validation of requests, as pure functions on decoded JSON.

Each function returns nothing when Discord would accept the body, and raises a RefusedError
(see `sandbox.rules.errors`) when it would not: `error.status` and `error.body()` are the answer.
NotKnownError (status 501) is for valid parts of Discord's API that these rules do not cover.

    check_command(command)                          POST .../commands
    check_command_edit(changes, before)             PATCH .../commands/{id}
    check_commands(commands)                        PUT .../commands (all of one scope)
    check_command_counts(commands)                  all commands of a scope after a POST
    check_command_creates(count)                    commands created in a scope in one day
    check_entry_point_stays(before, after)          the types in a scope before a PUT, and its body
    check_message(message, uploads, ephemeral=)     POST messages, follow-ups (ephemeral=True)
    check_message_edit(changes, before, uploads)    PATCH messages, follow-ups, the original answer
    check_bulk_delete(body)                         POST messages/bulk-delete
    check_message_query(query)                      GET messages
    check_callback(response, interaction, uploads)  POST interactions/{id}/{token}/callback
    check_modal(modal)                              the data of a callback of type 9
    check_choices(choices, option_type)             the choices of a callback of type 8
    check_options(command, options)                 a command's options from a client
    check_autocomplete(command, options)            the same while typing
    check_press(component, values)                  a client's use of a button or select menu
    check_submission(modal, fields)                 a client's submission of a modal
    fields_of(modal), preset(field)                 its fields, and the preset value of each

`uploads` maps the id of each uploaded file (the n of `files[n]`) to its file name: {"0": "a.png"}.
`before` is the command or message as Discord's JSON; `interaction` is the complete interaction.
"""

from sandbox.rules.callbacks import check_callback, check_choices
from sandbox.rules.commands import (
    check_command,
    check_command_counts,
    check_command_creates,
    check_command_edit,
    check_commands,
    check_entry_point_stays,
)
from sandbox.rules.component_input import check_press
from sandbox.rules.errors import (
    EmptyMessageError,
    FieldErrors,
    Json,
    NotKnownError,
    RefusedError,
    TooManyCommandsError,
)
from sandbox.rules.messages import (
    MAX_BULK_DELETE,
    MAX_BULK_DELETE_AGE,
    MIN_BULK_DELETE,
    Uploads,
    check_bulk_delete,
    check_message,
    check_message_edit,
    check_message_query,
)
from sandbox.rules.modals import Filled, check_modal, check_submission, fields_of, preset
from sandbox.rules.options import check_autocomplete, check_options

__all__ = [
    "MAX_BULK_DELETE",
    "MAX_BULK_DELETE_AGE",
    "MIN_BULK_DELETE",
    "EmptyMessageError",
    "FieldErrors",
    "Filled",
    "Json",
    "NotKnownError",
    "RefusedError",
    "TooManyCommandsError",
    "Uploads",
    "check_autocomplete",
    "check_bulk_delete",
    "check_callback",
    "check_choices",
    "check_command",
    "check_command_counts",
    "check_command_creates",
    "check_command_edit",
    "check_commands",
    "check_entry_point_stays",
    "check_message",
    "check_message_edit",
    "check_message_query",
    "check_modal",
    "check_options",
    "check_press",
    "check_submission",
    "fields_of",
    "preset",
]
