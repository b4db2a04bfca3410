"""The order in which interactions get their turns: no event loop, no clock of its own."""

import collections
import dataclasses
import enum
import heapq
import itertools
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias, TypeVar

T = TypeVar("T")

MAX_HANDLED: Final = 24
"""The interactions that are handled at once: with more, all of them advance in step, and each is late.

As many again, of those that can't be deferred: they wait for no others.
"""
MAX_ACKNOWLEDGED: Final = 100
"""The acknowledgments that are sent at once: a request to Discord takes 50 to 200 ms."""
LONG_QUEUE: Final = 48
"""The number of waiting interactions from which a new one is acknowledged at once: its turn would come too late."""
TURN_SECONDS: Final = 2.0
"""The time after which an interaction is no longer counted: it waits for a download, a disk or Discord."""
WAIT_SECONDS: Final = 600.0
"""The longest wait: Discord accepts an answer for 15 minutes."""

_Rotation: TypeAlias = collections.OrderedDict[int, T]


class Step(enum.Enum):
    """The next step of a waiting interaction."""

    ACKNOWLEDGE = enum.auto()
    """Defer the answer, and wait on."""
    HANDLE = enum.auto()


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Place:
    """The place of an interaction in the queue."""

    guild_id: int
    user_id: int
    due_at: float | None
    """The time at which it is acknowledged if it still waits; None: it can't be deferred."""


class TurnOrder:
    """The interactions that wait, are acknowledged and are handled: servers take turns, and in each its users.

    All times are in seconds, by one clock.
    """

    def __init__(self) -> None:
        self._is_open = False
        self._waiting: dict[Place, float] = {}
        """The time until which each waits at most, in the order of arrival."""
        self._lanes = {can_wait: _Lane() for can_wait in (False, True)}
        self._due: list[tuple[float, int, Place]] = []
        """A heap by the time at which each is acknowledged, then by arrival."""
        self._arrivals = itertools.count()
        self._acknowledging: set[Place] = set()

    def open(self) -> None:
        """Have all handled at once that wait or follow."""
        self._is_open = True

    def join(self, place: Place, now: float) -> None:
        """Add an interaction that has arrived."""
        if place.due_at is not None:
            due_at = now if len(self._waiting) >= LONG_QUEUE else place.due_at
            heapq.heappush(self._due, (due_at, next(self._arrivals), place))
        self._waiting[place] = now + WAIT_SECONDS
        self._lane(place).add(place)

    def acknowledged(self, place: Place) -> None:
        """Note that the acknowledgment was sent, or failed."""
        self._acknowledging.discard(place)

    def leave(self, place: Place) -> None:
        """Remove an interaction that was handled, or that waits no more."""
        self._waiting.pop(place, None)
        self._acknowledging.discard(place)
        self._lane(place).handled.pop(place, None)

    def steps(self, now: float) -> Iterator[tuple[Place, Step]]:
        """Return the steps that are taken now."""
        while place := self._next_handled(now):
            del self._waiting[place]
            self._lane(place).handled[place] = now + TURN_SECONDS
            yield place, Step.HANDLE
        while place := self._next_acknowledged(now):
            self._acknowledging.add(place)
            yield place, Step.ACKNOWLEDGE

    def next_at(self) -> float | None:
        """Return the time of the next steps if no interaction arrives or leaves before; None: there are none."""
        if not self._waiting:
            return None
        timed = (self._waiting, *(lane.handled for lane in self._lanes.values()))
        times = [_first_time(places) for places in timed if places]
        if self._due and len(self._acknowledging) < MAX_ACKNOWLEDGED:
            times.append(self._due[0][0])
        return min(times)

    def _lane(self, place: Place) -> "_Lane":
        return self._lanes[place.due_at is not None]

    def _next_handled(self, now: float) -> Place | None:
        if self._waiting and (self._is_open or _first_time(self._waiting) <= now):
            return next(iter(self._waiting))
        for lane in self._lanes.values():
            while place := lane.next(now):
                if place in self._waiting:
                    return place
        return None

    def _next_acknowledged(self, now: float) -> Place | None:
        while self._due and self._due[0][0] <= now and len(self._acknowledging) < MAX_ACKNOWLEDGED:
            *_, place = heapq.heappop(self._due)
            if place in self._waiting:
                return place
        return None


class _Lane:
    """The places of one kind: those that are handled, and the lines of those that wait."""

    def __init__(self) -> None:
        self.handled: dict[Place, float] = {}
        """The time until which each is counted, in the order of their turns."""
        self._guilds: _Rotation[_Rotation[collections.deque[Place]]] = collections.OrderedDict()
        """By server and user; a user's are in the order of arrival."""

    def add(self, place: Place) -> None:
        """Add a place behind those of the same user."""
        users = self._guilds.setdefault(place.guild_id, collections.OrderedDict())
        users.setdefault(place.user_id, collections.deque()).append(place)

    def next(self, now: float) -> Place | None:
        """Remove and return the next to be handled: of the server, and then of the user, that had a turn longest ago.

        None: nothing waits, or as many are handled as may be.
        """
        while self.handled and _first_time(self.handled) <= now:
            del self.handled[next(iter(self.handled))]
        if not self._guilds or len(self.handled) >= MAX_HANDLED:
            return None
        guild_id, users = next(iter(self._guilds.items()))
        user_id, line = next(iter(users.items()))
        place = line.popleft()
        _rotate(users, user_id)
        _rotate(self._guilds, guild_id)
        return place


def _rotate(lines: "_Rotation[Any]", key: int) -> None:
    """Put a line behind the others, or remove it if it is empty."""
    if lines[key]:
        lines.move_to_end(key)
    else:
        del lines[key]


def _first_time(places: Mapping[Place, float]) -> float:
    return next(iter(places.values()))
