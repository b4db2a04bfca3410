"""A member's permissions in a channel, after the algorithm in Discord's documentation."""

import functools
import operator

import hikari
import pytest
from hikari import Permissions, Snowflake
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.permissions import GuildPermissions

VIEW, SEND, THREADS = Permissions.VIEW_CHANNEL, Permissions.SEND_MESSAGES, Permissions.MANAGE_THREADS
NONE, ADMINISTRATOR = Permissions.NONE, Permissions.ADMINISTRATOR
GUILD, OWNER, MEMBER, COACHES, READERS = 1, 2, 3, 10, 11


def guild(everyone: Permissions = VIEW, **roles: Permissions) -> GuildPermissions:
    named = {COACHES: roles.get("coaches", NONE), READERS: roles.get("readers", NONE)}
    return GuildPermissions(GUILD, OWNER, {GUILD: everyone, **named})


def overwrites(**given: tuple[Permissions, Permissions]) -> list[hikari.PermissionOverwrite]:
    """Return overwrites of a pair (allowed, denied) for each name: everyone, coaches, readers, member, owner."""
    ids = {"everyone": GUILD, "coaches": COACHES, "readers": READERS, "member": MEMBER, "owner": OWNER}
    return [
        hikari.PermissionOverwrite(
            id=Snowflake(ids[name]),
            type=hikari.PermissionOverwriteType.MEMBER if name == "member" else hikari.PermissionOverwriteType.ROLE,
            allow=allow,
            deny=deny,
        )
        for name, (allow, deny) in given.items()
    ]


HIDDEN = {"everyone": (NONE, VIEW)}
CASES: dict[str, tuple[GuildPermissions, dict[str, tuple[Permissions, Permissions]], tuple[int, ...], bool]] = {
    "everyone sees an open channel": (guild(), {}, (), True),
    "nobody sees without a role that allows it": (guild(NONE), {}, (), False),
    "a role allows what @everyone does not": (guild(NONE, coaches=VIEW), {}, (COACHES,), True),
    "a role that is not the member's allows nothing": (guild(NONE, coaches=VIEW), {}, (READERS,), False),
    "a hidden channel": (guild(), HIDDEN, (COACHES,), False),
    "an overwrite of a role wins over that of @everyone": (
        guild(), HIDDEN | {"coaches": (VIEW, NONE)}, (COACHES,), True,
    ),
    "an overwrite of another's role": (guild(), HIDDEN | {"coaches": (VIEW, NONE)}, (READERS,), False),
    "one role allows what another denies": (
        guild(), {"coaches": (NONE, VIEW), "readers": (VIEW, NONE)}, (COACHES, READERS), True,
    ),
    "a role denies what another allows for the guild": (
        guild(NONE, readers=VIEW), {"coaches": (NONE, VIEW)}, (COACHES, READERS), False,
    ),
    "an overwrite of the member wins over roles, denying": (
        guild(), {"coaches": (VIEW, NONE), "member": (NONE, VIEW)}, (COACHES,), False,
    ),
    "an overwrite of the member wins over roles, allowing": (
        guild(NONE), HIDDEN | {"coaches": (NONE, VIEW), "member": (VIEW, NONE)}, (COACHES,), True,
    ),
    "an administrator sees everything": (
        guild(coaches=ADMINISTRATOR), HIDDEN | {"member": (NONE, VIEW)}, (COACHES,), True,
    ),
    "an administrator by @everyone": (guild(ADMINISTRATOR), HIDDEN, (), True),
    "Administrator in an overwrite means nothing": (guild(), {"everyone": (ADMINISTRATOR, VIEW)}, (), False),
    "a role that was deleted allows nothing": (guild(NONE), {}, (99,), False),
    "an overwrite of a deleted role": (guild(), {"coaches": (VIEW, NONE)}, (99,), True),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_who_sees_a_channel(case: str):
    permissions, given_overwrites, role_ids, sees = CASES[case]

    granted = permissions.in_channel(MEMBER, role_ids, overwrites(**given_overwrites))

    assert bool(granted & VIEW) is sees


def test_the_owner_may_do_everything_everywhere():
    denied = overwrites(everyone=(NONE, VIEW), owner=(NONE, VIEW))

    assert guild(NONE).in_channel(OWNER, (), denied) == Permissions.all_permissions()


def test_one_who_does_not_see_a_channel_may_do_nothing_there():
    permissions = guild(VIEW | SEND | THREADS)

    assert permissions.in_channel(MEMBER, (), overwrites(everyone=(THREADS, VIEW))) == NONE
    assert permissions.in_channel(MEMBER, (), overwrites(everyone=(NONE, THREADS))) == VIEW | SEND


@given(
    everyone=st.sampled_from([NONE, VIEW]),
    verdicts=st.tuples(*[st.sampled_from([(NONE, NONE), (VIEW, NONE), (NONE, VIEW)]) for _ in range(4)]),
    order=st.permutations([COACHES, READERS]),
)
def test_the_last_of_everyone_roles_and_member_that_says_anything_decides(everyone, verdicts, order):
    """The order of roles never counts, and among roles allowing wins."""
    given_overwrites = overwrites(**dict(zip(("everyone", "coaches", "readers", "member"), verdicts, strict=True)))
    (first, *roles, last) = verdicts
    said = [first, tuple(functools.reduce(operator.or_, each) for each in zip(*roles, strict=True)), last]
    expected = everyone
    for allow, deny in said:
        expected = VIEW if allow else NONE if deny else expected

    assert guild(everyone).in_channel(MEMBER, order, given_overwrites) & VIEW == expected
