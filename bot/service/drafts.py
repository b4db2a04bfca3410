"""Texts that were written but not taken into the book, kept so that nothing is lost."""

import datetime
from typing import cast

from peewee import Expression

from bot.days import UnknownDayError, parse_day
from bot.errors import DraftGoneError
from bot.service.acts import Service, reads, writes
from bot.service.guilds import GuildService, guild_today
from bot.values import Actor, Clock, Draft, DraftId, DraftKind, GuildId, Limits, PlanId, UserId
from storage.database import Store
from storage.models import DraftRow, PlanRow


class DraftService(Service):
    """Keeps drafts until they are used or too old."""

    def __init__(self, store: Store, clock: Clock, guilds: GuildService, limits: Limits) -> None:
        super().__init__(store, clock, guilds)
        self._limits = limits

    @writes
    def keep(
        self,
        actor: Actor,
        kind: DraftKind,
        text: str,
        *,
        coach: str | None = None,
        day: str | None = None,
        plan_id: PlanId | None = None,
        seen: int | None = None,
    ) -> Draft:
        """Keep the text exactly as it is, with what it was meant for.

        The day of a post is kept as a date: "tomorrow" means another day when the draft is used later.
        """
        now = self.clock()
        is_post = kind is DraftKind.POST
        return _draft_of(
            DraftRow.create(
                guild_id=actor.guild_id,
                user_id=actor.user_id,
                kind=kind,
                text=text,
                coach=coach,
                day=_settled(day, guild_today(actor.guild_id, now)) if is_post else day,
                plan=plan_id if plan_id is not None and _is_plan(actor.guild_id, plan_id) else None,
                seen=seen,
                created_at=now,
            )
        )

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

    async def sweep(self) -> int:
        """Throw away the drafts that are too old, and say how many."""
        return await self.store.write(self._sweep)

    def _sweep(self) -> int:
        oldest = self.clock() - datetime.timedelta(days=self._limits.draft_days)
        return cast(int, DraftRow.delete().where(DraftRow.created_at < oldest).execute())


def drop(actor: Actor, draft_id: DraftId | None) -> None:
    """The draft has been used; None and drafts of others are passed over."""
    if draft_id is not None:
        DraftRow.delete().where(_is_theirs(actor, draft_id)).execute()


def _settled(day: str | None, today: datetime.date) -> str | None:
    """The day that the words mean today; words that mean none stay, for their writer to mend."""
    try:
        return parse_day(day, today).isoformat()
    except UnknownDayError:
        return day


def _is_theirs(actor: Actor, draft_id: DraftId) -> Expression:
    return (DraftRow.id == draft_id) & (DraftRow.guild_id == actor.guild_id) & (DraftRow.user_id == actor.user_id)


def _is_plan(guild_id: GuildId, plan_id: PlanId) -> bool:
    return PlanRow.select().where((PlanRow.id == plan_id) & (PlanRow.guild_id == guild_id)).exists()


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
    )
