"""The note of a revision, which its hash covers; the message that a plan was saved from, in notes and in rows."""

import datetime
import re
from collections.abc import Sequence

from bot.domain.values import ChannelId, MessageId, Source, UserId
from storage.models import DraftRow, PlanRow

_SEPARATOR = "; "
_REVERT = re.compile(f"revision ([0-9]+)(?:{_SEPARATOR}.*)?")
_LATE = re.compile(f"sent with #[0-9]+(?:{_SEPARATOR}.*)?")
_NOTE = re.compile(f"message ([0-9]+)/([0-9]+)(?: by ([0-9]+))?(?:{_SEPARATOR}.*)?")


def note_of(source: Source | None, merged: range = range(0)) -> str | None:
    """Return the note of a revision: its message's channel, id and author, and the revisions that it was merged with.

    Those are named by number, so that an erased person is not named.
    """
    parts = list[str]()
    if source:
        by = "" if source.author_id is None else f" by {source.author_id}"
        parts.append(f"message {source.channel_id}/{source.message_id}{by}")
    if merged:
        parts.append(f"merged with #{merged[0]}" + (f" to #{merged[-1]}" if len(merged) > 1 else ""))
    return _SEPARATOR.join(parts) or None


def with_time(note: str | None, sent_at: datetime.datetime | None) -> str | None:
    """Return the note with the time of the request, where that was long before the revision."""
    if sent_at is None:
        return note
    later = f"sent {sent_at:%Y-%m-%d %H:%M:%S} UTC, while the database was unavailable"
    return _SEPARATOR.join(filter(None, [note, later]))


def note_of_revert(number: int) -> str:
    """Return the note of a revision that reverts the plan to an older one."""
    return f"revision {number}"


def reverted_to(note: str | None) -> int | None:
    """Return the revision that the plan was reverted to; None: the note names none."""
    match = _REVERT.fullmatch(note or "")
    return match and int(match[1])


def note_of_late(number: int) -> str:
    """Return the note of a revision that adds the late pictures of this one."""
    return f"sent with #{number}"


def is_late(note: str | None) -> bool:
    """Return whether the note is of late pictures."""
    return _LATE.fullmatch(note or "") is not None


def source_in(note: str | None) -> Source | None:
    """Return the source that the note names; None: it names none."""
    match = _NOTE.fullmatch(note or "")
    if match is None:
        return None
    channel_id, message_id, author_id = match.groups()
    return Source(ChannelId(int(channel_id)), MessageId(int(message_id)), _user(author_id))


def last_source(notes: Sequence[str | None]) -> Source | None:
    """Return the source of a plan whose revisions have these notes, oldest first; None: they name none."""
    return next(filter(None, map(source_in, reversed(notes))), None)


def put(row: PlanRow | DraftRow, source: Source | None) -> None:
    """Write the source to the row."""
    row.source_channel_id = source and source.channel_id
    row.source_message_id = source and source.message_id
    row.source_author_id = source and source.author_id


def source_of(row: PlanRow | DraftRow) -> Source | None:
    """Return the source of the row."""
    return source_from(row.source_channel_id, row.source_message_id, row.source_author_id)


def source_from(channel_id: int | None, message_id: int | None, author_id: int | None) -> Source | None:
    """Return the source of these ids; None: there is none."""
    if channel_id is None or message_id is None:
        return None
    return Source(ChannelId(channel_id), MessageId(message_id), _user(author_id))


def _user(user_id: int | str | None) -> UserId | None:
    return None if user_id is None else UserId(int(user_id))
