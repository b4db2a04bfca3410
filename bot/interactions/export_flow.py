"""Exports by command: a private answer that shows the progress, then the file."""

import contextlib
from collections.abc import Generator
from typing import Final

from bot import replies
from bot.domain.values import ExportFormat, ExportProgress, PlanRef
from bot.interactions.context import Respondable, actor_of
from bot.interactions.receipts import Receipt, open_receipt
from bot.service.transfer.exporter import OnProgress
from bot.service.transfer.exports import ExportService

MAX_BYTES: Final = 24 * 2**20
"""The maximum size of a file: a request may have 25 MiB (Discord's documentation, Uploading Files)."""


class ExportFlow:
    """Exports plans for the user of an interaction."""

    def __init__(self, exports: ExportService) -> None:
        self._exports = exports

    async def plan(self, ctx: Respondable, form: ExportFormat, ref: PlanRef) -> None:
        """Send one plan."""
        actor, max_bytes, receipt = actor_of(ctx.interaction), _max_bytes(ctx), await open_receipt(ctx)
        with _progress(receipt, max_bytes) as report:
            exported = await self._exports.plan(actor, form, ref, max_bytes=max_bytes, report=report)
        await receipt.finish(replies.export(exported))

    async def days(
        self, ctx: Respondable, form: ExportFormat, *, coach: str | None, first: str | None, last: str | None
    ) -> None:
        """Send the plans from one day to another, both as typed."""
        actor, max_bytes, receipt = actor_of(ctx.interaction), _max_bytes(ctx), await open_receipt(ctx)
        with _progress(receipt, max_bytes) as report:
            exported = await self._exports.days(
                actor, form, coach=coach, first=first, last=last, max_bytes=max_bytes, report=report
            )
        await receipt.finish(replies.export(exported))


@contextlib.contextmanager
def _progress(receipt: Receipt, max_bytes: int) -> Generator[OnProgress]:
    """Show the progress of the export in the receipt while the block runs."""
    progress = ExportProgress(max_bytes)

    def report(current: ExportProgress) -> None:
        nonlocal progress
        progress = current
        changed()

    with receipt.updates(lambda: replies.exporting(progress)) as changed:
        yield report


def _max_bytes(ctx: Respondable) -> int:
    return min(ctx.interaction.attachment_size_limit, MAX_BYTES)
