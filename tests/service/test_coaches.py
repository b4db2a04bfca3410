"""Coaches: what a coach is called, and who speaks as it."""

import dataclasses

import pytest

from bot.domain import errors
from bot.domain.values import MemberNames, Members, RoleId
from tests.service.scene import GUILD, INTRADAY_ROLE, posting_as


@pytest.mark.parametrize(
    "given",
    [
        "d",
        "D",
        " d ",
        "Coach D (Day Trading)",
        "coach d",
        "coach_d",
        "COACH-D",
        "day trading",
        "\uff24",
    ],
)
async def test_case_and_blanks_in_a_coachs_name_are_forgiven(coaches, max, given: str):
    assert (await posting_as(coaches, max, given)).key == "d"


@pytest.mark.parametrize(
    ("given", "near"),
    [("coach d (day tradin)", "d"), ("intradai", "i"), ("coach x", None), ("zebra", None)],
)
async def test_a_near_miss_says_what_was_meant(coaches, max, given: str, near: str | None):
    with pytest.raises(errors.UnknownCoachError) as refusal:
        await posting_as(coaches, max, given)

    assert (refusal.value.near and refusal.value.near.key) == near


@pytest.mark.parametrize("given", ["!!!", "\u200b", "d" * 6000])
async def test_what_is_no_name_is_an_unknown_coach(coaches, dana, given: str):
    with pytest.raises(errors.UnknownCoachError):
        await posting_as(coaches, dana, given)


@pytest.mark.parametrize("given", [None, "", "  "])
async def test_the_only_coach_needs_no_name(coaches, dana, ivan, given: str | None):
    assert (await posting_as(coaches, dana, given)).key == "d"
    assert (await posting_as(coaches, ivan, given)).key == "i"


async def test_two_coaches_need_a_name(coaches, dana):
    both = dataclasses.replace(dana, role_ids=frozenset({INTRADAY_ROLE}))

    with pytest.raises(errors.WhichCoachError) as refusal:
        await posting_as(coaches, both, None)

    assert [coach.key for coach in refusal.value.coaches] == ["d", "i"]


async def test_a_manager_with_one_coach_of_their_own_gets_that_one(coaches, dana):
    manager = dataclasses.replace(dana, is_manager=True)

    assert (await posting_as(coaches, manager, None)).key == "d"
    assert (await posting_as(coaches, manager, "s")).key == "s"


async def test_a_role_that_is_taken_away_takes_the_coach_away(coaches, ivan):
    without = dataclasses.replace(ivan, role_ids=frozenset({RoleId(1)}))

    for given in (None, "i"):
        with pytest.raises(errors.NoCoachError):
            await posting_as(coaches, without, given)


async def test_a_user_with_the_id_of_a_role_is_not_that_role(coaches, mia):
    namesake = dataclasses.replace(mia, user_id=INTRADAY_ROLE)

    with pytest.raises(errors.NoCoachError):
        await posting_as(coaches, namesake, None)


async def test_ones_own_coaches_are_suggested_first(coaches, ivan, mia, max):
    async def keys(actor, typed="", for_posting=False):
        found = await coaches.suggest(actor, typed, for_posting=for_posting)
        return [suggestion.value for suggestion in found]

    assert await keys(ivan) == ["i", "d", "s"]
    assert await keys(ivan, for_posting=True) == ["i"]
    assert await keys(mia, for_posting=True) == []
    assert await keys(max, for_posting=True) == ["d", "i", "s"]
    assert await keys(max, "SWING") == ["s"]


async def test_coaches_are_listed_in_the_order_of_their_keys(coaches):
    assert [coach.key for coach in await coaches.list(GUILD)] == ["d", "i", "s"]


async def test_everyone_is_assigned_only_by_one_who_is_sure(coaches, max):
    everyone = Members(roles=frozenset({RoleId(GUILD)}))

    with pytest.raises(errors.AssignEveryoneError) as refusal:
        await coaches.assign(max, "d", everyone)
    assert refusal.value.members == everyone
    assert (await coaches.assign(max, "d", everyone, is_sure=True)).members == everyone


async def test_only_a_manager_sees_who_is_assigned(coaches, dana, max):
    assert dana.user_id in (await coaches.with_members(max, "d")).members.users

    with pytest.raises(errors.NotManagerError):
        await coaches.with_members(dana, "d")


async def test_a_coach_is_found_by_the_name_of_a_member(coaches, dana, max):
    members = await coaches.members(dana)
    names = MemberNames(dict.fromkeys([dana.user_id], "Däna"), {INTRADAY_ROLE: "Fast"}, Members())

    assert dana.user_id in members.users
    assert [each.value for each in await coaches.suggest(dana, "d\u00e4n", for_posting=False, names=names)] == ["d"]
    assert [each.value for each in await coaches.suggest_to_change(max, "fast", names)] == ["i"]
    assert await coaches.suggest_to_change(dana, "fast", names) == []
