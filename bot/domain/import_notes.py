"""Notes on imported plans of the predecessor, for the operator's report and for revisions."""

import dataclasses
import re
from typing import Final

_NAMES: Final = re.compile("(?:predecessor [0-9a-f]{16}: plan .*? )?by (?:“(.*?)”|nothing)(?: in “(.*?)”)?(?:; .*)?")
CHANGED_SINCE_IMPORT: Final = "changed in the predecessor since its import; the imported plan stays as it is"
ERASED: Final = "a plan of the same coach and day was erased in Coachbook"
DAY_TAKEN: Final = "imported as deleted: Coachbook already had a plan of the same coach and day"
TIME_UNKNOWN: Final = "time unknown"
AUTHOR_UNKNOWN: Final = "author unknown"
DELETION_UNKNOWN: Final = "time and author of the deletion unknown"
TIME_SKIPPED: Final = "clocks skipped this time when they were set forward"
TIME_REPEATED: Final = "clocks showed this time twice when they were set back"


@dataclasses.dataclass(frozen=True, slots=True)
class Names:
    """The predecessor's names for who made a revision, and for the channel of the plan; None: not known."""

    author: str | None = None
    channel: str | None = None


def posted(mark: str, plan: str, author: str, channel: str | None) -> str:
    """Return the note for the first revision: the plan's mark and number, and the names in quotation marks."""
    place = f" in {channel}" if channel else ""
    return f"predecessor {mark}: plan {plan} {edited(author)}{place}"


def edited(author: str) -> str:
    """Return the note for an edit: the name in quotation marks."""
    return f"by {author}"


def names_in(note: str | None) -> Names:
    """Return the names in the note of a revision."""
    match = _NAMES.fullmatch(note or "")
    return Names(*match.groups()) if match else Names()


def replaced_by(plan_id: str) -> str:
    """Return the note for a plan that is not its coach's newest of the day."""
    return f"imported as deleted: plan {plan_id} of the same coach and day is newer"


def unrecorded_change(time: str) -> str:
    """Return the note for a plan that was changed without an entry in its history."""
    return f"last changed at {time}; the predecessor has no record of the author or the earlier text"
