"""Plans of a guild for programs, as they were known at a moment."""

import asyncio
import datetime
import pathlib
from collections.abc import Iterable, Sequence
from typing import Final

from bot.domain.clock import Clock
from bot.domain.errors import BeforeFirstError, MomentError, NoSearchWordError, PlanGoneError, UnknownCoachError
from bot.domain.search_words import SearchWords
from bot.domain.values import (
    Chart,
    Coach,
    LackingPicture,
    Plan,
    PlanId,
    PlanState,
    PointInTime,
    Reader,
    Revision,
    SearchCursor,
    SearchFilter,
    SearchHit,
    StateCursor,
    StateFilter,
    StateHit,
    StateHits,
    StateOfDay,
    StatePage,
    Turn,
)
from bot.service import comparisons, moments
from bot.service.guilds import GuildService
from bot.service.pictures.lookup import look_up
from bot.service.plan_base import PlanActs
from bot.service.records import search, states, stored_revisions
from bot.service.records.plans import any_plan
from bot.service.records.roster import Roster
from bot.service.transactions import reads
from storage.chart_files import ChartFiles
from storage.store import Store

PREFIX: Final = "coach_"
"""The predecessor's programs write it before a coach's key."""
MAX_BATCHES: Final = 5
"""Batches of hits that are read for one page: most hits of a page can be of texts that were changed since."""


class UncheckedError(Exception):
    """Discord did not say which threads the reader sees, so what was not found may be there."""

    def __init__(self) -> None:
        super().__init__("Discord did not answer who can read some of the plans. Try again in a minute.")


class FeedService(PlanActs):
    """The plans of a guild as of a moment, by the times at which their revisions were made.

    A plan that is deleted now and whose history the reader may not see is deleted at every moment.
    """

    def __init__(self, store: Store, clock: Clock, guilds: GuildService, files: ChartFiles) -> None:
        super().__init__(store, clock, guilds)
        self._files = files

    async def file_of(self, chart: Chart) -> pathlib.Path | LackingPicture:
        """Return the file of a chart, which was compared with its hash, or the problem with it."""
        return await asyncio.to_thread(look_up, self._files.find, chart.sha256, chart.filename)

    @reads
    def coaches(self, actor: Reader) -> tuple[Coach, ...]:
        """Return the coaches of the guild that are not retired, in the order of their keys."""
        return _current(Roster.of(actor.guild_id))

    @reads
    def live_count(self, actor: Reader) -> int:
        """Return the number of live plans that the actor may read."""
        return states.live_count(actor, Roster.of(actor.guild_id))

    @reads
    def plan(self, actor: Reader, plan_id: PlanId, point: PointInTime) -> PlanState:
        """Return a plan as of a moment; it may be deleted then.

        Raises:
            BeforeFirstError: there was no plan yet.
            MomentError: its day has no such moment, or it may not be read.
            PlanGoneError: there is none with this id in their guild that they may read.
            UncheckedError: whether they may read it is not known.
        """
        return self._known(actor, plan_id, point)

    @reads
    def revisions(self, actor: Reader, plan_id: PlanId, point: PointInTime) -> tuple[PlanState, Sequence[Revision]]:
        """Return a plan as of a moment and its revisions until then, oldest first; none of a plan deleted then.

        Raises:
            BeforeFirstError: there was no plan yet.
            MomentError: its day has no such moment, or it may not be read.
            PlanGoneError: there is none with this id in their guild that they may read.
            UncheckedError: whether they may read it is not known.
        """
        state = self._known(actor, plan_id, point)
        return state, () if state.is_deleted else stored_revisions.between(plan_id, 1, state.revision.number)

    @reads
    def plans(
        self, actor: Reader, wanted: StateFilter, point: PointInTime, after: StateCursor | None, size: int
    ) -> StatePage:
        """Return the plans that were known at the moment and not deleted, of so many that follow the cursor.

        Plans for whose day there is no such moment, or none that may be read, are left out.

        Raises:
            MomentError: the moment is an instant that is still to come.
            UnknownCoachError: the guild has no such coach.
        """
        self._refuse_future(actor, point)
        roster = Roster.of(actor.guild_id)
        coach = None if wanted.coach is None else _coach(roster, wanted.coach)
        days = (wanted.first or datetime.date.min, wanted.last or datetime.date.max)
        audience = self.guilds.settings(actor.guild_id).deleted_visible_to
        found = states.plans_known(actor, roster, audience, days, coach, after=after, count=size + 1)
        shown = found[:size]
        more = StateCursor(shown[-1].day, shown[-1].id) if len(found) > size else None
        return StatePage(tuple(self._live(actor, shown, point)), more, actor.is_partial)

    @reads
    def of_day(
        self, actor: Reader, coaches: Sequence[str] | None, day: datetime.date | None, point: PointInTime
    ) -> tuple[StateOfDay, ...]:
        """Return the plans of coaches for a day, in their order; None: of all that are not retired, today.

        Raises:
            UncheckedError: one is missing, and whether they may read one is not known.
            UnknownCoachError: the guild has no such coach.
        """
        roster, day = Roster.of(actor.guild_id), day or self.today(actor)
        wanted = _current(roster) if coaches is None else [_coach(roster, each) for each in coaches]
        audience = self.guilds.settings(actor.guild_id).deleted_visible_to
        known = states.plans_known(actor, roster, audience, (day, day), None)
        live = {state.plan.coach.id: state for state in reversed(self._live(actor, known, point))}
        if actor.is_partial and any(coach.id not in live for coach in wanted):
            raise UncheckedError
        return tuple(StateOfDay(coach, day, live.get(coach.id)) for coach in wanted)

    @reads
    def chart(self, actor: Reader, sha256: str, point: PointInTime) -> Chart | None:
        """Return the chart that a revision until the moment shows, of a plan that was not deleted then; None: none.

        Raises:
            UncheckedError: whether they may read one is not known.
        """
        roster = Roster.of(actor.guild_id)
        audience = self.guilds.settings(actor.guild_id).deleted_visible_to
        plans = states.plans_with_picture(actor, roster, audience, sha256)
        for state in self._live(actor, plans, point):
            for revision in reversed(stored_revisions.between(state.plan.id, 1, state.revision.number)):
                for chart in revision.charts:
                    if chart.sha256 == sha256:
                        return chart
        if actor.is_partial:
            raise UncheckedError
        return None

    @reads
    def search(
        self, actor: Reader, words: str, wanted: StateFilter, point: PointInTime, after: int | None, size: int
    ) -> StateHits:
        """Return a page of the live plans whose text at the moment has all the words, the newest text first.

        Raises:
            MomentError: the moment is an instant that is still to come.
            NoSearchWordError: there is none among the words.
            UnknownCoachError: the guild has no such coach.
        """
        parsed = SearchWords.parse(words)
        if not parsed.phrases:
            raise NoSearchWordError
        self._refuse_future(actor, point)
        roster = Roster.of(actor.guild_id)
        coach = None if wanted.coach is None else _coach(roster, wanted.coach).key
        searched = SearchFilter(parsed, coach, wanted.first, wanted.last, include_history=True)
        hits, shown = search.Hits(actor, roster, searched), list[tuple[int, StateHit]]()
        for _ in range(MAX_BATCHES):
            found = hits.read(size, SearchCursor(after, Turn.OLDER) if after else None)
            shown += self._current_hits(actor, found, point)
            after = found[-1].id if len(found) == size else None
            if len(shown) >= size or after is None:
                break
        if len(shown) > size or (len(shown) == size and after):
            after = shown[size - 1][0]
        listed = tuple(hit for _, hit in shown[:size])
        return StateHits(listed, after, actor.is_partial, is_indexed=not search.unindexed())

    def _current_hits(
        self, actor: Reader, found: Iterable[SearchHit], point: PointInTime
    ) -> list[tuple[int, StateHit]]:
        """Return those of the hits that were the text of their plan at the moment, with their ids."""
        hits = list(found)
        live = {state.plan.id: state for state in self._live(actor, [hit.plan for hit in hits], point)}
        texts = stored_revisions.at_moments({each: state.moment for each, state in live.items()}, only_texts=True)
        return [
            (hit.id, StateHit(live[hit.plan.id], hit.marked))
            for hit in hits
            if hit.plan.id in live and texts[hit.plan.id].number == hit.revision
        ]

    def _known(self, actor: Reader, plan_id: PlanId, point: PointInTime) -> PlanState:
        roster = Roster.of(actor.guild_id)
        try:
            plan = any_plan(actor, roster, plan_id)
        except PlanGoneError as error:
            if actor.is_partial:
                raise UncheckedError from error
            raise
        moment = self._moment(actor, plan.day, point)
        revision = stored_revisions.at(plan.id, moment)
        if revision is None:
            raise BeforeFirstError(plan)
        if not self.visible(actor, roster, [plan]):
            revision = comparisons.numbered(plan, plan.revision)
        return PlanState(plan, revision, moment)

    def _live(self, actor: Reader, plans: Sequence[Plan], point: PointInTime) -> list[PlanState]:
        """Return the plans that were known at the moment and not deleted, in their order."""
        instants = dict[PlanId, datetime.datetime]()
        for plan in plans:
            try:
                instants[plan.id] = self._moment(actor, plan.day, point)
            except MomentError:
                continue
        known = stored_revisions.at_moments(instants)
        all_states = (PlanState(plan, known[plan.id], instants[plan.id]) for plan in plans if plan.id in known)
        return [state for state in all_states if not state.is_deleted]

    def _refuse_future(self, actor: Reader, point: PointInTime) -> None:
        if isinstance(point.asked, datetime.datetime):
            self._moment(actor, self.today(actor), PointInTime(point.asked))

    def _moment(self, actor: Reader, day: datetime.date, point: PointInTime) -> datetime.datetime:
        return moments.moment_of(point, day, self.guilds.settings(actor.guild_id), self.now(actor))


def _current(roster: Roster) -> tuple[Coach, ...]:
    return tuple(sorted((each for each in roster.all_coaches if not each.is_retired), key=lambda coach: coach.key))


def _coach(roster: Roster, given: str) -> Coach:
    """Return the coach with this key: `d`, `D` or `coach_d`.

    Raises:
        UnknownCoachError: there is none.
    """
    keys = {coach.key: coach for coach in roster.all_coaches}
    key = given.casefold()
    coach = keys.get(key) or keys.get(key.removeprefix(PREFIX))
    if coach is None:
        raise UnknownCoachError(given[:32], None, _current(roster))
    return coach
