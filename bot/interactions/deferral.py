"""Defers answers in time: Discord waits 3 seconds for the first one."""

import asyncio
import contextlib
import datetime
from collections.abc import AsyncGenerator, Callable, Generator
from typing import Final

import hikari
import structlog

from bot.interactions.context import (
    TOO_LATE,
    FirstAnswer,
    MessageContext,
    PressContext,
    Respondable,
    SubmitContext,
    is_answered_already,
)
from bot.interactions.measurements import InteractionResult

DEFER_SECONDS: Final = 1.0
"""The age at which an interaction without an answer is deferred, in seconds."""
ANSWER_SECONDS: Final = 3.0
"""The age up to which Discord waits for the first answer (its documentation, Receiving and Responding)."""

_log = structlog.get_logger(__name__)


class FirstAnswerSent(asyncio.Event):
    """An event that is set when an interaction has its first answer, which may be a deferral."""

    def __init__(self, age: float = 0.0) -> None:
        """Begin to wait; Discord has waited for `age` seconds already."""
        super().__init__()
        self._asked_at = asyncio.get_running_loop().time() - age
        self.is_refused = False
        """True: Discord had an answer to the interaction already."""
        self.result = InteractionResult.OK

    @property
    def waited(self) -> float:
        """The seconds for which Discord has waited."""
        return asyncio.get_running_loop().time() - self._asked_at

    @property
    def due_at(self) -> float:
        """The time at which the interaction is deferred, by the clock of the event loop."""
        return self._asked_at + DEFER_SECONDS


def age_of(interaction_id: hikari.Snowflake, now: datetime.datetime) -> float:
    """Return the seconds for which Discord has waited, by its own time in the id.

    0 for an impossible age: the clock is wrong, or the answer is too late in any case.
    """
    age = (now - interaction_id.created_at).total_seconds()
    return age if 0 <= age < ANSWER_SECONDS else 0.0


def waited(ctx: Respondable) -> float:
    """Return the seconds for which Discord has waited for the first answer."""
    sent = ctx.initial_response_sent
    return sent.waited if isinstance(sent, FirstAnswerSent) else 0.0


def note_refused(ctx: Respondable, error: Exception) -> None:
    """Note that the first answer was refused, if the error means that Discord has one."""
    sent = ctx.initial_response_sent
    if is_answered_already(error) and isinstance(sent, FirstAnswerSent):
        sent.is_refused = True


def note_result(sent: asyncio.Event, result: InteractionResult) -> None:
    """Note the result of the interaction whose first answer is `sent`."""
    if isinstance(sent, FirstAnswerSent):
        sent.result = result


@contextlib.contextmanager
def noting_failure(sent: asyncio.Event) -> Generator[None]:
    """Note the result of an interaction whose handler fails in the block."""
    try:
        yield
    except Exception as error:
        note_result(sent, InteractionResult.of(error))
        raise


@contextlib.asynccontextmanager
async def deferring(ctx: Respondable, first_answer: Callable[[], FirstAnswer]) -> AsyncGenerator[None]:
    """Defer the answer when that is due, unless the block has answered or ended by then.

    Args:
        ctx: the interaction.
        first_answer: called when the deferral is due: a command may decide by its options, which it has by then.
    """
    sent = ctx.initial_response_sent
    deferrals: list[asyncio.Task[None]] = []

    def begin() -> None:
        if not sent.is_set() and (kind := first_answer()) is not FirstAnswer.MODAL:
            deferrals.append(asyncio.create_task(acknowledge(ctx, kind)))

    due_at = sent.due_at if isinstance(sent, FirstAnswerSent) and not sent.is_set() else None
    timer = None if due_at is None else asyncio.get_running_loop().call_at(due_at, begin)
    try:
        yield
    finally:
        if timer:
            timer.cancel()
        for each in deferrals:
            await each  # never cancelled: a deferral that was sent arrives in any case


async def defer(ctx: Respondable, first_answer: FirstAnswer = FirstAnswer.PRIVATE) -> None:
    """Defer the answer: the limit is 15 minutes then, and not 3 seconds.

    The handler continues even if Discord has an answer already, or if the deferral is too late.
    """
    try:
        if isinstance(ctx, MessageContext) and _is_update(ctx, first_answer):
            await ctx.defer_update()
        else:
            await ctx.defer(ephemeral=first_answer is not FirstAnswer.PUBLIC)
    except (*TOO_LATE, hikari.BadRequestError) as error:
        if isinstance(error, hikari.BadRequestError) and not is_answered_already(error):
            raise
        _log.warning("deferring failed", interaction_id=int(ctx.interaction.id), why=str(error))
        note_refused(ctx, error)
        ctx.initial_response_sent.set()  # else it would be answered a second time


async def acknowledge(ctx: Respondable, first_answer: FirstAnswer) -> None:
    """Defer the answer; a failure is only logged, as the answer itself may still arrive."""
    try:
        await defer(ctx, first_answer)
    except (hikari.HikariError, OSError) as error:
        _log.warning("deferring failed", interaction_id=int(ctx.interaction.id), why=str(error))


def _is_update(ctx: PressContext | SubmitContext, first_answer: FirstAnswer) -> bool:
    """Return whether the first answer changes the message of the interaction."""
    may_replace = first_answer is FirstAnswer.REPLACE and ctx.is_private
    return may_replace or (first_answer is FirstAnswer.UPDATE and ctx.has_message)
