"""The panel of `/admin setup`: however much there is, Discord would take it."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import replies
from bot.domain.sessions import Exchange, SessionCalendar
from bot.domain.values import (
    COACHES_IN_SETUP,
    Audience,
    CardFailure,
    CardPermission,
    ChannelId,
    Coach,
    CoachId,
    CoachPage,
    DeletedCards,
    GuildId,
    GuildSettings,
    ListedCoach,
    MemberNames,
    Members,
    MembersReplacement,
    MessageId,
    RoleId,
    SettingsChange,
    Setup,
    UserId,
    WriteButton,
)
from bot.replies.layout import Reply
from tests.bot.replies.test_admin import GONE, MANY, NOW
from tests.bot.replies.test_replies import LARGEST, NAMES, accept

CHANNEL = ChannelId(LARGEST)
NOBODY = MemberNames({}, {}, Members())
ZONES = tuple(f"America/Argentina/Zone_{number}" for number in range(30))
SETTINGS = GuildSettings("Pacific/Auckland", False, None, Audience.MEMBERS, DeletedCards.POST_AGAIN)


def coach(name: str = "Coach D") -> Coach:
    return Coach(CoachId(LARGEST), GuildId(LARGEST), "k" * 16, name)


def setup_of(*listed: ListedCoach, pages: int = 1, names: MemberNames = NOBODY, **changes) -> Setup:
    """A setup with these coaches; keys are told apart, as in a guild."""
    distinct = tuple(
        dataclasses.replace(each, coach=dataclasses.replace(each.coach, key=f"{'k' * 14}{number:02}"))
        for number, each in enumerate(listed)
    )
    return Setup(
        GuildId(LARGEST), SETTINGS, CoachPage(distinct, 1, pages, len(listed) * pages), names, ZONES, **changes
    )


def shown(reply: Reply) -> str:
    return str([component.build() for component in reply["components"]])


@given(NAMES, st.booleans(), st.booleans(), st.booleans())
def test_the_fullest_panel_is_within_discords_limits(name: str, is_posted: bool, is_gone: bool, is_lacking: bool):
    listed = (ListedCoach(coach(name), MANY, 10**6),) * COACHES_IN_SETUP
    button = WriteButton(CHANNEL, None if is_gone else MessageId(LARGEST))
    settings = dataclasses.replace(SETTINGS, plans_channel_id=CHANNEL, write_button=button if is_posted else None)
    full = setup_of(
        *listed,
        pages=LARGEST,
        names=GONE,
        lacking=tuple(CardPermission) if is_lacking else (),
        is_channel_gone=is_gone,
    )

    accept(
        replies.setup(
            dataclasses.replace(full, settings=settings),
            replies.members_replaced(MembersReplacement(coach(name), MANY, MANY, is_everyone_left_out=True)),
            coach(name),
        )
    )


def test_an_empty_server_is_asked_to_add_a_coach():
    empty = replies.setup(setup_of())

    accept(empty)
    assert "Add one with /admin coach add" in shown(empty)


@given(NAMES)
def test_everything_that_is_said_is_within_discords_limits(name: str):
    lacking = {CHANNEL: tuple(CardPermission)}
    done = [
        replies.members_outdated(coach(name)),
        replies.members_replaced(MembersReplacement(coach(name), Members(), Members())),
        replies.setup_saved(SettingsChange(plans_channel_id=CHANNEL), SETTINGS, NOW),
        replies.setup_saved(SettingsChange(timezone="nz"), SETTINGS, NOW),
        replies.setup_saved(SettingsChange(exchange=Exchange.XJPX), SETTINGS, NOW),
        replies.button_posted(CHANNEL),
        *(replies.post_test_passed(CHANNEL, is_removed=each) for each in (True, False)),
        *(replies.button_refused(CHANNEL, failure, lacking) for failure in (*CardFailure, None)),
        replies.no_button_channel(),
        replies.no_plans_channel(),
        *(replies.post_test_failed(CHANNEL, failure, lacking) for failure in (*CardFailure, None)),
    ]

    for each in done:
        accept(replies.setup(setup_of(), each))
    accept(replies.hello(GuildId(LARGEST), name))
    accept(replies.post_test())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "each plan is shown there"),
        ({"is_channel_gone": True}, "The channel was deleted. Choose another."),
        ({"lacking": (CardPermission.SEND_MESSAGES,)}, "Coachbook needs Send Messages there."),
    ],
)
def test_what_is_wrong_with_the_plans_channel_is_said(changes, words: str):
    assert words in shown(replies.setup(setup_of(**changes)))


def test_a_deleted_channel_is_not_preset():
    settings = dataclasses.replace(SETTINGS, plans_channel_id=CHANNEL)

    there = shown(replies.setup(dataclasses.replace(setup_of(), settings=settings)))
    gone = shown(replies.setup(dataclasses.replace(setup_of(is_channel_gone=True), settings=settings)))

    preset = f"'default_values': [{{'id': '{CHANNEL}', 'type': 'channel'}}]"
    assert (preset in there, preset in gone) == (True, False)


def test_a_time_zone_that_is_not_common_is_offered_and_preset():
    panel = shown(replies.setup(setup_of()))

    assert "{'label': 'Pacific/Auckland', 'value': 'Pacific/Auckland', 'default': True}" in panel


def test_25_members_are_shown_at_most_and_none_who_left():
    gone = Members(frozenset({UserId(1)}), frozenset({RoleId(2)}))
    members = Members(frozenset(map(UserId, range(1, 31))), frozenset(map(RoleId, range(1, 4))))

    visible = replies.shown_members(members, gone)

    assert len(visible) == 25
    assert visible.roles == {1, 3}
    assert UserId(1) not in visible.users


def test_a_mark_tells_members_apart():
    ones = [Members(), Members(frozenset({UserId(1)})), Members(roles=frozenset({RoleId(1)}))]

    assert len({replies.mark_of(each) for each in ones}) == 3
    assert replies.mark_of(ones[1]) == replies.mark_of(Members(frozenset({UserId(1)})))


def test_who_came_and_who_went_is_said():
    one, other = Members(frozenset({UserId(1)})), Members(roles=frozenset({RoleId(2)}))

    said = replies.members_replaced(MembersReplacement(coach(), one, other))

    assert said == "<@1> can now post as Coach D. <@&2> can no longer post as Coach D."


def test_an_exchange_whose_years_are_not_known_is_said_so():
    unknown = SessionCalendar(Exchange.XJPX)
    known = dataclasses.replace(unknown, years={NOW.year, NOW.year + 1})
    wanted = SettingsChange(exchange=Exchange.XJPX)

    said = [replies.setup_saved(wanted, dataclasses.replace(SETTINGS, calendar=each), NOW) for each in (unknown, known)]

    assert f"**Not known yet:** the sessions of {NOW.year} and {NOW.year + 1}" in said[0]
    assert said[1] == "Saved: sessions follow JPX (Tokyo)."
