"""Guilds: what the configuration gives them, and what it takes back."""

import asyncio
import datetime
import threading

from bot.domain.values import Actor, CoachSeed, RoleId, UserId
from bot.service.coaches import CoachService
from bot.service.guilds import GuildService
from bot.service.readers import NoViews
from storage.connections import database
from storage.models import CoachMemberRow, CoachRow
from storage.store import Store
from tests.service.scene import GUILD, MIA, OTHER_GUILD, TIMEZONE, FakeClock


def coaches_of(store: Store, *seeds: CoachSeed) -> CoachService:
    """The service of a process that was started with this configuration."""
    clock = FakeClock()
    return CoachService(store, clock, GuildService(store, clock, seeds, TIMEZONE, NoViews()))


async def names(coaches: CoachService) -> dict[str, str]:
    return {coach.key: coach.name for coach in await coaches.list(GUILD)}


async def own(coaches: CoachService, actor: Actor = MIA) -> list[str]:
    found = await coaches.suggest(actor, "", for_posting=True)
    return [suggestion.value for suggestion in found]


async def test_a_guild_starts_with_the_configured_coaches(store):
    assert await names(coaches_of(store, CoachSeed("d", "Coach D"))) == {"d": "Coach D"}


async def test_each_guild_has_coaches_of_its_own(store):
    coaches = coaches_of(store, CoachSeed("d", "Coach D"))

    here, there = await coaches.list(GUILD), await coaches.list(OTHER_GUILD)

    assert here[0].id != there[0].id


async def test_a_guild_is_made_once(store):
    coaches = coaches_of(store, CoachSeed("d", "Coach D"))
    await coaches.list(GUILD)
    changes = await store.write(_changes)

    await coaches.list(GUILD)

    assert await store.write(_changes) == changes


def _changes() -> int:
    """Return the number of rows that the store has changed so far."""
    return database.connection().total_changes()


async def test_a_guild_in_step_with_the_configuration_waits_for_no_writer(store):
    await coaches_of(store, CoachSeed("d", "Coach D")).list(GUILD)
    done = threading.Event()
    writing = asyncio.create_task(store.write(done.wait, 120))
    try:
        await coaches_of(store, CoachSeed("d", "Coach D")).list(GUILD)

        assert not writing.done()
    finally:
        done.set()
        await writing


async def test_new_coaches_and_members_are_carried_over(store):
    await coaches_of(store, CoachSeed("d", "Coach D")).list(GUILD)

    coaches = coaches_of(store, CoachSeed("d", "Coach D", users=frozenset({MIA.user_id})), CoachSeed("i", "Coach I"))

    assert await names(coaches) == {"d": "Coach D", "i": "Coach I"}
    assert await own(coaches) == ["d"]


async def test_members_gone_from_the_configuration_are_removed(store):
    before = CoachSeed("d", "D", frozenset({MIA.user_id, UserId(8)}), frozenset({RoleId(9)}))
    await coaches_of(store, before).list(GUILD)

    await coaches_of(store, CoachSeed("d", "D", users=frozenset({UserId(8)}))).list(GUILD)

    members = await store.read(lambda: [row.subject_id for row in CoachMemberRow.select()])
    assert members == [8]


async def test_a_coach_gone_from_the_configuration_stays_without_its_members(store):
    await coaches_of(store, CoachSeed("d", "D", users=frozenset({MIA.user_id}))).list(GUILD)

    coaches = coaches_of(store)

    assert await names(coaches) == {"d": "D"}
    assert await own(coaches) == []


async def test_a_command_with_another_configuration_adds_a_guild_and_changes_none(store, clock):
    await coaches_of(store, CoachSeed("d", "Coach D", users=frozenset({MIA.user_id}))).list(GUILD)
    command = GuildService(store, clock, (CoachSeed("d", "Day"), CoachSeed("i", "Coach I")), TIMEZONE, NoViews())

    for guild_id in (GUILD, OTHER_GUILD):
        await command.add_missing(guild_id)

    rows = await store.read(lambda: [(row.guild_id, row.name) for row in CoachRow.select().order_by(CoachRow.id)])
    assert rows == [(GUILD, "Coach D"), (OTHER_GUILD, "Day"), (OTHER_GUILD, "Coach I")]
    assert await store.read(lambda: [row.subject_id for row in CoachMemberRow.select()]) == [MIA.user_id]


async def test_what_managers_changed_stays(store):
    seed = CoachSeed("d", "Coach D")
    coach = (await coaches_of(store, seed).list(GUILD))[0]
    await store.write(lambda: CoachRow.update(name="Dana").execute())
    await store.write(lambda: CoachMemberRow.create(coach=coach.id, kind="user", subject_id=MIA.user_id))

    coaches = coaches_of(store, CoachSeed("d", "Day"), CoachSeed("i", "Coach I"))

    assert await names(coaches) == {"d": "Dana", "i": "Coach I"}
    assert await own(coaches) == ["d"]


async def test_a_member_whom_managers_removed_stays_away(store):
    seed = CoachSeed("d", "Coach D", users=frozenset({MIA.user_id}))
    await coaches_of(store, seed).list(GUILD)
    await store.write(lambda: CoachMemberRow.delete().execute())

    assert await own(coaches_of(store, seed, CoachSeed("i", "Coach I"))) == []


async def test_a_new_name_is_carried_over_where_nobody_gave_another(store):
    await coaches_of(store, CoachSeed("d", "Coach D")).list(GUILD)

    assert await names(coaches_of(store, CoachSeed("d", "Coach Day"))) == {"d": "Coach Day"}


async def test_a_time_zone_that_was_changed_in_the_configuration_counts_at_the_next_start(store, clock, dana):
    await GuildService(store, clock, (), "Asia/Tokyo", NoViews()).ensure_guild(dana.guild_id)

    later = GuildService(store, clock, (), "Pacific/Pago_Pago", NoViews())
    await later.ensure_guild(dana.guild_id)

    clock.now = datetime.datetime(2026, 11, 23, 10, 0, tzinfo=datetime.UTC)
    assert await store.read(later.today, dana) == datetime.date(2026, 11, 22)
