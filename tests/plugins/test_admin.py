"""`/admin ...` as managers use it: through a local Discord, against the real bot in a process of its own."""

import apsw
import pytest

from sandbox.driver import ActionFailedError, Driver, Seen
from sandbox.interactions.interaction import InteractionStarted
from tests.conftest import Discord, Room, use_hidden
from tests.processes import BotProcess
from tests.sandbox.raw_clients import eventually

BOT = pytest.mark.usefixtures("bot")


def is_private(answer: Seen, *words: str) -> None:
    assert answer.ephemeral, answer.text
    for word in words:
        assert word in answer.text, answer.text


@BOT
async def test_a_coach_is_added_assigned_and_posted_as(room: Room):
    added = await room.max.slash("admin coach add", key="SC", name="Scalps *fast*")
    is_private(added, "Added", "Scalps \\*fast\\*", "key sc")
    assigned = await room.max.slash("admin coach assign", coach="sc", user=room.mia.user)
    is_private(assigned, f"<@{room.mia.user.id}>", "Scalps")

    posted = await room.mia.slash("plan post", text="Quick in, quick out")

    is_private(posted, "Posted", "Scalps \\*fast\\*")
    await room.shows("Scalps \\*fast\\*", "Quick in, quick out")


@BOT
async def test_a_role_lets_those_who_have_it_post(room: Room):
    world = room.discord.sandbox.world
    role = world.add_role(room.guild, "Swingers")
    world.add_member(room.guild, room.mia.user, [role])

    is_private(await room.max.slash("admin coach assign", coach="s", role=role), f"<@&{role.id}>")

    is_private(await room.mia.slash("plan post", text="from the role"), "Posted", "Coach S (Swing)")
    await room.shows("Coach S (Swing)", "from the role")


@BOT
async def test_a_user_and_a_role_are_assigned_and_taken_off_together(room: Room):
    role = room.discord.sandbox.world.add_role(room.guild, "Swingers")
    both = {"coach": "s", "user": room.mia.user, "role": role}

    is_private(await room.max.slash("admin coach assign", **both), f"<@{room.mia.user.id}>, <@&{role.id}>")
    is_private(await room.max.slash("admin coach list"), f"<@{room.mia.user.id}>, <@&{role.id}>")
    is_private(await room.max.slash("admin coach unassign", **both), "can no longer post as Coach S (Swing)")

    is_private(await room.mia.slash("plan post", text="mine"), "not a coach")


@BOT
async def test_neither_a_user_nor_a_role_is_refused(room: Room):
    is_private(await room.max.slash("admin coach assign", coach="s"), "Who?")


@BOT
async def test_all_members_of_the_server_are_assigned_only_when_that_is_confirmed(room: Room):
    everyone = room.guild.roles[room.guild.id]

    asked = await room.max.slash("admin coach assign", coach="s", role=everyone, user=room.mia.user)
    refused = await room.mia.slash("plan post", text="not yet")
    confirmed = await room.max.click(asked, "Assign everyone")

    is_private(asked, "Everyone in this server could then post as Coach S")
    is_private(refused, "not a coach")
    is_private(confirmed, f"<@{room.mia.user.id}>", f"<@&{room.guild.id}>", "can now post as Coach S")
    is_private(await room.mia.slash("plan post", text="now"), "Posted", "Coach S (Swing)")


@BOT
async def test_those_who_are_gone_are_shown_as_that_and_taken_off_from_a_list(room: Room):
    world = room.discord.sandbox.world
    role, left = world.add_role(room.guild, "Swingers"), room.mia.user
    await room.max.slash("admin coach assign", coach="s", user=left, role=role)
    world.remove_role(room.guild, role)
    world.remove_member(room.guild, left)

    listed = await room.max.slash("admin coach list")
    asked = await room.max.slash("admin coach unassign", coach="s")
    is_private(listed, f"<@{left.id}> (left)", f"deleted role {role.id}")
    is_private(asked, "Who should no longer post as Coach S")
    gone = (f"User {left.id} (not in this server)", f"Deleted role {role.id}")
    assert set(asked.choices[:2]) == set(gone)
    assert asked.choices[2] == "both"
    for choice in gone:
        asked = await room.max.select(asked, choice)

    assert asked.choices == ["both"]
    assert "can no longer post as Coach S" in (await room.max.select(asked, "both")).text
    is_private(await room.max.slash("admin coach unassign", coach="s"), "Nobody is assigned")


@BOT
async def test_coaches_are_offered_by_the_names_of_their_members_too(room: Room):
    role = room.discord.sandbox.world.add_role(room.guild, "Swingers")
    await room.max.slash("admin coach assign", coach="s", role=role)

    by_user = await room.max.autocomplete("admin coach edit", coach="DANA")
    by_role = await room.max.autocomplete("admin coach edit", coach="swingers")
    own = await room.both.autocomplete("plan post", coach="both")

    assert [value for _, value in by_user] == ["d"]
    assert [value for _, value in by_role] == ["s"]
    assert [value for _, value in own] == ["i", "s"]


@BOT
async def test_who_is_assigned_already_or_not_at_all_is_refused(room: Room):
    is_private(
        await room.max.slash("admin coach assign", coach="d", user=room.dana.user), "They can already post as Coach D"
    )
    is_private(await room.max.slash("admin coach unassign", coach="d", user=room.mia.user), "They are not assigned")


@BOT
@pytest.mark.parametrize("key", ["a-b", "\u00e9", "k" * 17, "a b", "\U0001f4c8", "`"])
async def test_a_key_that_is_none_is_refused(room: Room, key: str):
    is_private(await room.max.slash("admin coach add", key=key, name="New"), "can’t be a coach’s key", "swing\\_2")


@BOT
@pytest.mark.parametrize("name", ["n" * 101, "\u200b", "a\u2028b", "\u202eabc"])
async def test_a_name_that_is_none_is_refused(room: Room, name: str):
    is_private(await room.max.slash("admin coach add", key="new", name=name), "can’t be a coach’s name")
    is_private(await room.max.slash("admin coach edit", coach="d", name=name), "can’t be a coach’s name")


@BOT
async def test_a_key_that_is_taken_is_refused(room: Room):
    is_private(await room.max.slash("admin coach add", key="D", name="Another"), "a coach with the key d", "Coach D")


@BOT
async def test_a_coach_that_is_not_there_is_refused(room: Room):
    for path, options in (
        ("edit", {"name": "New"}),
        ("remove", {}),
        ("assign", {"user": room.mia.user}),
        ("unassign", {"user": room.mia.user}),
    ):
        is_private(await room.max.slash(f"admin coach {path}", coach="zebra", **options), "There is no coach", "zebra")


@BOT
async def test_a_renamed_coach_is_called_so_on_its_plans(room: Room):
    await room.dana.slash("plan post", text="Long")
    card = await room.shows("Coach D", "Long")

    is_private(await room.max.slash("admin coach edit", coach="d", name="Dana's [desk](x)"), "Changed")

    assert (await room.shows("Dana's \\[desk\\](x)", "Long")).message is card.message
    assert "Dana's \\[desk\\](x)" in (await room.mia.slash("plan show", coach="d")).text


@BOT
async def test_a_coach_without_plans_is_removed_once(room: Room):
    is_private(await room.max.slash("admin coach remove", coach="s"), "Removed: Coach S (Swing)")

    is_private(await room.max.slash("admin coach remove", coach="s"), "There is no coach")


@BOT
async def test_a_coach_with_plans_is_retired_and_can_come_back(room: Room):
    await room.dana.slash("plan post", text="Long above 945")
    await room.dana.slash("plan edit", text="Long above 950")

    is_private(await room.max.slash("admin coach remove", coach="d"), "Retired: Coach D")
    is_private(await room.max.slash("admin coach remove", coach="d"), "is retired")
    refused = await room.dana.slash("plan post", coach="d", day="2030-01-07", text="more")
    is_private(refused, "is retired", "more")
    shown = await room.mia.slash("plan show", coach="d")
    assert "Long above 950" in shown.text
    assert "2 revisions" in (await room.mia.slash("history show", coach="d")).text
    assert "~~945~~ → **950**" in (await room.mia.click(await room.mia.slash("history show"), "What changed last")).text
    assert "1 plan" in (await room.mia.slash("plan list", coach="d")).text
    assert "(1 plan, retired)" in (await room.max.slash("admin coach list")).text
    assert ("d: Coach D (Day Trading) (retired)", "d") in await room.mia.autocomplete("plan show", coach="")
    assert ("d: Coach D (Day Trading)", "d") not in await room.max.autocomplete("plan post", coach="")

    is_private(await room.max.slash("admin coach add", key="d", name="Day"), "Brought back")

    is_private(await room.dana.slash("plan post", day="2030-01-07", text="more"), "Posted", "Day")
    await room.shows("7 January 2030", "more")


@BOT
async def test_many_coaches_are_listed_in_pages(room: Room):
    for number in range(9):
        await room.max.slash("admin coach add", key=f"x{number}", name="*" * 100)

    first = await room.max.slash("admin coach list")
    second = await room.max.click(first, "Next")

    is_private(first, "12 coaches, page 2 of 2")
    assert "x8" in second.text
    assert second.message is first.message


@BOT
async def test_one_who_is_no_manager_can_not_turn_the_pages(room: Room):
    for number in range(9):
        await room.max.slash("admin coach add", key=f"x{number}", name="Coach")
    listed = await room.max.slash("admin coach list")
    world = room.discord.sandbox.world
    world.add_member(room.guild, room.max.user)

    is_private(await room.max.click(listed, "Next"), "Manage Server")
    with pytest.raises(ActionFailedError):
        await room.max.slash("admin coach list")


@BOT
async def test_a_manager_of_one_server_changes_nothing_in_another(room: Room, other_room: Room):
    await room.max.slash("admin coach remove", coach="d")

    assert "Coach D" in (await other_room.max.slash("admin coach list")).text


@BOT
async def test_settings_are_shown_set_and_cleared(room: Room):
    shown = await room.max.slash("admin settings")
    is_private(shown, "Time zone:** Etc/GMT", "the default", "channel:** none", "coach’s team")

    changed = await room.max.slash(
        "admin settings", timezone="tokyo", plans_channel=room.channel, deleted_visible_to="everyone"
    )
    is_private(changed, "saved", "Asia/Tokyo", f"<#{room.channel.id}>", "everyone")
    assert (await room.max.slash("admin settings")).text.partition("\n")[2].startswith("**Time zone:** Asia/Tokyo\n")

    await room.max.slash("admin settings", clear="plans_channel")
    cleared = await room.max.slash("admin settings", clear="timezone")
    is_private(cleared, "the default", "channel:** none", "everyone")


@BOT
async def test_an_unknown_time_zone_is_refused_with_the_nearest(room: Room):
    is_private(await room.max.slash("admin settings", timezone="Lodnon"), "is not a time zone", "Europe/London")
    is_private(await room.max.slash("admin settings", timezone="../../etc/passwd"), "is not a time zone", "city")


@BOT
async def test_the_same_is_not_set_and_cleared(room: Room):
    is_private(await room.max.slash("admin settings", timezone="London", clear="timezone"), "not both at once")
    clash = await room.max.slash("admin settings", plans_channel=room.channel, clear="plans_channel")
    is_private(clash, "not both at once")


@BOT
async def test_time_zones_are_offered_by_city(room: Room):
    assert (await room.max.autocomplete("admin settings", timezone="lond"))[0][1] == "Europe/London"
    assert len(await room.max.autocomplete("admin settings", timezone="")) <= 25
    assert len(await room.max.autocomplete("admin settings", timezone="a")) == 25


@BOT
async def test_a_deleted_plans_history_is_shown_to_those_who_are_set(room: Room):
    await room.dana.slash("plan post", text="Long above 945")
    await room.dana.click(await room.dana.slash("plan delete"), "Delete")
    assert "no plan" in (await room.mia.slash("history show", coach="d")).text

    await room.max.slash("admin settings", deleted_visible_to="everyone")
    assert "2 revisions" in (await room.mia.slash("history show", coach="d")).text

    await room.max.slash("admin settings", deleted_visible_to="managers")
    assert "no plan" in (await room.dana.slash("history show", coach="d")).text
    assert "2 revisions" in (await room.max.slash("history show", coach="d")).text


@BOT
async def test_numbers_come_as_text_and_as_a_picture(room: Room):
    await room.max.slash("admin coach edit", coach="i", name="_$x^2$ \u65e5\u672c \U0001f4c8")
    await room.dana.slash("plan post", text="Long above 945")
    await room.dana.slash("plan edit", text="Long above 950")

    shown = await room.max.slash("admin stats")

    is_private(shown, "Coach D (Day Trading): 1 plan, 0 charts, 1 edit", "Total", "week", "On disk")
    [picture] = await room.max.pictures(shown)
    assert picture.data.startswith(b"\x89PNG")
    one = await room.max.slash("admin stats", coach="s")
    is_private(one, "0 plans, 0 charts, 0 edits")
    assert "Coach D" not in one.text
    is_private(await room.max.slash("admin stats", coach="zebra"), "There is no coach")


@BOT
async def test_health_is_told(room: Room):
    shown = await room.max.slash("admin health")

    is_private(
        shown,
        "connected since <t:",
        "written in",
        " ms",
        "1 interaction (with this one)",
        "GiB",
        "hikari 2.6",
        "Coachbook 0.",
    )
    is_private(shown, "0 pictures downloading", "Running")


async def test_health_is_told_when_the_book_can_not_be_written(own_discord: Discord, own_room: Room):
    bot = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    other = apsw.Connection(str(own_discord.folder / "book.db"))
    other.set_busy_timeout(5000)
    other.execute("BEGIN IMMEDIATE")

    is_private(
        await own_room.max.slash("admin health"), "can’t be written", "another process has locked it", "connected"
    )
    is_private(await own_room.max.slash("admin coach add", key="n", name="Coach N"), "nothing was saved")
    other.close()

    await bot.logged("database available again")
    is_private(await own_room.max.slash("admin health"), "written in")
    await bot.stop()


@BOT
async def test_one_who_is_no_manager_is_refused_whatever_the_client_sends(room: Room):
    refused = await use_hidden(room.mia, "admin coach assign", coach="d", user=room.mia.user)

    is_private(refused, "Manage Server")
    is_private(await room.mia.slash("plan post", text="mine"), "not a coach")


async def test_a_command_that_comes_twice_is_carried_out_once(own_discord: Discord, own_room: Room):
    bot = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    again = []
    world = own_discord.sandbox.world
    world.observers.append(lambda event: again.append(event) if isinstance(event, InteractionStarted) else None)
    added = await own_room.max.slash("admin coach add", key="new", name="New")

    for event in tuple(again):
        world.dispatch(event)
    await bot.logged("delivered again")

    is_private(added, "Added: New")
    assert "4 coaches" in (await own_room.max.slash("admin coach list")).text
    await bot.stop()


async def test_what_was_changed_stays_after_a_restart(own_discord: Discord, own_room: Room):
    bot = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    await own_room.max.slash("admin coach remove", coach="s")
    await own_room.max.slash("admin coach edit", coach="i", name="Ivan")
    await own_room.max.slash("admin settings", timezone="Asia/Tokyo")
    await bot.stop()

    bot = await (await BotProcess.start("run", env=own_discord.settings())).ready()

    listed = await own_room.max.slash("admin coach list")
    is_private(listed, "2 coaches", "Ivan")
    assert "Swing" not in listed.text
    is_private(await own_room.max.slash("admin settings"), "Asia/Tokyo")
    await bot.stop()


async def test_a_backup_that_can_not_be_made_is_told(own_discord: Discord, own_room: Room):
    (own_discord.folder / "backups").write_text("no folder")
    bot = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    olga = Driver(own_discord.sandbox).person("olga", own_room.channel)

    told = await olga.slash("admin backup")
    assert told.interaction
    await told.interaction.until(lambda: "No backup was made" in told.text)
    assert str(own_discord.folder) not in told.text
    is_private(await olga.slash("admin health"), "the last attempt failed")

    assert "could not be made" in (await bot.logged("backup failed"))["why"]
    await bot.stop()


async def test_an_index_that_a_backup_finds_faulty_is_built_again(own_discord: Discord, own_room: Room):
    bot = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    olga = Driver(own_discord.sandbox).person("olga", own_room.channel)
    connection = apsw.Connection(str(own_discord.folder / "book.db"))
    connection.execute("DELETE FROM search_index_data")

    made = await olga.slash("admin backup")

    assert made.interaction
    await made.interaction.until(lambda: "was damaged and is being rebuilt" in made.text)
    await bot.logged("the index of searches is faulty and is built again; no plan is affected")
    await eventually(lambda: connection.execute("SELECT count(*) FROM search_index_data").get)
    connection.close()
    await bot.stop()
