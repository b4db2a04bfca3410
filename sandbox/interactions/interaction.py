"""One interaction: what was asked, whether it was answered in time, and with what."""

import asyncio
import datetime
import enum
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.world.condition import PATIENCE, Changes
from sandbox.world.entities import Command, Json, Message
from sandbox.world.events import Event

TOKEN_LIFE = datetime.timedelta(minutes=15)
"""How long an interaction's token works (page "Receiving and responding")."""


class InteractionKind(enum.IntEnum):
    """Discord's types of interaction."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class ResponseKind(enum.IntEnum):
    """Discord's types of first answer."""

    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


class NoAnswerError(Exception):
    """The application gave no first answer in 3 seconds: "The application did not respond"."""


@dataclass
class Interaction:
    """What a user did with an application, and what came of it."""

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
    """The message whose component was used, or from which the submitted modal was opened."""
    opened_by: "Interaction | None" = None
    """Of a submitted modal: the interaction which it answered."""
    payload: Json = field(default_factory=dict[str, object])
    """INTERACTION_CREATE, as it was dispatched."""
    answer: ResponseKind | None = None
    """The kind of the first answer; None: none came yet."""
    dead: bool = False
    """No first answer came in time; none is accepted any more."""
    original: Message | None = None
    """The message of the first answer, or the one it updates."""
    followups: list[Message] = field(default_factory=list[Message])
    modal: Json | None = None
    choices: list[Json] | None = None
    changes: Changes = field(default_factory=Changes, repr=False)
    """Of the world: this one changes with it."""
    _timer: asyncio.TimerHandle | None = field(default=None, repr=False)

    def start(self, seconds: float) -> None:
        """Begin to wait for the first answer."""
        self._timer = asyncio.get_running_loop().call_later(seconds, self._die)

    def stop(self) -> None:
        """End the wait for the first answer."""
        if self._timer:
            self._timer.cancel()

    def answered(self, kind: ResponseKind) -> None:
        """Note the first answer."""
        self.answer = kind
        self.stop()
        self.change()

    def change(self) -> None:
        """Wake those who wait for something to change."""
        self.changes.wake()

    def token_works(self, now: datetime.datetime) -> bool:
        """Whether the token can still be used for follow-ups and edits."""
        return now < self.made_at + TOKEN_LIFE

    @property
    def loading(self) -> bool:
        """Whether the answer is still "thinking": deferred, and not filled yet."""
        return self.answer is ResponseKind.DEFERRED_MESSAGE and bool(self.original and self.original.flags & 128)

    async def first_answer(self) -> ResponseKind:
        """Wait for the first answer.

        Raises:
            NoAnswerError: none came in time.
        """
        await self.until(lambda: self.answer is not None or self.dead)
        if self.answer is None:
            raise NoAnswerError(f"no answer to interaction {self.id} in time")
        return self.answer

    async def filled(self, seconds: float = PATIENCE) -> Message:
        """Wait until the answer is a message which is not "thinking".

        Raises:
            NoAnswerError: no first answer came in time.
            TimeoutError: the deferred answer was not filled in `seconds`.
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
    """A user did something with an application, which is to answer."""

    interaction: Interaction
