"""Receipts: private answers to the user who changed a plan, with a link to the plan's card."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from bot.domain.counts import count_of
from bot.domain.values import (
    AddChartsResult,
    Card,
    CardFailure,
    CardPermission,
    CardProblem,
    ChangeKind,
    ChannelId,
    ChartFile,
    EditResult,
    Plan,
    RejectedPicture,
    Undone,
    UserId,
)
from bot.replies import layout
from bot.replies.custom_ids import route_id
from bot.replies.layout import Button, Reply
from bot.replies.phrases import (
    brief_day,
    count_of_charts,
    left_out_lines,
    limited,
    merged_with,
    message_address,
    named,
    who,
)

Lacking: TypeAlias = Mapping[ChannelId, Sequence[CardPermission]]
"""Missing permissions of the bot, by channel; a channel that is not in it: not known."""

_WHY_NOT: Final = {
    CardFailure.NO_CHANNEL: "that channel no longer exists. Choose another with /admin settings plans_channel",
    CardFailure.CLOSED: "Coachbook needs View Channel, Send Messages (in threads: Send Messages in Threads), "
    "Attach Files or Read Message History there",
    CardFailure.ARCHIVED: "that thread is archived or locked. Reopen it, or give Coachbook Manage Threads there",
    CardFailure.REFUSED: "Discord rejected the message; the bot’s log has the reason",
}
_CHANGES: Final = {
    ChangeKind.POSTED: "post",
    ChangeKind.EDITED: "edit",
    ChangeKind.DELETED: "deletion",
    ChangeKind.RESTORED: "restoration",
    ChangeKind.CHART_ADDED: "addition of charts",
    ChangeKind.CHART_REMOVED: "removal of a chart",
    ChangeKind.CHART_MOVED: "move of a chart",
    ChangeKind.CHART_CAPTIONED: "caption",
    ChangeKind.REVERTED: "revert",
}
"""Changes as nouns: `your edit`."""
NOTHING_LACKING: Final[Lacking] = {}
_MAX_CHANNELS: Final = 5
_SHORT_NAME: Final = 60


def posted(plan: Plan) -> str:
    """Say that a plan was posted."""
    charts = f", with {count_of_charts(len(plan.charts))}" if plan.charts else ""
    return f"Posted: {_of_coach(plan)}{charts}."


def sent(result: EditResult, left_out: Sequence[RejectedPicture] = ()) -> str:
    """Say that a plan was posted or changed by a text with pictures, or that nothing was to change.

    Pictures that were `left_out` are why nothing changed, if there are any.
    """
    if not result.is_changed:
        return (
            f"No chart was added, and the text of {named(result.plan)} is the same."
            if left_out
            else unchanged(result.plan)
        )
    return posted(result.plan) if result.kind is ChangeKind.POSTED else changed(result)


def changed(change: EditResult) -> str:
    """Say what was changed on a plan: `Chart 2 (nq-60m.png) removed · Thu 26 Nov`."""
    plan = change.plan
    match change.kind, change.chart:
        case ChangeKind.CHART_REMOVED, ChartFile() as chart:
            return f"Chart {chart.number} ({_file(chart)}) removed · {brief_day(plan)}."
        case ChangeKind.CHART_MOVED, ChartFile() as chart:
            return f"Chart {_file(chart)} moved to {chart.number} · {brief_day(plan)}."
        case ChangeKind.CHART_CAPTIONED, ChartFile() as chart:
            done = "saved" if chart.chart.caption else "removed"
            return f"Caption of chart {chart.number} ({_file(chart)}) {done} · {brief_day(plan)}."
        case ChangeKind.REVERTED, _:
            return f"Reverted: {_of_coach(plan)} (#{plan.revision}){_chart_counts(change)}."
        case ChangeKind.EDITED, _:
            return f"Edited: {_of_coach(plan)} (#{plan.revision}){_chart_counts(change)}{merged_with(change.merged)}."
        case _:
            return saved(plan)


def saved(plan: Plan) -> str:
    """Say that a plan was changed, where the details are not known."""
    return f"Saved: {_of_coach(plan)} (#{plan.revision})."


def unchanged(plan: Plan) -> str:
    """Say that a plan was not changed, because it was the same already."""
    return f"Nothing changed: {named(plan)} is already the same."


def charts_added(change: AddChartsResult) -> str:
    """Say that charts were added."""
    if change.added is None:
        return saved(change.plan)
    return f"{count_of_charts(change.added).capitalize()} added · {brief_day(change.plan)}."


def deleted(plan: Plan) -> str:
    """Say that a plan was deleted."""
    return f"Deleted: {_of_coach(plan)}. To bring it back, use /plan restore."


def restored(plan: Plan) -> str:
    """Say that a plan was restored."""
    return f"Restored: {_of_coach(plan)} (#{plan.revision})."


def shown_again(plan: Plan) -> str:
    """Say that a plan's card was posted again."""
    return f"Card posted again: {_of_coach(plan)}."


def undone(change: EditResult) -> str:
    """Say which change was undone; of a plan that is deleted by that, how to bring it back."""
    plan = change.plan
    what = _undone(change.undone, plan.changed_by) if change.undone else "a change"
    undoing = f"Undid {what}: {_of_coach(plan)}"
    match change.kind:
        case ChangeKind.DELETED:
            return f"{undoing} is deleted for everyone. To bring it back, use Redo, or later /plan restore."
        case ChangeKind.RESTORED:
            return f"{undoing} is restored (#{plan.revision})."
        case _:
            return f"{undoing} (#{plan.revision}){_chart_counts(change)}."


def redone(change: EditResult) -> str:
    """Say that a change which was undone is made again."""
    match change.kind:
        case ChangeKind.DELETED:
            return deleted(change.plan)
        case ChangeKind.RESTORED:
            return restored(change.plan)
        case _:
            return f"Redone: {_of_coach(change.plan)} (#{change.plan.revision}){_chart_counts(change)}."


def undo_button(plan: Plan, made: int, *, is_redo: bool = False) -> Button:
    """Return the button that undoes the change which made this revision; `is_redo`: it undid another one."""
    if is_redo:
        return layout.button("Redo", route_id("plans.redo", plan.id, made))
    return layout.button("Undo", route_id("plans.undo", plan.id, made))


def receipt(
    done: str,
    card: Card | None,
    *,
    left_out: Sequence[RejectedPicture] = (),
    news: Sequence[CardProblem] = (),
    lacking: Lacking = NOTHING_LACKING,
    is_new: bool = False,
    undo: Button | None = None,
) -> Reply:
    """Say what was done, where the card is, which pictures were not added, and to managers why cards are missing.

    For a new plan, also say who can read it: where its channel is gone, only its coach's team and managers can.
    """
    lines = [done, *left_out_lines(left_out), *(f"-# For managers: {each}" for each in card_problems(news, lacking))]
    buttons = [undo] if undo else []
    if card:
        lines.insert(1, _where(card, lacking))
        if is_new and card.failure is not CardFailure.NO_CHANNEL:
            lines.append(f"-# Visible to everyone who can see <#{card.channel_id}>.")
        if card.is_gone:
            buttons.append(layout.button("Post again", route_id("plans.show_again", card.plan_id)))
    components: list[Any] = [layout.container(layout.LIVE, "\n".join(lines))]
    return layout.private([*components, layout.row(*buttons)] if buttons else components)


def card_problems(problems: Sequence[CardProblem], lacking: Lacking = NOTHING_LACKING) -> list[str]:
    """Return why cards can’t be posted, a sentence for each of the first channels."""
    lines = [
        f"{count_of(each.cards, 'card')} can’t be posted in <#{each.channel_id}>: "
        f"{why_not(each.failure, each.channel_id, lacking)}."
        for each in problems
    ]
    return limited(lines, _MAX_CHANNELS)


def _of_coach(plan: Plan) -> str:
    return f"{layout.escape(plan.coach.name)} · {brief_day(plan)}"


def _chart_counts(change: EditResult) -> str:
    """Return how many charts a change added and removed, after what was done: `, 2 charts removed`."""
    counts = ((change.added, "added"), (change.removed, "removed"))
    return "".join(f", {count_of_charts(count)} {what}" for count, what in counts if count)


def _undone(change: Undone, user_id: UserId) -> str:
    """Return the change with its maker and time: `your edit at 9:41 AM`."""
    whose = "your" if change.maker == user_id else f"{who(change.maker)}’s" if change.maker else "a"
    return f"{whose} {_CHANGES[change.kind]} at {layout.timestamp(change.at, 't')}"


def _file(chart: ChartFile) -> str:
    return layout.preview(chart.chart.filename, _SHORT_NAME)


def why_not(failure: CardFailure, channel_id: ChannelId, lacking: Lacking) -> str:
    """Return why a message can’t be posted in a channel, and what to do."""
    if failure is CardFailure.CLOSED and lacking.get(channel_id):
        return f"Coachbook needs {' and '.join(lacking[channel_id])} there"
    return _WHY_NOT[failure]


def _where(card: Card, lacking: Lacking) -> str:
    channel = f"<#{card.channel_id}>"
    if card.is_gone:
        return "Its card was deleted by hand, so it is not in the channel."
    if card.failure:
        why = why_not(card.failure, card.channel_id, lacking)
        return f"Its card can’t be posted in {channel}: {why}. Tell a server manager."
    if card.message_id is None:
        return f"Its card will be posted in {channel} as soon as Discord accepts it."
    address = message_address(card.guild_id, card.channel_id, card.message_id)
    return (
        f"[See it]({address})"
        if card.is_current
        else f"[Its card]({address}) will be updated as soon as Discord accepts it."
    )
