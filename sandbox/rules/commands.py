"""Rules on application commands.

Numbers: Discord's documentation, "Application Commands" (structure, options, limits), and the
schema ApplicationCommandCreateRequest of the OpenAPI description.
"""

import unicodedata
from collections import Counter
from collections.abc import Sequence

from sandbox.rules.command_options import check_option_list
from sandbox.rules.errors import (
    EntryPointLostError,
    Json,
    NotKnownError,
    TooManyCommandsError,
    TooManyCreatesError,
)
from sandbox.rules.fields import LOCALES
from sandbox.rules.validators import (
    INT53,
    Form,
    anything,
    as_int,
    as_object,
    boolean,
    integer,
    is_object,
    listing,
    mapping_of,
    model,
    one_of,
    required,
    text,
)

CHAT_INPUT, USER, MESSAGE, ENTRY_POINT = 1, 2, 3, 4

MAX_COMMANDS = {CHAT_INPUT: 100, USER: 15, MESSAGE: 15, ENTRY_POINT: 1}
"""Limits of commands in a scope, by type."""

MAX_PER_REQUEST = 130
MAX_CREATES = 200
"""Limit of commands created per day in a scope."""
MAX_COMMAND_SIZE = 8000
"""Limit of characters in all names, descriptions and values of a command."""

_UNIQUE_INTEGERS = {
    "contexts": listing(one_of(0, 1, 2), 1, 3, unique=True),
    "integration_types": listing(one_of(0, 1), 1, 2, unique=True),
}

_COMMAND = model(
    {
        "name": text(1, 32),
        "name_localizations": mapping_of(text(1, 32), LOCALES),
        "description": text(0, 100),
        "description_localizations": mapping_of(text(1, 100), LOCALES),
        "default_member_permissions": integer(0, INT53 * 2),
        "dm_permission": boolean,
        "nsfw": boolean,
        "type": one_of(CHAT_INPUT, USER, MESSAGE, ENTRY_POINT),
        "handler": one_of(1, 2),
        "options": anything,
        **_UNIQUE_INTEGERS,
    },
    "name",
)


def check_command(command: Json) -> None:
    """Check a new command.

    Raises:
        FieldErrors: Discord would reject it.
    """
    form = Form(command)
    _check(form)
    form.finish()


def check_command_edit(changes: Json, before: Json) -> None:
    """Check changes to a command; `before` is its current state.

    Raises:
        FieldErrors: Discord would reject them.
    """
    form = Form(changes)
    if not is_object(changes):
        _check(form)
    elif "name" in changes and form["name"].absent:
        required(form["name"])
    else:
        form = Form({**before, **as_object(changes), "type": before.get("type", CHAT_INPUT)})
        _check(form)
    form.finish()


def check_commands(commands: Json) -> None:
    """Check a bulk overwrite of a scope's commands.

    Raises:
        FieldErrors: Discord would reject them.
        TooManyCommandsError: too many of a type.
    """
    form = Form(commands)
    form.run(listing(_check, 0, MAX_PER_REQUEST))
    keys = [Form(_key(place), (*place.path, "name")) for place in form.items()]
    for place in _repeated(keys):
        message = "Application command names must be unique"
        form[int(place.path[0])]["name"].refuse("APPLICATION_COMMANDS_DUPLICATE_NAME", message)
    form.finish()
    check_command_counts(commands)


def check_command_counts(commands: Sequence[Json]) -> None:
    """Check the numbers of commands of each type in a scope.

    Raises:
        TooManyCommandsError: too many of a type.
    """
    counts = Counter(as_int(command.get("type"), CHAT_INPUT) for command in commands)
    for kind, most in MAX_COMMANDS.items():
        if counts[kind] > most:
            raise TooManyCommandsError(most)


def check_command_creates(count: int) -> None:
    """Check the number of commands created in a scope within a day.

    Raises:
        TooManyCreatesError: too many.
    """
    if count > MAX_CREATES:
        raise TooManyCreatesError(MAX_CREATES)


def check_entry_point_stays(before: Sequence[int], after: Sequence[Json]) -> None:
    """Check that a bulk overwrite has the entry point command if there was one; `before` has the types.

    Raises:
        EntryPointLostError: the entry point command is missing.
    """
    kinds = [as_int(command.get("type"), CHAT_INPUT) for command in after]
    if ENTRY_POINT in before and ENTRY_POINT not in kinds:
        raise EntryPointLostError


def is_command_name(name: str) -> bool:
    r"""Return whether a name is valid for a slash command or an option.

    Discord's pattern is ^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$, in lower case where a
    letter has one.
    """
    return 1 <= len(name) <= 32 and name == name.lower() and all(map(_fits_a_name, name))


def _check(form: Form) -> None:
    form.run(_COMMAND)
    if not is_object(form.value):
        return
    kind = as_int(form["type"].value, CHAT_INPUT)
    if kind != ENTRY_POINT and not form["handler"].absent:
        raise NotKnownError("a handler of a command that is no entry point")
    if kind == ENTRY_POINT and not form["options"].absent:
        raise NotKnownError("options of an entry point command")
    if kind == CHAT_INPUT:
        form.run(_check_chat_input)
    elif kind in (USER, MESSAGE):
        form.run(_check_context_menu)
    if _size(as_object(form.value)) > MAX_COMMAND_SIZE:
        form.refuse("APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({MAX_COMMAND_SIZE})")


def _check_chat_input(form: Form) -> None:
    refuse_bad_name(form["name"])
    for locale in as_object(form["name_localizations"].value):
        refuse_bad_name(form["name_localizations"][locale])
    if not str(form["description"].value or "").strip():
        required(form["description"])
    if not form["options"].absent:
        check_option_list(form["options"], refuse_bad_name)


def _check_context_menu(form: Form) -> None:
    for field in ("description", "options"):
        if form[field].value:
            code = f"APPLICATION_COMMAND_CONTEXT_MENU_{field.upper()}_CANNOT_BE_SET"
            form[field].refuse(code, f"Context menu commands cannot have {field}")


def refuse_bad_name(form: Form) -> None:
    """Reject an invalid name of a slash command or an option."""
    name = form.value
    if isinstance(name, str) and name.strip() and len(name) <= 32 and not is_command_name(name):
        form.refuse("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _fits_a_name(letter: str) -> bool:
    if letter in "-_'" or unicodedata.category(letter)[0] in "LN":
        return True
    return 0x0900 <= ord(letter) <= 0x097F or 0xA8E0 <= ord(letter) <= 0xA8FF or _is_thai(letter)


def _is_thai(letter: str) -> bool:
    return 0x0E01 <= ord(letter) <= 0x0E5B and letter != "฿"


def _size(part: Json) -> int:
    """Return the number of characters in names, descriptions and values, with the longest of each's localizations."""
    size = 0
    for field in ("name", "description"):
        translated = as_object(part.get(f"{field}_localizations")).values()
        size += max(len(str(words or "")) for words in (part.get(field), *translated))
    size += len(str(part["value"])) if "value" in part else 0
    children = [*(part.get("options") or ()), *(part.get("choices") or ())]
    return size + sum(_size(child) for child in children if is_object(child))


def _key(place: Form) -> tuple[int, Json]:
    return as_int(place["type"].value, CHAT_INPUT), place["name"].value


def _repeated(keys: list[Form]) -> list[Form]:
    return [key for place, key in enumerate(keys) if key.value in [k.value for k in keys[:place]]]
