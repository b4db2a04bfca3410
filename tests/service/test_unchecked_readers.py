"""Reads of programs while Discord does not say who sees a channel: nothing in it is said to be missing."""

import dataclasses
from collections.abc import Awaitable, Callable, Collection, Mapping

import pytest

from bot.domain import errors
from bot.domain.commands import PostPlan
from bot.domain.values import Actor, ChannelId, PlanId, PointInTime, StateFilter, View
from bot.service.readers import NoViews
from storage.store import Store
from tests.service.scene import DANA, DAY, MIA, MONDAY, FakeClock, Services, fresh

SECRET = ChannelId(901)
NOW = PointInTime()


class Unknown(NoViews):
    """A stand-in for Discord, which does not answer."""

    async def of(
        self, actor: Actor, channels: Collection[ChannelId], parents: Mapping[ChannelId, ChannelId]
    ) -> Mapping[ChannelId, View]:
        del actor, parents
        return dict.fromkeys(channels, View.UNKNOWN)


async def export(services: Services) -> object:
    begun = await services.feed.begin_export(MIA, StateFilter(), NOW, with_revisions=False)
    return await services.feed.export_page(MIA, begun, None)


ACTS: dict[str, Callable[[Services], Awaitable[object]]] = {
    "plan": lambda s: s.feed.plan(MIA, PlanId(1), NOW),
    "of day": lambda s: s.feed.of_day(MIA, ["d"], MONDAY, NOW),
    "chart": lambda s: s.feed.chart(MIA, "0" * 64, NOW),
    "export": export,
    "changes": lambda s: s.changes.start(MIA, 1, None),
}


@pytest.mark.parametrize("act", ACTS)
async def test_what_may_be_there_is_not_said_to_be_missing(store: Store, clock: FakeClock, act: str):
    services = Services.on(store, clock, views=Unknown())
    author = dataclasses.replace(DANA, channel_id=SECRET)
    await services.plans.post(author, PostPlan("hidden", coach="d", day=DAY), fresh())

    with pytest.raises(errors.ReadersUncheckedError, match="Try again in a minute"):
        await ACTS[act](services)
