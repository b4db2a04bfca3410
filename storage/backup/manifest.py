"""The list of what is in a backup: written by this program, and read as if it came from a stranger."""

import dataclasses
import datetime
import json
import re
from collections.abc import Sequence
from typing import Any, Self

from storage.shown_text import quoted

VERSION = 2
"""Since 2 it says when all histories were proved, and the timeline."""
MAX_BYTES = 64 * 2**20
"""Enough for about 900,000 pictures."""
_DIGEST = re.compile("[0-9a-f]{64}")
_BOOK = re.compile("[0-9a-f]{32}")
_MAX_MOMENT = 40
_LISTS = ("pictures", "missing")


class ManifestError(ValueError):
    """The text is not such a list; the message is the end of a sentence about the backup."""


@dataclasses.dataclass(frozen=True, slots=True)
class Manifest:
    """The contents of a backup."""

    made_at: str
    """ISO 8601, in UTC."""
    book: str
    """The database's name."""
    sha256: str
    """Of the database's file."""
    pictures: tuple[str, ...]
    """The SHA-256 of each, in order."""
    missing: tuple[str, ...]
    """Of those that the database names, and that were missing or altered."""
    revisions: int = 0
    """Revisions in the database; 0 where a backup does not say."""
    proved_at: str = ""
    """The time of the last proof of all histories, in ISO 8601; empty: they were proved when the backup was made."""
    timeline: int = 0
    """See `storage.backup.timelines`."""
    version: int = VERSION

    @property
    def last_proof(self) -> str:
        """The time of the last proof of all histories, in ISO 8601."""
        return self.proved_at or self.made_at

    @classmethod
    def read(cls, text: bytes) -> Self:
        """Return the manifest that `to_json` wrote.

        Raises:
            ManifestError: it is none, or that of a newer Coachbook.
        """
        fields = _fields_in(text)
        _refuse_newer(fields.get("version", VERSION))
        needed = {field.name for field in dataclasses.fields(cls) if field.default is dataclasses.MISSING}
        if lacking := sorted(needed - fields.keys()):
            raise ManifestError(f"its manifest has no {lacking[0]}")
        if unknown := sorted(fields.keys() - {field.name for field in dataclasses.fields(cls)}):
            raise ManifestError(f"its manifest has an unknown field {quoted(unknown[0])}")
        for name, value in fields.items():
            if not _fits(name, value):
                raise ManifestError(f"its manifest has an invalid {name}: {quoted(repr(value))}")
        for name in _LISTS:
            fields[name] = tuple(fields[name])
        return cls(**fields)

    def covers(self, earlier: Self) -> bool:
        """Return whether all that an earlier backup has is in this one: of the same database, which only ever grows.

        After a restore it has not: later changes are others than those that were there before.
        """
        is_later = (self.book, self.timeline) == (
            earlier.book,
            earlier.timeline,
        ) and self.revisions >= earlier.revisions
        return is_later and not set(earlier.pictures) & set(self.missing)

    def to_json(self) -> bytes:
        """Return it as JSON."""
        return json.dumps(dataclasses.asdict(self), indent=1).encode()


def _fields_in(text: bytes) -> dict[str, Any]:
    if len(text) > MAX_BYTES:
        raise ManifestError(f"its manifest is larger than {MAX_BYTES // 2**20} MiB")
    try:
        fields: object = json.loads(text, object_pairs_hook=_unique)
    except ManifestError:
        raise
    except (ValueError, RecursionError) as error:
        raise ManifestError("its manifest is not JSON") from error
    if not isinstance(fields, dict):
        raise ManifestError("its manifest is not a JSON object")
    return fields


def _unique(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ManifestError("its manifest names a field twice")
    return fields


def _refuse_newer(version: object) -> None:
    if type(version) is int and version > VERSION:
        raise ManifestError(f"a newer Coachbook made it (format {quoted(str(version))})")


def _fits(name: str, value: object) -> bool:
    match name:
        case "version" | "revisions" | "timeline":
            return type(value) is int and (1 <= value <= VERSION if name == "version" else 0 <= value < 2**63)
        case "made_at" | "proved_at":
            is_unsaid = name == "proved_at" and value == ""
            return is_unsaid or (isinstance(value, str) and _is_moment(value))
        case "book" | "sha256":
            form = _BOOK if name == "book" else _DIGEST
            return isinstance(value, str) and form.fullmatch(value) is not None
        case _:
            return isinstance(value, list) and _are_digests(value)


def _is_moment(text: str) -> bool:
    try:
        return len(text) <= _MAX_MOMENT and datetime.datetime.fromisoformat(text).utcoffset() is not None
    except ValueError:
        return False


def _are_digests(values: Sequence[object]) -> bool:
    are_digests = all(isinstance(value, str) and _DIGEST.fullmatch(value) for value in values)
    return are_digests and len(set(values)) == len(values)
