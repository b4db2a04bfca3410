"""Limits of the answers that are open at once."""

import collections
import contextlib
import dataclasses
import time
from collections.abc import Callable, Generator
from typing import Final

from bot.feed.http.problems import ProblemError

SETTLED_SECONDS: Final = 60
"""After this an answer may have to end for that of another server or token."""


@dataclasses.dataclass(eq=False, slots=True)
class Slot:
    """The place of an answer that is open."""

    key: tuple[int, int]
    """The server and the token."""
    began: float = dataclasses.field(default_factory=time.monotonic)
    end: Callable[[], object] | None = None
    """Ends the answer; None: that is not possible now."""

    @property
    def server(self) -> int:
        """The server."""
        return self.key[0]


class Slots:
    """So many answers at once in all, and for each token. When all are used, servers and tokens share them evenly."""

    def __init__(self, count: int, count_of_token: int, answers: str, settled_seconds: float = SETTLED_SECONDS) -> None:
        """`answers` says what is counted."""
        self._count = count
        self._count_of_token = count_of_token
        self._answers = answers
        self._settled_seconds = settled_seconds
        self._open: dict[Slot, None] = {}
        """Oldest first."""

    @contextlib.contextmanager
    def slot(self, server: int, token: int) -> Generator[Slot]:
        """Use one inside.

        Raises:
            ProblemError: none is free.
        """
        slot = Slot((server, token))
        if sum(each.key == slot.key for each in self._open) >= self._count_of_token:
            why = f"You have {self._count_of_token} {self._answers} open already. Wait until one ends."
            raise ProblemError.too_many(why)
        if len(self._open) >= self._count and not self._end_one_for(slot):
            raise ProblemError.passing(f"There are {self._count} {self._answers} open already. Wait until one ends.")
        self._open[slot] = None
        try:
            yield slot
        finally:
            self._open.pop(slot, None)

    def _end_one_for(self, asking: Slot) -> bool:
        """End the oldest answer of whoever has most, and return True; False: nobody can spare one.

        A server, or a token of the same server, can spare one if it has at least as many as the asking one then.
        """
        of_servers = collections.Counter(each.server for each in self._open)
        of_tokens = collections.Counter(each.key for each in self._open)

        def can_spare(slot: Slot) -> bool:
            if slot.server != asking.server:
                return of_servers[slot.server] > of_servers[asking.server] + 1
            return of_tokens[slot.key] > of_tokens[asking.key] + 1

        latest = time.monotonic() - self._settled_seconds
        spare = [each for each in self._open if each.end and each.began <= latest and can_spare(each)]
        ended = max(spare, key=lambda each: (of_servers[each.server], of_tokens[each.key]), default=None)
        if ended is None or ended.end is None:
            return False
        del self._open[ended]
        ended.end()
        return True
