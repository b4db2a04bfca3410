"""Phrases of several replies: names of plans, counts, times, and rejected pictures."""

import datetime
import itertools
import re
from collections.abc import Sequence
from typing import Final

from bot.domain.counts import count_of
from bot.domain.days import listed_day
from bot.domain.values import (
    MAX_CHARTS,
    SHORT_HASH,
    Attachment,
    ChannelId,
    Chart,
    GuildId,
    Limits,
    Merged,
    MessageId,
    Plan,
    RejectedPicture,
    Source,
    UserId,
)
from bot.replies import layout
from bot.replies.layout import Reply

PART: Final = 3600
"""Units of a plan's text in one message; leaves room for the heading and the times."""
PREVIEW: Final = 60
UNKNOWN: Final = "someone unknown"
ERASED: Final = "*This text was erased.*"
_PEOPLE: Final = 10
_FILE: Final = 24
_NEAR: Final = datetime.timedelta(hours=12)
_SHOWN_HASH: Final = re.compile(f"`([0-9a-f]{{{SHORT_HASH}}})`")


def note(text: str) -> Reply:
    """Return a short private message."""
    return layout.private([layout.container(layout.LIVE, text)])


def named(plan: Plan) -> str:
    """Return the plan's name in a sentence: `Coach D’s plan for Thu 26 Nov`."""
    return f"{layout.escape(plan.coach.name)}’s plan for {brief_day(plan)}"


def brief_day(plan: Plan) -> str:
    """Return the plan's day in brief: with its year, unless the plan was changed in it."""
    return listed_day(plan.day, plan.changed_at.date())


def half_day(early_close: datetime.datetime | None) -> str:
    """Return what to add to a day whose session closes early, if it does: `, half day, closes 1:00 PM`."""
    return f", half day, closes {layout.timestamp(early_close, 't')}" if early_close else ""


def clock(moment: datetime.datetime, beside: datetime.datetime) -> str:
    """Return the time of day, with its date if the moment is not within 12 hours of the other."""
    return layout.timestamp(moment, "t" if abs(beside - moment) < _NEAR else "f")


def ago(moment: datetime.datetime) -> str:
    """Return the time of day, and how long ago it was: `10:02 AM (3 minutes ago)`."""
    return f"{layout.timestamp(moment, 't')} ({layout.timestamp(moment, 'R')})"


def quoted(guild_id: GuildId, source: Source) -> str:
    """Return a link to the message that a plan was saved from, with its author if known."""
    address = message_address(guild_id, source.channel_id, source.message_id)
    return f"[a message]({address})" + (f" by <@{source.author_id}>" if source.author_id else "")


def message_address(guild_id: GuildId, channel_id: ChannelId, message_id: MessageId) -> str:
    """Return the address of a message."""
    return f"https://discord.com/channels/{guild_id}/{channel_id}/{message_id}"


def preview_of(plan: Plan, max_length: int) -> str:
    """Return the beginning of the plan's text, on one line, or that it was erased."""
    return ERASED if plan.is_erased else layout.preview(plan.text, max_length)


def who(user_id: UserId) -> str:
    """Return a mention of the user; an erased or unknown id has none."""
    return f"<@{user_id}>" if user_id else UNKNOWN


def people(user_ids: Sequence[UserId | None]) -> str:
    """Return mentions of the users in a sentence, ten at most and the number of the others; None: not known."""
    shown = [who(each) if each else UNKNOWN for each in user_ids[:_PEOPLE]]
    names = [*shown, f"{len(user_ids) - _PEOPLE} more"] if len(user_ids) > _PEOPLE else shown
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def merged_with(merged: Merged | None) -> str:
    """Return whose changes an edit was merged with, and when the last was made: the end of a sentence, or nothing."""
    if merged is None:
        return ""
    names = people(merged.makers)
    what = f"{names}’s change" if len(merged.makers) == 1 else f"changes by {names}"
    return f", merged with {what}, {ago(merged.at)}"


def count_of_charts(charts: int) -> str:
    """Return a count of charts in words."""
    return count_of(charts, "chart")


def addable(pictures: Sequence[Chart | Attachment], limits: Limits) -> tuple[int, str]:
    """Return how many of a draft's pictures a plan can take, and a short sentence about the others, if any.

    Others are those after the tenth, too large ones, and those whose names say that they are of another kind.
    """
    others = [
        each.filename
        for number, each in enumerate(pictures)
        if number >= MAX_CHARTS or (isinstance(each, Attachment) and not each.may_be_chart(limits.chart_mib))
    ]
    names = [layout.cut(" ".join(each.split()), _FILE) for each in others]
    named = names if len(names) <= 2 else [names[0], f"{len(names) - 1} more"]
    return len(pictures) - len(others), f"Can’t be added: {' and '.join(named)}." if others else ""


def limited(lines: Sequence[str], maximum: int, more: str = "more") -> list[str]:
    """Return the first lines, and a line with the number of the others if there are any."""
    return [*lines[:maximum], f"There are {len(lines) - maximum} {more}."] if len(lines) > maximum else list(lines)


def fitting(lines: Sequence[str], room: int = PART) -> list[str]:
    """Return the first lines that together have at most so many units."""
    sizes = itertools.accumulate(layout.units(line) + 1 for line in lines)
    return [line for line, size in zip(lines, sizes, strict=True) if size <= room]


def left_out_lines(left_out: Sequence[RejectedPicture]) -> list[str]:
    """Return a line for each picture that was not added, with the reason; short enough for all ten."""
    return [
        f"Couldn’t add {layout.preview(each.filename, 40)}: {layout.preview(each.why.removeprefix('is '), 100)}."
        for each in left_out
    ]


def shown_hash(revision_hash: str) -> str:
    """Return the beginning of a revision's hash, by which readers can later recognize the history they saw."""
    return f"`{revision_hash[:SHORT_HASH]}`"


def shown_hashes(text: str) -> list[str]:
    """Return the hashes in a text that `shown_hash` may have written."""
    return _SHOWN_HASH.findall(text)
