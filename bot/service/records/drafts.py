"""The rows of drafts: as values, and used up by what is made of them."""

import dataclasses
import datetime
from typing import Final, cast

from peewee import Expression

from bot.domain.errors import DraftGoneError
from bot.domain.values import (
    MAX_COUNTED,
    Actor,
    Chart,
    Draft,
    DraftId,
    DraftKind,
    GuildId,
    OperationId,
    PlanId,
    Source,
    UserId,
)
from bot.service.records import operations, sources
from bot.service.records.charts import Pictures, read, written
from bot.service.records.draft_quotas import size_of
from storage.models import DRAFT_HAS_LINKS, DraftRow
from storage.queries import Parameter, Prepared

NO_PICTURES: Final = written(())


@dataclasses.dataclass(frozen=True, slots=True)
class Used:
    """The parts of a draft, other than its text, that go into the plan."""

    pictures: Pictures = ()
    source: Source | None = None
    has_unknown_links: bool = False
    """True: another command saved links in it, of which its user knows nothing yet."""

    @property
    def charts(self) -> tuple[Chart, ...]:
        """The pictures that are stored; the others are still links."""
        return tuple(picture for picture in self.pictures if isinstance(picture, Chart))


def use(actor: Actor, draft_id: DraftId | None, operation: OperationId) -> Used:
    """Use the draft up for what the operation makes of it; None: there is none, and it brings nothing.

    Raises:
        DraftGoneError: it was used, is too old, or is another's.
        DraftSentAgainError: a newer operation saved it, and may have pictures that this one knows nothing of.
    """
    if draft_id is None:
        return Used()
    is_known = operations.refuse_older(operation, draft_id)
    row = _TAKE.row(draft=draft_id, guild=actor.guild_id, user=actor.user_id)
    if row is None:
        raise DraftGoneError
    operations.record_use(draft_id, operation)
    pictures, *source = row
    used = Used(read(pictures), sources.source_from(*source))
    return dataclasses.replace(used, has_unknown_links=not is_known and len(used.charts) < len(used.pictures))


def use_pictures(actor: Actor, draft_id: DraftId | None, operation: OperationId) -> None:
    """Use up the draft's pictures; a text that it has beside them stays a draft.

    Raises:
        DraftGoneError: they were used, are too old, or are another's.
        DraftSentAgainError: a newer operation saved the draft, and may have added pictures.
    """
    if draft_id is None:
        return
    operations.refuse_older(operation, draft_id)
    row = existing_row(actor, draft_id)
    if row.pictures == NO_PICTURES:
        raise DraftGoneError
    if draft_of(row).has_text:
        row.pictures = NO_PICTURES
        row.size = size_of(row)
        row.save()
    else:
        row.delete_instance()
    operations.record_use(draft_id, operation)


def waiting() -> list[Draft]:
    """Return the drafts of all users with pictures still to be downloaded."""
    return list(map(draft_of, DraftRow.select().where(DRAFT_HAS_LINKS)))


def count_waiting() -> int:
    """Return the number of drafts with pictures still to be downloaded, `MAX_COUNTED` at most."""
    return DraftRow.select().where(DRAFT_HAS_LINKS).limit(MAX_COUNTED).count()


def sweep(oldest: datetime.datetime, most: int) -> int:
    """Delete drafts that were stored before `oldest`, so many at most, and return their number."""
    old = DraftRow.select(DraftRow.id).where(DraftRow.created_at < oldest).limit(most)
    return cast(int, DraftRow.delete().where(DraftRow.id.in_(old)).execute())


def row_of(actor: Actor, draft_id: DraftId | None) -> DraftRow | None:
    """Return the row of the actor's draft; None: there is none."""
    return None if draft_id is None else DraftRow.get_or_none(_is_theirs(actor, draft_id))


def existing_row(actor: Actor, draft_id: DraftId | None) -> DraftRow:
    """Return the row of the actor's draft.

    Raises:
        DraftGoneError: it was used, is too old, or is another's.
    """
    row = row_of(actor, draft_id)
    if row is None:
        raise DraftGoneError
    return row


def draft_of(row: DraftRow) -> Draft:
    """Return the draft in the row."""
    return Draft(
        id=DraftId(row.id),
        guild_id=GuildId(row.guild_id),
        user_id=UserId(row.user_id),
        saved_at=row.created_at,
        kind=DraftKind(row.kind),
        text=row.text,
        coach=row.coach,
        day=row.day,
        plan_id=None if row.plan_id is None else PlanId(row.plan_id),
        seen=row.seen,
        draft_id=DraftId(row.id),
        pictures=read(row.pictures),
        source=sources.source_of(row),
    )


def _is_theirs(actor: Actor, draft_id: DraftId) -> Expression:
    return (DraftRow.id == draft_id) & (DraftRow.guild_id == actor.guild_id) & (DraftRow.user_id == actor.user_id)


_TAKE: Final = Prepared(
    lambda: (
        DraftRow.delete()
        .where(DraftRow.id == Parameter("draft"))
        .where(DraftRow.guild_id == Parameter("guild"), DraftRow.user_id == Parameter("user"))
        .returning(
            *(DraftRow.pictures, DraftRow.source_channel_id, DraftRow.source_message_id, DraftRow.source_author_id)
        )
    )
)
"""The query that deletes a user's draft, and returns what goes into the plan."""
