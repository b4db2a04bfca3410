"""The answers of the tools as text, which language models read."""

import datetime
import itertools
from collections.abc import Iterable, Sequence
from typing import Final

from coachbook_mcp.answers import (
    LATEST,
    NOW,
    Answer,
    ChartAnswer,
    FoundAnswer,
    HistoryAnswer,
    PlanAnswer,
    PlanOrNoneAnswer,
    PlansAnswer,
    RevisionAnswer,
)
from coachbook_mcp.fences import Fence, quoted, visible

MAX_CHARACTERS: Final = 50_000
"""Of the states in an answer; a single one may have more, as none is cut."""


def fitting(states: Sequence[RevisionAnswer]) -> int:
    """Return the number of the first states that an answer has room for, one at least."""
    lengths = itertools.accumulate(len(_facts(each)) + len(_content(each)) for each in states)
    return max(1, sum(length <= MAX_CHARACTERS for length in lengths))


def text_of(answer: Answer) -> str:
    """Return the answer as text; what other people wrote is fenced."""
    match answer:
        case PlansAnswer():
            return _plans(answer, f"There are more: ask again with the cursor {quoted(answer.next or '')}.")
        case HistoryAnswer():
            return _history(answer)
        case PlanOrNoneAnswer(plan=PlanAnswer() as plan):
            return _written(f"A plan, {_moment(answer)}.", [plan])
        case PlanOrNoneAnswer():
            return f"{_missing(answer)}, {_moment(answer)}."
        case _:
            raise TypeError(answer)


def text_of_newest(page: PlansAnswer, tool: str) -> str:
    """Return the newest plans as text; all are read with the tool."""
    return _plans(page, f"There may be more: call the tool {tool}.")


def _plans(page: PlansAnswer, more: str) -> str:
    parts = [
        f"{_count(len(page.plans), 'plan')}, {_moment(page)}.",
        more if page.next else "",
        "Plans may be missing, as not all could be read: ask again in a minute." if page.is_partial else "",
    ]
    return _written(" ".join(filter(None, parts)), page.plans)


def _history(history: HistoryAnswer) -> str:
    if history.plan_id is None:
        return f"{_missing(history)}, {_moment(history)}."
    count = _count(len(history.revisions), "revision")
    more = f" There are more: ask again with the cursor {history.next}." if history.next else ""
    return _written(f"{count} of plan {history.plan_id}, oldest first, {_moment(history)}.{more}", history.revisions)


def _written(first_line: str, states: Sequence[RevisionAnswer]) -> str:
    contents = [_content(each) for each in states]
    if not contents:
        return first_line
    fence = Fence()
    blocks = (f"{_facts(state)}\n{fence.closed(content)}" for state, content in zip(states, contents, strict=True))
    return "\n\n".join((f"{first_line}\n{fence.rule}", *blocks))


def _facts(state: RevisionAnswer) -> str:
    """Return the line of what Coachbook knows of a state itself."""
    plan = f"Plan {state.id} of coach {state.coach} for {state.day}, " if isinstance(state, PlanAnswer) else ""
    erased = "; its text was erased since" if state.is_erased else ""
    return f"{plan}revision {state.revision} ({state.kind}), made at {_time(state.made_at)}, hash {state.hash}{erased}:"


def _content(state: RevisionAnswer) -> str:
    lines = [f"coach: {quoted(state.untrusted_coach_name)}"] if isinstance(state, PlanAnswer) else []
    lines += _charts(state.charts)
    lines.append("no text" if state.untrusted_text is None else f"text:\n{visible(state.untrusted_text)}")
    return "\n".join(lines)


def _charts(charts: Iterable[ChartAnswer]) -> list[str]:
    return [
        f"chart {number}: {quoted(chart.untrusted_filename)}"
        + (f", {quoted(chart.untrusted_caption)}" if chart.untrusted_caption else "")
        for number, chart in enumerate(charts, start=1)
    ]


def _missing(answer: FoundAnswer) -> str:
    deleted = f": it was deleted at {_time(answer.deleted_at)}" if answer.deleted_at else ""
    return f"No plan{deleted}"


def _moment(answer: Answer) -> str:
    asked = f"asked at {_time(answer.asked_at)}"
    last = answer.last_as_of if isinstance(answer, PlansAnswer) else NOW
    if answer.as_of == LATEST:
        named = "" if last == NOW else f" ({quoted(last)} of each plan’s day)"
        return f"as of the last moment that may be read{named}, {asked}"
    capped = "" if last == NOW else f", or of {quoted(last)} where that is earlier, as no later one may be read"
    return f"as of {quoted(answer.as_of)}{capped}, {asked}"


def _time(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
