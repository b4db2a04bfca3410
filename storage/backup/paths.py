"""The place of a database and of its pictures."""

import dataclasses
import pathlib
from typing import Self

DATABASE = "book.db"
CHARTS = "charts"


@dataclasses.dataclass(frozen=True, slots=True)
class DataPaths:
    """A database's file and the folder of its pictures, which may lie on another disk."""

    database: pathlib.Path
    charts: pathlib.Path

    @classmethod
    def within(cls, folder: pathlib.Path) -> Self:
        """Return the paths of both in one folder, as a backup has them."""
        return cls(folder / DATABASE, folder / CHARTS)
