"""Receipts of slow commands: private answers that are sent at once, and edited as the work proceeds."""

import asyncio
import contextlib
from collections.abc import Callable, Generator, Mapping
from typing import Any

import hikari
import structlog

from bot import replies
from bot.interactions.context import FirstAnswer, MessageContext, Respondable
from bot.interactions.deferral import defer
from bot.replies.layout import Reply

EDIT_SECONDS = 1.0
"""Between two edits that show progress: Discord lets a webhook do five things in two seconds."""

_log = structlog.get_logger(__name__)


class Receipt:
    """A deferred private answer, to be filled once.

    A failure to edit the receipt neither stops nor delays the command.
    """

    def __init__(self, ctx: Respondable) -> None:
        self._ctx = ctx
        self._showing: asyncio.Task[None] | None = None

    @contextlib.contextmanager
    def progress(self, total: int) -> Generator[Callable[[], None]]:
        """Show how many of `total` pictures were inspected while the block runs; each call of the result is one."""
        done = 0

        def step() -> None:
            nonlocal done
            done += 1
            changed()

        with self.updates(lambda: replies.receiving(done, total)) as changed:
            yield step

    @contextlib.contextmanager
    def updates(self, render: Callable[[], Reply]) -> Generator[Callable[[], None]]:
        """Show what `render` returns while the block runs: after calls of the result, but not after each."""
        stepped, ended = asyncio.Event(), asyncio.Event()

        async def show() -> None:
            while not ended.is_set():
                await stepped.wait()
                stepped.clear()
                if not ended.is_set():
                    await self._edit(render())
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(EDIT_SECONDS):
                            await ended.wait()

        self._showing = asyncio.create_task(show())
        try:
            yield stepped.set
        finally:
            ended.set()
            stepped.set()

    async def finish(self, reply: Mapping[str, Any]) -> bool:
        """Fill the receipt with this reply; later answers are messages of their own.

        False: the user may not see it, as after 15 minutes.
        """
        self._ctx.receipt = None
        if self._showing:
            await self._showing
        return await self._edit(reply)

    async def _edit(self, reply: Mapping[str, Any]) -> bool:
        shown = {name: value for name, value in reply.items() if name != "flags"}
        try:
            await self._ctx.interaction.edit_initial_response(**shown)
        except (hikari.HikariError, OSError) as error:
            _log.warning("editing the receipt failed", interaction_id=int(self._ctx.interaction.id), why=str(error))
            return False
        return True


async def open_receipt(ctx: Respondable) -> Receipt:
    """Defer the answer, which replaces the private message that the interaction came from, if it did."""
    await defer(ctx, FirstAnswer.REPLACE)
    receipt = ctx.receipt = Receipt(ctx)
    return receipt


async def answer(ctx: Respondable, reply: Reply) -> None:
    """Fill the open receipt with this reply; without one, replace the private message that the interaction came from.

    If it came from none, send a message.
    """
    if ctx.receipt:
        await ctx.receipt.finish(reply)
    elif isinstance(ctx, MessageContext):
        await ctx.replace(**reply)
    else:
        await ctx.respond(**reply)
