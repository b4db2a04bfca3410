"""The API's own part: plans, revisions, pictures and searches as of a moment."""

import contextlib
import html
from collections.abc import Generator
from http import HTTPStatus
from typing import Any, Final

from starlette.responses import Response

from bot.domain.errors import BeforeFirstError, PlanGoneError
from bot.domain.values import LackingPicture, PlanState, StateHit
from bot.domain.values.searching import HIT_END, HIT_START
from bot.feed.description import parameters
from bot.feed.description.operations import (
    AS_OF_HEADER,
    ETAG,
    LAST_MODIFIED,
    NONE,
    PLAN,
    PRESENT,
    Call,
    Operation,
    as_json,
)
from bot.feed.documents import (
    answer,
    deleted_detail,
    proof_document,
    revision_document,
    state_document,
    written,
)
from bot.feed.http.pictures import not_modified, picture_answer, tag_of
from bot.feed.http.problems import ProblemError
from bot.feed.http.tags import tags_of
from bot.service.pictures.formats.kinds import MEDIA_TYPES


async def list_plans(call: Call) -> Response:
    """Answer with a page of plans."""
    after, size = call.value(parameters.CURSOR), call.value(parameters.LIMIT)
    page = await call.feed.plans(call.actor, call.filter, call.point, after, size)
    document = {
        "plans": [state_document(call.links, each) for each in page.states],
        "next": page.next and parameters.cursor_of(page.next),
        "is_partial": page.is_partial,
        "last_as_of": call.access.last_as_of,
    }
    return answer(call.request, document)


async def get_plan(call: Call) -> Response:
    """Answer with a plan."""
    with _unknown_refused():
        state = await call.feed.plan(call.actor, call.value(parameters.PLAN_ID), call.point)
    _refuse_deleted(state)
    headers = PRESENT | {AS_OF_HEADER: written(state.moment)}
    document = state_document(call.links, state)
    return answer(call.request, document, headers, changed_at=state.revision.at)


async def list_revisions(call: Call) -> Response:
    """Answer with a page of the revisions of a plan, oldest first."""
    with _unknown_refused():
        page = await call.feed.revisions(
            *(call.actor, call.value(parameters.PLAN_ID), call.point),
            after=call.value(parameters.NUMBER),
            size=call.value(parameters.LIMIT),
        )
    state = page.state
    _refuse_deleted(state)
    headers = {AS_OF_HEADER: written(state.moment)}
    document = {
        "id": state.plan.id,
        "revisions": [
            revision_document(call.links, each) | {"proof": proof_document(state.plan, each, proof)}
            for each, proof in page.revisions
        ],
        "next": page.next,
    }
    return answer(call.request, document, headers, changed_at=state.revision.at)


async def get_chart(call: Call) -> Response:
    """Answer with a picture, or a part of it.

    The tag is the hash of the bytes, so a program that has it has the picture, and the file is not read for it. One
    that is gone or cut off is told all the same; altered bytes are found where they would be sent.
    """
    found = await call.feed.chart(call.actor, call.value(parameters.SHA256), call.point)
    if found is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, "There is no such picture.")
    if tag_of(found.sha256) in tags_of(call.request) and await call.feed.has_file(found):
        return not_modified(found.sha256)
    file = await call.feed.file_of(found)
    if isinstance(file, LackingPicture):
        why = f"The picture can’t be read: {file.why}"
        raise ProblemError.passing(why) if file.is_unreadable else ProblemError(HTTPStatus.NOT_FOUND, why)
    return await picture_answer(call.request, file, found.media_type, found.sha256)


async def search(call: Call) -> Response:
    """Answer with a page of plans whose text has the words."""
    words, after, size = call.value(parameters.WORDS), call.value(parameters.HITS_CURSOR), call.value(parameters.LIMIT)
    found = await call.feed.search(call.actor, words, call.filter, call.point, after, size)
    document = {
        "hits": [_hit_document(call, each) for each in found.hits],
        "next": found.next and parameters.cursor_of_hits(found.next),
        "is_partial": found.is_partial,
        "is_indexed": found.is_indexed,
        "last_as_of": call.access.last_as_of,
    }
    return answer(call.request, document)


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
_AS_KNOWN: Final = (ETAG, LAST_MODIFIED, AS_OF_HEADER)
_MAY_BE_GONE: Final = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
GET_CHART: Final = Operation(
    name="getChart",
    path="/v1/charts/{sha256}",
    summary="A picture.",
    handle=get_chart,
    content=dict.fromkeys(MEDIA_TYPES),
    parameters=(parameters.SHA256, parameters.AS_OF),
    headers=(ETAG,),
    statuses=(HTTPStatus.PARTIAL_CONTENT, HTTPStatus.NOT_FOUND),
)
OPERATIONS: Final = (
    Operation(
        name="listPlans",
        path="/v1/plans",
        summary="Plans, the newest trading day first.",
        handle=list_plans,
        content=as_json("Plans"),
        parameters=(*_DAYS, parameters.CURSOR, parameters.LIMIT, parameters.AS_OF),
    ),
    Operation(
        name="getPlan",
        path="/v1/plans/{id}",
        summary="A plan.",
        handle=get_plan,
        content=as_json("Plan"),
        parameters=(parameters.PLAN_ID, parameters.AS_OF),
        headers=(*_AS_KNOWN, PLAN),
        statuses=_MAY_BE_GONE,
    ),
    Operation(
        name="listRevisions",
        path="/v1/plans/{id}/revisions",
        summary="The revisions of a plan, oldest first.",
        handle=list_revisions,
        content=as_json("Revisions"),
        parameters=(parameters.PLAN_ID, parameters.NUMBER, parameters.LIMIT, parameters.AS_OF),
        headers=_AS_KNOWN,
        statuses=_MAY_BE_GONE,
    ),
    GET_CHART,
    Operation(
        name="search",
        path="/v1/search",
        summary="Plans whose text has all the words, the newest text first.",
        handle=search,
        content=as_json("Hits"),
        parameters=(parameters.WORDS, *_DAYS, parameters.HITS_CURSOR, parameters.LIMIT, parameters.AS_OF),
    ),
)
