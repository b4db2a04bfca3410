"""The moments from which cards may be sent."""

import pytest

from bot.cards.pacing import BURST, BURST_SECONDS, RENEWAL_SECONDS, Pacing
from bot.cards.queue import QueuedCard
from bot.domain.values import CardId, ChannelId

HERE, ELSEWHERE = ChannelId(1), ChannelId(2)
CARD, OTHER = (QueuedCard(CardId(number), 0, is_renewal=False) for number in (1, 2))
RENEWAL = QueuedCard(CardId(1), 0, is_renewal=True)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pacing(clock: Clock) -> Pacing:
    return Pacing(clock)


def show(pacing: Pacing, clock: Clock, times: int) -> None:
    """Show the card so often, a second apart."""
    for _ in range(times):
        pacing.note_shown(CARD.card_id)
        clock.now += 1


def test_the_edits_of_a_burst_are_sent_at_once_and_the_next_one_waits(pacing: Pacing, clock: Clock):
    show(pacing, clock, BURST - 1)
    assert pacing.ready_at(HERE, CARD) <= clock.now

    pacing.note_shown(CARD.card_id)

    assert pacing.ready_at(HERE, CARD) == 100 + BURST_SECONDS
    assert pacing.ready_at(HERE, OTHER) <= clock.now


def test_a_card_that_rested_is_ready(pacing: Pacing, clock: Clock):
    show(pacing, clock, BURST)
    clock.now += BURST_SECONDS
    pacing.note_shown(OTHER.card_id)

    assert pacing.ready_at(HERE, CARD) <= clock.now


def test_a_renewal_waits_after_a_request_in_its_channel(pacing: Pacing, clock: Clock):
    assert pacing.ready_at(HERE, RENEWAL) <= clock.now

    pacing.note_sent(HERE)

    assert pacing.ready_at(HERE, RENEWAL) == clock.now + RENEWAL_SECONDS
    assert pacing.ready_at(HERE, CARD) <= clock.now
    assert pacing.ready_at(ELSEWHERE, RENEWAL) <= clock.now


def test_a_pause_holds_for_all_channels_and_a_shorter_one_does_not_end_it(pacing: Pacing, clock: Clock):
    pacing.pause(7)
    pacing.pause(3)

    assert pacing.ready_at(HERE, CARD) == pacing.ready_at(ELSEWHERE, RENEWAL) == clock.now + 7
