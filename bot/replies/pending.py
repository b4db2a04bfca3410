"""Queued changes: the answer while saving is unavailable, and the message about the result."""

from collections.abc import Sequence
from typing import Any, Final

import hikari
from hikari.impl import FileComponentBuilder

from bot.domain.pending import Durability, PendingOperation, ReplayResult
from bot.domain.values import RejectedPicture, Usage, UserId
from bot.replies import layout
from bot.replies.charts import awaited
from bot.replies.errors import refusal
from bot.replies.layout import Reply
from bot.replies.phrases import left_out_lines, merged_with, named

_QUEUED: Final = (
    "Saving is unavailable right now. Your change is **queued, not saved yet**; you’ll get a message when it is. "
    "Don’t send it again."
)
_IN_MEMORY: Final = "It is held only in memory. Keep your own copy until you get a message."
_NEARLY_FULL: Final = (
    "The queue, yours or your server’s, is {percent}% full. When it is full, changes are refused until saving works "
    "again."
)
_NOT_SAVED: Final = (
    "Saving is unavailable right now, and the queue is full, so this was **not saved**. Try again in a few minutes."
)


def queued(durability: Durability, yours: str | None, usage: Usage, left_out: Sequence[RejectedPicture] = ()) -> Reply:
    """Say whether a change is queued, without which pictures, and how full the queue is; `yours` is the user's text."""
    if durability is Durability.NOWHERE:
        return refusal(_NOT_SAVED, left_out=left_out, yours=yours)
    lines = [_QUEUED]
    if durability is Durability.MEMORY:
        lines.append(_IN_MEMORY)
    if usage.is_nearly_full:
        lines.append(_NEARLY_FULL.format(percent=usage.used * 100 // usage.limit))
    return refusal("\n".join(lines), left_out=left_out, yours=yours)


def replayed(done: ReplayResult) -> Reply:
    """Tell the sender of a queued change whether it was saved."""
    sent = layout.timestamp(done.pending.sent_at)
    if done.plan:
        change = f"{named(done.plan)} (#{done.plan.revision}){merged_with(done.merged)}"
        lines = [f"Your queued change from {sent} is saved now: {change}.", *left_out_lines(done.left_out)]
        if done.awaited:
            lines.append(awaited(done.awaited))
        return layout.public([layout.container(layout.LIVE, "\n".join(lines))])
    refusal_words = layout.escape(done.refusal or "")
    why = f"Your queued change from {sent} was **not saved**: {refusal_words}"
    if done.is_draft:
        why += "\nIt is saved as a draft: continue with `/plan drafts` in that server."
    return _with_text(why, None if done.is_draft else done.pending.text)


def discarded(pending: PendingOperation) -> Reply:
    """Tell the sender of a change that was queued in memory that it is lost."""
    why = (
        f"Your queued change from {layout.timestamp(pending.sent_at)} was **not saved**: the bot was stopped before it "
        "could be. Send it again in a few minutes."
    )
    return _with_text(why, pending.text)


def replayed_dm_failed(user_id: UserId) -> str:
    """Tell a user who accepts no direct messages that a queued change was processed."""
    return (
        f"<@{user_id}> Your queued change was processed, but I couldn’t DM you. Check `/plan show`; if it isn’t there, "
        "`/plan drafts`."
    )


def _with_text(message: str, text: str | None) -> Reply:
    components: list[Any] = [layout.container(layout.REFUSED, message)]
    if text:
        components.append(
            FileComponentBuilder(file=hikari.Bytes(text.encode(), "your-text.txt", mimetype="text/plain"))
        )
    return layout.public(components)
