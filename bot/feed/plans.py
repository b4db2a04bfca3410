"""The API's own part: plans, revisions, pictures and searches as of a moment."""

import contextlib
import html
from collections.abc import Generator
from http import HTTPStatus
from typing import Any, Final

from starlette.responses import Response

from bot.domain.errors import BeforeFirstError, PlanGoneError
from bot.domain.values import LackingPicture, PlanId, PlanState, StateFilter, StateHit
from bot.domain.values.searching import HIT_END, HIT_START
from bot.feed import parameters
from bot.feed.documents import answer, deleted_detail, proof_document, revision_document, state_document, written
from bot.feed.operations import AS_OF_HEADER, ETAG, LAST_MODIFIED, PLAN, Call, Content, Operation, as_json
from bot.feed.pictures import picture_answer
from bot.feed.problems import ProblemError
from bot.service.pictures.formats.kinds import MEDIA_TYPES

PRESENT: Final = {PLAN: "present"}
NONE: Final = {PLAN: "none"}


async def plans(call: Call) -> Response:
    """Answer with a page of plans."""
    page = await call.feed.plans(call.actor, _filter(call), call.point, call.values["cursor"], call.values["limit"])
    document = {
        "plans": [state_document(call.links, each) for each in page.states],
        "next": page.next and parameters.cursor_of(page.next),
        "is_partial": page.is_partial,
    }
    return answer(call.request, document)


async def plan(call: Call) -> Response:
    """Answer with a plan."""
    with _unknown_refused():
        state = await call.feed.plan(call.actor, PlanId(call.values["id"]), call.point)
    _refuse_deleted(state)
    headers = PRESENT | {AS_OF_HEADER: written(state.moment)}
    document = state_document(call.links, state)
    return answer(call.request, document, headers, changed_at=state.revision.at)


async def revisions(call: Call) -> Response:
    """Answer with the revisions of a plan, oldest first."""
    with _unknown_refused():
        state, found = await call.feed.revisions(call.actor, PlanId(call.values["id"]), call.point)
    _refuse_deleted(state)
    listed = [
        revision_document(call.links, made) | {"proof": proof_document(state.plan, made, proof)}
        for made, proof in found
    ]
    headers = {AS_OF_HEADER: written(state.moment)}
    return answer(call.request, {"id": state.plan.id, "revisions": listed}, headers, changed_at=state.revision.at)


async def chart(call: Call) -> Response:
    """Answer with a picture, or a part of it."""
    found = await call.feed.chart(call.actor, call.values["sha256"], call.point)
    if found is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, "There is no such picture.")
    file = await call.feed.file_of(found)
    if isinstance(file, LackingPicture):
        why = f"The picture can’t be read: {file.why}"
        raise ProblemError.passing(why) if file.is_unreadable else ProblemError(HTTPStatus.NOT_FOUND, why)
    return await picture_answer(call.request, file, found.media_type, found.sha256)


async def search(call: Call) -> Response:
    """Answer with a page of plans whose text has the words."""
    found = await call.feed.search(
        *(call.actor, call.values["q"], _filter(call), call.point, call.values["cursor"], call.values["limit"])
    )
    document = {
        "hits": [_hit_document(call, each) for each in found.hits],
        "next": None if found.next is None else str(found.next),
        "is_partial": found.is_partial,
        "is_indexed": found.is_indexed,
    }
    return answer(call.request, document)


def _filter(call: Call) -> StateFilter:
    return StateFilter(call.values["from"], call.values["to"], call.values["coach"])


def _hit_document(call: Call, hit: StateHit) -> dict[str, Any]:
    marked = html.escape(hit.marked).replace(HIT_START, "<mark>").replace(HIT_END, "</mark>")
    return {"plan": state_document(call.links, hit.state), "html": marked}


@contextlib.contextmanager
def _unknown_refused() -> Generator[None]:
    """Answer alike for a plan that does not exist and for one that exists only later."""
    try:
        yield
    except (BeforeFirstError, PlanGoneError) as error:
        raise ProblemError(HTTPStatus.NOT_FOUND, "There is no such plan at that moment.") from error


def _refuse_deleted(state: PlanState) -> None:
    if state.is_deleted:
        at = written(state.revision.at)
        detail = deleted_detail(state.plan, state.revision.at)
        raise ProblemError(HTTPStatus.GONE, detail, NONE, deleted_at=at)


_DAYS: Final = (parameters.FROM, parameters.TO, parameters.COACH)
_PICTURE: Final[Content] = dict.fromkeys(MEDIA_TYPES)
_AS_KNOWN: Final = (ETAG, LAST_MODIFIED, AS_OF_HEADER)
_MAY_BE_GONE: Final = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
OPERATIONS: Final = (
    Operation(
        *("listPlans", "/v1/plans", "Plans, the newest trading day first.", plans, as_json("Plans")),
        (*_DAYS, parameters.CURSOR, parameters.LIMIT, parameters.AS_OF),
    ),
    Operation(
        *("getPlan", "/v1/plans/{id}", "A plan.", plan, as_json("Plan"), (parameters.PLAN_ID, parameters.AS_OF)),
        *((*_AS_KNOWN, PLAN), _MAY_BE_GONE),
    ),
    Operation(
        *("listRevisions", "/v1/plans/{id}/revisions", "The revisions of a plan, oldest first.", revisions),
        *(as_json("Revisions"), (parameters.PLAN_ID, parameters.AS_OF), _AS_KNOWN, _MAY_BE_GONE),
    ),
    *(
        Operation(
            *(name, path, "A picture.", chart, _PICTURE, (parameters.SHA256, parameters.AS_OF)),
            *((ETAG,), (HTTPStatus.PARTIAL_CONTENT, HTTPStatus.NOT_FOUND)),
            is_compatible=is_compatible,
        )
        for name, path, is_compatible in (
            ("getChart", "/v1/charts/{sha256}", False),
            ("getCoachChart", "/api/coach-plans/charts/{sha256}", True),
        )
    ),
    Operation(
        *("search", "/v1/search", "Plans whose text has all the words, the newest text first.", search),
        *(as_json("Hits"), (parameters.WORDS, *_DAYS, parameters.HITS_CURSOR, parameters.LIMIT, parameters.AS_OF)),
    ),
)
