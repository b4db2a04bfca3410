"""The private answer to the one who acts, where the act takes a while: there at once, edited as the work goes on."""

import asyncio
import contextlib
import contextvars
from collections.abc import AsyncGenerator, Callable

import hikari
import structlog

from bot import replies
from bot.layout import Reply
from bot.plugin import Respondable

EDIT_SECONDS = 1.0
"""Between two edits that tell how far the work is: Discord lets a webhook do five things in two seconds."""

_log = structlog.get_logger(__name__)


class Receipt:
    """A private answer that was begun and will be filled."""

    def __init__(self, ctx: Respondable) -> None:
        self._ctx = ctx

    async def fill(self, reply: Reply) -> None:
        """Let it say this from now on."""
        shown = {name: value for name, value in reply.items() if name != "flags"}
        await self._ctx.interaction.edit_initial_response(**shown)

    @contextlib.asynccontextmanager
    async def counting(self, total: int) -> AsyncGenerator[Callable[[], None]]:
        """Inside, tell how many of `total` pictures were looked at: each call of what it gives is one."""
        done = 0
        stepped = asyncio.Event()
        ended = asyncio.Event()

        def step() -> None:
            nonlocal done
            done += 1
            stepped.set()

        async def tell() -> None:
            while not ended.is_set():
                await stepped.wait()
                stepped.clear()
                if not ended.is_set():
                    await self._tell(done, total)
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(ended.wait(), EDIT_SECONDS)

        telling = asyncio.create_task(tell())
        try:
            yield step
        finally:
            ended.set()
            stepped.set()
            await telling

    async def _tell(self, done: int, total: int) -> None:
        try:
            await self.fill(replies.receiving(done, total))
        except hikari.HikariError as error:
            _log.warning("could not tell how far the work is", why=str(error))


_open: contextvars.ContextVar[Receipt | None] = contextvars.ContextVar("receipt", default=None)


async def open_receipt(ctx: Respondable) -> Receipt:
    """Begin the private answer: from here on there are 15 minutes, and not 3 seconds."""
    await ctx.defer(ephemeral=True)
    receipt = Receipt(ctx)
    _open.set(receipt)
    return receipt


async def answer(ctx: Respondable, reply: Reply) -> None:
    """Answer in the receipt where one was opened, or else with a message."""
    if receipt := _open.get():
        await receipt.fill(reply)
    else:
        await ctx.respond(**reply)
