"""Values as JSON, and the answers that carry them."""

import datetime
import hashlib
from collections.abc import Mapping, Sequence
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.domain.values import Chart, Plan, PlanState, Proof, Revision
from bot.feed.description.operations import JSON
from bot.feed.http.encoding import encoded
from bot.feed.http.tags import ASK_AGAIN, client_has
from bot.feed.links import Links


def answer(
    request: Request,
    document: object,
    headers: Mapping[str, str] | None = None,
    *,
    changed_at: datetime.datetime | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    """Return the document, which may be encoded already, or that the client has it."""
    body = document if isinstance(document, bytes) else encoded(document)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    sent = {"ETag": tag, **ASK_AGAIN, **(headers or {})}
    if changed_at:
        sent["Last-Modified"] = format_datetime(changed_at.replace(microsecond=0), usegmt=True)
    if status == HTTPStatus.OK and client_has(request, tag):
        return Response(status_code=int(HTTPStatus.NOT_MODIFIED), headers=sent)
    return Response(body, status, sent, media_type=JSON)


def state_document(links: Links, state: PlanState) -> dict[str, Any]:
    """Return a plan as it was known at a moment."""
    plan = state.plan
    return {
        "id": plan.id,
        "coach": {"key": plan.coach.key, "name": plan.coach.name},
        "day": plan.day.isoformat(),
        "author_id": str(plan.author_id) if plan.author_id else None,
        "posted_at": written(plan.posted_at),
        **revision_document(links, state.revision),
    }


def revision_document(links: Links, revision: Revision) -> dict[str, Any]:
    """Return a revision of a plan."""
    return {
        "revision": revision.number,
        "kind": revision.kind.words,
        "text": None if revision.is_erased else revision.text,
        "is_erased": revision.is_erased,
        "charts": [_chart_document(links, chart) for chart in revision.charts],
        "made_at": written(revision.at),
        "recorded_at": None if revision.recorded_at is None else written(revision.recorded_at),
        "hash": revision.hash,
    }


def proof_document(plan: Plan, revision: Revision, proof: Proof) -> dict[str, Any]:
    """Return what the revision's hash covers beside its other members."""
    return {
        "plan": plan.id,
        "guild": str(plan.coach.guild_id),
        "coach": plan.coach.key,
        "day": plan.day.isoformat(),
        "kind": revision.kind.value,
        "salt": proof.salt and proof.salt.hex(),
        **{name: getattr(proof, name) for name in ("text", "charts", "actor", "note", "previous")},
    }


def chart_links(links: Links, charts: Sequence[Chart]) -> list[str]:
    """Return links to the pictures, in their order."""
    return [links.to_chart(chart.sha256) for chart in charts]


def deleted_detail(plan: Plan, at: datetime.datetime) -> str:
    """Return that a plan was deleted at a time."""
    return f"The plan of {plan.coach.key} for {plan.day.isoformat()} was deleted at {written(at)}."


def written(moment: datetime.datetime) -> str:
    """Return the moment as text, in UTC."""
    return moment.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")


def _chart_document(links: Links, chart: Chart) -> dict[str, Any]:
    return {
        "sha256": chart.sha256,
        "url": links.to_chart(chart.sha256),
        "filename": chart.filename,
        "media_type": chart.media_type,
        "width": chart.width,
        "height": chart.height,
        "size": chart.size,
        "caption": chart.caption,
        "is_spoiler": chart.is_spoiler,
    }
