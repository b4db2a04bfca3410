"""Coaches and settings, for those who manage a server."""

from collections.abc import Collection
from typing import Any, Final

import hikari

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
    RoleId,
    UserId,
)
from bot.replies import layout
from bot.replies.custom_ids import route_id
from bot.replies.layout import Button, Reply
from bot.replies.phrases import count_of, note

_NAME: Final = 40
"""Characters of a name in a list."""
_MOST_LISTED: Final = 3
"""Members that a coach is listed with, and as many roles: ten coaches fit into a message."""
_NOBODY: Final = Members()
_SEEN_BY: Final = {
    Audience.MEMBERS: "its coach's members and managers",
    Audience.MANAGERS: "managers only",
    Audience.EVERYONE: "everyone",
}
_DELETED_CARDS: Final = {DeletedCards.POST_AGAIN: "is put back", DeletedCards.LEAVE_DELETED: "stays deleted"}


def coach_added(added: AddCoachResult) -> Reply:
    """The receipt of a new coach, or of one that is back."""
    if added.is_back:
        return note(
            f"{_named(added.coach)} was retired and is back, with its plans and members. See who they are with "
            "/admin coach list."
        )
    return note(
        f"Added: {_named(added.coach)}. Only managers can post as it so far: let others with /admin coach assign."
    )


def coach_renamed(coach: Coach) -> Reply:
    """The receipt of a new name."""
    return note(f"Renamed: {_named(coach)}. Its plans show the new name from now on.")


def coach_removed(coach: Coach) -> Reply:
    """The receipt of a coach that is gone or retired."""
    if coach.is_retired:
        return note(
            f"Retired: {_named(coach)}. Nobody posts as it any more; its plans and their history stay. "
            "/admin coach add with the same key brings it back."
        )
    return note(f"Removed: {_named(coach)}. It had no plans.")


def coaches(page: CoachPage, names: MemberNames) -> Reply:
    """A page of the coaches, with those who may post as each, and which of them are gone."""
    if not page.coaches:
        return note("This server has no coaches. Add one with /admin coach add.")
    where = f", page {page.number} of {page.pages}" if page.pages > 1 else ""
    title = f"### {'1 coach' if page.total == 1 else f'{page.total} coaches'}{where}"
    block = layout.container(layout.LIVE, title, "\n".join(_listed(each, names.gone) for each in page.coaches))
    components: list[Any] = [block]
    if page.pages > 1:
        components.append(layout.row(*_turners(page)))
    return layout.private(components)


def assigned(change: MembersChange) -> Reply:
    """The receipt of new members."""
    return note(f"{_mentions(change.members)} may post as {_named(change.coach)} now.")


def unassigned(change: MembersChange) -> Reply:
    """The receipt of members who are gone."""
    return note(_unassigned(change))


def everyone_button(coach: Coach, members: Members) -> Button:
    """The way on for a manager who means all members of the server, and the user named beside them."""
    user_id = next(iter(members.users), 0)
    return layout.button(
        "Assign everyone", route_id("admin.assign_everyone", coach.key, user_id), hikari.ButtonStyle.DANGER
    )


def ask_unassign(listed: ListedCoach, names: MemberNames, done: MembersChange | None = None) -> Reply:
    """Ask who is no longer to post as the coach, those first who are gone; `done`: who was just taken off it."""
    said = [_unassigned(done)] if done else []
    choices = _choices(listed.members, names)
    if not choices:
        return note("\n".join([*said, f"Nobody is assigned to {_named(listed.coach)}: only managers can post as it."]))
    more = len(listed.members.users) + len(listed.members.roles) - len(choices)
    if more:
        said.append(f"Shown are {len(choices)}; name one of the {more} others with the options user and role.")
    question = f"Who should no longer post as {_named(listed.coach)}?"
    menu = layout.select(route_id("admin.unassign", listed.coach.key), "A user or a role", choices)
    return layout.private([layout.container(layout.LIVE, "\n".join([*said, question])), layout.row(menu)])


def settings(found: GuildSettings) -> Reply:
    """What is set."""
    return note(
        "\n".join(["### Settings of this server", *_lines(found), "-# Change one: /admin settings with an option."])
    )


def settings_changed(found: GuildSettings) -> Reply:
    """What is set, after a change."""
    return note("\n".join(["### Saved: the settings of this server", *_lines(found)]))


def _lines(found: GuildSettings) -> list[str]:
    whose = "" if found.is_timezone_own else " (as Coachbook is configured)"
    channel = f"<#{found.plans_channel_id}>" if found.plans_channel_id else "none"
    return [
        f"**Time zone:** {layout.escape(found.timezone)}{whose}",
        f"**Plans' channel:** {channel}",
        f"**A card that is deleted by hand:** {_DELETED_CARDS[found.deleted_cards]}",
        f"**The history of a deleted plan is seen by:** {_SEEN_BY[found.deleted_visible_to]}",
    ]


def _named(coach: Coach) -> str:
    return f"{layout.escape(coach.name)} (key {layout.escape(coach.key)})"


def _unassigned(change: MembersChange) -> str:
    return f"{_mentions(change.members)} can't post as {_named(change.coach)} any more."


def _choices(members: Members, names: MemberNames) -> list[tuple[str, str]]:
    """Return those whom a select offers, as label and value."""
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
    return f"**{layout.escape(coach.key)}** {name} ({facts})\n-# {_mentions(each.members, gone) or 'managers only'}"


def _mentions(members: Members, gone: Members = _NOBODY) -> str:
    """The members, each as Discord shows a name; of many only the first, and those who are gone before others."""
    users = _some(members.users, gone.users, "users", "<@{}>", "<@{}> (left)")
    return ", ".join([*users, *_some(members.roles, gone.roles, "roles", "<@&{}>", "deleted role {}")])


def _some(ids: Collection[int], gone: Collection[int], what: str, mention: str, mention_gone: str) -> list[str]:
    ordered = sorted(ids, key=lambda each: (each not in gone, each))
    shown = [(mention_gone if each in gone else mention).format(each) for each in ordered[:_MOST_LISTED]]
    return [*shown, f"{len(ids) - _MOST_LISTED} more {what}"] if len(ids) > _MOST_LISTED else shown


def _turners(page: CoachPage) -> list[Button]:
    return [
        layout.button(label, route_id("admin.coaches", to), is_disabled=not 1 <= to <= page.pages)
        for label, to in (("Back", page.number - 1), ("Further", page.number + 1))
    ]
