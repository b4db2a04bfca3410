"""Turns at something of which there is little: servers take turns, and within a server its users."""

import asyncio
import collections
import contextlib
import dataclasses
import itertools
from collections.abc import AsyncGenerator, Callable

from bot.domain.values import Actor

Moved = Callable[[int], None]
"""Called with how many go first, as one begins to wait and each time that it changes."""


def _nobody_looks(_: int) -> None:
    """Nobody is shown the place in the queue."""


class FairSlots:
    """Slots that go to the server, and then to the user, with the fewest in use; of equals, to who had one longest ago.

    However much one server or user asks for, the next turn is another's.
    """

    def __init__(self, slots: int, most_of_server: int | None = None, most_of_user: int | None = None) -> None:
        """Let one server have `most_of_server` slots at once, and one user there `most_of_user`; None: all."""
        self._free = slots
        self._most_of_server = most_of_server or slots
        self._most_of_user = most_of_user or slots
        self._turns: list[_Turn] = []
        """Oldest first: those that wait and those that have a slot."""
        self._served: dict[tuple[int, ...], int] = {}
        """By server, and by server and user: the number of the turn that they had last."""
        self._numbers = itertools.count(1)

    @contextlib.asynccontextmanager
    async def taken(self, actor: Actor, moved: Moved = _nobody_looks) -> AsyncGenerator[None]:
        """Wait for a slot, and have it inside."""
        turn = _Turn((actor.guild_id,), (actor.guild_id, actor.user_id), moved)
        self._turns.append(turn)
        try:
            self._give()
            await turn.granted.wait()
            yield
        finally:
            self._turns.remove(turn)
            self._free += turn.granted.is_set()
            self._give()

    def _give(self) -> None:
        for turn in self._in_order():
            if self._free and self._may_have(turn):
                self._free -= 1
                turn.granted.set()
                number = next(self._numbers)
                self._served |= {turn.server: number, turn.user: number}
        for ahead, turn in enumerate(self._in_order()):
            turn.tell(ahead)
        if not self._turns:
            self._served.clear()

    def _in_order(self) -> "list[_Turn]":
        """The waiting ones, in the order in which they would get their slots."""
        waiting = [turn for turn in self._turns if not turn.granted.is_set()]
        of_users = self._ranks(waiting, lambda turn: turn.user)
        of_servers = self._ranks(sorted(waiting, key=of_users.__getitem__), lambda turn: turn.server)
        return sorted(waiting, key=of_servers.__getitem__)

    def _ranks(self, turns: "list[_Turn]", key: "Callable[[_Turn], tuple[int, ...]]") -> "dict[_Turn, tuple[int, int]]":
        """Return the rank of each turn: the slots that its own have or wait for, then when they had their last."""
        before = collections.Counter(key(turn) for turn in self._turns if turn.granted.is_set())
        ranks: dict[_Turn, tuple[int, int]] = {}
        for turn in turns:
            ranks[turn] = (before[key(turn)], self._served.get(key(turn), 0))
            before[key(turn)] += 1
        return ranks

    def _may_have(self, turn: "_Turn") -> bool:
        in_use = [each for each in self._turns if each.granted.is_set() and each.server == turn.server]
        of_user = sum(each.user == turn.user for each in in_use)
        return len(in_use) < self._most_of_server and of_user < self._most_of_user


@dataclasses.dataclass(eq=False, slots=True)
class _Turn:
    server: tuple[int, ...]
    user: tuple[int, ...]
    moved: Moved
    granted: asyncio.Event = dataclasses.field(default_factory=asyncio.Event)
    ahead: int | None = None

    def tell(self, ahead: int) -> None:
        if ahead != self.ahead:
            self.ahead = ahead
            self.moved(ahead)
