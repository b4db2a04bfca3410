"""Moments of days that no plan is of: of any year, and at the ends of the calendar."""

import datetime
import itertools
from collections.abc import Awaitable, Callable

import pytest

from bot.domain import errors
from bot.domain.as_of import Edge
from bot.domain.sessions import Exchange
from bot.domain.values import Actor, PointInTime, SettingsChange, StateFilter
from tests.service.feed.test_exports import PROGRAM, post, read_all
from tests.service.scene import FakeClock, Services

DAY = datetime.timedelta(days=1)
LONG_AGO = datetime.date(2015, 1, 2)
"""A Friday before the first plan, so its year is not computed."""
TOKENS = (None, Edge.SESSION_OPEN, datetime.time(23, 59))
INSTANT = datetime.datetime(2015, 1, 2, tzinfo=datetime.UTC)
ASKED = (Edge.SESSION_OPEN, Edge.SESSION_CLOSE, datetime.time(23, 59), INSTANT)


async def texts(services: Services, day: datetime.date, point: PointInTime) -> list[list[str | None]]:
    """Return the texts of a day as each act that reads one says."""
    feed, wanted = services.feed, StateFilter(day, day)
    found = [
        [each.revision.text for each in (await feed.plans(PROGRAM, wanted, point, None, 9)).states],
        [hit.state.revision.text for hit in (await feed.search(PROGRAM, "nq", wanted, point, None, 9)).hits],
        [each.revision.text for page in await read_all(services, point, wanted) for each in page],
    ]
    of_day = await feed.of_day(PROGRAM, None, day, point)
    return [*found, [each.state.revision.text for each in of_day if each.state]]


def acts(services: Services, day: datetime.date, point: PointInTime) -> list[Callable[[], Awaitable[object]]]:
    """Return all reads of one day."""
    feed, wanted = services.feed, StateFilter(day, day)
    return [
        lambda: feed.plans(PROGRAM, wanted, point, None, 9),
        lambda: feed.search(PROGRAM, "nq", wanted, point, None, 9),
        lambda: feed.begin_export(PROGRAM, wanted, point, with_revisions=False),
        lambda: feed.of_day(PROGRAM, None, day, point),
    ]


async def test_a_day_of_a_year_without_calendar_that_has_ended_has_no_plans(
    services: Services, clock: FakeClock, max: Actor
):
    await services.settings.change(max, SettingsChange(exchange=Exchange.NYSE))
    await post(services, "NQ")
    assert await services.sessions.renew()
    clock.move(days=1)

    for asked, latest in itertools.product(ASKED, TOKENS):
        assert await texts(services, LONG_AGO, PointInTime(asked, latest)) == [[], [], [], []], (asked, latest)


async def test_without_its_session_a_day_is_refused_until_it_has_ended_everywhere_or_where_it_has_a_plan(
    services: Services, clock: FakeClock, max: Actor
):
    await services.settings.change(max, SettingsChange(exchange=Exchange.NYSE))
    friday, monday = datetime.date(2026, 11, 20), datetime.date(2026, 11, 23)
    await post(services, "NQ", str(monday))
    ended = datetime.datetime(2026, 11, 21, 12, tzinfo=datetime.UTC)  # in the zone of UTC-12
    point = PointInTime(Edge.SESSION_CLOSE)

    clock.now = ended - datetime.timedelta(microseconds=1)
    for act in acts(services, friday, point):
        with pytest.raises(errors.SessionsMissingError):
            await act()
    clock.now = ended
    assert await texts(services, friday, point) == [[], [], [], []]
    clock.now = ended + 30 * DAY
    for act in (*acts(services, monday, point)[:2], acts(services, monday, point)[3]):
        with pytest.raises(errors.SessionsMissingError):
            await act()


@pytest.mark.parametrize("timezone", ["America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
@pytest.mark.parametrize("exchange", [Exchange.NYSE, Exchange.XJPX, Exchange.EVERY_DAY])
async def test_no_moment_of_the_last_days_of_the_calendar_has_come(
    services: Services, max: Actor, exchange: Exchange, timezone: str
):
    await services.settings.change(max, SettingsChange(timezone=timezone, exchange=exchange))
    await post(services, "NQ")

    for day, latest in itertools.product((datetime.date.max - DAY, datetime.date.max), TOKENS):
        for asked in ASKED[:3]:
            for act in acts(services, day, PointInTime(asked, latest)):
                with pytest.raises(errors.MomentError, match=r"is still to come\.$"):
                    await act()
        assert await texts(services, day, PointInTime(INSTANT, latest)) == [[], [], [], []]
