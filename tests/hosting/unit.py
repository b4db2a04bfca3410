"""Our systemd unit, read as systemd does, as far as the tests use it."""

import dataclasses
import re
from pathlib import Path

from tests.processes import ROOT

UNIT = ROOT / "deploy" / "coachbook.service"


@dataclasses.dataclass(frozen=True)
class Unit:
    """The settings of a unit file."""

    settings: tuple[tuple[str, str], ...]

    @classmethod
    def read(cls, path: Path = UNIT) -> "Unit":
        """Return the unit in a file."""
        return cls(tuple(re.findall(r"^(\w+)=(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)))

    def all(self, name: str) -> list[str]:
        """Return all values of a setting."""
        return [value for each, value in self.settings if each == name]

    def one(self, name: str) -> str:
        """Return the only value of a setting."""
        [value] = self.all(name)
        return value
