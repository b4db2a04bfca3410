"""Discord's limits for commands, checked on payloads as they would be sent.

Numbers and rules: Discord's documentation, "Application Commands" (structure, options, registering, limits).
"""

import itertools
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

Payload: TypeAlias = Mapping[str, Any]
"""A command, an option or a choice, as JSON for Discord."""

MAX_NAME_LENGTH: Final = 32
MAX_DESCRIPTION: Final = 100
MAX_VALUE: Final = 100
"""The maximum for the name of a choice, and for its value if that is text."""
MAX_OPTIONS: Final = 25
MAX_CHOICES: Final = 25
MAX_CHARACTERS: Final = 8000
"""The maximum of all names, descriptions and values of one command; of translations the longest counts."""
MAX_TEXT: Final = 6000
"""The maximum of `min_length` and `max_length`."""
SLASH, USER, MESSAGE = 1, 2, 3
MAX_COMMANDS: Final = {SLASH: 100, USER: 15, MESSAGE: 15}
"""The maximum of each type, over all plugins."""
KINDS: Final = {SLASH: "slash commands", USER: "user commands", MESSAGE: "message commands"}

_SUBCOMMAND, _GROUP = 1, 2
_INSIDE: Final = {0: (_SUBCOMMAND, _GROUP), _GROUP: (_SUBCOMMAND,), _SUBCOMMAND: ()}
"""The types of subcommand that each may contain; 0 is the command itself."""


def faults_of(commands: Sequence[Payload]) -> list[str]:
    """Return the faults for which Discord would refuse a plugin's commands, each a sentence without full stop."""
    faults = [fault for command in commands for fault in _of_command(command)]
    twice = _twice([(command["type"], command["name"]) for command in commands])
    return [*faults, *(f"it has two commands named {name}" for _, name in twice)]


def faults_of_all(commands: Sequence[Payload]) -> list[str]:
    """Return the faults for which Discord would refuse the commands of all plugins together."""
    counts = Counter(command["type"] for command in commands)
    return [
        f"all plugins together would have {counts[kind]} {KINDS[kind]}, and Discord takes {most}"
        for kind, most in MAX_COMMANDS.items()
        if counts[kind] > most
    ]


def is_command_name(name: str) -> bool:
    r"""Return whether a slash command or an option may have this name.

    Discord's pattern is ^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$, in small letters where there are such.
    """
    return 1 <= len(name) <= MAX_NAME_LENGTH and name == name.lower() and all(map(_fits_a_name, name))


def _of_command(command: Payload) -> Iterator[str]:
    name = command["name"]
    if command["type"] == SLASH:
        yield from _of_words(name, command)
        yield from _of_options(name, command, 0)
    elif not 1 <= len(name.strip()) <= MAX_NAME_LENGTH:
        yield f"the name of the command {name!r} has not 1 to {MAX_NAME_LENGTH} characters"
    if (size := _characters(command)) > MAX_CHARACTERS:
        yield f"the command {name} has {size:,} characters in all, and Discord takes {MAX_CHARACTERS:,}"


def _of_words(path: str, named: Payload) -> Iterator[str]:
    for name in (named["name"], *_translations(named, "name")):
        if not is_command_name(name):
            place = "" if path == name else f" of {path}"
            yield f"the name “{name}”{place} can’t be used: use 1 to {MAX_NAME_LENGTH} small letters, digits, - and _"
    for text in (named["description"], *_translations(named, "description")):
        if not len(text.strip()) >= 1 or len(text) > MAX_DESCRIPTION:
            yield f"the description of {path} has {len(text)} characters, not 1 to {MAX_DESCRIPTION}"


def _of_options(path: str, holder: Payload, kind: int) -> Iterator[str]:
    options = _parts(holder, "options")
    if len(options) > MAX_OPTIONS:
        yield f"{path} has {len(options)} options, and Discord takes {MAX_OPTIONS}"
    for name in _twice([option["name"] for option in options]):
        yield f"{path} has two options {name}"
    subcommands = [option for option in options if option["type"] in (_SUBCOMMAND, _GROUP)]
    if len(subcommands) not in (0, len(options)):
        yield f"{path} has options beside its subcommands"
    for before, after in itertools.pairwise(options):
        if after.get("required") and not before.get("required") and not subcommands:
            yield f"{path}: the option {after['name']} must be given, so it has to stand before {before['name']}"
    for option in options:
        yield from _of_option(f"{path} {option['name']}", option, kind)


def _of_option(path: str, option: Payload, kind: int) -> Iterator[str]:
    yield from _of_words(path, option)
    if option["type"] not in (_SUBCOMMAND, _GROUP):
        yield from _of_choices(path, option)
        yield from _of_bounds(path, option)
    elif option["type"] in _INSIDE[kind]:
        yield from _of_options(path, option, option["type"])
    else:
        yield f"{path} lies too deep: a command has groups, and a group has subcommands"


def _of_choices(path: str, option: Payload) -> Iterator[str]:
    choices = _parts(option, "choices")
    if len(choices) > MAX_CHOICES:
        yield f"{path} has {len(choices)} choices, and Discord takes {MAX_CHOICES}"
    if choices and option.get("autocomplete"):
        yield f"{path} has choices and autocomplete; Discord takes one of them"
    for name in _twice([choice["name"] for choice in choices]):
        yield f"{path} has two choices {name}"
    for choice in choices:
        words = [choice["name"], *_translations(choice, "name"), *_text_of(choice["value"])]
        if not all(1 <= len(word) <= MAX_VALUE for word in words):
            yield f"the choice {choice['name'][:MAX_VALUE]!r} of {path} has not 1 to {MAX_VALUE} characters"


def _of_bounds(path: str, option: Payload) -> Iterator[str]:
    for least, most in (("min_value", "max_value"), ("min_length", "max_length")):
        low, high = option.get(least), option.get(most)
        if low is not None and high is not None and low > high:
            yield f"{path}: {least} is more than {most}"
    lengths = [option[bound] for bound in ("min_length", "max_length") if option.get(bound) is not None]
    if any(not 0 <= length <= MAX_TEXT for length in lengths):
        yield f"{path}: min_length and max_length are 0 to {MAX_TEXT}"


def _characters(part: Payload) -> int:
    size = sum(
        max(len(words) for words in (part.get(field) or "", *_translations(part, field)))
        for field in ("name", "description")
    )
    size += len(str(part["value"])) if "value" in part else 0
    return size + sum(map(_characters, [*_parts(part, "options"), *_parts(part, "choices")]))


def _parts(holder: Payload, field: str) -> list[Payload]:
    return list(holder.get(field) or ())


def _translations(part: Payload, field: str) -> list[str]:
    translations: Mapping[str, str] = part.get(f"{field}_localizations") or {}
    return list(translations.values())


def _text_of(value: object) -> list[str]:
    return [value] if isinstance(value, str) else []


def _twice(keys: Sequence[Any]) -> list[Any]:
    return [key for key, count in Counter(keys).items() if count > 1]


def _fits_a_name(letter: str) -> bool:
    if letter in "-_'" or unicodedata.category(letter)[0] in "LN":
        return True
    return unicodedata.name(letter, "").startswith(("DEVANAGARI ", "THAI CHARACTER "))
