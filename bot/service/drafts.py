"""Texts that were written but not taken into the book, kept so that nothing is lost."""

import datetime
from typing import cast

from peewee import Expression

from bot.errors import DraftGoneError
from bot.values import Actor, Clock, Draft, DraftId, DraftKind, GuildId, Limits, PlanId, UserId
from storage.database import Store
from storage.models import DraftRow, PlanRow


class DraftService:
    """Keeps drafts until they are used or too old."""

    def __init__(self, store: Store, clock: Clock, limits: Limits) -> None:
        self._store = store
        self._clock = clock
        self._limits = limits

    async def keep(
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
        """Keep the text exactly as it is, with what it was meant for, in its writer's words."""
        meant: dict[str, object] = {
            "kind": kind,
            "text": text,
            "coach": coach,
            "day": day,
            "seen": seen,
        }
        return await self._store.write(self._keep, actor, plan_id, meant)

    async def take(self, actor: Actor, draft_id: DraftId) -> Draft:
        """The actor's draft; it stays kept until the post or edit that uses it.

        Raises:
            DraftGoneError: it was used, is too old, or is another's.
        """
        return await self._store.read(self._take, actor, draft_id)

    async def sweep(self) -> int:
        """Throw away the drafts that are too old, and say how many."""
        return await self._store.write(self._sweep)

    def _keep(self, actor: Actor, plan_id: PlanId | None, meant: dict[str, object]) -> Draft:
        if plan_id is not None and not _is_plan(actor.guild_id, plan_id):
            plan_id = None
        return _draft_of(
            DraftRow.create(
                guild_id=actor.guild_id,
                user_id=actor.user_id,
                plan=plan_id,
                created_at=self._clock(),
                **meant,
            )
        )

    def _take(self, actor: Actor, draft_id: DraftId) -> Draft:
        row = DraftRow.get_or_none(_is_theirs(actor, draft_id))
        if row is None:
            raise DraftGoneError
        return _draft_of(row)

    def _sweep(self) -> int:
        oldest = self._clock() - datetime.timedelta(days=self._limits.draft_days)
        return cast(int, DraftRow.delete().where(DraftRow.created_at < oldest).execute())


def drop(actor: Actor, draft_id: DraftId | None) -> None:
    """The draft has been used; None and drafts of others are passed over."""
    if draft_id is not None:
        DraftRow.delete().where(_is_theirs(actor, draft_id)).execute()


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
