"""The upgrade of a database to this program's version, before it is made: nothing is changed."""

import dataclasses
import math
import pathlib
import shutil

from bot.cli.migration import require_database
from storage import migrate, open_checks
from storage.fsync import size_of
from storage.migrate import SchemaVersion

_MIB = 2**20
_BYTES_PER_SECOND = 10 * _MIB
"""For the copy, its check and all migrations: half of what a small machine did (docs/hosting.md)."""
_COPIES = 2
"""The copy that is made before, and the log of a step that writes all rows."""
_RESERVE = 64 * _MIB
_SEARCH = "0022_search"
_INDEXES = 2.5
"""The index for searches, at most, where the database has little but texts."""


@dataclasses.dataclass(frozen=True, slots=True)
class Upgrade:
    """The migrations that a start of this program would apply to a database."""

    path: pathlib.Path
    version: SchemaVersion
    migrations: tuple[str, ...]
    """Oldest first."""
    size: int
    """The database's bytes."""
    free: int
    """The bytes that its disk has left."""

    @classmethod
    def of(cls, path: pathlib.Path) -> "Upgrade":
        """Return the upgrade of the database at `path`, which a bot may be using.

        Raises:
            StorageError: it can't be read, or can't be upgraded whatever the disk has left.
            CommandError: there is no database.
        """
        path = path.absolute()
        require_database(path)
        version = open_checks.version_of(path)
        size = size_of((path, path.with_name(f"{path.name}-wal")))
        return cls(path, version, tuple(migrate.after(version)), size, shutil.disk_usage(path.parent).free)

    @property
    def needed(self) -> int:
        """The bytes that the disk must have left."""
        return _COPIES * self.size + _RESERVE if self.migrations else 0

    @property
    def seconds(self) -> int:
        """The longest time that is expected, rounded up."""
        return math.ceil(self.size / _BYTES_PER_SECOND) if self.migrations else 0

    @property
    def problem(self) -> str | None:
        """The reason why the upgrade would fail; None: it would not."""
        if self.needed <= self.free:
            return None
        return f"The disk of {self.path} has too little free space: free {_mib(self.needed - self.free)} more first."

    @property
    def lines(self) -> list[str]:
        """All of this for an operator."""
        database = f"Database: {self.path}: {self.version}"
        if not self.migrations:
            return [database]
        lines = [
            database,
            f"Migrations ({len(self.migrations)}): {', '.join(self.migrations)}",
            f"Time: up to {self.seconds:,} s, while the bot does not answer",
            f"Disk: {_mib(self.needed)} needed, {_mib(self.free)} free",
        ]
        if _SEARCH in self.migrations:
            size = _mib(math.ceil(_INDEXES * self.size))
            lines.append(f"After the start: texts are indexed for searches, which takes up to {size} more")
        return lines


def _mib(size: int) -> str:
    return f"{math.ceil(size / _MIB):,} MiB"
