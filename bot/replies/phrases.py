"""How plans and charts are called in what people read."""

import re
from collections.abc import Sequence
from typing import Final

from bot.domain.days import long_day
from bot.domain.values import ChannelId, GuildId, LeftOut, MessageId, Plan, Source, UserId
from bot.replies import layout
from bot.replies.layout import Reply

PART: Final = 3600
"""Units of a plan's text in one message; leaves room for the heading and the times."""
PREVIEW: Final = 60
_HASH_SHOWN: Final = 8
_SHOWN_HASH: Final = re.compile(f"`([0-9a-f]{{{_HASH_SHOWN}}})`")


def note(text: str) -> Reply:
    """A few words for the one who acted."""
    return layout.private([layout.container(layout.LIVE, text)])


def named(plan: Plan) -> str:
    """The plan in a sentence: whose, and for which day."""
    return f"{layout.escape(plan.coach.name)}\N{RIGHT SINGLE QUOTATION MARK}s plan for {long_day(plan.day)}"


def quoted(guild_id: GuildId, source: Source) -> str:
    """The message that a plan was saved from, with the way to it, and who wrote it where that is known."""
    address = message_address(guild_id, source.channel_id, source.message_id)
    return f"[a message]({address})" + (f" by <@{source.author_id}>" if source.author_id else "")


def message_address(guild_id: GuildId, channel_id: ChannelId, message_id: MessageId) -> str:
    """The address that leads to a message."""
    return f"https://discord.com/channels/{guild_id}/{channel_id}/{message_id}"


def who(user_id: UserId) -> str:
    """The user, as Discord shows a name; one whose id was erased, or never known, has none."""
    return f"<@{user_id}>" if user_id else "someone who is not known"


def count_of(number: int, what: str) -> str:
    """So many of them: `1 plan`, `2 plans`."""
    return f"{number:,} {what}" + ("s" if number != 1 else "")


def count_of_charts(charts: int) -> str:
    """So many charts, in words."""
    return count_of(charts, "chart")


def left_out_lines(left_out: Sequence[LeftOut]) -> list[str]:
    """Which pictures were not taken, and why: a line for each, short enough for all ten."""
    lines = [f"- {layout.preview(each.filename, 40)} {layout.preview(each.why, 100)}." for each in left_out]
    return ["Not taken:", *lines] if lines else []


def shown_hash(revision_hash: str) -> str:
    """The beginning of a revision's hash: who saw it can tell later whether the history is the one they saw."""
    return f"`{revision_hash[:_HASH_SHOWN]}`"


def shown_hashes(text: str) -> list[str]:
    """Return what `shown_hash` may have shown in a text."""
    return _SHOWN_HASH.findall(text)
