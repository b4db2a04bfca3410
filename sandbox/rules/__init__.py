"""Discord's limits on what it is sent, as pure functions on decoded JSON.

Each function returns nothing when Discord would accept the body, and raises a RefusedError
(see `sandbox.rules.errors`) when it would not: `error.status` and `error.body()` are the answer.
NotKnownError (status 501) says that Discord knows a thing asked for and these rules do not.

    check_command(command)                          POST .../commands
    check_command_edit(changes, before)             PATCH .../commands/{id}
    check_commands(commands)                        PUT .../commands (all of one scope)
    check_command_counts(commands)                  all commands of one scope after a POST
    check_command_creates(count)                    those of one scope that a day would have created
    check_entry_point_stays(before, after)          the types of a scope before a PUT, and its body
    check_message(message, uploads, ephemeral=)     POST messages, follow-ups (ephemeral=True)
    check_message_edit(changes, before, uploads)    PATCH messages, follow-ups, the original answer
    check_bulk_delete(body)                         POST messages/bulk-delete
    check_message_query(query)                      GET messages
    check_callback(response, interaction, uploads)  POST interactions/{id}/{token}/callback
    check_modal(modal)                              the data of a callback of type 9
    check_choices(choices, option_type)             the choices of a callback of type 8
    check_options(command, options)                 what a client sends for a command
    check_autocomplete(command, options)            the same while it is being typed
    check_press(component, values)                  what a client sends for a button or select
    check_submission(modal, fields)                 what a client sends for a modal
    fields_of(modal), preset(field)                 its fields, and what each is worth untouched

`uploads` maps the id of each uploaded file (the n of `files[n]`) to its file name: {"0": "a.png"}.
`before` is the command or message as Discord shows it; `interaction` is the whole interaction.
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
    FEWEST_DELETED,
    MOST_DELETED,
    OLDEST_DELETED,
    Uploads,
    check_bulk_delete,
    check_message,
    check_message_edit,
    check_message_query,
)
from sandbox.rules.modals import Filled, check_modal, check_submission, fields_of, preset
from sandbox.rules.options import check_autocomplete, check_options

__all__ = [
    "FEWEST_DELETED",
    "MOST_DELETED",
    "OLDEST_DELETED",
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
