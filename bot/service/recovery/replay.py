"""Replay of what was queued while the database could not be written, as it would have been done then."""

import asyncio
import dataclasses
from collections.abc import Sequence
from typing import Any, cast

import structlog

from bot.domain.errors import BookUnavailableError, PicturesUnavailableError, RefusalError, StoppingError
from bot.domain.values import (
    Act,
    Actor,
    AddChartsResult,
    Attachment,
    Chart,
    DraftKind,
    EditResult,
    OperationId,
    PendingOperation,
    Plan,
    Received,
    ReplayResult,
    Submission,
)
from bot.service import submissions
from bot.service.charts import ChartService
from bot.service.drafts import DraftService
from bot.service.history import HistoryService
from bot.service.pictures.intake import IntakeService, refuse_unchecked
from bot.service.plans import PlanService
from bot.service.transactions import Service
from storage.chart_files import ChartFiles
from storage.store import StorageError

_FAILED = "something went wrong on our side"

_log = structlog.get_logger(__name__)


class CatchUpService:
    """Does for one who acted what they asked for, once, with the rights they had and for the day they meant."""

    def __init__(
        self,
        plans: PlanService,
        charts: ChartService,
        history: HistoryService,
        drafts: DraftService,
        intake: IntakeService,
        files: ChartFiles,
        aside: ChartFiles,
        intake_aside: IntakeService,
    ) -> None:
        """Use `aside` for pictures that the charts' own folder, `files`, can't take for now."""
        self._services: dict[str, Service] = {type(each).__name__: each for each in (plans, charts, history)}
        self._plans = plans
        self._drafts = drafts
        self._intake = intake
        self._files = files
        self._aside = aside
        self._intake_aside = intake_aside

    async def fetch(self, kept: PendingOperation) -> PendingOperation:
        """Return the change with its linked pictures put aside, where they could be fetched: links end within a day.

        Raises:
            PicturesUnavailableError: the disk does not take them.
            StoppingError: the bot is being stopped.
        """
        received = await self._intake_aside.receive(kept.actor, kept.pictures, is_limited=False)
        came = zip(kept.pictures, received.pictures, strict=True)
        put_aside = {
            each.url: chart for each, chart in came if isinstance(each, Attachment) and isinstance(chart, Chart)
        }
        return dataclasses.replace(kept, put_aside=kept.put_aside | put_aside)

    async def carry_out(self, kept: PendingOperation) -> ReplayResult:
        """Put it into the book; what is refused now becomes a draft where it can.

        Raises:
            BookUnavailableError: the book can't take it yet.
            PicturesUnavailableError: nor can the disk of the pictures.
            StoppingError: the bot is being stopped.
        """
        actor = dataclasses.replace(kept.actor, sent_at=kept.sent_at, is_late=True)
        try:
            if done := await self._plans.outcome(actor, kept.operation):
                return ReplayResult(kept, done)
            if kept.pictures:
                await self._intake.refuse_strangers(actor)
            received = await self._intake.receive(actor, await self._at_hand(kept), is_limited=False)
            if kept.text:
                refuse_unchecked(received.left_out)
            plan = await self._do(actor, _with(kept, received.pictures))
            return ReplayResult(kept, plan, received.left_out)
        except (BookUnavailableError, StoppingError):
            raise
        except RefusalError as error:
            return ReplayResult(kept, refusal=str(error), is_draft=await self._is_draft(actor, kept))
        except Exception as error:  # noqa: BLE001 - what is after it must not wait for ever
            _log.error("what was kept can't be carried out", operation=kept.operation, exc_info=error)
            return ReplayResult(kept, refusal=_FAILED, is_draft=await self._is_draft(actor, kept))

    def clear(self) -> None:
        """Remove the pictures that were put aside; blocks."""
        self._aside.remove_all()

    async def _do(self, actor: Actor, kept: PendingOperation) -> Plan:
        if isinstance(kept.asked, Act):
            kind, method = kept.asked.name.split(".")
            act = getattr(self._services[kind], method)
            return _plan_in(await act(actor, **kept.asked.arguments))
        writing = await self._whole(actor, kept.operation, kept.asked)
        if writing.kind is DraftKind.POST:
            return await submissions.post(self._plans, actor, writing, kept.operation)
        return (await submissions.edit(self._plans, actor, writing, kept.operation)).plan

    async def _whole(self, actor: Actor, operation: OperationId, writing: Submission) -> Submission:
        """The writing with what the draft that it comes from says, and as a draft where it has more than text."""
        if writing.draft_id and writing.kind is DraftKind.POST:
            draft = await self._drafts.take(actor, writing.draft_id)
            writing = dataclasses.replace(
                writing,
                coach=writing.coach or draft.coach,
                day=writing.day or draft.day,
                pictures=writing.pictures or draft.pictures,
                source=writing.source or draft.source,
            )
        if writing.pictures or writing.source:
            return await self._drafts.keep(actor, writing, operation, is_limited=False)
        return writing

    async def _at_hand(self, kept: PendingOperation) -> Sequence[Chart | Attachment]:
        """Its pictures; those that were put aside, and are still there, in the place of their links."""
        try:
            return [await asyncio.to_thread(self._put_back, kept, each) for each in kept.pictures]
        except StorageError as error:
            raise PicturesUnavailableError from error

    def _put_back(self, kept: PendingOperation, picture: Chart | Attachment) -> Chart | Attachment:
        chart = picture if isinstance(picture, Chart) else kept.put_aside.get(picture.url)
        return chart if chart and self._files.take_over(chart.sha256, self._aside) else picture

    async def _is_draft(self, actor: Actor, kept: PendingOperation) -> bool:
        """Keep its text as a draft, whatever the quotas, as it was acknowledged; False: it has none, or it fails."""
        if not kept.text:
            return False
        asked = kept.asked
        writing = asked if isinstance(asked, Submission) else _writing_of(asked.arguments)
        try:
            await self._drafts.keep(actor, writing, kept.operation, is_limited=False)
        except (BookUnavailableError, StoppingError):
            raise
        except RefusalError:
            return False
        except Exception as error:  # noqa: BLE001 - as above; the writer has the text back
            _log.error("what was refused can't be a draft", operation=kept.operation, exc_info=error)
            return False
        return True


def _with(kept: PendingOperation, pictures: Sequence[Chart | Attachment]) -> PendingOperation:
    """Return the change with these pictures."""
    if isinstance(kept.asked, Submission):
        return dataclasses.replace(kept, asked=dataclasses.replace(kept.asked, pictures=tuple(pictures)))
    if "received" not in kept.asked.arguments:
        return kept
    received = cast(Received, kept.asked.arguments["received"])
    arguments = kept.asked.arguments | {"received": dataclasses.replace(received, pictures=tuple(pictures))}
    return dataclasses.replace(kept, asked=dataclasses.replace(kept.asked, arguments=arguments))


def _plan_in(result: Plan | EditResult | AddChartsResult) -> Plan:
    """The plan that an act has changed."""
    return result if isinstance(result, Plan) else result.plan


def _writing_of(arguments: dict[str, Any]) -> Submission:
    """Return the writing of an act that takes a text."""
    fields = ("text", "coach", "day", "plan_id", "seen")
    given = {name: arguments[name] for name in fields if name in arguments}
    kind = DraftKind.EDIT if "plan_id" in given else DraftKind.POST
    return Submission(kind, draft_id=arguments.get("draft"), **given)
