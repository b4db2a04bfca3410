"""Searches for words in the plans of a guild."""

import dataclasses
import datetime
from collections.abc import Collection, Mapping

import pytest

from bot.domain import errors
from bot.domain.commands import DeletePlan, EditPlan, PostPlan, RestorePlan, RevertPlan
from bot.domain.values import HITS_ON_PAGE, Actor, ChannelId, Plan, SearchPage, View
from bot.domain.values.searching import HIT_END, HIT_START
from bot.service.readers import NoViews
from bot.service.records import search as search_rows
from bot.service.search import SearchService
from storage import search_index
from storage.store import Store
from tests.service.erasing import erase
from tests.service.scene import DANA, DAY, Services, elsewhere, fresh

FIRST = datetime.date(2026, 11, 2)


@pytest.fixture
def search(services: Services) -> SearchService:
    return services.search


async def post(services: Services, text: str, number: int = 0, actor: Actor = DANA, coach: str = "d") -> Plan:
    day = FIRST + datetime.timedelta(days=number)
    return await services.plans.post(actor, PostPlan(text, coach=coach, day=str(day)), fresh())


def texts(page: SearchPage) -> list[str]:
    return [hit.marked.replace(HIT_START, "[").replace(HIT_END, "]") for hit in page.hits]


async def test_all_words_must_be_in_the_text_and_the_newest_comes_first(services, search, mia):
    await post(services, "Short NQ below 21,450", 1)
    await post(services, "Long NQ above 21,600", 0)
    await post(services, "Flat", 2)

    assert texts(await search.find(mia, "nq")) == ["Long [NQ] above 21,600", "Short [NQ] below 21,450"]
    assert texts(await search.find(mia, "nq 21450")) == ["Short [NQ] below [21,450]"]
    assert texts(await search.find(mia, "long short")) == []
    with pytest.raises(errors.NoSearchWordError, match="no word"):
        await search.find(mia, "$ -")


async def test_a_coach_and_days_narrow_the_search(services, search, mia, max):
    for number in range(3):
        await post(services, f"NQ {number}", number)
    await post(services, "NQ of another", 1, max, "i")

    assert texts(await search.find(mia, "nq", coach="Intraday")) == ["[NQ] of another"]
    found = await search.find(mia, "nq", first="2026-11-03", last="2026-11-03")
    assert texts(found) == ["[NQ] of another", "[NQ] 1"]
    assert texts(await search.find(mia, "nq", last="2026-11-02")) == ["[NQ] 0"]
    with pytest.raises(errors.UnknownCoachError):
        await search.find(mia, "nq", coach="z")
    with pytest.raises(errors.WrongWayError, match="is after"):
        await search.find(mia, "nq", first="2026-11-03", last="2026-11-02")
    with pytest.raises(errors.DayError):
        await search.find(mia, "nq", first="soon")


async def test_earlier_texts_are_found_when_they_are_asked_for(services, search, mia):
    plan = await post(services, "Short NQ")
    await services.plans.edit(DANA, EditPlan(plan.id, "Long NQ"), fresh())

    assert texts(await search.find(mia, "short")) == []
    [hit] = (await search.find(mia, "short", include_history=True)).hits
    assert (hit.revision, hit.is_current, hit.plan.text) == (1, False, "Long NQ")
    assert texts(await search.find(mia, "nq", include_history=True)) == ["Long [NQ]", "Short [NQ]"]
    await services.history.revert(DANA, RevertPlan(plan.id, 1, seen=2), fresh())
    assert texts(await search.find(mia, "short")) == ["[Short] NQ"]


async def test_a_deleted_plan_is_not_found_until_it_is_restored(services, search, mia):
    plan = await post(services, "Short NQ")
    await services.plans.delete(DANA, DeletePlan(plan.id, seen=1), fresh())
    assert texts(await search.find(mia, "short", include_history=True)) == []

    await services.plans.restore(DANA, RestorePlan(plan.id), fresh())

    assert texts(await search.find(mia, "short")) == ["[Short] NQ"]


async def test_pages_stay_right_while_plans_are_posted(services, search, mia):
    for number in range(2 * HITS_ON_PAGE + 1):
        await post(services, f"NQ {number}", number)
    first = await search.find(mia, "nq")
    await post(services, "NQ posted meanwhile", 20)

    second = await search.find(mia, "nq", at=first.older)
    last = await search.find(mia, "nq", at=second.older)
    back = await search.find(mia, "nq", at=last.newer)

    assert [each.plan.text for page in (first, second, last) for each in page.hits] == [
        f"NQ {number}" for number in reversed(range(2 * HITS_ON_PAGE + 1))
    ]
    assert (first.newer, last.older, back.hits) == (None, None, second.hits)
    before = await search.find(mia, "nq", at=back.newer)
    assert before.hits == first.hits
    assert texts(await search.find(mia, "nq", at=before.newer))[0] == "[NQ] posted meanwhile"


class Nowhere(NoViews):
    """Nobody sees another channel than the one they act in."""

    async def of(
        self, actor: Actor, channels: Collection[ChannelId], parents: Mapping[ChannelId, ChannelId]
    ) -> Mapping[ChannelId, View]:
        del actor, parents
        return dict.fromkeys(channels, View.HIDDEN)


async def test_nobody_finds_a_plan_that_they_may_not_read(services, search, mia, dana, store):
    hidden = dataclasses.replace(dana, channel_id=ChannelId(77))
    views = Services.on(store, services.plans.clock, views=Nowhere())
    await views.plans.post(hidden, PostPlan("secret NQ", coach="d", day=DAY), fresh())

    assert texts(await views.search.find(mia, "secret")) == []
    assert texts(await views.search.find(dana, "secret")) == ["[secret] NQ"]
    await services.guilds.ensure_guild(elsewhere(mia).guild_id)
    assert texts(await search.find(elsewhere(mia), "secret")) == []


async def test_what_is_older_than_the_index_is_indexed_in_pages_and_goes_on_where_it_was_stopped(
    services, search, mia, store: Store
):
    for number in range(5):
        await post(services, f"NQ {number}", number)
    await store.write(search_index.empty)
    await post(services, "NQ posted meanwhile", 9)
    found = await search.find(mia, "nq")
    assert (texts(found), found.is_indexed) == (["[NQ] posted meanwhile"], False)

    assert await store.write(search_rows.index_older, 2) == 3
    assert len((await search.find(mia, "nq")).hits) == 3
    await search.index_older()

    found = await search.find(mia, "nq")
    assert (len(found.hits), found.is_indexed) == (HITS_ON_PAGE, True)
    assert await store.write(search_index.fits_texts)


@pytest.mark.parametrize("is_indexed", [True, False])
async def test_an_erased_text_is_gone_from_the_file(services, search, mia, store: Store, is_indexed: bool):
    await post(services, "unforgettable words " * 200, 0)
    await post(services, "other words", 1)
    if not is_indexed:
        await store.write(search_index.empty)

    await store.write(erase, 1)
    assert await store.write(search_index.fits_texts)
    await search.index_older()
    await store.close()

    assert b"unforget" not in store.path.read_bytes()
