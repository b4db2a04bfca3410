"""Coaches and settings, for server managers."""

import datetime
from collections.abc import Collection
from typing import Any, Final

import hikari

from bot.domain.counts import count_of
from bot.domain.days import listed_day, short_date
from bot.domain.sessions import HOURS, DayKind, Exchange, Override, SessionCalendar
from bot.domain.values import (
    MAX_CHOICE_LENGTH,
    MAX_CHOICES,
    AddCoachResult,
    Audience,
    Coach,
    CoachPage,
    DeletedCards,
    GuildSettings,
    ListedCoach,
    MemberNames,
    Members,
    MembersChange,
    OverriddenDay,
    RoleId,
    UserId,
)
from bot.domain.zones import today_in
from bot.replies import layout
from bot.replies.custom_ids import route_id
from bot.replies.layout import Button, Reply
from bot.replies.phrases import note

_NAME: Final = 40
"""Characters of a name in a list."""
_MAX_LISTED: Final = 3
"""Members that a coach is listed with, and as many roles: ten coaches fit into a message."""
EVERYONE_LEFT_OUT: Final = (
    "Everyone in this server isn’t assigned yet: they could post as it, and change and delete its plans."
)
_NOBODY: Final = Members()
_SEEN_BY: Final = {
    Audience.MEMBERS: "the coach’s team and managers",
    Audience.MANAGERS: "managers only",
    Audience.EVERYONE: "everyone",
}
_MAX_OVERRIDES: Final = 10
_KINDS: Final = {DayKind.OPEN: "open", DayKind.HALF_DAY: "half day", DayKind.CLOSED: "closed"}
_DELETED_CARDS: Final = {DeletedCards.POST_AGAIN: "post it again", DeletedCards.LEAVE_DELETED: "leave it deleted"}


def coach_added(added: AddCoachResult) -> Reply:
    """Say that a coach was added, or is back, and ask whether everyone is to be assigned if that was wanted."""
    coach = added.coach
    back = f"Brought back: {_named(coach)}, with its plans, templates and members. See them with /admin coach list."
    lines = [back if added.is_back else f"Added: {_named(coach)}."]
    if added.members:
        lines.append(f"{mentions(added.members)} can post as it.")
    elif not added.is_back:
        lines.append("Only managers can post as it so far. Assign others with /admin setup or /admin coach assign.")
    if not added.is_everyone_left_out:
        return note(" ".join(lines))
    lines.append(EVERYONE_LEFT_OUT)
    return layout.private(
        [layout.container(layout.LIVE, " ".join(lines)), layout.row(everyone_button(coach, Members()))]
    )


def coach_changed(coach: Coach) -> Reply:
    """Say that a coach was changed, in its color."""
    picture = f", picture {layout.preview(coach.picture.filename, _NAME)}" if coach.picture else ""
    text = f"Changed: {_named(coach)}, color #{coach.color:06X}{picture}. Its cards are being updated."
    return layout.private([layout.container(hikari.Color(coach.color), text)])


def coach_removed(coach: Coach) -> Reply:
    """Say that a coach was removed or retired."""
    if coach.is_retired:
        return note(
            f"Retired: {_named(coach)}. Nobody can post as it; its plans, their history and its templates stay. "
            "To bring it back, use /admin coach add with the same key."
        )
    return note(f"Removed: {_named(coach)}. It had no plans and no templates.")


def coaches(page: CoachPage, names: MemberNames) -> Reply:
    """Return a page of the coaches with their members."""
    if not page.coaches:
        return note("This server has no coaches. Add one with /admin coach add.")
    where = f", page {page.number} of {page.pages}" if page.pages > 1 else ""
    title = f"### {'1 coach' if page.total == 1 else f'{page.total} coaches'}{where}"
    block = layout.container(layout.LIVE, title, "\n".join(_listed(each, names.gone) for each in page.coaches))
    components: list[Any] = [block]
    if page_buttons := layout.page_buttons(
        "Previous", "Next", page.number, page.pages, lambda to: route_id("admin.coaches", to)
    ):
        components.append(layout.row(*page_buttons))
    return layout.private(components)


def assigned(change: MembersChange) -> Reply:
    """Say that members were assigned."""
    return note(f"{mentions(change.members)} can now post as {_named(change.coach)}.")


def unassigned(change: MembersChange) -> Reply:
    """Say that members were unassigned."""
    return note(_unassigned(change))


def everyone_button(coach: Coach, members: Members) -> Button:
    """Return the button that confirms an assignment of all members of the server, and of the user named as well."""
    user_id = next(iter(members.users), 0)
    return layout.button(
        "Assign everyone", route_id("admin.assign_everyone", coach.key, user_id), hikari.ButtonStyle.DANGER
    )


def ask_unassign(listed: ListedCoach, names: MemberNames, done: MembersChange | None = None) -> Reply:
    """Ask whom to unassign from the coach, departed members first; `done`: who was just unassigned."""
    said = [_unassigned(done)] if done else []
    choices = _choices(listed.members, names)
    if not choices:
        return note("\n".join([*said, f"Nobody is assigned to {_named(listed.coach)}. Only managers can post as it."]))
    more = len(listed.members.users) + len(listed.members.roles) - len(choices)
    if more:
        said.append(f"Showing {len(choices)}. For one of the {more} others, use the options user and role.")
    question = f"Who should no longer post as {_named(listed.coach)}?"
    menu = layout.select(route_id("admin.unassign", listed.coach.key), "Choose a user or role", choices)
    return layout.private([layout.container(layout.LIVE, "\n".join([*said, question])), layout.row(menu)])


def settings(current: GuildSettings, now: datetime.datetime) -> Reply:
    """Return the server's settings."""
    how = "-# To change one, use /admin settings with an option; for a single day, /admin session."
    return note("\n".join(["### Server settings", *_lines(current, now), how]))


def settings_changed(current: GuildSettings, now: datetime.datetime) -> Reply:
    """Return the server's settings after a change."""
    return note("\n".join(["### Server settings saved", *_lines(current, now)]))


def day_overridden(changed: OverriddenDay) -> Reply:
    """Say what a day is after managers said so."""
    day, session = short_date(changed.day), changed.session
    if changed.kind is None:
        return note(f"{day} follows the calendar again: {changed.exchange.label}.")
    if session is None:
        return note(f"{day} is closed here now.")
    hours = f"{layout.timestamp(session.opens_at, 't')} to {layout.timestamp(session.closes_at, 't')}"
    return note(f"{day} is {'a half day' if session.is_half_day else 'open'} here now: {hours}.")


def _lines(current: GuildSettings, now: datetime.datetime) -> list[str]:
    today = today_in(current.timezone, now)
    whose = "" if current.is_timezone_own else " (the default)"
    channel = f"<#{current.plans_channel_id}>" if current.plans_channel_id else "none"
    return [
        f"**Time zone:** {layout.escape(current.timezone)}{whose}",
        f"**Exchange:** {_hours(current.calendar.exchange)}",
        *missing_years(current.calendar, today),
        *_overrides(current.calendar, today),
        f"**Plans’ channel:** {channel}",
        f"**When a card is deleted by hand:** {_DELETED_CARDS[current.deleted_cards]}",
        f"**History of deleted plans is visible to:** {_SEEN_BY[current.deleted_visible_to]}",
    ]


def _hours(exchange: Exchange) -> str:
    """Return the exchange with its hours, if it has a place: `NYSE (New York), 09:30 to 16:00`."""
    hours = HOURS[exchange]
    if hours.timezone is None:
        return exchange.label
    paused = f", with a break from {hours.pause[0]:%H:%M} to {hours.pause[1]:%H:%M}" if hours.pause else ""
    return f"{exchange.label}, {hours.opens:%H:%M} to {hours.closes:%H:%M}{paused}"


def missing_years(calendar: SessionCalendar, today: datetime.date) -> list[str]:
    """Return a line if sessions of this year or the next are not known."""
    years = calendar.missing_years(today)
    return [f"**Not known yet:** the sessions of {' and '.join(map(str, years))}. See /admin health."] if years else []


def _overrides(calendar: SessionCalendar, today: datetime.date) -> list[str]:
    """Return a line for the first days to come that managers say are open, closed or half days."""
    days = sorted(day for day in calendar.overrides if day >= today)
    shown = [f"{listed_day(day, today)} {_kind(calendar.overrides[day])}" for day in days[:_MAX_OVERRIDES]]
    more = [f"{len(days) - _MAX_OVERRIDES} more"] if len(days) > _MAX_OVERRIDES else []
    return [f"**Days set here:** {'; '.join([*shown, *more])}"] if shown else []


def _kind(override: Override) -> str:
    closes = f", closes {layout.timestamp(override.closes_at, 't')}" if override.closes_at else ""
    return f"{_KINDS[override.kind]}{closes}"


def _named(coach: Coach) -> str:
    return f"{layout.escape(coach.name)} (key {layout.escape(coach.key)})"


def _unassigned(change: MembersChange) -> str:
    return f"{mentions(change.members)} can no longer post as {_named(change.coach)}."


def _choices(members: Members, names: MemberNames) -> list[tuple[str, str]]:
    """Return the options of the select, as label and value."""
    roles = [
        (role_id not in names.gone.roles, _role_label(role_id, names), f"role:{role_id}") for role_id in members.roles
    ]
    users = [
        (user_id not in names.gone.users, _user_label(user_id, names), f"user:{user_id}") for user_id in members.users
    ]
    return [(label, value) for _, label, value in sorted([*roles, *users])[:MAX_CHOICES]]


def _role_label(role_id: RoleId, names: MemberNames) -> str:
    if role_id in names.gone.roles:
        return f"Deleted role {role_id}"
    return layout.cut(f"@{names.roles.get(role_id, role_id)}", MAX_CHOICE_LENGTH)


def _user_label(user_id: UserId, names: MemberNames) -> str:
    if user_id in names.gone.users:
        return f"User {user_id} (not in this server)"
    return layout.cut(names.users.get(user_id, f"User {user_id}"), MAX_CHOICE_LENGTH)


def _listed(each: ListedCoach, gone: Members) -> str:
    coach = each.coach
    retired = ", retired" if coach.is_retired else ""
    name = layout.escape(layout.cut(coach.name, _NAME))
    facts = f"{count_of(each.plans, 'plan')}{retired}"
    return f"**{layout.escape(coach.key)}** {name} ({facts})\n-# {mentions(each.members, gone) or 'managers only'}"


def mentions(members: Members, gone: Members = _NOBODY) -> str:
    """Return mentions of the first members, departed ones before others."""
    users = _some(members.users, gone.users, "users", "<@{}>", "<@{}> (left)")
    return ", ".join([*users, *_some(members.roles, gone.roles, "roles", "<@&{}>", "deleted role {}")])


def _some(ids: Collection[int], gone: Collection[int], what: str, mention: str, mention_gone: str) -> list[str]:
    ordered = sorted(ids, key=lambda each: (each not in gone, each))
    shown = [(mention_gone if each in gone else mention).format(each) for each in ordered[:_MAX_LISTED]]
    return [*shown, f"{len(ids) - _MAX_LISTED} more {what}"] if len(ids) > _MAX_LISTED else shown
