"""The common parts of the services for programs: reads that take turns, and plans as of a moment."""

import asyncio
import contextlib
import dataclasses
import datetime
import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Final, ParamSpec, TypeVar

from bot.domain.as_of import AsOf
from bot.domain.clock import Clock
from bot.domain.errors import (
    BeforeFirstError,
    MomentError,
    MomentUnsavedError,
    PlanGoneError,
    ReadersUncheckedError,
    SessionsMissingError,
    UnknownCoachError,
)
from bot.domain.values import Actor, Coach, FixedPoint, Plan, PlanId, PlanState, PointInTime, Reader, StateFilter
from bot.service import moments
from bot.service.fair_slots import FairSlots
from bot.service.guilds import GuildService
from bot.service.plan_base import PlanActs
from bot.service.records import stored_revisions
from bot.service.records.changes import Made, Trail
from bot.service.records.plans import any_plan
from bot.service.records.roster import Roster
from bot.service.transactions import Service
from storage.executors import READERS
from storage.store import Store

PREFIX: Final = "coach_"
"""The predecessor's programs write it before a coach's key."""
READS_AT_ONCE: Final = READERS - 1
"""However many programs ask, a thread is left for people."""
SETTLE_SECONDS: Final = 1
"""A read waits so long for changes that are being saved."""
_DAY: Final = datetime.timedelta(days=1)
_EVER: Final = datetime.datetime.max.replace(tzinfo=datetime.UTC)

P = ParamSpec("P")
T = TypeVar("T")


class ProgramService(Service):
    """A service whose reads are for programs, and take turns with those of all such services."""

    def __init__(self, store: Store, clock: Clock, guilds: GuildService, turns: FairSlots) -> None:
        """`turns` are of all services for programs."""
        super().__init__(store, clock, guilds)
        store.snapshots.clock = clock
        self._turns = turns

    async def read_for(self, actor: Actor, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return the result of a read transaction, once it is the turn of the actor's guild.

        Raises:
            StorageError: the database can't be read.
        """
        async with self._turns.slot(actor):
            return await super().read_for(actor, act, *args, **kwargs)

    def is_current(self, reader: Reader) -> bool:
        """Return whether all channels that matter were asked about: programs remember what they read as complete."""
        return self.guilds.is_current(reader)

    def _trail(self, actor: Reader, latest: AsOf | None) -> Trail:
        """Return the revisions that the actor may follow until the last moment that they may read."""
        settings = self.guilds.settings(actor.guild_id)

        @functools.cache
        def last_of(day: datetime.date) -> datetime.datetime | None:
            """Return the last moment that may ever be read of the day's plans; None: there is none."""
            try:
                return moments.moment_of(PointInTime(None, latest), day, settings, _EVER)
            except MomentError:
                return None

        def is_known(made: Made) -> bool:
            try:
                last = last_of(made.day)
            except SessionsMissingError:
                if moments.has_begun(made.day, made.at):
                    raise
                return True  # it was made before the session, whenever that is
            return last is not None and made.at <= last

        return Trail(
            actor, Roster.of(actor.guild_id), settings.deleted_visible_to, stored_revisions.last_id(), is_known
        )


class PointInTimeActs(ProgramService, PlanActs):
    """A service that reads plans as of a moment, by the times at which their revisions were made.

    A plan that is deleted now and whose history the reader may not see is deleted at every moment.
    """

    async def read_for(self, actor: Actor, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """See `ProgramService.read_for`; changes that are being saved, and that may be read, are waited for once.

        Raises:
            MomentUnsavedError: they are still not saved.
            StorageError: the database can't be read.
        """
        with contextlib.suppress(MomentUnsavedError):
            return await super().read_for(actor, act, *args, **kwargs)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_SECONDS):
                await self.store.snapshots.settle()
        return await super().read_for(actor, act, *args, **kwargs)

    def _fixed(self, actor: Reader, point: PointInTime) -> FixedPoint:
        """Return the point with the present of this transaction; without a moment, before what is being saved.

        Raises:
            MomentUnsavedError: a change that is being saved may be of a moment that has passed.
        """
        snapshot = self.store.snapshots.current
        since, now = snapshot.unsaved_since, snapshot.at
        if since and any(since <= each < now for each in self._moments_near(actor, point, now)):
            raise MomentUnsavedError
        if since and point.asked is None:
            now = min(now, since - datetime.timedelta.resolution)  # all that was made until then is saved
        return FixedPoint(point, now)

    def _moments_near(self, actor: Reader, point: PointInTime, now: datetime.datetime) -> Iterator[datetime.datetime]:
        """Yield the moments of the days around the present."""
        settings, today = self.guilds.settings(actor.guild_id), self.today(actor)
        for day in (today - _DAY, today, today + _DAY):
            with contextlib.suppress(MomentError, SessionsMissingError):
                yield moments.moment_of(point, day, settings, now, or_latest=True)

    def _known(self, actor: Reader, plan_id: PlanId, point: PointInTime) -> PlanState:
        fixed, roster = self._fixed(actor, point), Roster.of(actor.guild_id)
        try:
            return self._state(actor, roster, any_plan(actor, roster, plan_id), fixed)
        except (BeforeFirstError, PlanGoneError) as error:
            if actor.is_partial:
                raise ReadersUncheckedError from error
            raise

    def _state(self, actor: Reader, roster: Roster, plan: Plan, fixed: FixedPoint) -> PlanState:
        """Return the plan as of a moment.

        A moment that can't be read is only refused for a plan that was known at the last one that may be read.
        """
        try:
            moment = self._moment(actor, plan, fixed)
        except MomentError as error:
            if fixed.point.asked is None:
                raise PlanGoneError from error
            latest = dataclasses.replace(fixed, point=PointInTime(latest=fixed.point.latest))
            self._state(actor, roster, plan, latest)
            raise
        revision = stored_revisions.at(plan.id, moment)
        if revision is None:
            raise BeforeFirstError(plan)
        state = PlanState(plan, revision, moment)
        if not state.is_deleted and not self.visible(actor, roster, [plan]):
            raise PlanGoneError
        return state

    def _live(self, actor: Reader, plans: Sequence[Plan], fixed: FixedPoint) -> list[PlanState]:
        """Return the plans that were known at the moment and not deleted, in their order.

        Raises:
            SessionsMissingError: the moment of one is not known yet; to leave it out would say that there is none.
        """
        instants = dict[PlanId, datetime.datetime]()
        for plan in plans:
            try:
                instants[plan.id] = self._moment(actor, plan, fixed, or_latest=True)
            except MomentError:
                continue
        known = stored_revisions.at_moments(instants, last_id=fixed.last_revision)
        all_states = (PlanState(plan, known[plan.id], instants[plan.id]) for plan in plans if plan.id in known)
        return [state for state in all_states if not state.is_deleted]

    def _refuse_unreadable(
        self, actor: Reader, point: PointInTime, day: datetime.date | None, now: datetime.datetime
    ) -> None:
        """Refuse a moment that may not be read; without a day, of which all plans are, only an instant to come is one.

        Raises:
            MomentError: it may not be read.
            SessionsMissingError: the session of the day, which may not have ended, is not known yet.
        """
        if day is None:
            point, day = PointInTime(point.instant), self.today(actor)
        moments.refuse_unreadable(point, day, self.guilds.settings(actor.guild_id), now)

    def _moment(self, actor: Reader, plan: Plan, fixed: FixedPoint, *, or_latest: bool = False) -> datetime.datetime:
        settings = self.guilds.settings(actor.guild_id)
        return moments.moment_of(fixed.point, plan.day, settings, fixed.now_for(plan), or_latest=or_latest)


def coaches_by_key(roster: Roster) -> list[Coach]:
    """Return the guild's coaches, also retired ones, in the order of their keys."""
    return sorted(roster.all_coaches, key=lambda coach: coach.key)


def current_coaches(roster: Roster) -> tuple[Coach, ...]:
    """Return the guild's coaches that are not retired, in the order of their keys."""
    return tuple(each for each in coaches_by_key(roster) if not each.is_retired)


def coach_of(roster: Roster, wanted: StateFilter) -> Coach | None:
    """Return the coach of a filter; None: it is of all.

    Raises:
        UnknownCoachError: the guild has no such coach.
    """
    return None if wanted.coach is None else coach_named(roster, wanted.coach)


def coach_named(roster: Roster, given: str) -> Coach:
    """Return the coach with this key: `d`, `D` or `coach_d`.

    Raises:
        UnknownCoachError: there is none.
    """
    keys = {coach.key: coach for coach in roster.all_coaches}
    key = given.casefold()
    coach = keys.get(key) or keys.get(key.removeprefix(PREFIX))
    if coach is None:
        raise UnknownCoachError(given[:32], None, current_coaches(roster))
    return coach
