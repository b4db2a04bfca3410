"""The private answer to the one who acts, where the act takes a while: there at once, edited as the work goes on."""

import asyncio
import contextlib
from collections.abc import Callable, Generator, Mapping
from typing import Any

import hikari
import structlog

from bot import replies
from bot.interactions.context import Respondable
from bot.interactions.deferral import defer
from bot.replies.layout import Reply

EDIT_SECONDS = 1.0
"""Between two edits that tell how far the work is: Discord lets a webhook do five things in two seconds."""

_log = structlog.get_logger(__name__)


class Receipt:
    """A private answer that was begun, and is to be filled once and for all.

    The act matters more: what Discord does to the receipt neither stops nor delays it.
    """

    def __init__(self, ctx: Respondable) -> None:
        self._ctx = ctx
        self._telling: asyncio.Task[None] | None = None

    @contextlib.contextmanager
    def counting(self, total: int) -> Generator[Callable[[], None]]:
        """Inside, tell how many of `total` pictures were looked at: each call of what it gives is one."""
        done = 0

        def step() -> None:
            nonlocal done
            done += 1
            changed()

        with self.following(lambda: replies.receiving(done, total)) as changed:
            yield step

    @contextlib.contextmanager
    def following(self, shown: Callable[[], Reply]) -> Generator[Callable[[], None]]:
        """Inside, show what `shown` gives, now and then, after calls of what it gives."""
        stepped, ended = asyncio.Event(), asyncio.Event()

        async def tell() -> None:
            while not ended.is_set():
                await stepped.wait()
                stepped.clear()
                if not ended.is_set():
                    await self._edit(shown())
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(EDIT_SECONDS):
                            await ended.wait()

        self._telling = asyncio.create_task(tell())
        try:
            yield stepped.set
        finally:
            ended.set()
            stepped.set()

    async def finish(self, reply: Mapping[str, Any]) -> bool:
        """Let it say this, after what it was still telling; what follows is told by other messages.

        False: nobody is sure to read it, as after 15 minutes.
        """
        self._ctx.receipt = None
        if self._telling:
            await self._telling
        return await self._edit(reply)

    async def _edit(self, reply: Mapping[str, Any]) -> bool:
        shown = {name: value for name, value in reply.items() if name != "flags"}
        try:
            await self._ctx.interaction.edit_initial_response(**shown)
        except (hikari.HikariError, OSError) as error:
            _log.warning("receipt not shown", interaction_id=int(self._ctx.interaction.id), why=str(error))
            return False
        return True


async def open_receipt(ctx: Respondable) -> Receipt:
    """Begin the private answer: from here on there are 15 minutes, and not 3 seconds."""
    await defer(ctx)
    receipt = ctx.receipt = Receipt(ctx)
    return receipt


async def answer(ctx: Respondable, reply: Reply) -> None:
    """Answer in the receipt where one is open, or else with a message."""
    if ctx.receipt:
        await ctx.receipt.finish(reply)
    else:
        await ctx.respond(**reply)
