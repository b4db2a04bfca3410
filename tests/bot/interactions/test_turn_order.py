"""The order of turns: who is handled, who is acknowledged, and who waits."""

import itertools
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.interactions.turn_order import (
    LONG_QUEUE,
    MAX_ACKNOWLEDGED,
    MAX_HANDLED,
    TURN_SECONDS,
    WAIT_SECONDS,
    Place,
    Step,
    TurnOrder,
)

DUE = 1.0
"""The age at which a place is acknowledged."""


class Queue:
    """An order of turns, and the places that were handled and acknowledged."""

    def __init__(self) -> None:
        self.order = TurnOrder()
        self.handled: list[Place] = []
        self.acknowledged: list[Place] = []

    def join(self, *places: Place, now: float = 0.0) -> None:
        for place in places:
            self.order.join(place, now)
        self.go_on(now)

    def leave(self, *places: Place, now: float = 0.0) -> None:
        for place in places:
            self.order.leave(place)
        self.go_on(now)

    def go_on(self, now: float) -> None:
        for place, step in self.order.steps(now):
            {Step.HANDLE: self.handled, Step.ACKNOWLEDGE: self.acknowledged}[step].append(place)


@pytest.fixture
def queue() -> Queue:
    return Queue()


@pytest.fixture
def busy(queue: Queue) -> Queue:
    """A queue in which as many are handled as may be."""
    queue.join(*places(MAX_HANDLED, guild_id=99))
    queue.handled.clear()
    return queue


def places(count: int, guild_id: int = 1, user_id: int = 1, due_at: float | None = DUE) -> list[Place]:
    return [Place(guild_id, user_id, due_at) for _ in range(count)]


def names(queue: Queue, **named: Iterable[Place]) -> str:
    """The handled places by the names of their lists, in the order of their turns."""
    return "".join(name for place in queue.handled for name, of_name in named.items() if place in of_name)


def test_a_few_are_handled_at_once_in_the_order_of_arrival(queue: Queue):
    arrived = places(MAX_HANDLED + 2)

    queue.join(*arrived)
    assert queue.handled == arrived[:-2]
    queue.leave(arrived[0])

    assert queue.handled == arrived[:-1]


def test_servers_take_turns(busy: Queue):
    a, b = places(3, guild_id=1), places(2, guild_id=2)
    busy.join(*a, *b)

    busy.go_on(TURN_SECONDS)

    assert names(busy, a=a, b=b) == "ababa"


def test_users_of_a_server_take_turns(busy: Queue):
    a, b, c = places(3, user_id=1), places(1, user_id=2), places(1, user_id=3)
    busy.join(*a, *b, *c)

    busy.go_on(TURN_SECONDS)

    assert names(busy, a=a, b=b, c=c) == "abcaa"


def test_a_server_with_many_users_gets_no_more_turns_than_another(busy: Queue):
    a = [place for user_id in range(5) for place in places(1, guild_id=1, user_id=user_id)]
    b = places(3, guild_id=2)
    busy.join(*a, *b)

    busy.go_on(TURN_SECONDS)

    assert names(busy, a=a, b=b) == "abababaa"


def test_what_cannot_be_deferred_waits_for_no_others(busy: Queue):
    others, forms = places(9), places(MAX_HANDLED + 1, due_at=None)

    busy.join(*others, *forms)
    assert busy.handled == forms[:-1]
    busy.leave(forms[0])

    assert busy.handled == forms
    assert not busy.acknowledged


def test_a_flood_of_what_cannot_be_deferred_holds_up_no_others(queue: Queue):
    flood, other = places(MAX_HANDLED * 9, guild_id=2, due_at=None), places(1)

    queue.join(*flood, *other)

    assert queue.handled[-1:] == other


def test_what_waits_is_acknowledged_when_it_is_due(busy: Queue):
    early, late = Place(1, 1, 0.5), Place(1, 2, 1.0)
    busy.join(late, early)
    assert not busy.acknowledged
    assert busy.order.next_at() == 0.5

    busy.go_on(0.5)
    assert busy.acknowledged == [early]
    busy.go_on(1.0)

    assert busy.acknowledged == [early, late]
    assert not busy.handled


def test_what_is_handled_is_not_acknowledged_by_the_queue(queue: Queue):
    queue.join(*places(MAX_HANDLED))

    queue.go_on(DUE)

    assert not queue.acknowledged


def test_what_joins_a_long_queue_is_acknowledged_at_once(busy: Queue):
    first, last = places(LONG_QUEUE), places(2)

    busy.join(*first, *last)

    assert busy.acknowledged == last


def test_a_number_of_acknowledgments_is_sent_at_once(busy: Queue):
    arrived = places(MAX_ACKNOWLEDGED + 2)
    busy.join(*arrived)
    busy.go_on(DUE)
    assert len(busy.acknowledged) == MAX_ACKNOWLEDGED
    next_at = busy.order.next_at()

    busy.order.acknowledged(busy.acknowledged[0])
    busy.go_on(DUE)

    assert len(busy.acknowledged) == MAX_ACKNOWLEDGED + 1
    assert next_at == TURN_SECONDS  # nothing is due earlier while so many are being sent


def test_what_leaves_while_it_is_acknowledged_makes_room_for_another_acknowledgment(busy: Queue):
    arrived = places(MAX_ACKNOWLEDGED + 1)
    busy.join(*arrived)
    busy.go_on(DUE)

    busy.leave(busy.acknowledged[0], now=DUE)

    assert len(busy.acknowledged) == MAX_ACKNOWLEDGED + 1


def test_an_interaction_can_have_its_turn_while_it_is_acknowledged(busy: Queue):
    [place] = places(1)
    busy.join(place)
    busy.go_on(DUE)
    assert busy.acknowledged == [place]

    busy.go_on(TURN_SECONDS)

    assert busy.handled == [place]


def test_what_takes_long_makes_room_for_others(busy: Queue):
    [place] = places(1)
    busy.join(place)

    busy.go_on(TURN_SECONDS - 0.1)
    assert not busy.handled
    busy.go_on(TURN_SECONDS)

    assert busy.handled == [place]


def test_nobody_waits_longer_than_an_answer_can_come(queue: Queue):
    count = int(WAIT_SECONDS / TURN_SECONDS) * MAX_HANDLED
    [last, *_] = reversed(waiting := places(count + MAX_HANDLED + 1))
    queue.join(*waiting)
    for turn in range(1, int(WAIT_SECONDS / TURN_SECONDS)):
        queue.go_on(turn * TURN_SECONDS)
    assert last not in queue.handled

    queue.go_on(WAIT_SECONDS)

    assert last in queue.handled


@pytest.mark.parametrize("steps", [[], [DUE]], ids=["waiting", "acknowledged"])
def test_what_leaves_gets_no_turn(busy: Queue, steps: list[float]):
    gone, other = places(2)
    busy.join(gone, other)
    for now in steps:
        busy.go_on(now)

    busy.leave(gone)
    busy.go_on(TURN_SECONDS)

    assert busy.handled == [other]


def test_nothing_waits_in_an_open_queue(busy: Queue):
    waiting, later = places(LONG_QUEUE * 2), places(3)
    busy.join(*waiting)

    busy.order.open()
    busy.go_on(0.0)
    busy.join(*later)

    assert busy.handled == [*waiting, *later]
    assert busy.order.next_at() is None


def test_nothing_is_next_where_nothing_waits(queue: Queue):
    queue.join(*places(MAX_HANDLED))

    assert queue.order.next_at() is None


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("join"), st.integers(1, 40), st.integers(1, 3), st.booleans()),
        st.tuples(st.just("leave"), st.integers(0, 500)),
        st.tuples(st.just("wait")),
    ),
    max_size=60,
)


@given(ACTS)
def test_each_is_handled_once_whatever_comes(acts: list[Any]):
    queue, now, joined = Queue(), 0.0, list[Place]()
    active = list[Place]()
    for name, *arguments in acts:
        match name:
            case "join":
                count, guild_id, can_wait = arguments
                new = places(count, guild_id, due_at=now + DUE if can_wait else None)
                joined += new
                active += new
                queue.join(*new, now=now)
            case "leave" if active:
                queue.leave(active.pop(arguments[0] % len(active)), now=now)
            case _:
                now += 0.7
                queue.go_on(now)
    for _ in itertools.count():
        if (next_at := queue.order.next_at()) is None:
            break
        assert next_at > now
        now = next_at
        for place in queue.acknowledged:
            queue.order.acknowledged(place)
        queue.go_on(now)

    assert len(queue.handled) == len(set(queue.handled))
    assert set(active) <= set(queue.handled)
    assert len(queue.acknowledged) == len(set(queue.acknowledged))
    assert all(place.due_at is not None for place in queue.acknowledged)
