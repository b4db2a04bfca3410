"""Settings of a guild: who may change them, and what they change."""

import datetime

import pytest

from bot.domain import errors
from bot.domain.commands import DeletePlan, EditPlan, PostPlan, RestorePlan
from bot.domain.values import Audience, ChannelId, Clearable, MessageId, PlanOfDay, SettingsChange, WriteButton
from bot.service.guilds import GuildService
from bot.service.readers import NoViews
from bot.service.settings import SettingsService
from tests.service.scene import DAY, GUILD, OTHER_GUILD, SEEDS, TIMEZONE, Services, elsewhere, fresh


@pytest.fixture
def settings(services: Services) -> SettingsService:
    return services.settings


@pytest.fixture
async def deleted(services: Services, dana):
    """A plan of coach d's that is deleted."""
    plan = await services.plans.post(dana, PostPlan("Long", day=DAY), fresh())
    return await services.plans.delete(dana, DeletePlan(plan.id, seen=1), fresh())


async def test_a_guild_starts_as_configured(settings, max):
    found = await settings.read(max)

    assert (found.timezone, found.is_timezone_own) == (TIMEZONE, False)
    assert (found.plans_channel_id, found.deleted_visible_to) == (None, Audience.MEMBERS)


async def test_what_is_set_stays_after_a_restart_and_in_its_guild(settings, store, clock, max):
    wanted = SettingsChange("Europe/London", ChannelId(900), Audience.EVERYONE)
    changed = await settings.change(max, wanted)

    later = SettingsService(store, clock, GuildService(store, clock, SEEDS, "Asia/Tokyo", NoViews()))

    assert await later.read(max) == changed
    assert (changed.timezone, changed.is_timezone_own, changed.plans_channel_id) == ("Europe/London", True, 900)
    assert (await later.read(elsewhere(max))).timezone == "Asia/Tokyo"


async def test_one_change_leaves_the_rest(settings, max):
    await settings.change(max, SettingsChange("Europe/London", ChannelId(900)))

    changed = await settings.change(max, SettingsChange(deleted_visible_to=Audience.MANAGERS))

    assert (changed.timezone, changed.plans_channel_id) == ("Europe/London", 900)


async def test_the_button_is_remembered_beside_the_rest(settings, max):
    await settings.change(max, SettingsChange("Europe/London", ChannelId(900)))
    assert (await settings.read(max)).write_button is None

    first, second = (WriteButton(ChannelId(901), MessageId(number)) for number in (7, 8))
    assert await settings.put_write_button(max, first) is None
    assert await settings.put_write_button(max, second) == first

    changed = await settings.read(max)
    assert changed.write_button == second
    assert changed.plans_channel_id == 900


async def test_a_deleted_button_is_noted_unless_another_was_posted(settings, dana, max):
    first, second = (WriteButton(ChannelId(901), MessageId(number)) for number in (7, 8))
    await settings.put_write_button(max, second)

    assert await settings.note_deleted_button(max, first.message_id) == second
    assert (await settings.read(max)).write_button == second
    noted = await settings.note_deleted_button(max, second.message_id)

    assert noted == WriteButton(ChannelId(901), None)
    assert (await settings.read(max)).write_button == WriteButton(ChannelId(901), None)
    with pytest.raises(errors.NotManagerError):
        await settings.note_deleted_button(dana, second.message_id)
    with pytest.raises(errors.NotManagerError):
        await settings.put_write_button(dana, second)


async def test_a_guild_is_new_once(settings, coaches, dana):
    assert await settings.create(GUILD)
    assert [each.key for each in await coaches.list(GUILD)] == ["d", "i", "s"]
    assert not await settings.create(GUILD)


async def test_a_guild_that_was_used_before_is_not_new(settings, max):
    await settings.read(elsewhere(max))

    assert not await settings.create(OTHER_GUILD)


async def test_the_time_zone_is_read_by_managers(settings, dana, max):
    assert await settings.timezone(max) == TIMEZONE
    with pytest.raises(errors.NotManagerError):
        await settings.timezone(dana)


async def test_what_is_cleared_is_as_configured(settings, max):
    await settings.change(max, SettingsChange("Europe/London", ChannelId(900)))

    await settings.change(max, SettingsChange(clear=Clearable.PLANS_CHANNEL))
    cleared = await settings.change(max, SettingsChange(clear=Clearable.TIMEZONE))

    assert (cleared.timezone, cleared.is_timezone_own, cleared.plans_channel_id) == (TIMEZONE, False, None)


@pytest.mark.parametrize(
    "wanted",
    [
        SettingsChange(timezone="Europe/London", clear=Clearable.TIMEZONE),
        SettingsChange(plans_channel_id=ChannelId(900), clear=Clearable.PLANS_CHANNEL),
    ],
)
async def test_the_same_is_not_set_and_cleared(settings, max, wanted: SettingsChange):
    before = await settings.read(max)

    with pytest.raises(errors.SetAndClearError):
        await settings.change(max, wanted)

    assert await settings.read(max) == before


async def test_a_time_zone_that_is_none_changes_nothing_else(settings, max):
    with pytest.raises(errors.TimezoneError):
        await settings.change(max, SettingsChange("Mars/Base", ChannelId(900)))

    assert (await settings.read(max)).plans_channel_id is None


async def test_one_who_is_no_manager_neither_sees_nor_changes_them(settings, dana):
    with pytest.raises(errors.NotManagerError):
        await settings.read(dana)
    with pytest.raises(errors.NotManagerError):
        await settings.change(dana, SettingsChange("Europe/London"))


async def test_a_new_time_zone_says_when_today_is_and_alters_no_plan(services, settings, clock, dana, max):
    clock.now = datetime.datetime(2026, 11, 23, 20, 0, tzinfo=datetime.UTC)
    first = await services.plans.post(dana, PostPlan("Long", day="today"), fresh())
    await services.plans.edit(dana, EditPlan(first.id, "Long above 945", seen=1), fresh())
    second = await services.plans.post(dana, PostPlan("Short", day="tomorrow"), fresh())
    listed = await services.plans.list(dana)
    history = await services.history.show(dana, first.id)

    await settings.change(max, SettingsChange("Asia/Tokyo"))

    after = await services.plans.list(dana)
    assert after.plans == listed.plans
    assert await services.history.show(dana, first.id) == history
    assert (listed.today, after.today) == (datetime.date(2026, 11, 23), datetime.date(2026, 11, 24))
    assert (await services.plans.find(dana, PlanOfDay(None, "today"))).id == second.id
    assert (await services.plans.find(dana, PlanOfDay(None, "yesterday"))).id == first.id


async def test_an_hour_of_the_clock_is_one_of_the_new_time_zone(services, settings, clock, dana, max):
    plan = await services.plans.post(dana, PostPlan("Long", day=DAY), fresh())
    clock.move(days=2)
    await settings.change(max, SettingsChange("UTC"))

    with pytest.raises(errors.BeforeFirstError):
        await services.history.at(dana, PlanOfDay("d", DAY), "2026-11-22T14:59")
    assert (await services.history.at(dana, PlanOfDay("d", DAY), "2026-11-22T15:01")).plan.id == plan.id


@pytest.mark.parametrize(
    ("audience", "who"),
    [(Audience.MEMBERS, "dana max"), (Audience.MANAGERS, "max"), (Audience.EVERYONE, "dana mia max")],
)
async def test_who_may_see_deleted_plans_is_as_set(services, settings, deleted, dana, mia, max, audience, who: str):
    await settings.change(max, SettingsChange(deleted_visible_to=audience))

    for name, actor in (("dana", dana), ("mia", mia), ("max", max)):
        if name in who:
            assert (await services.history.show(actor, PlanOfDay("d", DAY))).plan.id == deleted.id
            assert (await services.history.show(actor, deleted.id)).plan.revision == 2
            assert await services.history.suggest(actor, "", PlanOfDay("d", DAY))
        else:
            with pytest.raises(errors.NoPlanError):
                await services.history.show(actor, PlanOfDay("d", DAY))
            with pytest.raises(errors.HistoryHiddenError):
                await services.history.show(actor, deleted.id)
            assert not await services.history.suggest(actor, "", PlanOfDay("d", DAY))


async def test_an_earlier_deleted_plan_is_offered_to_those_who_may_see_it(services, settings, deleted, dana, mia, max):
    plan = await services.plans.post(dana, PostPlan("Second", day=DAY), fresh())
    assert (await services.history.show(mia, plan.id)).others == ()

    await settings.change(max, SettingsChange(deleted_visible_to=Audience.EVERYONE))

    assert [other.id for other in (await services.history.show(mia, plan.id)).others] == [deleted.id]


async def test_who_may_see_is_not_who_may_restore(services, settings, deleted, dana, mia, max):
    await settings.change(max, SettingsChange(deleted_visible_to=Audience.EVERYONE))
    with pytest.raises(errors.NoCoachError):
        await services.plans.restore(mia, RestorePlan(PlanOfDay("d", DAY)), fresh())
    await settings.change(max, SettingsChange(deleted_visible_to=Audience.MANAGERS))

    assert (await services.plans.restore(dana, RestorePlan(PlanOfDay("d", DAY)), fresh())).id == deleted.id


async def test_a_deleted_plan_of_another_guild_is_seen_by_nobody(services, settings, deleted, mia, max):
    await settings.change(elsewhere(max), SettingsChange(deleted_visible_to=Audience.EVERYONE))

    with pytest.raises(errors.PlanGoneError):
        await services.history.show(elsewhere(mia), deleted.id)
    with pytest.raises(errors.HistoryHiddenError):
        await services.history.show(mia, deleted.id)
