"""Buttons that repeat a command, with one day instead of words that can mean two."""

import dataclasses
import datetime
import urllib.parse
from collections.abc import Callable, Mapping, Sequence
from typing import Final, get_args

import hikari
import lightbulb

from bot.interactions import command_input
from bot.interactions.options import DayName
from bot.replies.custom_ids import RouteId, UnknownRouteError

ACTION: Final = "commands.again"
_READERS: Final[Mapping[hikari.OptionType | int, Callable[[str], str | int]]] = {
    hikari.OptionType.STRING: str,
    hikari.OptionType.INTEGER: int,
    hikari.OptionType.BOOLEAN: "True".__eq__,
}
"""Functions that read an option of each type that a `custom_id` can hold."""
_DAY_NAMES: Final = frozenset(get_args(DayName))


def repetition_id(ctx: lightbulb.Context, words: str, day: datetime.date) -> str | None:
    """Return the `custom_id` of the command with `day` for these words; None: no `custom_id` can hold its options."""
    if any(each.type not in _READERS for each in ctx.options):
        return None
    given = {each.name: str(each.value) for each in ctx.options}
    given |= {name: day.isoformat() for name in _DAY_NAMES & given.keys() if given[name] == words}
    options = (f"{name}={_quoted(value)}" for name, value in given.items())
    try:
        return str(RouteId(ACTION, (ctx.command_data.qualified_name, *options)))
    except ValueError:
        return None


@dataclasses.dataclass(frozen=True, slots=True)
class Repetition:
    """The command that such a button repeats."""

    path: tuple[str, ...]
    given: Mapping[str, str]

    @classmethod
    def parse(cls, custom_id: str) -> "Repetition | None":
        """Read a `custom_id`; None: it is of another button."""
        try:
            route = RouteId.parse(custom_id)
        except UnknownRouteError:
            return None
        if route.action != ACTION or not route.arguments:
            return None
        path, *options = route.arguments
        pairs = (each.partition("=") for each in options)
        return cls(tuple(path.split(" ")), {name: urllib.parse.unquote(value) for name, _, value in pairs})

    def options(self, known: Mapping[str, command_input.Known]) -> Sequence[hikari.CommandInteractionOption] | None:
        """Return the options as the command would have them; None: they don't fit the command."""
        kinds = {name: option.type for name, option in command_input.by_name(known).items()}
        if not self.given.keys() <= kinds.keys() or any(kinds[name] not in _READERS for name in self.given):
            return None
        try:
            options = [_option(name, kinds[name], value) for name, value in self.given.items()]
        except ValueError:
            return None
        return options if command_input.fits(options, known) else None


def _quoted(value: str) -> str:
    return urllib.parse.quote(value, safe=" ").replace("~", "%7E")


def _option(name: str, kind: hikari.OptionType | int, value: str) -> hikari.CommandInteractionOption:
    return hikari.CommandInteractionOption(name=name, type=kind, value=_READERS[kind](value), options=None)
