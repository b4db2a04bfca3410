"""Exports for those who act in an interaction: a private answer that says how far the file is, and then has it."""

import contextlib
from collections.abc import Generator
from typing import Final

from bot import replies
from bot.domain.values import ExportForm, ExportProgress, PlanRef
from bot.interactions.context import Respondable, actor_of
from bot.interactions.receipts import Receipt, open_receipt
from bot.service.transfer.exporter import Told
from bot.service.transfer.exports import ExportService

MOST_BYTES: Final = 24 * 2**20
"""Of a file, whatever a boosted server takes: a request may have 25 MiB (Discord's documentation, Uploading Files)."""


class Exporting:
    """Exports plans for those who act in an interaction."""

    def __init__(self, exports: ExportService) -> None:
        self._exports = exports

    async def plan(self, ctx: Respondable, form: ExportForm, ref: PlanRef) -> None:
        """Send one plan."""
        actor, most_bytes, receipt = actor_of(ctx.interaction), _most_bytes(ctx), await open_receipt(ctx)
        with _told(receipt, most_bytes) as told:
            exported = await self._exports.plan(actor, form, ref, most_bytes=most_bytes, told=told)
        await receipt.finish(replies.export(exported))

    async def days(
        self, ctx: Respondable, form: ExportForm, *, coach: str | None, first: str | None, last: str | None
    ) -> None:
        """Send the plans of these days, as typed."""
        actor, most_bytes, receipt = actor_of(ctx.interaction), _most_bytes(ctx), await open_receipt(ctx)
        with _told(receipt, most_bytes) as told:
            exported = await self._exports.days(
                actor, form, coach=coach, first=first, last=last, most_bytes=most_bytes, told=told
            )
        await receipt.finish(replies.export(exported))


@contextlib.contextmanager
def _told(receipt: Receipt, most_bytes: int) -> Generator[Told]:
    """Inside, the receipt says how far the export is."""
    now = ExportProgress(most_bytes)

    def told(progress: ExportProgress) -> None:
        nonlocal now
        now = progress
        changed()

    with receipt.following(lambda: replies.exporting(now)) as changed:
        yield told


def _most_bytes(ctx: Respondable) -> int:
    return min(ctx.interaction.attachment_size_limit, MOST_BYTES)
