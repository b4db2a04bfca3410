"""What is in a book, as a backup tells and checks it."""

import dataclasses

from bot.service.pictures import needed
from bot.service.records import cards as card_rows
from bot.service.records import revisions
from storage.models import BookRow, PlanRow, RevisionRow


@dataclasses.dataclass(frozen=True, slots=True)
class Contents:
    """How much the connected book holds, and whether it holds together."""

    name: str
    plans: int
    revisions: int
    pictures: frozenset[str]
    """The SHA-256 of each that any revision, plan or draft shows."""
    faults: tuple[str, ...]
    """Of histories and cards; the files of the pictures are not looked at."""

    @classmethod
    def read(cls) -> "Contents":
        """Those of the connected book."""
        return cls(
            BookRow.get().name,
            PlanRow.select().count(),
            RevisionRow.select().count(),
            frozenset(needed.shown()),
            (*revisions.faults(), *card_rows.faults()),
        )
