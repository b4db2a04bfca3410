"""Coaches as managers change them: added, renamed, removed or retired, with members who come and go."""

import dataclasses

import pytest

from bot.domain import errors
from bot.domain.commands import PostPlan
from bot.domain.values import MAX_COACH_PICTURE, Chart, ClearableLook, CoachChange, Members, MessageId, RoleId, UserId
from bot.service.cards import CardService
from tests.service.scene import DAY, GUILD, MIA, OTHER_GUILD, SEEDS, Services, elsewhere, fresh, posting_as
from tests.service.test_guilds import coaches_of

PICTURE = Chart("1" * 64, "dana.png", "image/png", 9, 9, 9)
LARGE = dataclasses.replace(PICTURE, size=MAX_COACH_PICTURE + 1)
MIA_ALONE = Members(users=frozenset({MIA.user_id}))
SCALPERS = Members(roles=frozenset({RoleId(800)}))


async def keys(services: Services) -> list[str]:
    return [coach.key for coach in await services.coaches.list(GUILD)]


async def test_a_new_coach_can_be_posted_as(services, coaches, max):
    added = await coaches.add(max, "sc_2", "  Scalps  ")

    assert (added.coach.key, added.coach.name, added.is_back) == ("sc_2", "Scalps", False)
    posted = await services.plans.post(max, PostPlan("Quick in, quick out", coach="scalps", day=DAY), fresh())
    assert posted.coach == added.coach


async def test_capitals_in_a_key_are_forgiven(coaches, max):
    assert (await coaches.add(max, " SCALP ", "Scalps")).coach.key == "scalp"


@pytest.mark.parametrize("key", ["", " ", "a-b", "a b", "\u00e9", "\u0661", "k" * 17, "a\n", "d;", "\U0001f4c8"])
async def test_a_key_that_is_none_is_refused(services, coaches, max, key: str):
    with pytest.raises(errors.CoachKeyError):
        await coaches.add(max, key.replace("\n", "\nb"), "Scalps")

    assert await keys(services) == ["d", "i", "s"]


@pytest.mark.parametrize(
    "name", ["", "  ", "\u200b", "n" * 101, "two\nlines", "a\x00b", "a\u2028b", "\u202eabc", "tab\there"]
)
async def test_a_name_that_is_none_is_refused(coaches, max, name: str):
    why = "it has 101 characters" if len(name) > 100 else "it has no visible character, or one that breaks"
    with pytest.raises(errors.CoachNameError, match=why):
        await coaches.add(max, "new", name)
    with pytest.raises(errors.CoachNameError):
        await coaches.change(max, "d", CoachChange(name))


@pytest.mark.parametrize(
    "name", ["n" * 100, "\U0001f4c8" * 100, "\u65e5\u672c \u05e9\u05dc\u05d5\u05dd", "*$_@everyone"]
)
async def test_any_name_on_one_line_will_do(coaches, max, name: str):
    assert (await coaches.change(max, "d", CoachChange(name))).name == name


async def test_a_key_that_is_taken_is_refused(coaches, max):
    with pytest.raises(errors.CoachExistsError) as refusal:
        await coaches.add(max, "D", "Another")

    assert refusal.value.coach.name == "Coach D (Day Trading)"


async def test_a_renamed_coach_keeps_its_plans_and_members(services, coaches, dana, max):
    plan = await services.plans.post(dana, PostPlan("Long", day=DAY), fresh())

    await coaches.change(max, "Coach D", CoachChange("Dana's desk"))

    assert (await services.plans.find(dana, plan.id)).coach.name == "Dana's desk"
    assert (await posting_as(coaches, dana, "dana's desk")).key == "d"


async def test_the_cards_of_a_coach_that_comes_back_under_another_name_follow(
    services, store, clock, coaches, dana, max
):
    plan = await services.plans.post(dana, PostPlan("Long", day=DAY), fresh())
    cards = CardService(store, clock, services.guilds)
    card = await cards.card(plan.id)
    assert card
    work = await cards.begin(card.id)
    assert work
    await cards.shown(work, MessageId(1))
    await coaches.remove(max, "d")
    before = await cards.card(plan.id)

    await coaches.add(max, "d", "Dana's desk")

    after = await cards.card(plan.id)
    assert before
    assert after
    assert (before.is_current, after.is_current) == (True, False)
    assert (await services.plans.find(dana, plan.id)).coach.name == "Dana's desk"


async def test_a_coach_without_plans_is_removed(services, coaches, max):
    removed = await coaches.remove(max, "s")

    assert not removed.is_retired
    assert await keys(services) == ["d", "i"]
    with pytest.raises(errors.UnknownCoachError):
        await coaches.remove(max, "s")


async def test_a_coach_that_is_not_there_is_refused(coaches, max):
    for act in (
        coaches.change(max, "zebra", CoachChange("Z")),
        coaches.remove(max, "zebra"),
        coaches.assign(max, "zebra", MIA_ALONE),
        coaches.unassign(max, "zebra", MIA_ALONE),
    ):
        with pytest.raises(errors.UnknownCoachError):
            await act


async def test_members_come_and_go(coaches, mia, max):
    await coaches.assign(max, "s", MIA_ALONE)
    assert (await posting_as(coaches, mia, None)).key == "s"

    await coaches.unassign(max, "s", MIA_ALONE)

    with pytest.raises(errors.NoCoachError):
        await posting_as(coaches, mia, None)


async def test_a_role_lets_all_who_have_it_post(coaches, mia, max):
    await coaches.assign(max, "s", SCALPERS)

    assert (await posting_as(coaches, dataclasses.replace(mia, role_ids=SCALPERS.roles), None)).key == "s"
    with pytest.raises(errors.NoCoachError):
        await posting_as(coaches, mia, None)


async def test_of_a_user_and_a_role_only_the_new_one_counts(coaches, max):
    both = Members(MIA_ALONE.users, SCALPERS.roles)
    await coaches.assign(max, "s", MIA_ALONE)

    assert (await coaches.assign(max, "s", both)).members == SCALPERS
    assert (await coaches.unassign(max, "s", both)).members == both


async def test_a_coach_is_added_with_its_members(coaches, mia, max):
    both = Members(MIA_ALONE.users, SCALPERS.roles)

    added = await coaches.add(max, "sc", "Scalps", both)

    assert (added.members, added.is_everyone_left_out) == (both, False)
    assert (await posting_as(coaches, mia, None)).key == "sc"


async def test_a_coach_that_comes_back_has_its_members_and_the_new_ones(services, coaches, dana, max):
    await services.plans.post(dana, PostPlan("Long", day=DAY), fresh())
    await coaches.remove(max, "d")

    await coaches.add(max, "d", "Coach D", MIA_ALONE)

    assert (await coaches.with_members(max, "d")).members.users == {dana.user_id, MIA.user_id}


async def test_a_coach_is_added_without_everyone_until_that_is_confirmed(coaches, max):
    wanted = Members(MIA_ALONE.users, frozenset({RoleId(GUILD)}))

    added = await coaches.add(max, "sc", "Scalps", wanted)

    assert (added.members, added.is_everyone_left_out) == (MIA_ALONE, True)
    assert (await coaches.with_members(max, "sc")).members == MIA_ALONE


async def test_the_chosen_members_replace_those_that_were_shown(coaches, max):
    hidden = Members(users=frozenset({UserId(77)}))
    await coaches.assign(max, "s", MIA_ALONE)
    await coaches.assign(max, "s", hidden)

    change = await coaches.replace(max, "s", MIA_ALONE, SCALPERS)

    assert (change.added, change.removed) == (SCALPERS, MIA_ALONE)
    assert (await coaches.with_members(max, "s")).members == Members(hidden.users, SCALPERS.roles)


async def test_the_same_choice_changes_nothing(coaches, max):
    await coaches.assign(max, "s", MIA_ALONE)

    change = await coaches.replace(max, "s", MIA_ALONE, MIA_ALONE)

    assert not change.added
    assert not change.removed


async def test_a_shown_member_who_was_taken_off_meanwhile_is_not_reported(coaches, max):
    assert not (await coaches.replace(max, "s", MIA_ALONE, Members())).removed


async def test_everyone_is_left_out_of_a_choice_until_it_is_confirmed(coaches, max):
    everyone = Members(roles=frozenset({RoleId(GUILD)}))
    await coaches.assign(max, "s", SCALPERS)

    change = await coaches.replace(max, "s", SCALPERS, Members(MIA_ALONE.users, everyone.roles))

    assert (change.added, change.removed, change.is_everyone_left_out) == (MIA_ALONE, SCALPERS, True)
    assert (await coaches.with_members(max, "s")).members == MIA_ALONE
    await coaches.assign(max, "s", everyone, is_sure=True)
    again = await coaches.replace(max, "s", everyone, everyone)
    assert not again.is_everyone_left_out


async def test_only_a_manager_replaces_members_and_only_of_a_coach_that_is_not_retired(services, coaches, dana, max):
    await services.plans.post(dana, PostPlan("Long", day=DAY), fresh())
    with pytest.raises(errors.NotManagerError):
        await coaches.replace(dana, "d", Members(), MIA_ALONE)
    await coaches.remove(max, "d")

    with pytest.raises(errors.RetiredCoachError):
        await coaches.replace(max, "d", Members(), MIA_ALONE)


async def test_the_setup_shows_five_coaches_at_once_and_no_retired_one(services, coaches, dana, max):
    await services.plans.post(dana, PostPlan("Long", day=DAY), fresh())
    await coaches.remove(max, "d")
    for number in range(5):
        await coaches.add(max, f"n{number}", f"New {number}")

    first, last = await coaches.setup_page(max, 1), await coaches.setup_page(max, 9)

    assert [each.coach.key for each in first.coaches] == ["i", "n0", "n1", "n2", "n3"]
    assert ([each.coach.key for each in last.coaches], last.number, last.total) == (["n4", "s"], 2, 7)
    with pytest.raises(errors.NotManagerError):
        await coaches.setup_page(dana, 1)


async def test_nobody_is_neither_assigned_nor_taken_off(coaches, max):
    with pytest.raises(errors.NoMemberGivenError):
        await coaches.assign(max, "s", Members())
    with pytest.raises(errors.NoMemberGivenError):
        await coaches.unassign(max, "s", Members())


async def test_a_member_is_assigned_once_and_taken_off_once(coaches, max):
    await coaches.assign(max, "s", MIA_ALONE)
    with pytest.raises(errors.MemberAlreadyError):
        await coaches.assign(max, "s", MIA_ALONE)

    await coaches.unassign(max, "s", MIA_ALONE)
    with pytest.raises(errors.NotMemberError):
        await coaches.unassign(max, "s", MIA_ALONE)


async def test_a_user_with_the_id_of_a_role_is_not_taken_off_for_it(coaches, max):
    await coaches.assign(max, "s", SCALPERS)

    with pytest.raises(errors.NotMemberError):
        await coaches.unassign(max, "s", Members(users=frozenset({UserId(800)})))


async def test_the_list_shows_members_plans_and_retired_coaches_last(services, coaches, dana, max):
    await services.plans.post(dana, PostPlan("Long", day=DAY), fresh())
    await coaches.remove(max, "d")

    page = await coaches.page(max)

    assert [(each.coach.key, each.coach.is_retired, each.plans) for each in page.coaches] == [
        ("i", False, 0),
        ("s", False, 0),
        ("d", True, 1),
    ]
    assert page.coaches[2].members == Members(users=frozenset({dana.user_id}))


async def test_many_coaches_have_pages(coaches, max):
    for number in range(20):
        await coaches.add(max, f"c{number}", f"Coach {number}")

    last = await coaches.page(max, 99)

    assert (last.number, last.pages, last.total, len(last.coaches)) == (3, 3, 23, 3)


async def test_one_who_is_no_manager_changes_nothing(services, coaches, dana):
    for act in (
        coaches.page(dana),
        coaches.add(dana, "new", "New"),
        coaches.change(dana, "d", CoachChange("Mine")),
        coaches.changeable(dana, "d"),
        coaches.remove(dana, "d"),
        coaches.assign(dana, "d", MIA_ALONE),
        coaches.unassign(dana, "d", MIA_ALONE),
    ):
        with pytest.raises(errors.NotManagerError):
            await act

    assert [coach.name for coach in await coaches.list(GUILD)] == [seed.name for seed in SEEDS]


async def test_a_manager_of_another_guild_changes_that_one_alone(services, coaches, max):
    await coaches.remove(elsewhere(max), "d")
    await coaches.assign(elsewhere(max), "s", MIA_ALONE)

    assert await keys(services) == ["d", "i", "s"]
    assert [coach.key for coach in await coaches.list(OTHER_GUILD)] == ["i", "s"]
    assert not (await coaches.page(max)).coaches[2].members


async def test_what_managers_did_stays_after_a_restart(store, coaches, max):
    await coaches.add(max, "x", "Coach X")
    await coaches.change(max, "d", CoachChange("Dana's desk"))
    await coaches.remove(max, "s")
    await coaches.assign(max, "i", MIA_ALONE)

    again = coaches_of(store, *SEEDS)

    assert {coach.key: coach.name for coach in await again.list(GUILD)} == {
        "d": "Dana's desk",
        "i": "Coach I (Intraday)",
        "x": "Coach X",
    }
    assert (await again.page(max)).coaches[1].members.users == MIA_ALONE.users


async def test_a_removed_coach_comes_back_only_when_its_own_entry_changes(services, store, coaches, dana, max):
    await services.plans.post(dana, PostPlan("Long", day=DAY), fresh())
    await coaches.remove(max, "d")
    await coaches.remove(max, "s")
    day, intraday, swing = SEEDS

    others_changed = coaches_of(store, day, dataclasses.replace(intraday, name="Intra"), swing)
    assert [coach.key for coach in await others_changed.list(GUILD)] == ["i"]
    own_changed = coaches_of(
        store,
        dataclasses.replace(day, users=frozenset({dana.user_id, MIA.user_id})),
        intraday,
        dataclasses.replace(swing, users=frozenset({MIA.user_id})),
    )

    assert [coach.key for coach in await own_changed.list(GUILD)] == ["d", "i", "s"]
    listed = {each.coach.key: each.members.users for each in (await own_changed.page(max)).coaches}
    assert listed["d"] == {dana.user_id, MIA.user_id}
    assert listed["s"] == {MIA.user_id}


async def test_a_coach_has_a_color_by_its_key_until_a_manager_chooses_one(coaches, max):
    before = await coaches.changeable(max, "d")

    chosen = await coaches.change(max, "d", CoachChange(color="#1565c0"))
    kept = await coaches.change(max, "d", CoachChange("Dana"))
    cleared = await coaches.change(max, "d", CoachChange(clear=ClearableLook.COLOR))

    assert (chosen.color, kept.color, kept.name) == (0x1565C0, 0x1565C0, "Dana")
    assert (before.chosen_color, cleared.color) == (None, before.color)


async def test_a_coachs_picture_is_replaced_and_cleared(coaches, max):
    small, other = (dataclasses.replace(PICTURE, sha256=digit * 64) for digit in "12")

    assert (await coaches.change(max, "d", CoachChange(picture=small))).picture == small
    assert (await coaches.change(max, "d", CoachChange("Dana"))).picture == small
    assert (await coaches.change(max, "d", CoachChange(picture=other))).picture == other
    assert (await coaches.change(max, "d", CoachChange(clear=ClearableLook.PICTURE))).picture is None


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        (CoachChange(), errors.NothingToChangeError),
        (CoachChange("Dana", color="bluish"), errors.CoachColorError),
        (CoachChange("Dana", picture=LARGE), errors.CoachPictureError),
        (CoachChange("Dana", color="blue", clear=ClearableLook.COLOR), errors.SetAndClearError),
        (CoachChange("Dana", picture=PICTURE, clear=ClearableLook.PICTURE), errors.SetAndClearError),
    ],
)
async def test_a_look_that_is_none_changes_nothing(coaches, max, wanted: CoachChange, refusal: type[errors.CoachError]):
    before = await coaches.changeable(max, "d")

    with pytest.raises(refusal):
        await coaches.change(max, "d", wanted)

    assert await coaches.changeable(max, "d") == before
