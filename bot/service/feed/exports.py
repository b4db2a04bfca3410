"""Exports of plans for programs, read page by page as of one moment."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Final, ParamSpec, TypeVar

from bot.domain.clock import Clock
from bot.domain.errors import ExportChangedError, ReadersUncheckedError
from bot.domain.values import (
    Actor,
    FixedPoint,
    PlanState,
    PointInTime,
    Reader,
    StateCursor,
    StateExport,
    StateFilter,
    StatePage,
)
from bot.service.fair_slots import FairSlots
from bot.service.feed.base import PointInTimeActs, coach_of
from bot.service.guilds import GuildService
from bot.service.records import states, stored_revisions
from bot.service.records.roster import Roster
from bot.service.transactions import reads, reads_long
from storage.store import Store

PLANS_ON_PAGE: Final = 50
REVISIONS_ON_PAGE: Final = 200
"""Except that a page has at least one plan, with all its revisions."""


P = ParamSpec("P")
T = TypeVar("T")


class ExportActs(PointInTimeActs):
    """The acts of an export."""

    def __init__(self, store: Store, clock: Clock, guilds: GuildService, turns: FairSlots) -> None:
        super().__init__(store, clock, guilds, turns)
        self._pages = FairSlots(1)

    async def read_long_for(self, actor: Actor, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return the result of a read of a page; servers take turns, so that exports use one of the threads that read.

        Raises:
            StorageError: the database can't be read.
        """
        async with self._pages.slot(actor):
            return await self.read_for(actor, act, *args, **kwargs)

    @reads
    def begin_export(
        self, actor: Reader, wanted: StateFilter, point: PointInTime, *, with_revisions: bool
    ) -> StateExport:
        """Return an export of the plans that were known at the moment and not deleted; nothing later changes it.

        Raises:
            MomentError: the moment is still to come: an instant, or one of the only day; or of that it may not be read.
            MomentUnsavedError: changes that were made before the moment are still being saved.
            ReadersUncheckedError: some threads could not be checked, so plans would be missing.
            UnknownCoachError: the guild has no such coach.
        """
        if actor.is_partial:
            raise ReadersUncheckedError
        now = self._fixed(actor, point).now
        self._refuse_unreadable(actor, point, wanted.only_day, now)
        coach_of(Roster.of(actor.guild_id), wanted)
        fixed = FixedPoint(point, now, stored_revisions.last_id(), is_export=True)
        settings = self.guilds.settings(actor.guild_id)
        return StateExport(wanted, fixed, point.instant or now, with_revisions, actor, settings)

    @reads_long
    def export_page(self, actor: Reader, export: StateExport, after: StateCursor | None) -> StatePage:
        """Return the states that follow the cursor, the oldest trading day first; there may be none on a page.

        With revisions each plan is there once for every revision until the moment.

        Raises:
            ExportChangedError: the settings of the guild changed, or a channel may not be read any more.
            ReadersUncheckedError: whether a channel may still be read is not known.
        """
        reader, settings, wanted = export.reader, export.settings, export.filter
        is_reduced = not reader.channels <= actor.channels or reader.reads_unplaced > actor.reads_unplaced
        if is_reduced and actor.is_partial:
            raise ReadersUncheckedError
        if is_reduced or self.guilds.settings(actor.guild_id) != settings:
            raise ExportChangedError
        roster = Roster.of(actor.guild_id)
        plans = states.plans_known(
            *(reader, roster, settings.deleted_visible_to, wanted.days, coach_of(roster, wanted)),
            after=after,
            count=PLANS_ON_PAGE,
            oldest_first=True,
        )
        last = plans[-1] if len(plans) == PLANS_ON_PAGE else None
        found = self._live(reader, plans, export.point)
        if export.with_revisions and len(first := _first_of(found)) < len(found):
            found, last = first, first[-1].plan
        listed = _with_revisions(found) if export.with_revisions else found
        return StatePage(tuple(listed), last and StateCursor(last.day, last.id), is_partial=False)


def _first_of(found: Sequence[PlanState]) -> list[PlanState]:
    """Return the first plans, whose revisions fit on a page."""
    fitting, count = list[PlanState](), 0
    for state in found:
        count += state.revision.number
        if fitting and count > REVISIONS_ON_PAGE:
            break
        fitting.append(state)
    return fitting


def _with_revisions(found: Sequence[PlanState]) -> list[PlanState]:
    """Return each plan once for every revision until the moment."""
    histories = stored_revisions.until({state.plan.id: state.revision.number for state in found})
    return [dataclasses.replace(state, revision=each) for state in found for each in histories[state.plan.id]]
