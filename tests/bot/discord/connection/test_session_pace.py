"""New sessions, however often Discord ends them, leave some of a day's 1,000."""

from bot.discord.connection.session_pace import PAUSES, SessionPace

DAY = 86_400.0
A_DAY = 1000
"""Sessions that Discord lets begin."""


class Clock:
    """A clock that goes forward by what is waited."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waited: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds


async def test_sessions_that_end_at_once_last_for_the_day():
    clock, begun = Clock(), 0
    pace = SessionPace(lambda: clock.now, clock.sleep)

    while clock.now < DAY:
        await pace.turn()
        pace.note()
        begun += 1

    assert clock.waited[: len(PAUSES) - 1] == list(PAUSES[1:])
    assert begun < 0.8 * A_DAY


async def test_a_session_after_an_hour_waits_for_nothing():
    clock = Clock()
    pace = SessionPace(lambda: clock.now, clock.sleep)
    for _ in PAUSES:
        pace.note()

    clock.now += 3600.0
    await pace.turn()

    assert clock.waited == []
