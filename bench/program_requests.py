"""The requests of programs whose cost is counted, by name."""

import datetime

from bench.generator import LAST_DAY
from bench.requests import Act, Read, Request, reading
from bench.scenario import Scenario
from bot.domain.values import Plan, PlanId, PointInTime, StateCursor, StateFilter
from tests.service.scene import MAX, MIA

ALL = StateFilter()
NOW = PointInTime()
SIZE = 20
"""The plans on a page: few, so that a small database has as many."""
LAST_WEEK = StateCursor(LAST_DAY - datetime.timedelta(days=7), PlanId(0))
"""The place after the plans of the last week in lists, and before them in exports."""
BEYOND = 10**9
"""An id that no revision has."""

_READS: dict[str, Read] = {
    "plan for a program": lambda at, plan: at.services.feed.plan(MIA, plan.id, NOW),
    "revisions for a program": lambda at, plan: at.services.feed.revisions(MIA, plan.id, NOW, 0, SIZE),
    "plans for a program, member": lambda at, _: at.services.feed.plans(MIA, ALL, NOW, None, SIZE),
    "plans for a program, manager": lambda at, _: at.services.feed.plans(MAX, ALL, NOW, None, SIZE),
    "plans for a program, older page": lambda at, _: at.services.feed.plans(MIA, ALL, NOW, LAST_WEEK, SIZE),
    "plans of a coach for a program": lambda at, _: at.services.feed.plans(
        MIA, StateFilter(coach="d"), NOW, None, SIZE
    ),
    "plans of a day for a program": lambda at, _: at.services.feed.of_day(MIA, None, None, NOW),
    "chart for a program": lambda at, plan: at.services.feed.chart(MIA, plan.charts[0].sha256, NOW),
    "search of a program": lambda at, _: at.services.feed.search(MIA, "below short", ALL, NOW, None, SIZE),
    "export begun": lambda at, _: at.services.feed.begin_export(MIA, ALL, NOW, with_revisions=False),
    "changes, from now on": lambda at, _: at.services.changes.start(MIA, None, None),
    "changes, none is new": lambda at, _: at.services.changes.following(MIA, BEYOND, None),
}


def _export_page(*, with_revisions: bool) -> Request:
    async def prepare(at: Scenario, _: Plan) -> Act:
        export = await at.services.feed.begin_export(MIA, ALL, NOW, with_revisions=with_revisions)
        return lambda: at.services.feed.export_page(MIA, export, LAST_WEEK)

    return prepare


async def _follow(at: Scenario, _: Plan) -> Act:
    place = (await at.services.changes.start(MIA, None, None)).place
    await at.post()
    return lambda: at.services.changes.following(MIA, place, None)


async def _follow_on(at: Scenario, _: Plan) -> Act:
    place = (await at.services.changes.start(MIA, None, None)).place
    await at.post()
    return lambda: at.services.changes.start(MIA, place, None)


PROGRAM_READS: dict[str, Request] = {
    **{name: reading(act) for name, act in _READS.items()},
    "export, a page": _export_page(with_revisions=False),
    "export, a page with revisions": _export_page(with_revisions=True),
}
FOLLOWERS: dict[str, Request] = {
    "changes, one is new": _follow,
    "changes, after one that is known": _follow_on,
}
