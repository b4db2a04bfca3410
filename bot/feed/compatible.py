"""The part that programs of the predecessor read: plans of a day by coach, with a text in any case."""

import asyncio
import dataclasses
from http import HTTPStatus
from typing import Any, Final

from starlette.responses import Response

from bot.domain.errors import PlanGoneError
from bot.domain.import_notes import names_in
from bot.domain.values import PlanState, PointInTime, Revision, StateOfDay
from bot.feed.description import parameters
from bot.feed.description.operations import ETAG, NONE, PLAN, PRESENT, Call, Operation, as_json
from bot.feed.description.parameters import Parameter
from bot.feed.documents import answer, chart_links, written
from bot.feed.http.encoding import as_fragment, encoded
from bot.feed.http.problems import ProblemError, invalid
from bot.feed.plans import GET_CHART
from bot.service.feed.base import PREFIX

COACH_PLANS: Final = "/api/coach-plans"
MAX_HISTORY: Final = 8 * 2**20
"""Bytes, as of 2,000 texts of 4,000 letters: the predecessor's programs know no pages."""
_PAGE: Final = 50
"""The revisions that are made JSON at once, in about a millisecond."""


async def get_coach_plan(call: Call) -> Response:
    """Answer with a coach's plan, or with a text that begins with "No"."""
    found = await _plan_of(call, parameters.COACH_REQUIRED)
    return answer(call.request, _document(call, found), PRESENT if _is_present(found) else NONE)


async def get_coach_plan_if_any(call: Call) -> Response:
    """Answer with a coach's plan, if there is one."""
    found = await _plan_of(call, parameters.COACH_ID)
    if not _is_present(found):
        raise ProblemError(HTTPStatus.NOT_FOUND, _nothing(found), NONE)
    return answer(call.request, _document(call, found), PRESENT)


async def get_coach_plans(call: Call) -> Response:
    """Answer with the plans of all coaches."""
    found = await call.feed.of_day(call.actor, None, call.value(parameters.DATE), call.point)
    document = {f"{PREFIX}{each.coach.key}": _document(call, each) for each in found}
    return answer(call.request, document, PRESENT if any(map(_is_present, found)) else NONE)


async def get_coach_history(call: Call) -> Response:
    """Answer with the texts of a coach's plan, oldest first."""
    found = await _plan_of(call, parameters.COACH_REQUIRED)
    entries: list[bytes] = []
    if found.state:
        try:
            entries = await _entries(call, found.state)
        except PlanGoneError:  # it was deleted meanwhile
            found = dataclasses.replace(found, state=None)
    history = [as_fragment(each) for each in entries]
    document = {"coach": f"{PREFIX}{found.coach.key}", "date": found.day.isoformat(), "history": history}
    return await asyncio.to_thread(answer, call.request, document, PRESENT if _is_present(found) else NONE)


async def _entries(call: Call, state: PlanState) -> list[bytes]:
    """Return the revisions of the plan until the moment, encoded.

    Raises:
        PlanGoneError: it was deleted meanwhile.
        ProblemError: they are too long for one answer.
    """
    point, after = PointInTime(state.moment, call.access.latest), 0
    entries, size = list[bytes](), 0
    while True:
        page = await call.feed.revisions(call.actor, state.plan.id, point, after, _PAGE)
        entries += (encoded(_past_plan(call, each)) for each, _ in page.revisions)
        size += sum(map(len, entries[after:]))
        if size > MAX_HISTORY:
            pages = f"/v1/plans/{state.plan.id}/revisions"
            raise invalid(f"The history is too long for one answer. Read it in pages: {pages}")
        if page.next is None:
            return entries
        after = page.next


def _past_plan(call: Call, revision: Revision) -> dict[str, Any]:
    return {
        "plan": None if revision.is_erased else revision.text,
        "charts": chart_links(call.links, revision.charts),
        "author": _name(revision.actor_id, names_in(revision.note).author),
        "timestamp": written(revision.at),
        "change": revision.kind.words,
    }


async def _plan_of(call: Call, coach: Parameter[str]) -> StateOfDay:
    [found] = await call.feed.of_day(call.actor, [call.value(coach)], call.value(parameters.DATE), call.point)
    return found


def _is_present(found: StateOfDay) -> bool:
    return found.state is not None and not found.state.is_erased


def _nothing(found: StateOfDay) -> str:
    return f"No plan available for {PREFIX}{found.coach.key} on {found.day.isoformat()}"


def _document(call: Call, found: StateOfDay) -> dict[str, Any]:
    state = found.state if _is_present(found) else None
    plan, revision = (state.plan, state.revision) if state else (None, None)
    return {
        "coach": f"{PREFIX}{found.coach.key}",
        "date": found.day.isoformat(),
        "plan": revision.text if revision else _nothing(found),
        "charts": chart_links(call.links, revision.charts) if revision else [],
        "author": _name(plan.author_id, found.names.author) if plan else None,
        "channel": _name(found.source and found.source.channel_id, found.names.channel) if plan else None,
        "timestamp": written(revision.at) if revision else None,
        "created_at": written(plan.posted_at) if plan else None,
        "edited_at": written(revision.at) if revision and revision.number > 1 else None,
    }


def _name(discord_id: int | None, imported: str | None) -> str | None:
    """Return an id of Discord as a text; without one the predecessor's name."""
    return str(discord_id) if discord_id else imported


_COACH_AND_DATE: Final = (parameters.COACH_REQUIRED, parameters.DATE, parameters.AS_OF)
_HEADERS: Final = (ETAG, PLAN)
OPERATIONS: Final = (
    Operation(
        name="getCoachPlan",
        path=f"{COACH_PLANS}/",
        summary="A coach’s plan, or a text that begins with “No”.",
        handle=get_coach_plan,
        content=as_json("CoachPlan"),
        parameters=_COACH_AND_DATE,
        headers=_HEADERS,
        is_compatible=True,
    ),
    Operation(
        name="getCoachPlans",
        path=f"{COACH_PLANS}/all",
        summary="The plans of all coaches.",
        handle=get_coach_plans,
        content=as_json("CoachPlans"),
        parameters=(parameters.DATE, parameters.AS_OF),
        headers=_HEADERS,
        is_compatible=True,
    ),
    Operation(
        name="getCoachHistory",
        path=f"{COACH_PLANS}/history",
        summary="The texts of a coach’s plan, oldest first.",
        handle=get_coach_history,
        content=as_json("CoachHistory"),
        parameters=_COACH_AND_DATE,
        headers=_HEADERS,
        is_compatible=True,
    ),
    dataclasses.replace(GET_CHART, name="getCoachChart", path=f"{COACH_PLANS}/charts/{{sha256}}", is_compatible=True),
    Operation(
        name="getCoachPlanIfAny",
        path=f"{COACH_PLANS}/{{coach_id}}",
        summary="A coach’s plan, if there is one.",
        handle=get_coach_plan_if_any,
        content=as_json("CoachPlan"),
        parameters=(parameters.COACH_ID, parameters.DATE, parameters.AS_OF),
        headers=_HEADERS,
        statuses=(HTTPStatus.NOT_FOUND,),
        is_compatible=True,
    ),
)
