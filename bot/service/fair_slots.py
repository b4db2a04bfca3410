"""Slots of a scarce resource: servers take turns, and within a server its users."""

import asyncio
import collections
import contextlib
import dataclasses
import itertools
from collections.abc import AsyncGenerator, Callable
from typing import TypeAlias

from bot.domain.values import Actor

_Key: TypeAlias = tuple[int, ...]
"""A server, or a server and a user of it."""

Moved = Callable[[int], None]
"""Called with the number of turns before one's own, as it begins to wait and each time that the number changes."""


class FairSlots:
    """Slots that are granted to the server, and then to its user, with the fewest in use.

    Of equals, the one that has waited longest since its last slot is first, so nobody can use up all slots.
    """

    def __init__(self, slots: int, max_of_server: int | None = None, max_of_user: int | None = None) -> None:
        """Let one server have `max_of_server` slots at once, and one user there `max_of_user`; None: all."""
        self._free = slots
        self._max_of_server = max_of_server or slots
        self._max_of_user = max_of_user or slots
        self._waiting: dict[_Key, dict[_Turn, None]] = {}
        """By user, oldest first; as an ordered set, which any turn can leave at once."""
        self._in_use = collections.Counter[_Key]()
        """Slots, by server, and by server and user."""
        self._served: dict[_Key, int] = {}
        """By server, and by server and user: the number of the turn that they had last."""
        self._numbers = itertools.count(1)
        self._watchers = 0
        """The number of waiting turns that have a callback."""

    @contextlib.asynccontextmanager
    async def slot(self, actor: Actor, moved: Moved | None = None) -> AsyncGenerator[None]:
        """Wait for a slot, and have it inside; `moved` None: nobody watches the queue."""
        turn = _Turn(next(self._numbers), (actor.guild_id,), (actor.guild_id, actor.user_id), moved)
        self._waiting.setdefault(turn.user, {})[turn] = None
        self._watchers += turn.moved is not None
        try:
            self._give()
            await turn.granted.wait()
            yield
        finally:
            if turn.granted.is_set():
                self._free += 1
                self._in_use.subtract((turn.server, turn.user))
            else:
                self._leave_queue(turn)
            self._give()

    def _give(self) -> None:
        while self._free and (turn := self._next()):
            self._leave_queue(turn)
            self._free -= 1
            self._in_use.update((turn.server, turn.user))
            self._served |= dict.fromkeys((turn.server, turn.user), next(self._numbers))
            turn.granted.set()
        if self._watchers:
            for ahead, turn in enumerate(self._in_order()):
                turn.move(ahead)
        if not self._waiting and not self._in_use.total():
            self._served.clear()
            self._in_use.clear()

    def _next(self) -> "_Turn | None":
        """Return the turn that gets the next slot; None: no waiting turn may have one."""
        firsts = (next(iter(turns)) for turns in self._waiting.values())
        return min(filter(self._may_have, firsts), key=self._rank, default=None)

    def _rank(self, turn: "_Turn") -> tuple[int, ...]:
        """Return the sort key of a turn that is the first of its user; the lowest gets the next slot."""
        use = ((self._in_use[key], self._served.get(key, 0)) for key in (turn.server, turn.user))
        return (*itertools.chain(*use), turn.number)

    def _in_order(self) -> "list[_Turn]":
        """Return the waiting turns, in the order in which they would get their slots."""
        waiting = sorted(itertools.chain(*self._waiting.values()), key=lambda turn: turn.number)
        of_users = self._ranks(waiting, lambda turn: turn.user)
        of_servers = self._ranks(sorted(waiting, key=of_users.__getitem__), lambda turn: turn.server)
        return sorted(waiting, key=of_servers.__getitem__)

    def _ranks(self, turns: "list[_Turn]", key: "Callable[[_Turn], _Key]") -> "dict[_Turn, tuple[int, int]]":
        """Return the rank of each turn: its key's slots that are used or were asked for before, then its last turn."""
        before = self._in_use.copy()
        ranks: dict[_Turn, tuple[int, int]] = {}
        for turn in turns:
            ranks[turn] = (before[key(turn)], self._served.get(key(turn), 0))
            before[key(turn)] += 1
        return ranks

    def _may_have(self, turn: "_Turn") -> bool:
        return self._in_use[turn.server] < self._max_of_server and self._in_use[turn.user] < self._max_of_user

    def _leave_queue(self, turn: "_Turn") -> None:
        own = self._waiting[turn.user]
        del own[turn]
        if not own:
            del self._waiting[turn.user]
        self._watchers -= turn.moved is not None


@dataclasses.dataclass(eq=False, slots=True)
class _Turn:
    number: int
    """Smaller is older."""
    server: _Key
    user: _Key
    moved: Moved | None
    granted: asyncio.Event = dataclasses.field(default_factory=asyncio.Event)
    ahead: int | None = None

    def move(self, ahead: int) -> None:
        if self.moved and ahead != self.ahead:
            self.ahead = ahead
            self.moved(ahead)
