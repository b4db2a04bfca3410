"""The turns of interactions: a few are handled at once, and the others wait and are acknowledged in time."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable

from bot.interactions.turn_order import Place, Step, TurnOrder


class Turns:
    """Hands out the turns."""

    def __init__(self) -> None:
        self._order = TurnOrder()
        self._steps: dict[Place, asyncio.Queue[Step]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def open(self) -> None:
        """Have all handled at once that wait or follow: the bot is being stopped."""
        self._order.open()
        self._proceed()

    @contextlib.asynccontextmanager
    async def taken(self, place: Place, acknowledge: Callable[[], Awaitable[None]]) -> AsyncGenerator[None]:
        """Wait for the turn of an interaction, and have it inside.

        Args:
            place: its place.
            acknowledge: called if Discord would give up before the turn; never raises.
        """
        steps = self._steps[place] = asyncio.Queue()
        self._order.join(place, asyncio.get_running_loop().time())
        try:
            self._proceed()
            while await steps.get() is Step.ACKNOWLEDGE:
                await acknowledge()
                self._order.acknowledged(place)
                self._proceed()
            yield
        finally:
            del self._steps[place]
            self._order.leave(place)
            self._proceed()

    def _proceed(self) -> None:
        """Have the next steps taken, now and when more are due."""
        loop = asyncio.get_running_loop()
        for place, step in self._order.steps(loop.time()):
            self._steps[place].put_nowait(step)
        if self._timer:
            self._timer.cancel()
        next_at = self._order.next_at()
        self._timer = None if next_at is None else loop.call_at(next_at, self._proceed)
