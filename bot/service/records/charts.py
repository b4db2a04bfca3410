"""The charts of plans in the database, and as JSON in a revision and a draft."""

import datetime
import json
import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from peewee import ModelSelect

from bot.domain.values import Attachment, Chart, PlanId, UserId
from bot.service.records.canonical_json import canonical
from storage.models import ChartRow, PlanRow

_DIGEST = re.compile("[0-9a-f]{64}")

Pictures = tuple[Chart | Attachment, ...]


def live_charts() -> "ModelSelect[ChartRow]":
    """Return the charts that are on plans, in order."""
    return ChartRow.select().where(ChartRow.removed_at.is_null()).order_by(ChartRow.plan, ChartRow.position)


def charts_of(plan_ids: "Collection[int] | ModelSelect[PlanRow]") -> dict[PlanId, tuple[Chart, ...]]:
    """Return the charts of these plans in order, in one query; plans without charts are left out."""
    charts: dict[PlanId, tuple[Chart, ...]] = {}
    for row in live_charts().where(ChartRow.plan.in_(plan_ids)):
        plan_id = PlanId(row.plan_id)
        charts[plan_id] = (*charts.get(plan_id, ()), _chart(row.__data__, is_spoiler=bool(row.is_spoiler)))
    return charts


def put(plan: PlanRow, charts: Sequence[Chart], actor_id: UserId, now: datetime.datetime) -> None:
    """Make exactly these the plan's charts, in this order."""
    existing = {row.sha256: row for row in live_charts().where(ChartRow.plan == plan)}
    removed = [row.id for sha256, row in existing.items() if sha256 not in {chart.sha256 for chart in charts}]
    if removed:
        ChartRow.update(removed_at=now).where(ChartRow.id.in_(removed)).execute()
    for position, chart in enumerate(charts, 1):
        row = existing.get(chart.sha256) or ChartRow(plan=plan, added_by=actor_id, added_at=now)
        values = {"position": position, "is_spoiler": int(chart.is_spoiler), **_fields(chart)}
        if any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            row.save()


def written(pictures: Iterable[Chart | Attachment]) -> str:
    """Return the pictures as a canonical JSON array."""
    return canonical([_entry(each) if isinstance(each, Chart) else _link(each) for each in pictures])


def read(text: str) -> Pictures:
    """Return the pictures that `written` wrote.

    Raises:
        ValueError: somebody else wrote the text.
    """
    try:
        return tuple(_attachment(each) if "url" in each else _listed(each) for each in json.loads(text))
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise ValueError("a list of charts is not as Coachbook writes it") from error


def charts_in(text: str) -> tuple[Chart, ...]:
    """Return the charts among the pictures that `written` wrote."""
    return tuple(picture for picture in read(text) if isinstance(picture, Chart))


def _entry(chart: Chart) -> dict[str, Any]:
    """Return the entry of a chart: of one that is no spoiler the same as before there were any."""
    return {**_fields(chart), **_spoiler(chart)}


def _spoiler(picture: Chart | Attachment) -> dict[str, bool]:
    return {"spoiler": True} if picture.is_spoiler else {}


def _fields(chart: Chart) -> dict[str, Any]:
    return {
        "sha256": chart.sha256,
        "filename": chart.filename,
        "media_type": chart.media_type,
        "width": chart.width,
        "height": chart.height,
        "bytes": chart.size,
        "caption": chart.caption,
    }


def _chart(fields: dict[str, Any], *, is_spoiler: bool) -> Chart:
    return Chart(
        fields["sha256"],
        fields["filename"],
        fields["media_type"],
        fields["width"],
        fields["height"],
        fields["bytes"],
        fields["caption"],
        is_spoiler,
    )


def _listed(fields: dict[str, Any]) -> Chart:
    """Return the chart of an entry, which anybody may have written who can write the file."""
    words = (fields["filename"], fields["media_type"], fields["caption"] or "")
    numbers = (fields["width"], fields["height"], fields["bytes"])
    is_whole = all(isinstance(each, str) for each in words) and all(isinstance(each, int) for each in numbers)
    if not (is_whole and _DIGEST.fullmatch(fields["sha256"])):
        raise ValueError(fields)
    return _chart(fields, is_spoiler=fields.get("spoiler") is True)


def _link(attachment: Attachment) -> dict[str, Any]:
    described = {"description": attachment.description} if attachment.description else {}
    link = {"url": attachment.url, "filename": attachment.filename, "bytes": attachment.size}
    return {**link, **described, **_spoiler(attachment)}


def _attachment(fields: dict[str, Any]) -> Attachment:
    description, is_spoiler = fields.get("description"), fields.get("spoiler") is True
    return Attachment(fields["url"], fields["filename"], fields["bytes"], description, is_spoiler)
