"""Numbers and durations of the interactions that were handled, by command and result."""

import bisect
import dataclasses
import enum
from collections.abc import Mapping
from typing import Final

import hikari
import lightbulb

from bot.domain.errors import DatabaseUnavailableError, RefusalError
from bot.interactions.context import TOO_LATE, is_answered_already
from bot.interactions.lightbulb_internals import ExtensibleClient
from bot.interactions.routes import Routes
from bot.replies.custom_ids import UnknownRouteError

BUCKETS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0)
"""Upper limits of the durations that are counted together, in seconds."""
MAX_NAMES: Final = 200
"""Names of commands and routes that are counted each; later ones, of plugins that were replaced, count together."""
UNKNOWN: Final = "unknown"
"""The name of whatever is not loaded."""
OTHER: Final = "other"
"""The name of whatever is beyond `MAX_NAMES`."""


class InteractionKind(enum.StrEnum):
    """A kind of interaction."""

    COMMAND = "command"
    AUTOCOMPLETE = "autocomplete"
    COMPONENT = "component"
    MODAL = "modal"


class InteractionResult(enum.StrEnum):
    """The result of an interaction."""

    OK = "ok"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"
    """The database could not be used; a change may have been queued."""
    UNANSWERED = "unanswered"
    """Too late for Discord, or answered by another process."""
    FAILED = "failed"

    @classmethod
    def of(cls, error: Exception) -> "InteractionResult":
        """Return the result of an interaction that failed with the error."""
        if isinstance(error, DatabaseUnavailableError):
            return cls.UNAVAILABLE
        if isinstance(error, RefusalError | UnknownRouteError):
            return cls.REFUSED
        return cls.UNANSWERED if isinstance(error, TOO_LATE) or is_answered_already(error) else cls.FAILED


@dataclasses.dataclass(frozen=True, slots=True)
class Handled:
    """Interactions that are counted together."""

    kind: InteractionKind
    name: str
    """The path of a command, such as `plan post`, or the route of a button or form, such as `plans.more`."""
    result: InteractionResult


@dataclasses.dataclass(slots=True)
class Durations:
    """Durations of such interactions."""

    counts: list[int] = dataclasses.field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    """Their number in each bucket, and beyond the last."""
    seconds: float = 0.0
    """Their sum."""


class Measurements:
    """Counts the interactions of this process."""

    def __init__(self) -> None:
        self._durations: dict[Handled, Durations] = {}
        self._names: set[str] = set()

    @property
    def durations(self) -> Mapping[Handled, Durations]:
        """A copy of the durations so far."""
        return {each: Durations([*sums.counts], sums.seconds) for each, sums in self._durations.items()}

    def note(self, kind: InteractionKind, name: str, result: InteractionResult, seconds: float) -> None:
        """Count an interaction that was handled in so many seconds."""
        if name not in self._names:
            if len(self._names) >= MAX_NAMES:
                name = OTHER
            self._names.add(name)
        durations = self._durations.setdefault(Handled(kind, name, result), Durations())
        durations.counts[bisect.bisect_left(BUCKETS, seconds)] += 1
        durations.seconds += seconds


def kind_of(interaction: hikari.PartialInteraction) -> InteractionKind:
    """Return the kind of an interaction."""
    match interaction:
        case hikari.AutocompleteInteraction():
            return InteractionKind.AUTOCOMPLETE
        case hikari.ComponentInteraction():
            return InteractionKind.COMPONENT
        case hikari.ModalInteraction():
            return InteractionKind.MODAL
        case _:
            return InteractionKind.COMMAND


def name_of(interaction: hikari.PartialInteraction, client: ExtensibleClient, routes: Routes) -> str:
    """Return the name by which an interaction is counted: one of what is loaded."""
    if isinstance(interaction, hikari.ComponentInteraction | hikari.ModalInteraction):
        return routes.action_of(interaction.custom_id) or UNKNOWN
    if isinstance(interaction, hikari.CommandInteraction | hikari.AutocompleteInteraction):
        used = client.find_command(interaction)
        return lightbulb.utils.get_command_data(used.command).qualified_name if used else UNKNOWN
    return UNKNOWN
