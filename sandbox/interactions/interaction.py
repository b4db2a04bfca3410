"""One interaction, its deadline and its responses."""

import asyncio
import datetime
import enum
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.world.condition import PATIENCE, Changes
from sandbox.world.entities import Command, Json, Message
from sandbox.world.events import Event

TOKEN_LIFE = datetime.timedelta(minutes=15)
"""Lifetime of an interaction's token (page "Receiving and responding")."""


class InteractionKind(enum.IntEnum):
    """Discord's interaction types."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class ResponseKind(enum.IntEnum):
    """Discord's interaction callback types."""

    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


class NoAnswerError(Exception):
    """The application sent no initial response in 3 seconds: "The application did not respond"."""


@dataclass
class Interaction:
    """A user's interaction with an application, and its responses."""

    id: int
    token: str
    kind: InteractionKind
    application_id: int
    user_id: int
    channel_id: int
    guild_id: int | None
    made_at: datetime.datetime
    command: Command | None = None
    message: Message | None = None
    """The message whose component was used or opened the submitted modal."""
    opened_by: "Interaction | None" = None
    """The interaction to which the submitted modal responded."""
    payload: Json = field(default_factory=dict[str, object])
    """The dispatched INTERACTION_CREATE."""
    answer: ResponseKind | None = None
    """Type of the initial response; None: none yet."""
    dead: bool = False
    """True: the deadline for the initial response has passed."""
    original: Message | None = None
    """The message that the initial response created or updated."""
    followups: list[Message] = field(default_factory=list[Message])
    modal: Json | None = None
    choices: list[Json] | None = None
    changes: Changes = field(default_factory=Changes, repr=False)
    """The world's changes, which include this interaction's."""
    _timer: asyncio.TimerHandle | None = field(default=None, repr=False)

    def start(self, seconds: float) -> None:
        """Start the deadline of the initial response."""
        self._timer = asyncio.get_running_loop().call_later(seconds, self._die)

    def stop(self) -> None:
        """Cancel the deadline of the initial response."""
        if self._timer:
            self._timer.cancel()

    def answered(self, kind: ResponseKind) -> None:
        """Record the initial response."""
        self.answer = kind
        self.stop()
        self.change()

    def change(self) -> None:
        """Notify the waiters of a change."""
        self.changes.wake()

    def token_works(self, now: datetime.datetime) -> bool:
        """Return whether the token is still valid for followups and edits."""
        return now < self.made_at + TOKEN_LIFE

    @property
    def loading(self) -> bool:
        """True while the response is deferred and not completed ("thinking")."""
        return self.answer is ResponseKind.DEFERRED_MESSAGE and bool(self.original and self.original.flags & 128)

    async def first_answer(self) -> ResponseKind:
        """Wait for the initial response and return its type.

        Raises:
            NoAnswerError: none was sent in time.
        """
        await self.until(lambda: self.answer is not None or self.dead)
        if self.answer is None:
            raise NoAnswerError(f"no answer to interaction {self.id} in time")
        return self.answer

    async def filled(self, seconds: float = PATIENCE) -> Message:
        """Wait until the response is a completed message and return it.

        Raises:
            NoAnswerError: no initial response was sent in time.
            TimeoutError: the deferred response was not completed in `seconds`.
        """
        await self.first_answer()
        await self.until(lambda: self.original is not None and not self.loading, seconds)
        if self.original is None:
            raise NoAnswerError(f"interaction {self.id} has no message")
        return self.original

    async def until(self, condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
        """Wait until a condition on this interaction holds.

        Raises:
            TimeoutError: it does not hold after `seconds`.
        """
        await self.changes.until(condition, seconds)

    def _die(self) -> None:
        self.dead = True
        self.change()


@dataclass(frozen=True)
class InteractionStarted(Event):
    """A user started an interaction, to which the application must respond."""

    interaction: Interaction
