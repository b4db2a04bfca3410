"""The requests of people in Discord, and the bot's own work, whose cost is counted, by name."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from bench.scenario import SAVED_FROM, Scenario, charts
from bot.domain.commands import (
    AddCharts,
    CaptionChart,
    DeletePlan,
    EditPlan,
    MoveChart,
    PostPlan,
    RemoveChart,
    RestorePlan,
    RevertPlan,
)
from bot.domain.sessions import DayKind
from bot.domain.values import (
    CardFailure,
    CardWork,
    ChannelId,
    CoachChange,
    DraftKind,
    FoundMessage,
    MessageId,
    Plan,
    PlanCursor,
    PlanId,
    PlanOfDay,
    Received,
    SearchCursor,
    Submission,
    Turn,
)
from bot.service.records import drafts
from bot.service.records.sessions import calendar_of
from tests.service.scene import CHANNEL, DANA, GUILD, MAX, MIA, fresh

Act: TypeAlias = Callable[[], Awaitable[object]]
"""The part of a request that is counted."""
Request: TypeAlias = Callable[[Scenario, Plan], Awaitable[Act]]
"""Prepares a request, and returns the part that is counted; the plan is the one of today."""
Read: TypeAlias = Callable[[Scenario, Plan], Awaitable[object]]


def reading(act: Read) -> Request:
    """Return the request that reads, which needs no preparation."""

    async def prepare(at: Scenario, plan: Plan) -> Act:
        return lambda: act(at, plan)

    return prepare


TODAY = PlanOfDay("d", None)
"""The plan with charts and a long history."""
OLDER, NEWER = PlanCursor(PlanId(51), Turn.OLDER), PlanCursor(PlanId(51), Turn.NEWER)
"""The pages beside the 26th of the guild's plans."""
OLDER_HITS = SearchCursor(60, Turn.OLDER)
UNKNOWN = MessageId(5)
"""A message that is no card."""
CLOSED_CHANNEL = ChannelId(6)
"""A channel without cards."""

_PLANS: dict[str, Read] = {
    "show by day, member": lambda at, _: at.services.plans.find(MIA, TODAY),
    "show by day, manager": lambda at, _: at.services.plans.find(MAX, TODAY),
    "show by id, member": lambda at, plan: at.services.plans.find(MIA, plan.id),
    "show by id, manager": lambda at, plan: at.services.plans.find(MAX, plan.id),
    "rights to a plan": lambda at, plan: at.services.plans.rights(DANA, plan),
    "list of a day, member": lambda at, _: at.services.plans.list(MIA, day="today"),
    "list of a day, manager": lambda at, _: at.services.plans.list(MAX, day="today"),
    "today, member": lambda at, _: at.services.today.page(MIA),
    "today, manager": lambda at, _: at.services.today.page(MAX),
    "list of all, member": lambda at, _: at.services.plans.list(MIA),
    "list of all, manager": lambda at, _: at.services.plans.list(MAX),
    "list of all, older page, member": lambda at, _: at.services.plans.list(MIA, at=OLDER),
    "list of all, newer page, member": lambda at, _: at.services.plans.list(MIA, at=NEWER),
    "list of all, older page, manager": lambda at, _: at.services.plans.list(MAX, at=OLDER),
    "list of a coach": lambda at, _: at.services.plans.list(MIA, coach="d"),
    "list of one's own": lambda at, _: at.services.plans.list(DANA, mine=True),
    "search, member": lambda at, _: at.services.search.find(MIA, "below short"),
    "search, manager": lambda at, _: at.services.search.find(MAX, "below short"),
    "search of a coach and days": lambda at, _: at.services.search.find(MIA, "vw", coach="d", first="2020-01-01"),
    "search of earlier texts": lambda at, _: at.services.search.find(MIA, "long 21", include_history=True),
    "search, older page": lambda at, _: at.services.search.find(MIA, "below short", at=OLDER_HITS),
    "form to post": lambda at, _: at.services.plans.prepare_post(DANA, coach=None, day="2027-12-31"),
    "form of a draft": lambda at, _: at.services.plans.correct_post(DANA, Submission(DraftKind.POST, "text")),
    "form to edit": lambda at, plan: at.services.plans.editable(DANA, plan.id),
    "question to delete": lambda at, plan: at.services.plans.deletable(DANA, plan.id),
    "outcome of an interaction": lambda at, _: at.services.plans.outcome(DANA, fresh()),
    "plan of a card": lambda at, plan: at.messages.plan(MIA, plan.id, UNKNOWN),
    "plan saved from a message": lambda at, _: at.messages.plan(MIA, None, SAVED_FROM),
    "plans to add charts to": lambda at, _: at.messages.extendable(DANA),
    "plans of a member today": lambda at, _: at.messages.todays(MIA, DANA),
    "panel of a plan": lambda at, plan: at.services.plans.options(DANA, plan.id),
    "command to undo": lambda at, plan: at.services.history.to_undo(DANA, plan.id, plan.revision),
}

_HISTORY: dict[str, Read] = {
    "history show by day": lambda at, _: at.services.history.show(MIA, TODAY),
    "history show by id": lambda at, plan: at.services.history.show(MIA, plan.id, 2),
    "history revision": lambda at, plan: at.services.history.revision(MIA, plan.id, 3),
    "history compare": lambda at, plan: at.services.history.compare(MIA, plan.id),
    "history compare by time": lambda at, plan: at.services.history.compare(MIA, plan.id, "10:05"),
    "what changed": lambda at, plan: at.services.history.changes(MIA, plan.id),
    "history at": lambda at, plan: at.services.history.at(MIA, plan.id, "10:05"),
    "history revert, question": lambda at, plan: at.services.history.to_revert(DANA, plan.id, 3),
}

_SUGGESTIONS: dict[str, Read] = {
    "suggest coaches": lambda at, _: at.services.coaches.suggest(MIA, "d", for_posting=False),
    "suggest coaches to change": lambda at, _: at.services.coaches.suggest_to_change(DANA, "d"),
    "suggest days": lambda at, _: at.services.plans.suggest_days(MIA, "t"),
    "suggest revisions": lambda at, _: at.services.history.suggest(MIA, "1", TODAY),
    "suggest revisions and times": lambda at, _: at.services.history.suggest(MIA, "", TODAY, with_times=True),
    "suggest charts": lambda at, _: at.services.charts.suggest(DANA, "1", TODAY),
}

_MANAGERS: dict[str, Read] = {
    "admin stats": lambda at, _: at.statistics.count(MAX),
    "admin settings": lambda at, _: at.services.settings.read(MAX),
    "calendars that are missing": lambda at, _: at.services.sessions.renew(),
    "health: calendar": lambda at, _: at.store.read(calendar_of, GUILD),
    "admin coach list": lambda at, _: at.services.coaches.page(MAX),
    "coaches of admin setup": lambda at, _: at.services.coaches.setup_page(MAX, 1),
    "health: drafts waiting": lambda at, _: at.store.read(drafts.waiting),
    "health: cards waiting": lambda at, _: at.cards.waiting(),
    "health: cards failing": lambda at, _: at.cards.problems(MAX),
    "health: cards lacking pictures": lambda at, _: at.cards.lacking_of(MAX),
    "health: stray messages": lambda at, _: at.strays.of_guild(MAX),
    "news for a manager": lambda at, _: at.cards.unreported_problems(MAX),
}

_DRAFTS: dict[str, Read] = {
    "templates of a coach": lambda at, _: at.services.templates.panel(DANA, coach=None, day=None),
    "form from a template": lambda at, _: at.services.templates.begin_named(DANA, "bench", coach="d", day="2027-12-31"),
    "suggest templates": lambda at, _: at.services.templates.suggest(DANA, "b", None),
    "drafts of a writer": lambda at, _: at.services.drafts.page(DANA),
}

_CARDS: dict[str, Read] = {
    "card of a plan": lambda at, plan: at.cards.card(plan.id),
    "cards to send": lambda at, _: at.cards.pending(),
    "channels with cards to renew": lambda at, _: at.cards.renewable_channels(),
    "card to renew": lambda at, _: at.cards.renewal(CHANNEL),
    "cards to retry": lambda at, _: at.cards.retries(),
    "channels that fail, of a guild": lambda at, _: at.cards.failing_channels([GUILD]),
    "channels that fail, of a channel": lambda at, _: at.cards.failing_channels([], [CHANNEL]),
    "recent cards of a guild": lambda at, _: at.channels.recent([GUILD]),
    "try without an answer": lambda at, _: at.strays.has_open_try(CHANNEL),
    "message deleted, no card": lambda at, _: at.cards.messages_deleted([UNKNOWN]),
    "channel deleted": lambda at, _: at.channels.channels_gone([CLOSED_CHANNEL]),
    "thread opened": lambda at, _: at.channels.thread_opened(CLOSED_CHANNEL),
    "pictures expected": lambda at, _: at.services.late.expected(),
    "sweep": lambda at, _: at.cleanup.sweep(),
}


async def _post(at: Scenario, _: Plan) -> Act:
    command, operation = PostPlan("Long above 21,450", day=at.free_day()), fresh()
    return lambda: at.services.plans.post(DANA, command, operation)


async def _post_with_charts(at: Scenario, _: Plan) -> Act:
    draft = await at.draft(*charts(2))
    command, operation = PostPlan(draft.text, day=at.free_day(), draft=draft.id), fresh()
    return lambda: at.services.plans.post(DANA, command, operation)


async def _save_draft(at: Scenario, _: Plan) -> Act:
    submission, operation = Submission(DraftKind.POST, "Long", day=at.free_day(), pictures=tuple(charts(2))), fresh()
    return lambda: at.services.drafts.save(DANA, submission, operation)


async def _edit(at: Scenario, _: Plan) -> Act:
    command, operation = EditPlan((await at.post()).id, "Flat", seen=1), fresh()
    return lambda: at.services.plans.edit(DANA, command, operation)


async def _edit_by_day(at: Scenario, _: Plan) -> Act:
    command, operation = EditPlan(PlanOfDay("d", (await at.post()).day.isoformat()), "Flat", seen=1), fresh()
    return lambda: at.services.plans.edit(DANA, command, operation)


async def _edit_merged(at: Scenario, _: Plan) -> Act:
    plan = await at.post()
    await at.edit(plan, "Flat")
    command, operation = EditPlan(plan.id, f"{plan.text}\nNo trades before 09:31", seen=1), fresh()
    return lambda: at.services.plans.edit(DANA, command, operation)


async def _delete(at: Scenario, _: Plan) -> Act:
    command, operation = DeletePlan((await at.post()).id, seen=1), fresh()
    return lambda: at.services.plans.delete(DANA, command, operation)


async def _restore(at: Scenario, _: Plan) -> Act:
    plan = await at.post()
    await at.services.plans.delete(DANA, DeletePlan(plan.id, seen=1), fresh())
    command, operation = RestorePlan(PlanOfDay("d", plan.day.isoformat())), fresh()
    return lambda: at.services.plans.restore(DANA, command, operation)


async def _revert(at: Scenario, _: Plan) -> Act:
    plan = await at.post()
    await at.edit(plan, "Flat")
    command, operation = RevertPlan(plan.id, 1, seen=2), fresh()
    return lambda: at.services.history.revert(DANA, command, operation)


async def _add_charts(at: Scenario, _: Plan) -> Act:
    command, operation = AddCharts((await at.post()).id, Received(tuple(charts(2)), ())), fresh()
    return lambda: at.services.charts.add(DANA, command, operation)


async def _move_chart(at: Scenario, plan: Plan) -> Act:
    command, operation = MoveChart(plan.id, "1", 2), fresh()
    return lambda: at.services.charts.move(DANA, command, operation)


async def _caption_chart(at: Scenario, plan: Plan) -> Act:
    command, operation = CaptionChart(plan.id, "1", f"caption {plan.revision}"), fresh()
    return lambda: at.services.charts.caption(DANA, command, operation)


async def _remove_chart(at: Scenario, _: Plan) -> Act:
    plan = await at.post()
    await at.services.charts.add(DANA, AddCharts(plan.id, Received(tuple(charts(2)), ())), fresh())
    command, operation = RemoveChart(plan.id, "1"), fresh()
    return lambda: at.services.charts.remove(DANA, command, operation)


async def _write_marker(at: Scenario, plan: Plan) -> Act:
    at.services.markers.note(MIA, plan)
    return at.services.markers.write


async def _begin_card(at: Scenario, _: Plan) -> Act:
    await at.post()
    [(card_id, _channel)] = await at.cards.pending()
    return lambda: at.cards.begin(card_id)


async def _show_card(at: Scenario, _: Plan) -> Act:
    work = await _begun(at)
    return lambda: at.cards.shown(work, at.new_message())


async def _fail_card(at: Scenario, _: Plan) -> Act:
    work = await _begun(at)
    return lambda: at.cards.failed(work, CardFailure.REFUSED)


async def _delete_message(at: Scenario, _: Plan) -> Act:
    plan = await at.post()
    await at.publish()
    card = await at.cards.card(plan.id)
    assert card  # noqa: S101 - it was just shown
    assert card.message_id  # noqa: S101
    message_id = card.message_id
    return lambda: at.cards.messages_deleted([message_id])


async def _find_strays(at: Scenario, plan: Plan) -> Act:
    found = [FoundMessage(at.new_message(), CHANNEL, plan.id, (plan.hash[:8],))]
    return lambda: at.strays.note(GUILD, found)


async def _renew_after_rename(at: Scenario, plan: Plan) -> Act:
    await at.services.coaches.change(MAX, plan.coach.key, CoachChange(f"{plan.coach.name}!"))
    return lambda: at.cards.renewal(CHANNEL)


async def _override_day(at: Scenario, _: Plan) -> Act:
    day = (await at.post()).day.isoformat()
    await at.publish()
    return lambda: at.services.sessions.override(MAX, day, DayKind.HALF_DAY, "13:00")


async def _begun(at: Scenario) -> CardWork:
    await at.post()
    [(card_id, _)] = await at.cards.pending()
    work = await at.cards.begin(card_id)
    assert work  # noqa: S101 - it is to be shown
    return work


REQUESTS: dict[str, Request] = {
    **{name: reading(act) for name, act in (_PLANS | _HISTORY | _SUGGESTIONS | _MANAGERS | _DRAFTS).items()},
    "post": _post,
    "post with 2 charts": _post_with_charts,
    "save a draft with 2 pictures": _save_draft,
    "edit by id": _edit,
    "edit by day": _edit_by_day,
    "edit merged with another": _edit_merged,
    "delete": _delete,
    "restore": _restore,
    "revert": _revert,
    "add 2 charts": _add_charts,
    "move a chart": _move_chart,
    "caption a chart": _caption_chart,
    "remove a chart": _remove_chart,
    "write a read marker": _write_marker,
    "card begun": _begin_card,
    "card shown": _show_card,
    "card failed": _fail_card,
    "message deleted, a card": _delete_message,
    "stray message found": _find_strays,
    **{name: reading(act) for name, act in _CARDS.items()},
    "override a day": _override_day,
    "card to renew after a rename": _renew_after_rename,  # last, as it leaves many cards to renew
}
