"""Texts and pictures on their way into the book, kept so that nothing is lost."""

import dataclasses
import datetime
from typing import cast

from peewee import Expression, ModelSelect

from bot.days import UnknownDayError, parse_day
from bot.errors import DraftGoneError
from bot.service.acts import Service, reads, writes
from bot.service.chart_rows import Pictures, read, written
from bot.values import Actor, Chart, Draft, DraftId, DraftKind, GuildId, PlanId, UserId, Writing
from storage.models import DraftRow, PlanRow

MOST_DRAFTS = 20
"""Of one user in one guild: fits a select menu of Discord's (25 options)."""


class DraftService(Service):
    """Keeps drafts until they are used or too old."""

    @writes
    def keep(self, actor: Actor, writing: Writing) -> Draft:
        """Keep a writing exactly as it is, with what it is meant for, in the place of the draft it came from.

        Without pictures of its own it has those of that draft. The day is kept as a date: "tomorrow" means another
        day when the draft is used later. Of one user's drafts in a guild the newest 20 are kept.
        """
        pictures = writing.pictures or _pictures(actor, writing.draft_id)
        drop(actor, writing.draft_id)
        plan = _plan(actor.guild_id, writing.plan_id)
        day = (
            writing.day if writing.kind is DraftKind.EDIT else _settled(writing.day, self.guilds.today(actor.guild_id))
        )
        row = DraftRow.create(
            guild_id=actor.guild_id,
            user_id=actor.user_id,
            kind=writing.kind,
            text=writing.text,
            coach=plan.coach.key if plan else writing.coach,
            day=plan.day.isoformat() if plan else day,
            plan=plan,
            seen=writing.seen,
            created_at=self.clock(),
            pictures=written(pictures),
        )
        _drop_oldest(actor)
        return _draft_of(row)

    @reads
    def pictures(self, actor: Actor, writing: Writing) -> Pictures:
        """The pictures that a writing, or else the draft it comes from, has."""
        return writing.pictures or _pictures(actor, writing.draft_id)

    @writes
    def put_pictures(self, actor: Actor, draft: Draft, pictures: Pictures) -> Draft:
        """Let the draft have these pictures; one that was used meanwhile stays used."""
        DraftRow.update(pictures=written(pictures)).where(_is_theirs(actor, draft.id)).execute()
        return dataclasses.replace(draft, pictures=pictures)

    @reads
    def list(self, actor: Actor) -> list[Draft]:
        """The actor's drafts in this guild, newest first."""
        return [_draft_of(row) for row in _theirs(actor)]

    @reads
    def take(self, actor: Actor, draft_id: DraftId) -> Draft:
        """The actor's draft; it stays kept until the post or edit that uses it.

        Raises:
            DraftGoneError: it was used, is too old, or is another's.
        """
        row = DraftRow.get_or_none(_is_theirs(actor, draft_id))
        if row is None:
            raise DraftGoneError
        return _draft_of(row)


def drop(actor: Actor, draft_id: DraftId | None) -> None:
    """The draft has been used; None and drafts of others are passed over."""
    if draft_id is not None:
        DraftRow.delete().where(_is_theirs(actor, draft_id)).execute()


def charts(actor: Actor, draft_id: DraftId | None) -> tuple[Chart, ...]:
    """The charts that the draft has; none where there is no such draft."""
    return tuple(picture for picture in _pictures(actor, draft_id) if isinstance(picture, Chart))


def sweep(oldest: datetime.datetime) -> int:
    """Throw away the drafts that were kept before `oldest`, and say how many."""
    return cast(int, DraftRow.delete().where(DraftRow.created_at < oldest).execute())


def _pictures(actor: Actor, draft_id: DraftId | None) -> Pictures:
    row = None if draft_id is None else DraftRow.get_or_none(_is_theirs(actor, draft_id))
    return read(row.pictures) if row else ()


def _theirs(actor: Actor) -> "ModelSelect[DraftRow]":
    theirs = (DraftRow.guild_id == actor.guild_id) & (DraftRow.user_id == actor.user_id)
    return DraftRow.select().where(theirs).order_by(DraftRow.id.desc())


def _drop_oldest(actor: Actor) -> None:
    too_many = [row.id for row in _theirs(actor).offset(MOST_DRAFTS).limit(MOST_DRAFTS)]
    DraftRow.delete().where(DraftRow.id.in_(too_many)).execute()


def _settled(day: str | None, today: datetime.date) -> str | None:
    """The day that the words mean today; words that mean none stay, for their writer to mend."""
    try:
        return parse_day(day, today).isoformat()
    except UnknownDayError:
        return day


def _is_theirs(actor: Actor, draft_id: DraftId) -> Expression:
    return (DraftRow.id == draft_id) & (DraftRow.guild_id == actor.guild_id) & (DraftRow.user_id == actor.user_id)


def _plan(guild_id: GuildId, plan_id: PlanId | None) -> PlanRow | None:
    return PlanRow.get_or_none((PlanRow.id == plan_id) & (PlanRow.guild_id == guild_id))


def _draft_of(row: DraftRow) -> Draft:
    return Draft(
        id=DraftId(row.id),
        guild_id=GuildId(row.guild_id),
        user_id=UserId(row.user_id),
        kind=DraftKind(row.kind),
        text=row.text,
        coach=row.coach,
        day=row.day,
        plan_id=None if row.plan_id is None else PlanId(row.plan_id),
        seen=row.seen,
        draft_id=DraftId(row.id),
        pictures=read(row.pictures),
    )
