"""The operator's rules for interpreting the predecessor's data."""

import dataclasses
import datetime
import re
import zoneinfo
from collections.abc import Mapping

from bot.domain.values import COACH_KEY, UserId
from storage.shown_text import quoted

_PREFIX = re.compile("coach[_ -]*(?=.)")


class InvalidRowError(ValueError):
    """The row can't be imported as a plan; the message is the reason."""


@dataclasses.dataclass(frozen=True, slots=True)
class Rules:
    """The operator's rules for interpreting the predecessor's data."""

    users: Mapping[str, UserId]
    """Users by name."""
    timezone: zoneinfo.ZoneInfo
    """Time zone of the predecessor's times."""
    now: datetime.datetime
    coaches: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Keys of coaches by name, where they can't be derived from it."""

    def coach_of(self, name: str | None) -> str:
        """Return the key of the coach with this name in the predecessor's data.

        Raises:
            InvalidRowError: no key is given, and none can be derived.
        """
        return self.coaches.get((name or "").strip()) or coach_key(name)

    def user_of(self, name: str | None) -> UserId | None:
        """Return the user with this name; None: not known."""
        return self.users.get((name or "").strip())


def coach_key(name: str | None) -> str:
    """Derive a coach's key from the predecessor's name: `d` from `coach_d`.

    Raises:
        InvalidRowError: no key can be derived.
    """
    key = _PREFIX.sub("", (name or "").strip().lower(), count=1).replace(" ", "_").replace("-", "_")
    if not is_key(key):
        raise InvalidRowError(f"its coach_name is {quoted(name)}, not a valid key (1 to 16 of a-z 0-9 _): use --coach")
    return key


def is_key(given: str) -> bool:
    """Return whether a coach's key is valid."""
    return bool(re.fullmatch(COACH_KEY, given))


def row_id(given: str | None) -> str:
    """Return a row's id as displayed to the operator: in quotation marks if it is not a simple one."""
    return given if given and given.isascii() and given.isalnum() and len(given) <= 20 else quoted(given)
