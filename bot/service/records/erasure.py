"""Erased texts: the one rule for which revision and which plan has one.

A change of the charts alone leaves an erased text as it is, and stores it as empty. So the text of a revision is erased
if it is null, or if it is empty and that of the revision before it is erased. A plan's is that of its newest revision.
"""

from collections.abc import Sequence
from typing import Final

from peewee import Case

from storage.models import RevisionRow


def is_erased(texts: Sequence[str | None]) -> bool:
    """Return whether the last of the texts of a plan's revisions, oldest first, is erased."""
    return next((text is None for text in reversed(texts) if text != ""), False)


_Until: Final = RevisionRow.alias()
IS_ERASED: Final = Case(
    None,
    [(RevisionRow.text != "", 0)],
    _Until.select(_Until.text.is_null())
    .where(
        _Until.plan == RevisionRow.plan,
        _Until.revision <= RevisionRow.revision,
        _Until.text.is_null() | (_Until.text != ""),
    )
    .order_by(_Until.revision.desc())
    .limit(1),
)
"""The same as `is_erased` as a column of a revision; null: it is not."""
