"""The permissions that the bot lacks for cards, by those that it has in a channel."""

import hikari
import pytest
from hikari import ChannelType, Permissions

from bot.domain.values import CardPermission
from bot.interactions.missing_permissions import lacking

VIEW, SEND, HISTORY = Permissions.VIEW_CHANNEL, Permissions.SEND_MESSAGES, Permissions.READ_MESSAGE_HISTORY
FILES, IN_THREADS = Permissions.ATTACH_FILES, Permissions.SEND_MESSAGES_IN_THREADS
ENOUGH = VIEW | SEND | HISTORY | FILES
TEXT, THREAD, PRIVATE = ChannelType.GUILD_TEXT, ChannelType.GUILD_PUBLIC_THREAD, ChannelType.GUILD_PRIVATE_THREAD


@pytest.mark.parametrize(
    ("granted", "kind", "missing"),
    [
        (Permissions.NONE, TEXT, {CardPermission.VIEW_CHANNEL}),
        (ENOUGH, TEXT, set()),
        (ENOUGH ^ SEND, TEXT, {CardPermission.SEND_MESSAGES}),
        (ENOUGH ^ SEND ^ FILES, TEXT, {CardPermission.SEND_MESSAGES}),
        (ENOUGH ^ FILES, TEXT, {CardPermission.ATTACH_FILES}),
        (ENOUGH ^ FILES ^ HISTORY, TEXT, {CardPermission.ATTACH_FILES, CardPermission.READ_HISTORY}),
        (ENOUGH, THREAD, {CardPermission.SEND_IN_THREADS}),
        (ENOUGH ^ SEND | IN_THREADS, THREAD, set()),
        (ENOUGH | IN_THREADS, PRIVATE, {CardPermission.MANAGE_THREADS}),
        (ENOUGH | IN_THREADS | Permissions.MANAGE_THREADS, PRIVATE, set()),
        (Permissions.all_permissions(), PRIVATE, set()),
    ],
)
def test_what_is_lacking_is_named(granted: Permissions, kind: hikari.ChannelType, missing: set[CardPermission]):
    assert set(lacking(granted, kind)) == missing
