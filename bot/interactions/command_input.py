"""Checks the input of a command: Discord's own client sends valid input only, a modified one might not."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import hikari
import lightbulb

from bot.interactions.lightbulb_internals import GivenOption

_MAX_TEXT: Final = 6000
"""Characters of an option without a limit of its own (Discord's documentation, Application Commands)."""
_MAX_NUMBER: Final = 2**53

Known: TypeAlias = lightbulb.OptionData[Any, Any]
"""An option as its command declares it."""


def names(known: Mapping[str, Known]) -> set[str]:
    """Return the names of the options as people see them."""
    return set(by_name(known))


def has_target(interaction: hikari.CommandInteraction) -> bool:
    """Return whether a command of the Apps menu has its message or user; True for a slash command."""
    if interaction.command_type is hikari.CommandType.SLASH:
        return True
    target_id, resolved = interaction.target_id, interaction.resolved
    if target_id is None or resolved is None:
        return False
    targets = resolved.messages if interaction.command_type is hikari.CommandType.MESSAGE else resolved.users
    return target_id in targets


def is_valid(interaction: hikari.CommandInteraction, given: Sequence[GivenOption], known: Mapping[str, Known]) -> bool:
    """Return whether a command has its target, and options that fit it."""
    return has_target(interaction) and fits(given, known, interaction.resolved)


def fits(
    given: Sequence[GivenOption], known: Mapping[str, Known], resolved: hikari.ResolvedOptionData | None = None
) -> bool:
    """Return whether the options are known to the command, complete, and valid."""
    options = by_name(known)
    names = {each.name for each in given}
    required = {name for name, option in options.items() if option.default is hikari.UNDEFINED}
    return required <= names <= options.keys() and all(_fits(each, options[each.name], resolved) for each in given)


def can_be_completed(given: Sequence[GivenOption], known: Mapping[str, Known]) -> bool:
    """Return whether choices can be offered: one option is focused, and all have valid values."""
    options = by_name(known)
    focused = [each.name for each in given if getattr(each, "is_focused", False)]
    return len(focused) == 1 and all(
        each.name in options
        and isinstance(each.value, str | int)
        and len(str(each.value)) <= _max_length(options[each.name])
        for each in given
        if each.name not in options or options[each.name].type in _PLAIN
    )


def by_name(known: Mapping[str, Known]) -> dict[str, Known]:
    """Return the options by their names as people see them."""
    return {each.name: each for each in known.values()}


def _fits(given: GivenOption, known: Known, resolved: hikari.ResolvedOptionData | None) -> bool:
    value = given.value
    if known.choices and value not in {choice.value for choice in known.choices}:
        return False
    check = _PLAIN.get(known.type)
    if check:
        return check(value, known)
    return resolved is not None and any(value in each for each in _named(known.type, resolved))


def _is_text(value: object, known: Known) -> bool:
    return isinstance(value, str) and (known.min_length or 0) <= len(value) <= _max_length(known)


def _is_number(value: object, known: Known) -> bool:
    kinds = int if known.type is hikari.OptionType.INTEGER else int | float
    if not isinstance(value, kinds) or isinstance(value, bool):
        return False
    minimum = known.min_value if known.min_value is not hikari.UNDEFINED else -_MAX_NUMBER
    maximum = known.max_value if known.max_value is not hikari.UNDEFINED else _MAX_NUMBER
    return minimum <= value <= maximum


def _is_boolean(value: object, _: Known) -> bool:
    return isinstance(value, bool)


_PLAIN: Final[Mapping[hikari.OptionType | int, Callable[[object, Known], bool]]] = {
    hikari.OptionType.STRING: _is_text,
    hikari.OptionType.INTEGER: _is_number,
    hikari.OptionType.FLOAT: _is_number,
    hikari.OptionType.BOOLEAN: _is_boolean,
}


def _max_length(known: Known) -> int:
    return known.max_length or _MAX_TEXT


def _named(kind: hikari.OptionType | int, resolved: hikari.ResolvedOptionData) -> list[Mapping[Any, Any]]:
    """Return the resolved targets that an option of this kind may name."""
    match kind:
        case hikari.OptionType.USER:
            return [resolved.users]
        case hikari.OptionType.ROLE:
            return [resolved.roles]
        case hikari.OptionType.CHANNEL:
            return [resolved.channels]
        case hikari.OptionType.ATTACHMENT:
            return [resolved.attachments]
        case _:
            return [resolved.users, resolved.roles]
