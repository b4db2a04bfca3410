"""Replay of the changes that were queued while the database could not be written."""

import asyncio
import dataclasses
from collections.abc import Sequence

import structlog

from bot.domain.commands import (
    AddCharts,
    CaptionChart,
    Command,
    DeletePlan,
    EditPlan,
    MoveChart,
    PostPlan,
    RemoveChart,
    RestorePlan,
    RevertPlan,
    Submit,
)
from bot.domain.errors import DatabaseUnavailableError, PicturesUnavailableError, RefusalError, StoppingError
from bot.domain.pending import PendingOperation, ReplayResult
from bot.domain.values import Actor, AddChartsResult, Attachment, Chart, DraftKind, EditResult, OperationId, Plan
from bot.service.charts import ChartService
from bot.service.drafts import DraftService, edit_of
from bot.service.history import HistoryService
from bot.service.pictures.intake import IntakeService, refuse_unchecked
from bot.service.plans import PlanService
from storage.chart_files import ChartFiles
from storage.errors import StorageError

_FAILED = "something went wrong on our side"

_log = structlog.get_logger(__name__)


class ReplayService:
    """Executes queued changes, each once, with the rights that its sender had and for the day that they meant."""

    def __init__(
        self,
        plans: PlanService,
        charts: ChartService,
        history: HistoryService,
        drafts: DraftService,
        intake: IntakeService,
        files: ChartFiles,
        temporary: ChartFiles,
        temporary_intake: IntakeService,
    ) -> None:
        """Use `temporary` for pictures that the charts' own folder, `files`, can't take for now."""
        self._plans = plans
        self._charts = charts
        self._history = history
        self._drafts = drafts
        self._intake = intake
        self._files = files
        self._temporary = temporary
        self._temporary_intake = temporary_intake

    async def fetch(self, pending: PendingOperation) -> PendingOperation:
        """Return the change with its linked pictures downloaded, where possible: links end within a day.

        Raises:
            PicturesUnavailableError: the disk does not take them.
            StoppingError: the bot is being stopped.
        """
        received = await self._temporary_intake.receive(pending.actor, pending.pictures, is_limited=False)
        charts = {
            each.url: chart
            for each, chart in zip(pending.pictures, received.pictures, strict=True)
            if isinstance(each, Attachment) and isinstance(chart, Chart)
        }
        return dataclasses.replace(pending, downloaded=pending.downloaded | charts)

    async def replay(self, pending: PendingOperation) -> ReplayResult:
        """Execute the change; one that is refused becomes a draft, where it has a text or pictures.

        Raises:
            DatabaseUnavailableError: the database can't be written yet.
            PicturesUnavailableError: the disk of the pictures can't.
            StoppingError: the bot is being stopped.
        """
        actor = dataclasses.replace(pending.actor, sent_at=pending.sent_at, is_replay=True)
        try:
            if done := await self._plans.outcome(actor, pending.operation):
                return ReplayResult(pending, done)
            pending = pending.with_pictures(await self._pictures(pending))
            if pending.pictures:
                await self._intake.require_live_coach(actor)
            received = await self._intake.receive(actor, pending.pictures, is_limited=False)
            pending = pending.with_pictures(received.pictures)
            refuse_unchecked(received.left_out)
            command, awaited = await self._command(actor, pending)
            if isinstance(command, AddCharts):
                command = dataclasses.replace(command, received=received)
            done = await self._execute(actor, command, pending.operation)
            left_out = done.left_out if isinstance(done, AddChartsResult) else received.left_out
            merged = done.merged if isinstance(done, EditResult) else None
            plan = done if isinstance(done, Plan) else done.plan
            return ReplayResult(pending, plan, left_out, merged=merged, awaited=awaited)
        except (DatabaseUnavailableError, StoppingError):
            raise
        except RefusalError as error:
            is_draft = (not error.is_final or bool(pending.text)) and await self._saves_draft(actor, pending)
            return ReplayResult(pending, refusal=str(error), is_draft=is_draft)
        except Exception as error:  # noqa: BLE001 - the changes after it must not wait for ever
            _log.error("replay of a queued change failed", operation=pending.operation, exc_info=error)
            return ReplayResult(pending, refusal=_FAILED, is_draft=await self._saves_draft(actor, pending))

    def clear(self) -> None:
        """Remove the pictures that were downloaded for queued changes; blocks."""
        self._temporary.remove_all()

    async def _execute(
        self, actor: Actor, command: Command, operation: OperationId
    ) -> Plan | EditResult | AddChartsResult:
        """Execute the command, and return the changed plan, or the result of an edit or of adding charts."""
        match command:
            case PostPlan():
                return await self._plans.post(actor, command, operation)
            case EditPlan():
                return await self._plans.edit(actor, command, operation)
            case DeletePlan():
                return await self._plans.delete(actor, command, operation)
            case RestorePlan():
                return await self._plans.restore(actor, command, operation)
            case RevertPlan():
                return await self._history.revert(actor, command, operation)
            case AddCharts():
                return await self._charts.add(actor, command, operation)
            case RemoveChart():
                return await self._charts.remove(actor, command, operation)
            case MoveChart():
                return await self._charts.move(actor, command, operation)
            case CaptionChart():
                return await self._charts.caption(actor, command, operation)

    async def _command(self, actor: Actor, pending: PendingOperation) -> tuple[Command, int]:
        """Return the command to execute, and the number of pictures that follow it.

        A submission that has more than text is saved as a draft first. Pictures of a draft that nobody has downloaded
        yet, unlike those of the submission, are downloaded later: the changes after it must not wait for them.
        """
        if not isinstance(pending.request, Submit):
            return pending.request, 0
        submission = pending.request.submission
        if submission.draft_id:
            submission = await self._drafts.completed(actor, submission)
        if submission.draft_id or submission.pictures or submission.source:
            submission = await self._drafts.save_to_send(actor, submission, pending.operation, is_limited=False)
        awaited = sum(isinstance(each, Attachment) and each not in pending.pictures for each in submission.pictures)
        command_of = PostPlan.of if submission.kind is DraftKind.POST else edit_of
        return command_of(submission, rest_follows=awaited > 0), awaited

    async def _pictures(self, pending: PendingOperation) -> Sequence[Chart | Attachment]:
        """Return the change's pictures; those that were downloaded, and still exist, instead of their links."""
        try:
            return [await asyncio.to_thread(self._move_to_files, pending, each) for each in pending.pictures]
        except StorageError as error:
            raise PicturesUnavailableError from error

    def _move_to_files(self, pending: PendingOperation, picture: Chart | Attachment) -> Chart | Attachment:
        chart = picture if isinstance(picture, Chart) else pending.downloaded.get(picture.url)
        return chart if chart and self._files.copy_from(self._temporary, chart.sha256) else picture

    async def _saves_draft(self, actor: Actor, pending: PendingOperation) -> bool:
        """Save its text and pictures as a draft, whatever the quotas, as it was acknowledged.

        False: it has neither, or that fails.
        """
        if not pending.draft:
            return False
        try:
            await self._drafts.save(actor, pending.draft, pending.operation, is_limited=False)
        except (DatabaseUnavailableError, StoppingError):
            raise
        except RefusalError:
            return False
        except Exception as error:  # noqa: BLE001 - as above; the writer has the text back
            _log.error("draft of a refused change not saved", operation=pending.operation, exc_info=error)
            return False
        return True
