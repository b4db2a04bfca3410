"""Charts: the pictures of a plan, in the coach's order, with captions."""

import asyncio
import dataclasses
from collections.abc import Iterable, Sequence

from bot.domain.clock import Clock
from bot.domain.errors import NoChartError, NoPictureTakenError, RefusalError, TooManyChartsError
from bot.domain.values import (
    LONGEST_CHOICE,
    MOST_CHARTS,
    Actor,
    ChangeKind,
    Chart,
    ChartChoices,
    ChartsAdded,
    DraftId,
    Edited,
    KeptChart,
    LackingPicture,
    LeftOut,
    OperationId,
    Plan,
    PlanId,
    Reader,
    Received,
    Suggestion,
)
from bot.service import drafts
from bot.service.guilds import GuildService
from bot.service.pictures.lookup import all_lacking, look_up
from bot.service.plan_base import PlanActs, lacked_by
from bot.service.records import operations
from bot.service.records.roster import folded
from bot.service.records.text_rules import caption_text
from bot.service.transactions import reads, reads_first, writes
from storage.chart_files import ChartFiles
from storage.models import PlanRow
from storage.store import Store


class ChartService(PlanActs):
    """The charts of a guild's plans.

    A plan is named by `coach` and `day`, as typed, as for `PlanService`, or by its `plan_id`. A `chart` is its number
    on the plan, its mark, or its file name.
    """

    def __init__(self, store: Store, clock: Clock, guilds: GuildService, files: ChartFiles) -> None:
        super().__init__(store, clock, guilds)
        self._files = files

    @reads
    def with_room(self, actor: Reader, *, coach: str | None, day: str | None) -> Plan:
        """The plan that the actor wants to add a chart to.

        Raises:
            TooManyChartsError: it has as many as it may have.
            RefusalError: there is none, several would do, or they may not.
        """
        plan = self.to_edit(actor, coach, day)
        if len(plan.charts) >= MOST_CHARTS:
            raise TooManyChartsError(plan)
        return plan

    @writes
    def add(
        self,
        actor: Reader,
        plan_id: PlanId,
        received: Received,
        operation: OperationId,
        draft: DraftId | None = None,
    ) -> ChartsAdded:
        """Put what was received at the end of the plan: what it lacks, and as much as it has room for.

        Of a draft either all is added, and then its pictures are used up, or nothing.

        Raises:
            DraftGoneError: the draft was used already.
            NoPictureTakenError: there is nothing new; it has the reasons.
            NotYourPlanError: the actor may not.
            PlanGoneError: the plan is deleted, or there is none in the actor's guild that they may read.
            TooManyChartsError: the plan has no room for all charts of the draft.
        """
        if done := operations.outcome(operation):
            return ChartsAdded(done, len(received.charts), received.left_out)
        drafts.use_pictures(actor, draft, operation)
        plan = self.to_edit_by_id(actor, plan_id)
        if draft and len(plan.charts) + len(lacked_by(plan, received.charts)) > MOST_CHARTS:
            raise TooManyChartsError(plan)
        return self._add(actor, plan, received, operation)

    @writes
    def add_of_day(
        self, actor: Reader, received: Received, *, coach: str | None, day: str | None, operation: OperationId
    ) -> ChartsAdded:
        """As `add`, to the plan that `with_room` finds.

        Raises:
            RefusalError: what both would raise.
        """
        if done := operations.outcome(operation):
            return ChartsAdded(done, len(received.charts), received.left_out)
        return self._add(actor, self.to_edit(actor, coach, day), received, operation)

    @writes
    def remove(
        self,
        actor: Reader,
        *,
        coach: str | None = None,
        day: str | None = None,
        plan_id: PlanId | None = None,
        chart: str,
        operation: OperationId,
    ) -> Edited:
        """Take the chart off the plan; revisions that show it keep it.

        Raises:
            NoChartError: the plan has none like that.
            RefusalError: there is no such plan, or the actor may not change it.
        """
        if done := operations.outcome(operation):
            return Edited(done, is_changed=True)
        plan = self._to_change(actor, coach, day, plan_id)
        found = _meant(plan, chart)
        after = [each for each in plan.charts if each != found]
        removed = KeptChart(plan.charts.index(found) + 1, found, None)
        return self._changed(actor, plan, after, ChangeKind.CHART_REMOVED, operation, removed)

    @writes
    def move(
        self,
        actor: Reader,
        *,
        coach: str | None = None,
        day: str | None = None,
        plan_id: PlanId | None = None,
        chart: str,
        to: int,
        operation: OperationId,
    ) -> Edited:
        """Put the chart at the place `to`, which counts from 1; a place past the end is the end.

        Raises:
            NoChartError: the plan has none like that.
            RefusalError: there is no such plan, or the actor may not change it.
        """
        if done := operations.outcome(operation):
            return Edited(done, is_changed=True)
        plan = self._to_change(actor, coach, day, plan_id)
        found = _meant(plan, chart)
        after = [each for each in plan.charts if each != found]
        after.insert(max(to, 1) - 1, found)
        moved = KeptChart(after.index(found) + 1, found, None)
        return self._changed(actor, plan, after, ChangeKind.CHART_MOVED, operation, moved)

    @writes
    def caption(
        self,
        actor: Reader,
        *,
        coach: str | None = None,
        day: str | None = None,
        plan_id: PlanId | None = None,
        chart: str,
        caption: str | None,
        operation: OperationId,
    ) -> Edited:
        """Let the chart have this caption, or none.

        Raises:
            CaptionTooLongError: it is too long.
            NoChartError: the plan has none like that.
            RefusalError: there is no such plan, or the actor may not change it.
        """
        if done := operations.outcome(operation):
            return Edited(done, is_changed=True)
        text = caption_text(caption)
        plan = self._to_change(actor, coach, day, plan_id)
        found = _meant(plan, chart)
        after = [dataclasses.replace(each, caption=text) if each == found else each for each in plan.charts]
        captioned = KeptChart(plan.charts.index(found) + 1, dataclasses.replace(found, caption=text), None)
        return self._changed(actor, plan, after, ChangeKind.CHART_CAPTIONED, operation, captioned)

    @reads_first
    def suggest(self, actor: Reader, typed: str, *, coach: str | None, day: str | None) -> list[Suggestion]:
        """The charts that fit what was typed so far, of the plan that is meant; none while no plan is."""
        try:
            plan = self.to_edit(actor, coach, day)
        except RefusalError:
            return []
        said = folded(typed)
        return [
            _suggestion(number, chart)
            for number, chart in enumerate(plan.charts, 1)
            if said in folded(f"{number} {chart.caption} {chart.filename}") or typed == chart.mark
        ]

    @reads
    def choices(self, actor: Reader, plan_id: PlanId) -> ChartChoices:
        """The charts of a plan that the actor may change.

        Raises:
            NotYourPlanError: they may not.
            PlanGoneError: the plan is deleted, or there is none in the actor's guild that they may read.
        """
        plan = self.to_edit_by_id(actor, plan_id)
        return ChartChoices(plan, tuple(_suggestion(number, chart) for number, chart in enumerate(plan.charts, 1)))

    @reads_first
    def captioned(self, actor: Reader, plan_id: PlanId, chart: str) -> tuple[Plan, Chart]:
        """The plan and its chart that is to be captioned.

        Raises:
            NoChartError: the plan has none like that.
            NotYourPlanError: the actor may not change it.
            PlanGoneError: the plan is deleted, or there is none in the actor's guild that they may read.
        """
        plan = self.to_edit_by_id(actor, plan_id)
        return plan, _meant(plan, chart)

    async def kept(self, plan: Plan, numbers: Iterable[int]) -> tuple[KeptChart, ...]:
        """The charts with these numbers and their files, each read through to see that it is what was kept."""
        return await asyncio.to_thread(self._kept, plan, numbers)

    async def lacking(self, pictures: dict[str, str]) -> tuple[LackingPicture, ...]:
        """Return those of the pictures, names by SHA-256, whose files can't be had."""
        return await asyncio.to_thread(all_lacking, self._files, pictures)

    def _kept(self, plan: Plan, numbers: Iterable[int]) -> tuple[KeptChart, ...]:
        return tuple(self._kept_chart(number, plan.charts[number - 1]) for number in numbers)

    def _kept_chart(self, number: int, chart: Chart) -> KeptChart:
        found = look_up(self._files.find, chart.sha256, chart.filename)
        return (
            KeptChart(number, chart, None, found)
            if isinstance(found, LackingPicture)
            else KeptChart(number, chart, found)
        )

    def _add(self, actor: Actor, plan: Plan, received: Received, operation: OperationId) -> ChartsAdded:
        new = lacked_by(plan, received.charts)
        twice = [chart for chart in received.charts if chart not in new]
        room = MOST_CHARTS - len(plan.charts)
        left_out = (
            *received.left_out,
            *(LeftOut(chart.filename, "is on the plan already") for chart in twice),
            *(LeftOut.one_too_many(chart.filename) for chart in new[room:]),
        )
        if not new[:room]:
            raise NoPictureTakenError(left_out)
        after = (*plan.charts, *new[:room])
        changed = self.change(actor, PlanRow.get_by_id(plan.id), ChangeKind.CHART_ADDED, operation, charts=after)
        return ChartsAdded(changed, len(new[:room]), left_out)

    def _to_change(self, actor: Reader, coach: str | None, day: str | None, plan_id: PlanId | None) -> Plan:
        """The plan with this id, or the one that coach and day name, for one who wants to change it."""
        return self.to_edit(actor, coach, day) if plan_id is None else self.to_edit_by_id(actor, plan_id)

    def _changed(
        self,
        actor: Actor,
        plan: Plan,
        after: Sequence[Chart],
        kind: ChangeKind,
        operation: OperationId,
        chart: KeptChart,
    ) -> Edited:
        row = PlanRow.get_by_id(plan.id)
        if tuple(after) != plan.charts:
            changed = self.change(actor, row, kind, operation, charts=after)
            return Edited(changed, is_changed=True, kind=kind, chart=chart)
        operations.record(operation, kind, row, self.now(actor))
        return Edited(plan, is_changed=False)


def _meant(plan: Plan, given: str) -> Chart:
    """The chart that is meant by a number, the value of a suggestion, or a file name.

    Raises:
        NoChartError: the plan has none like that, or several.
    """
    said = given.strip()
    number = said.removeprefix("#")
    if number.isdecimal() and 1 <= int(number) <= len(plan.charts):
        return plan.charts[int(number) - 1]
    found = [chart for chart in plan.charts if said.casefold() in (chart.filename.casefold(), chart.mark)]
    if len(found) != 1:
        raise NoChartError(plan, given)
    return found[0]


def _suggestion(number: int, chart: Chart) -> Suggestion:
    label = f"{number}: {chart.caption or chart.filename}"
    return Suggestion(label[:LONGEST_CHOICE], chart.mark)
