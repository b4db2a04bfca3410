"""Plans of a guild for programs, as they were known at a moment."""

import asyncio
import dataclasses
import datetime
import pathlib
from collections.abc import Collection, Sequence

from bot.domain.clock import Clock
from bot.domain.errors import NoSearchWordError, ReadersUncheckedError
from bot.domain.import_notes import Names, names_in
from bot.domain.search_words import SearchWords
from bot.domain.values import (
    Chart,
    FixedPoint,
    HitsCursor,
    LackingPicture,
    Plan,
    PlanId,
    PlanState,
    PointInTime,
    Reader,
    RevisionPage,
    SearchCursor,
    SearchFilter,
    SearchHit,
    Source,
    StateCursor,
    StateFilter,
    StateHit,
    StateHits,
    StateOfDay,
    StatePage,
    Turn,
)
from bot.service.fair_slots import FairSlots
from bot.service.feed.base import coach_named, coach_of, coaches_by_key
from bot.service.feed.exports import ExportActs
from bot.service.guilds import GuildService
from bot.service.pictures.lookup import look_up
from bot.service.records import search, states, stored_revisions
from bot.service.records.pages import first_known
from bot.service.records.roster import Roster
from bot.service.records.sources import last_source
from bot.service.transactions import reads
from storage.chart_files import ChartFiles
from storage.store import Store


class FeedService(ExportActs):
    """The plans of a guild as of a moment: see `PointInTimeActs`."""

    def __init__(self, store: Store, clock: Clock, guilds: GuildService, turns: FairSlots, files: ChartFiles) -> None:
        super().__init__(store, clock, guilds, turns)
        self._files = files

    async def file_of(self, chart: Chart) -> pathlib.Path | LackingPicture:
        """Return the file of a chart, which was compared with its hash, or the problem with it."""
        return await asyncio.to_thread(look_up, self._files.find, chart.sha256, chart.filename)

    async def has_file(self, chart: Chart) -> bool:
        """Return whether the file of a chart is there, as large as it was; its bytes are not read."""
        return await asyncio.to_thread(self._files.is_there, chart.sha256, chart.size)

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
            MomentUnsavedError: changes that were made before the moment are still being saved.
            PlanGoneError: there is none with this id in their guild that they may read, or it was deleted later and
                its history may not be read.
            ReadersUncheckedError: whether they may read it is not known.
        """
        return self._known(actor, plan_id, point)

    @reads
    def revisions(self, actor: Reader, plan_id: PlanId, point: PointInTime, after: int, size: int) -> RevisionPage:
        """Return a page of a plan's revisions until a moment, of so many that follow a number; fewer if texts are long.

        Raises:
            BeforeFirstError: there was no plan yet.
            MomentError: its day has no such moment, or it may not be read.
            MomentUnsavedError: changes that were made before the moment are still being saved.
            PlanGoneError: there is none with this id in their guild that they may read, or it was deleted later and
                its history may not be read.
            ReadersUncheckedError: whether they may read it is not known.
        """
        state = self._known(actor, plan_id, point)
        newest = 0 if state.is_deleted else state.revision.number
        made = stored_revisions.between(plan_id, after + 1, min(after + size, newest))
        made = made[: stored_revisions.first_of(made)]
        last = after + len(made)
        proofs = stored_revisions.proofs(plan_id, after + 1, last)
        return RevisionPage(state, tuple(zip(made, proofs, strict=True)), last if last < newest else None)

    @reads
    def plans(
        self, actor: Reader, wanted: StateFilter, point: PointInTime, after: StateCursor | None, size: int
    ) -> StatePage:
        """Return the plans that were known at the moment and not deleted, of so many that follow the cursor.

        Plans for whose day there is no such moment are left out; of several days, the last moment that may be read
        replaces a later one.

        Raises:
            MomentError: the moment is still to come: an instant, or one of the only day; or of that it may not be read.
            MomentUnsavedError: changes that were made before the moment are still being saved.
            UnknownCoachError: the guild has no such coach.
        """
        fixed = self._fixed(actor, point)
        self._refuse_unreadable(actor, point, wanted.only_day, fixed.now)
        roster = Roster.of(actor.guild_id)
        coach = coach_of(roster, wanted)
        audience = self.guilds.settings(actor.guild_id).deleted_visible_to

        def read(last: Plan | None, count: int) -> list[Plan]:
            place = StateCursor(last.day, last.id) if last else after
            return states.plans_known(
                *(actor, roster, audience, wanted.days, coach),
                posted_until=point.instant,
                after=place,
                count=count,
            )

        found = first_known(size + 1, read, lambda rows: self._live(actor, rows, fixed))
        last = found[size - 1].plan if len(found) > size else None
        return StatePage(tuple(found[:size]), last and StateCursor(last.day, last.id), actor.is_partial)

    @reads
    def of_day(
        self, actor: Reader, coaches: Sequence[str] | None, day: datetime.date | None, point: PointInTime
    ) -> tuple[StateOfDay, ...]:
        """Return the plans of coaches for a day, in their order; None: of all, but of retired ones only where known.

        The day is today if it is not given.

        Raises:
            MomentError: the moment is still to come, or later than may be read.
            MomentUnsavedError: changes that were made before the moment are still being saved.
            ReadersUncheckedError: one is missing, and whether they may read one is not known.
            UnknownCoachError: the guild has no such coach.
        """
        fixed = self._fixed(actor, point)
        roster, day = Roster.of(actor.guild_id), day or self.today(actor)
        self._refuse_unreadable(actor, point, day, fixed.now)
        audience = self.guilds.settings(actor.guild_id).deleted_visible_to
        known = states.plans_known(actor, roster, audience, (day, day), None)
        live = {state.plan.coach.id: state for state in reversed(self._live(actor, known, fixed))}
        if coaches is None:
            wanted = [coach for coach in coaches_by_key(roster) if not coach.is_retired or coach.id in live]
        else:
            wanted = [coach_named(roster, each) for each in coaches]
        if actor.is_partial and any(coach.id not in live for coach in wanted):
            raise ReadersUncheckedError
        notes = stored_revisions.first_notes([state.plan.id for state in live.values()])
        sources = _sources(live.values())
        return tuple(
            StateOfDay(coach, day, state, names_in(notes[state.plan.id]), sources[state.plan.id])
            if state
            else StateOfDay(coach, day, None, Names())
            for coach in wanted
            for state in [live.get(coach.id)]
        )

    @reads
    def chart(self, actor: Reader, sha256: str, point: PointInTime) -> Chart | None:
        """Return the chart that a revision until the moment shows, of a plan that was not deleted then; None: none.

        Raises:
            MomentUnsavedError: changes that were made before the moment are still being saved.
            ReadersUncheckedError: whether they may read one is not known.
        """
        fixed, roster = self._fixed(actor, point), Roster.of(actor.guild_id)
        audience = self.guilds.settings(actor.guild_id).deleted_visible_to
        plans = states.plans_with_picture(actor, roster, audience, sha256)
        for state in self._live(actor, plans, fixed):
            if chart := stored_revisions.chart_until(state.plan.id, state.revision.number, sha256):
                return chart
        if actor.is_partial:
            raise ReadersUncheckedError
        return None

    @reads
    def search(
        self, actor: Reader, words: str, wanted: StateFilter, point: PointInTime, after: HitsCursor | None, size: int
    ) -> StateHits:
        """Return a page of the plans whose text at the moment has all the words, the newest text first.

        What is changed after the first page is as it was then on those after it.

        Raises:
            MomentError: the moment is still to come: an instant, or one of the only day; or of that it may not be read.
            MomentUnsavedError: changes that were made before the moment are still being saved.
            NoSearchWordError: there is none among the words.
            UnknownCoachError: the guild has no such coach.
        """
        parsed = SearchWords.parse(words)
        if not parsed.phrases:
            raise NoSearchWordError
        last_revision = after and after.last_revision
        fixed = dataclasses.replace(self._fixed(actor, point), last_revision=last_revision)
        self._refuse_unreadable(actor, point, wanted.only_day, fixed.now)
        roster = Roster.of(actor.guild_id)
        coach = coach_of(roster, wanted)
        searched = SearchFilter(parsed, coach and coach.key, wanted.first, wanted.last, include_history=True)
        hits = search.Hits(actor, roster, searched, with_deleted=True, until=point.instant, is_marked=False)

        def read(last: SearchHit | None, count: int) -> list[SearchHit]:
            place = last.id if last else after and after.hit_id
            return hits.read(count, SearchCursor(place, Turn.OLDER) if place else None)

        found = first_known(size + 1, read, lambda rows: self._current_hits(actor, roster, rows, fixed))
        marks = hits.marks([hit_id for hit_id, _ in found[:size]])
        listed = tuple(StateHit(state, marks[hit_id]) for hit_id, state in found[:size])
        more = None
        if len(found) > size:
            is_live = point.asked is None and after is None
            last_revision = self._trail(actor, point.latest).newest() if is_live else last_revision
            more = HitsCursor(found[size - 1][0], last_revision)
        return StateHits(listed, more, actor.is_partial, is_indexed=not search.unindexed())

    def _current_hits(
        self, actor: Reader, roster: Roster, hits: Sequence[SearchHit], fixed: FixedPoint
    ) -> list[tuple[int, PlanState]]:
        """Return the plans of those hits that were their text at the moment, with the ids of the hits."""
        plans = self.visible(actor, roster, [hit.plan for hit in hits])
        live = {state.plan.id: state for state in self._live(actor, plans, fixed)}
        texts = stored_revisions.at_moments(
            {each: state.moment for each, state in live.items()}, only_texts=True, last_id=fixed.last_revision
        )
        return [
            (hit.id, live[hit.plan.id])
            for hit in hits
            if hit.plan.id in live and texts[hit.plan.id].number == hit.revision
        ]


def _sources(states: Collection[PlanState]) -> dict[PlanId, Source | None]:
    """Return the source of each plan at its moment; histories are only read where it may be another than now."""
    now = {state.plan.id: state.plan.source for state in states}
    past = {each.plan.id: each.revision.number for each in states if each.plan.source and not each.is_newest}
    notes = stored_revisions.notes_until(past) if past else {}
    return now | {plan_id: last_source(noted) for plan_id, noted in notes.items()}
