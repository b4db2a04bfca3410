"""Which card of a channel goes first."""

from bot.cards.queue import ChannelQueue, QueuedCard
from bot.domain.values import CardId

A, B, C = CardId(1), CardId(2), CardId(3)


def at_once(_: QueuedCard) -> float:
    return 0.0


def first(queue: ChannelQueue, **ready_at: float) -> CardId:
    """The first card at 10 s; each of those named is ready at a moment."""
    moments = {CardId(int(name[1:])): moment for name, moment in ready_at.items()}
    return queue.first(lambda each: moments.get(each.card_id, 0.0), 10.0).card_id


def test_the_last_reading_decides():
    queue = ChannelQueue()
    queue.put(A, 0)
    queue.put(B, 0)
    queue.put(A, 1)

    assert first(queue) == B


def test_a_renewal_goes_last_and_no_longer_when_somebody_asks_for_it():
    queue = ChannelQueue()
    queue.put(A, 0, is_renewal=True)
    queue.put(B, 5)

    assert first(queue) == B
    assert queue.has_renewal
    queue.put(A, 0)
    assert first(queue) == A
    assert not queue.has_renewal


def test_a_card_that_rests_lets_others_go_first():
    queue = ChannelQueue()
    queue.put(A, 0)
    queue.put(B, 1, is_renewal=True)

    assert first(queue, _1=11.0) == B
    assert first(queue, _1=11.0, _2=12.0) == A
    assert first(queue, _1=9.0, _2=8.0) == A


def test_a_card_that_had_no_answer_lets_others_go_first():
    queue = ChannelQueue()
    queue.put(A, 0)
    queue.put(B, 1)
    queue.first(at_once, 0.0).failures += 1

    queue.put(A, 0)

    assert first(queue) == B


def test_only_what_somebody_asked_for_wakes_the_worker():
    queue = ChannelQueue()
    queue.put(A, 0, is_renewal=True)
    assert not queue.arrival.is_set()

    queue.put(A, 0)
    assert queue.arrival.is_set()
    queue.arrival.clear()
    queue.put(A, 1)
    assert not queue.arrival.is_set()
    queue.clear()
    assert queue.arrival.is_set()
    assert not queue
