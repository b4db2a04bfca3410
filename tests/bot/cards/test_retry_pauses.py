"""When a closed channel is tried again, however many events come."""

from bot.cards.retry_pauses import FIRST_RETRY, MAX_RETRY, RetryPauses
from bot.domain.values import ChannelId

HERE, ELSEWHERE = ChannelId(1), ChannelId(2)


def test_events_without_end_make_few_tries():
    """Ten minutes of ten events a second, in a channel that stays closed."""
    pauses, tries, due = RetryPauses(), 0, None
    for tick in range(6000):
        now = tick / 10
        if due is not None and due <= now:
            tries += 1
            due = None
            pauses.failed(HERE, now, now, is_retry=True)
        pause = pauses.event(HERE, now)
        due = now + pause if pause is not None else due

    assert 600 / MAX_RETRY <= tries <= 600 / MAX_RETRY + 10


def test_the_first_event_is_followed_at_once_and_others_wait_for_that_try():
    pauses = RetryPauses()
    pauses.failed(HERE, 0, 0, is_retry=True)

    assert pauses.event(HERE, 100) == 0
    assert pauses.failed(HERE, begun=101, now=102, is_retry=True) is None
    assert pauses.event(HERE, 102) == 2 * FIRST_RETRY
    assert pauses.event(HERE, 103) is None
    assert pauses.event(ELSEWHERE, 103) == 0


def test_an_event_during_a_try_that_fails_is_not_lost():
    pauses = RetryPauses()
    assert pauses.failed(HERE, begun=0, now=1, is_retry=True) is None
    pauses.event(HERE, 10)

    assert pauses.failed(HERE, begun=9, now=11, is_retry=True) == 2 * FIRST_RETRY


def test_a_try_that_succeeds_ends_the_pauses():
    pauses = RetryPauses()
    for _ in range(9):
        pauses.failed(HERE, 0, 0, is_retry=True)
    assert pauses.event(HERE, 0) == MAX_RETRY

    pauses.succeeded(HERE)

    assert pauses.event(HERE, 0) == 0


def test_what_people_do_makes_no_pause_longer():
    pauses = RetryPauses()
    for moment in range(20):
        pauses.failed(HERE, moment, moment, is_retry=False)
    assert pauses.event(HERE, 20) == 0

    assert pauses.failed(HERE, begun=20, now=21, is_retry=False) == 0
