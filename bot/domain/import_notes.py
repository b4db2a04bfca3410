"""Notes on imported plans of the predecessor, for the operator's report and for revisions."""

from typing import Final

CHANGED_SINCE_IMPORT: Final = "changed in the predecessor since its import; the imported plan stays as it is"
ERASED: Final = "a plan of the same coach and day was erased in Coachbook"
DAY_TAKEN: Final = "imported as deleted: Coachbook already had a plan of the same coach and day"
TIME_UNKNOWN: Final = "time unknown"
AUTHOR_UNKNOWN: Final = "author unknown"
DELETION_UNKNOWN: Final = "time and author of the deletion unknown"
TIME_SKIPPED: Final = "clocks skipped this time when they were set forward"
TIME_REPEATED: Final = "clocks showed this time twice when they were set back"


def replaced_by(plan_id: str) -> str:
    """Return the note for a plan that is not its coach's newest of the day."""
    return f"imported as deleted: plan {plan_id} of the same coach and day is newer"


def unrecorded_change(time: str) -> str:
    """Return the note for a plan that was changed without an entry in its history."""
    return f"last changed at {time}; the predecessor has no record of the author or the earlier text"
