"""What was sent while the book could not take it: kept for now, and what became of it."""

from typing import Any, Final

import hikari
from hikari.impl import FileComponentBuilder

from bot.domain.pending import Durability, PendingOperation, ReplayResult
from bot.domain.values import Usage, UserId
from bot.replies import layout
from bot.replies.errors import refusal
from bot.replies.layout import Reply
from bot.replies.phrases import left_out_lines, named

_KEPT: Final = (
    "The book can't take this at the moment. What you sent is **kept for now, and is not in the book yet**: nobody "
    "else can see it. It is put in as soon as that is possible, and then you get a message. You need not send it again."
)
_IN_MEMORY: Final = (
    "It is kept in the bot's memory alone, and would be lost if the bot were stopped before that: hold on to it."
)
_NEARLY_FULL: Final = (
    "The queue of changes, yours or your server\N{RIGHT SINGLE QUOTATION MARK}s, is {percent}% full. When it is full, "
    "changes are refused until saving is possible again."
)
_NOWHERE: Final = (
    "The book can't take this at the moment, and too much waits for it already, so this was **not saved**. "
    "Try again in a few minutes."
)


def kept_for_now(where: Durability, yours: str | None, usage: Usage) -> Reply:
    """Say whether a change is queued, and how much room is left; a text is given back in any case."""
    if where is Durability.NOWHERE:
        return refusal(_NOWHERE, yours=yours)
    lines = [_KEPT]
    if where is Durability.MEMORY:
        lines.append(_IN_MEMORY)
    if usage.is_nearly_full:
        lines.append(_NEARLY_FULL.format(percent=usage.used * 100 // usage.most))
    return refusal("\n".join(lines), yours=yours)


def carried_out(done: ReplayResult) -> Reply:
    """What became of it, for the one who had sent it."""
    sent = layout.timestamp(done.pending.sent_at)
    if done.plan:
        lines = [
            f"What you sent {sent}, while the book could not take it, is in the book now:",
            f"{named(done.plan)}, revision {done.plan.revision}.",
            *left_out_lines(done.left_out),
        ]
        return layout.public([layout.container(layout.LIVE, "\n".join(lines))])
    refusal_words = layout.escape(done.refusal or "")
    why = f"What you sent {sent}, while the book could not take it, was not put in: {refusal_words}"
    if done.is_draft:
        why += "\nYour text is kept: go on with `/plan drafts` in that server."
    return _with_text(why, None if done.is_draft else done.pending.text)


def never_carried_out(kept: PendingOperation) -> Reply:
    """It was in memory alone, and the bot is being stopped."""
    why = (
        f"What you sent {layout.timestamp(kept.sent_at)}, while the book could not take it, is **not in the book**: "
        "the bot was stopped before that could be done. Send it again in a few minutes."
    )
    return _with_text(why, kept.text)


def no_letter(user_id: UserId) -> str:
    """For one who takes no private messages: that there is something to see."""
    return (
        f"<@{user_id}> What you sent while the book could not take it has been dealt with, and you take no private "
        "messages from Coachbook: look with `/plan show` whether it is in, and with `/plan drafts` if it is not."
    )


def _with_text(message: str, text: str | None) -> Reply:
    components: list[Any] = [layout.container(layout.REFUSED, message)]
    if text:
        components.append(
            FileComponentBuilder(file=hikari.Bytes(text.encode(), "your-text.txt", mimetype="text/plain"))
        )
    return layout.public(components)
