"""The panel of `/admin setup`, and the message to the owner of a server that the bot joined."""

import datetime
import zlib
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import hikari
from hikari.impl import MessageActionRowBuilder

from bot.domain.sessions import Exchange
from bot.domain.values import (
    MAX_CHOICE_LENGTH,
    MAX_CHOSEN,
    CardFailure,
    ChannelId,
    Coach,
    GuildId,
    GuildSettings,
    ListedCoach,
    Members,
    MembersReplacement,
    RoleId,
    SettingsChange,
    Setup,
    UserId,
    WriteButton,
)
from bot.domain.zones import today_in
from bot.replies import layout
from bot.replies.admin import EVERYONE_LEFT_OUT, everyone_button, mentions, missing_years
from bot.replies.custom_ids import fresh_route_id, route_id
from bot.replies.entity_selects import channel_select, members_select
from bot.replies.layout import Button, Reply
from bot.replies.modals import Modal, TextField
from bot.replies.phrases import message_address
from bot.replies.receipts import Lacking, why_not

_NAME: Final = 60


def setup(state: Setup, done: str = "", asked: Coach | None = None) -> Reply:
    """Return the panel; `done` says what was just done, and `asked` is a coach that everyone may be assigned to."""
    page = state.coaches.number
    block = layout.container(layout.LIVE, "### Set up Coachbook", *([done] if done else []))
    for text, row in (*_settings(state, page), *_coaches(state), _button(state, page)):
        block.add_text_display(text)
        if row:
            block.add_component(row)
    block.add_component(layout.row(*_acts(state, page), *([everyone_button(asked, Members())] if asked else [])))
    return layout.private([block, *_pages(state)])


def timezone_modal(page: int, current: str) -> Modal:
    """Return a form for any time zone."""
    field = TextField("timezone", "City or time zone", current, "Such as London.", limit=MAX_CHOICE_LENGTH)
    return Modal("Time zone", fresh_route_id("admin.setup_typed_timezone", page), [field])


def setup_saved(wanted: SettingsChange, current: GuildSettings, now: datetime.datetime) -> str:
    """Say that a setting was saved."""
    if wanted.plans_channel_id is not None:
        return f"Saved: plans are posted in <#{current.plans_channel_id}>."
    if wanted.exchange is not None:
        missing = missing_years(current.calendar, today_in(current.timezone, now))
        return "\n".join([f"Saved: sessions follow {wanted.exchange.label}.", *missing])
    return f"Saved: the time zone is {layout.escape(current.timezone)}."


def members_replaced(change: MembersReplacement) -> str:
    """Say who was assigned to a coach and unassigned from it."""
    name = _named(change.coach)
    added = f"{mentions(change.added)} can now post as {name}." if change.added else ""
    removed = f"{mentions(change.removed)} can no longer post as {name}." if change.removed else ""
    said = [each for each in (added, removed) if each] or [f"Nothing changed for {name}."]
    return " ".join([*said, EVERYONE_LEFT_OUT] if change.is_everyone_left_out else said)


def members_outdated(coach: Coach) -> str:
    """Say that members were not replaced, because the menu showed others than it would now."""
    return f"Nothing changed: the menu of {_named(coach)} was out of date. It is up to date now, so choose again."


def button_posted(channel_id: ChannelId) -> str:
    """Say that the button was posted."""
    return f"Button posted in <#{channel_id}>."


def button_already(channel_id: ChannelId) -> str:
    """Say that the button was posted before."""
    return f"The button is already in <#{channel_id}>."


def deleted_button(button: WriteButton | None) -> list[str]:
    """Return a line about a button whose message was deleted, if it was; that is no fault, as it may be meant."""
    if button is None or button.message_id is not None:
        return []
    where = f"its message in <#{button.channel_id}> was deleted"
    return [f"**Button “Post today’s plan”:** {where}. Post it again with `/admin setup`."]


def no_button_channel() -> str:
    """Say that the button has no channel."""
    return "Choose a channel for the button first."


def no_plans_channel() -> str:
    """Say that plans have no channel."""
    return "Choose the plans’ channel first."


def button_refused(channel_id: ChannelId, failure: CardFailure | None, lacking: Lacking) -> str:
    """Say why the button can’t be posted; None: Discord’s answer was not clear."""
    if failure is None:
        return f"Discord gave no clear answer, so the button may not be in <#{channel_id}>. Try again."
    return f"The button can’t be posted in <#{channel_id}>: {why_not(failure, channel_id, lacking)}."


def post_test_passed(channel_id: ChannelId, *, is_removed: bool) -> str:
    """Say that cards can be posted, and whether the message of the test was removed."""
    rest = "The test message was removed." if is_removed else "The test message is still there: delete it by hand."
    return f"Test passed: cards can be posted in <#{channel_id}>. {rest}"


def post_test_failed(channel_id: ChannelId, failure: CardFailure | None, lacking: Lacking) -> str:
    """Say why cards can’t be posted; None: Discord’s answer was not clear."""
    if failure is None:
        return (
            "Discord gave no clear answer, so the test has no result. Try again. "
            f"If a test message is left in <#{channel_id}>, delete it by hand."
        )
    return f"Test failed: cards can’t be posted in <#{channel_id}>: {why_not(failure, channel_id, lacking)}."


def post_test() -> Reply:
    """Return the message of a test, which is removed at once."""
    return layout.public([layout.container(layout.LIVE, "Test message: Coachbook removes it at once.")])


def hello(guild_id: GuildId, name: str) -> Reply:
    """Greet the owner of a server that the bot joined."""
    return layout.public(
        [
            layout.container(
                layout.LIVE,
                f"### Coachbook was added to {layout.escape(name)}",
                "Coaches post a plan for each trading day, and everyone sees what changed and when. "
                "To set it up, [open the server](https://discord.com/channels/"
                f"{guild_id}) and send /admin setup. It takes a minute.",
                "-# You get this message once, as the server’s owner.",
            )
        ]
    )


def shown_members(members: Members, gone: Members) -> Members:
    """Return the members that a menu shows: roles first, 25 at most, and none who left the server."""
    present = members - gone
    roles = sorted(present.roles)[:MAX_CHOSEN]
    users = sorted(present.users)[: MAX_CHOSEN - len(roles)]
    return Members(frozenset(map(UserId, users)), frozenset(map(RoleId, roles)))


def mark_of(shown: Members) -> str:
    """Return a short mark of these members, by which a choice knows what its menu showed."""
    ids = f"{sorted(shown.users)} {sorted(shown.roles)}"
    return f"{zlib.crc32(ids.encode()):08x}"


_Part: TypeAlias = tuple[str, MessageActionRowBuilder | None]


def _settings(state: Setup, page: int) -> Sequence[_Part]:
    """Return the settings, each with its menu."""
    current = state.settings
    channel_id = None if state.is_channel_gone else current.plans_channel_id
    channel = channel_select(route_id("admin.setup_channel", page), "Choose the plans’ channel", channel_id)
    names = dict.fromkeys([current.timezone, *state.timezones])
    timezone = layout.select(
        route_id("admin.setup_timezone", page),
        "Choose a time zone",
        [(name, name) for name in names],
        current.timezone,
    )
    exchange = layout.select(
        route_id("admin.setup_exchange", page),
        "Choose an exchange",
        [(each.label, each.value) for each in Exchange],
        current.calendar.exchange,
    )
    other = layout.button("Other time zone\N{HORIZONTAL ELLIPSIS}", route_id("admin.setup_other_timezone", page))
    return (
        (f"**Plans’ channel**{_problem(state)}", layout.row(channel)),
        ("**Time zone**: decides which day is today", layout.row(timezone)),
        ("-# Not in the list?", layout.row(other)),
        ("**Exchange**: decides which days have a session", layout.row(exchange)),
    )


def _problem(state: Setup) -> str:
    """Return what is wrong with the plans’ channel."""
    if state.is_channel_gone:
        return "\nThe channel was deleted. Choose another."
    if state.lacking:
        return f"\nCoachbook needs {' and '.join(state.lacking)} there."
    return ": each plan is shown there"


def _coaches(state: Setup) -> Sequence[_Part]:
    """Return the coaches of the page, each with the menu of its members."""
    if not state.coaches.total:
        return [("**Coaches**: none yet. Add one with /admin coach add, then open this panel again.", None)]
    return [_members(each, state) for each in state.coaches.coaches]


def _members(listed: ListedCoach, state: Setup) -> _Part:
    coach = listed.coach
    shown = shown_members(listed.members, state.names.gone)
    menu = members_select(
        route_id("admin.setup_members", state.coaches.number, coach.key, mark_of(shown)),
        "Choose members and roles",
        shown,
    )
    hidden = len(listed.members) - len(shown)
    more = f"\n-# {hidden} more not shown: use /admin coach unassign to remove one." if hidden else ""
    return f"**{_named(coach)}**: who can post as it{more}", layout.row(menu)


def _button(state: Setup, page: int) -> _Part:
    """Return the state of the button, with the menu of channels to post it in."""
    menu = channel_select(route_id("admin.setup_button_in", page), "Post the button in another channel")
    return f"**Button “Post today’s plan”**{_where(state)}", layout.row(menu)


def _where(state: Setup) -> str:
    """Return where the button is."""
    posted = state.settings.write_button
    if posted is None:
        return ": for a channel that coaches see"
    if posted.message_id is None:
        return f"\nIts message in <#{posted.channel_id}> was deleted. Post it again."
    return f": [posted]({message_address(state.guild_id, posted.channel_id, posted.message_id)})"


def _acts(state: Setup, page: int) -> Sequence[Button]:
    posted, channel_id = state.settings.write_button, state.settings.plans_channel_id
    is_there = posted is not None and posted.message_id is not None
    post = "Post button again" if posted else "Post button"
    return [
        layout.button(
            post,
            route_id("admin.setup_button", page),
            hikari.ButtonStyle.PRIMARY,
            is_disabled=is_there or (posted is None and channel_id is None),
        ),
        layout.button("Test post", route_id("admin.setup_test", page), is_disabled=channel_id is None),
    ]


def _pages(state: Setup) -> Sequence[Any]:
    """Return the buttons to the other coaches."""
    page = state.coaches
    buttons = layout.page_buttons(
        "Previous coaches", "Next coaches", page.number, page.pages, lambda to: route_id("admin.setup", to)
    )
    return [layout.row(*buttons)] if buttons else []


def _named(coach: Coach) -> str:
    return layout.escape(layout.cut(coach.name, _NAME))
