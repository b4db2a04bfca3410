"""The queued changes in a folder, counted for the operator without touching them."""

import collections
import dataclasses
import pathlib
from collections.abc import Mapping
from typing import Self

from bot.domain.pending import DatabaseId, PendingOperation
from bot.domain.values import OperationId
from bot.service.recovery import spool_format
from storage.spool_transfer import queued_lines


@dataclasses.dataclass(frozen=True, slots=True)
class SpoolContents:
    """The number of changes that are queued in a folder."""

    own: int
    """For the database that was asked about."""
    seen: int
    """Of these, the ones that were sent when it had been open, or may have been."""
    others: Mapping[str, int]
    """For other databases, by the path that each had."""
    unreadable: int
    """Lines that can't be read."""

    @classmethod
    def of(cls, folder: pathlib.Path, database: DatabaseId) -> Self:
        """Count the changes in the folder, for the database and for others.

        Raises:
            UnsafeFolderError: others may have written them.
            OSError: they can't be read.
        """
        waiting: dict[OperationId, PendingOperation] = {}
        unreadable = 0
        for line in queued_lines(folder):
            try:
                entry = spool_format.read(line)
            except (ValueError, KeyError, TypeError):
                unreadable += 1
            else:
                if isinstance(entry, PendingOperation):
                    waiting[entry.operation] = entry
                else:
                    waiting.pop(entry, None)
        others = collections.Counter(
            each.database.path for each in waiting.values() if each.database and not each.database.is_of(database)
        )
        own = [each for each in waiting.values() if each.database is None or each.database.is_of(database)]
        seen = [each for each in own if each.database is None or each.database.name]
        return cls(len(own), len(seen), others, unreadable)

    @classmethod
    def if_readable(cls, folder: pathlib.Path, database: DatabaseId) -> Self:
        """Count the changes as `of` does; none where they can't be read."""
        try:
            return cls.of(folder, database)
        except OSError:
            return cls(0, 0, {}, 0)

    def __str__(self) -> str:
        """Return them in words, as a part of a sentence about the folder; empty: there are none."""
        parts = [_queued(self.own)] if self.own else []
        parts += [f"{_queued(count)} for another database, {path}" for path, count in self.others.items()]
        if self.unreadable:
            parts.append("1 line can't be read" if self.unreadable == 1 else f"{self.unreadable:,} lines can't be read")
        return "; ".join(parts)


def _queued(changes: int) -> str:
    return "1 change is queued" if changes == 1 else f"{changes:,} changes are queued"
