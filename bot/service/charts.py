"""Charts: the pictures of a plan, in the coach's order, with captions."""

import asyncio
import dataclasses
from collections.abc import Iterable, Sequence

from bot.domain.clock import Clock
from bot.domain.commands import AddCharts, CaptionChart, MoveChart, RemoveChart
from bot.domain.errors import NoChartError, NoPictureAddedError, RefusalError, TooManyChartsError
from bot.domain.picture_reasons import ON_PLAN_ALREADY, ONE_TOO_MANY
from bot.domain.values import (
    MAX_CHARTS,
    MAX_CHOICE_LENGTH,
    Actor,
    AddChartsResult,
    ChangeKind,
    Chart,
    ChartFile,
    Coach,
    EditResult,
    LackingPicture,
    OperationId,
    Plan,
    PlanRef,
    Reader,
    RejectedPicture,
    Suggestion,
)
from bot.service.guilds import GuildService
from bot.service.pictures.lookup import all_lacking, look_up
from bot.service.plan_base import PlanActs, edited, lacked_by
from bot.service.records import drafts, operations
from bot.service.records.operations import Outcome
from bot.service.records.roster import folded
from bot.service.records.text_rules import caption_text
from bot.service.transactions import executes, reads, reads_first
from storage.chart_files import ChartFiles
from storage.store import Store


def _added(outcome: Outcome) -> AddChartsResult:
    """Return a result without details: the plan may have had some of the charts, or no room for them."""
    return AddChartsResult(outcome.plan, None)


class ChartService(PlanActs):
    """The charts of a guild's plans. A `chart` is named by its number on the plan, its mark, or its file name."""

    def __init__(self, store: Store, clock: Clock, guilds: GuildService, files: ChartFiles) -> None:
        super().__init__(store, clock, guilds)
        self._files = files

    @reads
    def with_room(self, actor: Reader, ref: PlanRef) -> Plan:
        """Return the plan that the actor wants to add a chart to.

        Raises:
            TooManyChartsError: it has as many as it may have.
            RefusalError: there is none, several would do, or they may not.
        """
        plan = self.to_edit(actor, ref)
        if len(plan.charts) >= MAX_CHARTS:
            raise TooManyChartsError(plan)
        return plan

    @executes(AddCharts, first_result=_added)
    def add(self, actor: Reader, command: AddCharts, operation: OperationId) -> AddChartsResult:
        """Add the received charts to the end of the plan: those that it lacks, as far as it has room.

        Of a draft either all is added, and then its pictures are used up, or nothing.

        Raises:
            DraftGoneError: the draft was used already.
            NoPictureAddedError: there is nothing new; it has the reasons.
            RefusalError: there is no such plan, or the actor may not change it.
            TooManyChartsError: the plan has no room for all charts of the draft.
        """
        received = command.received
        drafts.use_pictures(actor, command.draft, operation)
        plan = self.to_edit(actor, command.plan)
        new = lacked_by(plan, received.charts)
        if command.draft and len(plan.charts) + len(new) > MAX_CHARTS:
            raise TooManyChartsError(plan)
        twice = [chart for chart in received.charts if chart not in new]
        room = MAX_CHARTS - len(plan.charts)
        left_out = (
            *received.left_out,
            *(RejectedPicture(chart.filename, ON_PLAN_ALREADY) for chart in twice),
            *(RejectedPicture(chart.filename, ONE_TOO_MANY, is_final=True) for chart in new[room:]),
        )
        if not new[:room]:
            raise NoPictureAddedError(left_out)
        after = (*plan.charts, *new[:room])
        changed = self.change(actor, plan, ChangeKind.CHART_ADDED, operation, charts=after)
        return AddChartsResult(changed, len(new[:room]), left_out)

    @executes(RemoveChart, first_result=edited)
    def remove(self, actor: Reader, command: RemoveChart, operation: OperationId) -> EditResult:
        """Remove the chart from the plan; it stays in the revisions that show it.

        Raises:
            NoChartError: the plan has none like that.
            RefusalError: there is no such plan, or the actor may not change it.
        """
        plan = self.to_edit(actor, command.plan)
        chart = _meant(plan, command.chart)
        after = [each for each in plan.charts if each != chart]
        removed = ChartFile(plan.charts.index(chart) + 1, chart, None)
        return self._changed(actor, plan, after, ChangeKind.CHART_REMOVED, operation, removed)

    @executes(MoveChart, first_result=edited)
    def move(self, actor: Reader, command: MoveChart, operation: OperationId) -> EditResult:
        """Move the chart to another place.

        Raises:
            NoChartError: the plan has none like that.
            RefusalError: there is no such plan, or the actor may not change it.
        """
        plan = self.to_edit(actor, command.plan)
        chart = _meant(plan, command.chart)
        after = [each for each in plan.charts if each != chart]
        after.insert(max(command.to, 1) - 1, chart)
        moved = ChartFile(after.index(chart) + 1, chart, None)
        return self._changed(actor, plan, after, ChangeKind.CHART_MOVED, operation, moved)

    @executes(CaptionChart, first_result=edited)
    def caption(self, actor: Reader, command: CaptionChart, operation: OperationId) -> EditResult:
        """Set or remove the chart's caption.

        Raises:
            CaptionTooLongError: it is too long.
            NoChartError: the plan has none like that.
            RefusalError: there is no such plan, or the actor may not change it.
        """
        text = caption_text(command.caption)
        plan = self.to_edit(actor, command.plan)
        chart = _meant(plan, command.chart)
        after = [dataclasses.replace(each, caption=text) if each == chart else each for each in plan.charts]
        captioned = ChartFile(plan.charts.index(chart) + 1, dataclasses.replace(chart, caption=text), None)
        return self._changed(actor, plan, after, ChangeKind.CHART_CAPTIONED, operation, captioned)

    @reads_first
    def suggest(self, actor: Reader, typed: str, ref: PlanRef) -> list[Suggestion]:
        """Return the charts of a plan that fit what was typed so far; none while no plan is meant."""
        try:
            plan = self.to_edit(actor, ref)
        except RefusalError:
            return []
        normalized = folded(typed)
        return [
            _suggestion(number, chart)
            for number, chart in enumerate(plan.charts, 1)
            if normalized in folded(f"{number} {chart.caption} {chart.filename}") or typed == chart.mark
        ]

    @reads_first
    def captioned(self, actor: Reader, ref: PlanRef, chart: str) -> tuple[Plan, Chart]:
        """Return a plan and its chart that is to be captioned.

        Raises:
            NoChartError: the plan has none like that.
            RefusalError: there is no such plan, or the actor may not change it.
        """
        plan = self.to_edit(actor, ref)
        return plan, _meant(plan, chart)

    async def files(self, plan: Plan, numbers: Iterable[int]) -> tuple[ChartFile, ...]:
        """Return the charts with these numbers and their files, each read and compared with its hash."""
        charts = [(number, plan.charts[number - 1]) for number in numbers]
        return await asyncio.to_thread(lambda: tuple(self._file(*each) for each in charts)) if charts else ()

    async def picture_of(self, coach: Coach) -> ChartFile | None:
        """Return the coach's picture with its file; None: it has none."""
        return await asyncio.to_thread(self._file, 0, coach.picture) if coach.picture else None

    async def lacking(self, pictures: dict[str, str]) -> tuple[LackingPicture, ...]:
        """Return those of the pictures, names by SHA-256, whose files are missing or damaged."""
        return await asyncio.to_thread(all_lacking, self._files, pictures)

    def _file(self, number: int, chart: Chart) -> ChartFile:
        file = look_up(self._files.find, chart.sha256, chart.filename)
        if isinstance(file, LackingPicture):
            return ChartFile(number, chart, None, file)
        return ChartFile(number, chart, file)

    def _changed(
        self,
        actor: Actor,
        plan: Plan,
        after: Sequence[Chart],
        kind: ChangeKind,
        operation: OperationId,
        chart: ChartFile,
    ) -> EditResult:
        if tuple(after) != plan.charts:
            changed = self.change(actor, plan, kind, operation, charts=after)
            return EditResult(changed, is_changed=True, kind=kind, chart=chart)
        operations.record(operation, None, plan, self.now(actor))
        return EditResult(plan, is_changed=False)


def _meant(plan: Plan, given: str) -> Chart:
    """Return the chart that is meant by a number, the value of a suggestion, or a file name.

    Raises:
        NoChartError: the plan has none like that, or several.
    """
    name = given.strip()
    number = name.removeprefix("#")
    if number.isdecimal() and 1 <= int(number) <= len(plan.charts):
        return plan.charts[int(number) - 1]
    matches = [chart for chart in plan.charts if name.casefold() in (chart.filename.casefold(), chart.mark)]
    if len(matches) != 1:
        raise NoChartError(plan, given)
    return matches[0]


def _suggestion(number: int, chart: Chart) -> Suggestion:
    label = f"{number}: {chart.caption or chart.filename}"
    return Suggestion(label[:MAX_CHOICE_LENGTH], chart.mark)
