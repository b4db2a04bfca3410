"""Receipts: what the one who changed a plan reads, in private, with the way to the plan's card."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from bot.domain.values import AddChartsResult, Card, CardFailure, CardPermission, CardProblem, ChannelId, LeftOut, Plan
from bot.replies import layout
from bot.replies.custom_ids import route_id
from bot.replies.layout import Reply
from bot.replies.phrases import count_of, count_of_charts, left_out_lines, message_address, named

Lacking: TypeAlias = Mapping[ChannelId, Sequence[CardPermission]]
"""The permissions that the bot lacks, by channel; without a channel: nobody knows."""

_WHY_NOT: Final = {
    CardFailure.NO_CHANNEL: "that channel is gone. Choose one for all plans with /admin settings plans_channel",
    CardFailure.CLOSED: "Coachbook lacks View Channel, Send Messages (in threads: Send Messages in Threads), "
    "Attach Files or Read Message History there",
    CardFailure.ARCHIVED: "that thread is archived or locked. Open it, or give Coachbook Manage Threads there",
    CardFailure.REFUSED: "Discord does not take the message; the log of those who run this bot says why",
}
NOTHING_KNOWN: Final[Lacking] = {}
_MOST_CHANNELS: Final = 5


def posted(plan: Plan) -> str:
    """What was done, in words: a plan was posted."""
    charts = f", with {count_of_charts(len(plan.charts))}" if plan.charts else ""
    return f"Posted: {named(plan)}{charts}."


def changed(plan: Plan) -> str:
    """What was done, in words: a plan was changed."""
    return f"Done: {named(plan)} is now at revision {plan.revision}."


def unchanged(plan: Plan) -> str:
    """Say that nothing was done, as the plan was so already."""
    return f"Nothing to change: {named(plan)} is exactly that already."


def charts_added(change: AddChartsResult) -> str:
    """What was done, in words: charts were added."""
    return f"Added {count_of_charts(change.added)} to {named(change.plan)}."


def deleted(plan: Plan) -> str:
    """What was done, in words: a plan was deleted."""
    return f"Deleted: {named(plan)}. To bring it back, use /plan restore."


def restored(plan: Plan) -> str:
    """What was done, in words: a plan was brought back."""
    return f"Back again: {named(plan)}, now at revision {plan.revision}."


def shown_again(plan: Plan) -> str:
    """What was done, in words: a plan has a card again."""
    return f"Shown again: {named(plan)}."


def receipt(
    done: str,
    card: Card | None,
    *,
    left_out: Sequence[LeftOut] = (),
    news: Sequence[CardProblem] = (),
    lacking: Lacking = NOTHING_KNOWN,
    is_new: bool = False,
) -> Reply:
    """Say what was done, where the card is, which pictures were not taken, and for managers what keeps cards away.

    Of a new plan also who can read it: where its channel is gone, only members of its coach and managers can.
    """
    lines = [done, *left_out_lines(left_out), *(f"-# For managers: {each}" for each in troubles(news, lacking))]
    if card is None:
        return layout.private([layout.container(layout.LIVE, "\n".join(lines))])
    lines.insert(1, _where(card, lacking))
    if is_new and card.failure is not CardFailure.NO_CHANNEL:
        lines.append(f"-# Visible to everyone who can see <#{card.channel_id}>.")
    components: list[Any] = [layout.container(layout.LIVE, "\n".join(lines))]
    if card.is_gone:
        components.append(layout.row(layout.button("Show it again", route_id("plans.show_again", card.plan_id))))
    return layout.private(components)


def troubles(found: Sequence[CardProblem], lacking: Lacking = NOTHING_KNOWN) -> list[str]:
    """What keeps cards from being shown, a sentence for each of the first channels."""
    lines = [
        f"{count_of(each.cards, 'card')} can't be shown in <#{each.channel_id}>: "
        f"{_why_not(each.failure, each.channel_id, lacking)}."
        for each in found[:_MOST_CHANNELS]
    ]
    return [*lines, f"There are {len(found) - _MOST_CHANNELS} more."] if len(found) > _MOST_CHANNELS else lines


def _why_not(failure: CardFailure, channel_id: ChannelId, lacking: Lacking) -> str:
    if failure is CardFailure.CLOSED and lacking.get(channel_id):
        return f"Coachbook lacks {' and '.join(lacking[channel_id])} there"
    return _WHY_NOT[failure]


def _where(card: Card, lacking: Lacking) -> str:
    channel = f"<#{card.channel_id}>"
    if card.is_gone:
        return "Its card was deleted by hand, so the channel does not show it."
    if card.failure:
        why = _why_not(card.failure, card.channel_id, lacking)
        return f"Its card can't be shown in {channel}: {why}. Tell those who manage this server."
    if card.message_id is None:
        return f"Its card follows in {channel} as soon as Discord takes it."
    address = message_address(card.guild_id, card.channel_id, card.message_id)
    return (
        f"[See it]({address})" if card.is_current else f"[Its card]({address}) shows that as soon as Discord takes it."
    )
