"""The charts of plans in the database, and as JSON in a revision and a draft."""

import datetime
import json
import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from peewee import SQL, ModelSelect, Select, fn

from bot.domain.values import Attachment, Chart, PlanId, UserId
from bot.service.records.canonical_json import canonical
from storage.id_sets import id_list, values_from
from storage.models import ChartRow, PlanRow
from storage.queries import Parameter, Prepared, rows_of

_DIGEST = re.compile("[0-9a-f]{64}")

Pictures = tuple[Chart | Attachment, ...]


_COLUMNS: Final = (
    ChartRow.plan,
    ChartRow.sha256,
    ChartRow.filename,
    ChartRow.media_type,
    ChartRow.width,
    ChartRow.height,
    ChartRow.bytes,
    ChartRow.caption,
    ChartRow.is_spoiler,
)


def live_charts() -> "ModelSelect[ChartRow]":
    """Return the charts that are on plans, in order."""
    charts = ChartRow.select(*_COLUMNS).where(ChartRow.removed_at.is_null())
    return charts.order_by(ChartRow.plan, ChartRow.position)


def charts_of(plan_ids: "Collection[int] | ModelSelect[PlanRow]") -> dict[int, tuple[Chart, ...]]:
    """Return the charts of these plans in order, in one query; plans without charts are left out."""
    if isinstance(plan_ids, ModelSelect):
        rows = rows_of(live_charts().where(ChartRow.plan.in_(plan_ids)))
    else:
        rows = _OF_PLANS.rows(plans=id_list(plan_ids))
    charts: dict[int, tuple[Chart, ...]] = {}
    for plan_id, *fields, is_spoiler in rows:
        charts[plan_id] = (*charts.get(plan_id, ()), Chart(*fields, is_spoiler=bool(is_spoiler)))
    return charts


def put(
    plan_id: PlanId, before: Sequence[Chart], after: Sequence[Chart], actor_id: UserId, now: datetime.datetime
) -> None:
    """Make the plan's charts, which are those of `before`, exactly those of `after`, in this order."""
    placed = {chart.sha256: (position, chart) for position, chart in enumerate(before, 1)}
    removed = placed.keys() - {chart.sha256 for chart in after}
    if removed:
        _REMOVE.change(plan=plan_id, charts=json.dumps(sorted(removed)), now=now)
    added: list[dict[str, Any]] = []
    for position, chart in enumerate(after, 1):
        values = {"position": position, "is_spoiler": int(chart.is_spoiler), **_fields(chart)}
        if chart.sha256 not in placed:
            added.append(values)
        elif placed[chart.sha256] != (position, chart):
            _CHANGE.change(plan=plan_id, **values)
    if added:
        _ADD.change(plan=plan_id, actor=actor_id, now=now, charts=json.dumps(added))


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


def with_result(pictures: Pictures, link: Attachment, result: Chart | None) -> Pictures:
    """Return the pictures with the chart in the place of its link; None: without the link.

    A link whose chart is among them already stays, to be reported when they are used.
    """
    existing = {each.sha256 for each in pictures if isinstance(each, Chart)}
    if link not in pictures or (result and result.sha256 in existing):
        return pictures
    place = pictures.index(link)
    return (*pictures[:place], *([result] if result else []), *pictures[place + 1 :])


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


def _listed(fields: dict[str, Any]) -> Chart:
    """Return the chart of an entry, which anybody may have written who can write the file."""
    words = (fields["filename"], fields["media_type"], fields["caption"] or "")
    numbers = (fields["width"], fields["height"], fields["bytes"])
    is_whole = all(isinstance(each, str) for each in words) and all(isinstance(each, int) for each in numbers)
    if not (is_whole and _DIGEST.fullmatch(fields["sha256"])):
        raise ValueError(fields)
    return Chart(
        *(fields[name] for name in ("sha256", "filename", "media_type", "width", "height", "bytes", "caption")),
        is_spoiler=fields.get("spoiler") is True,
    )


def _link(attachment: Attachment) -> dict[str, Any]:
    described = {"description": attachment.description} if attachment.description else {}
    link = {"url": attachment.url, "filename": attachment.filename, "bytes": attachment.size}
    return {**link, **described, **_spoiler(attachment)}


def _attachment(fields: dict[str, Any]) -> Attachment:
    description, is_spoiler = fields.get("description"), fields.get("spoiler") is True
    return Attachment(fields["url"], fields["filename"], fields["bytes"], description, is_spoiler)


_IS_LIVE: Final = (ChartRow.plan == Parameter("plan")) & ChartRow.removed_at.is_null()
_OF_PLANS: Final = Prepared(lambda: live_charts().where(ChartRow.plan.in_(values_from(Parameter("plans")))))
_REMOVE: Final = Prepared(
    lambda: ChartRow.update(removed_at=Parameter("now")).where(
        _IS_LIVE, ChartRow.sha256.in_(values_from(Parameter("charts")))
    )
)
_FIELDS: Final = ("sha256", "position", "is_spoiler", "filename", "media_type", "width", "height", "bytes", "caption")
_CHANGE: Final = Prepared(
    lambda: ChartRow.update({getattr(ChartRow, name): Parameter(name) for name in _FIELDS}).where(
        _IS_LIVE, ChartRow.sha256 == Parameter("sha256")
    )
)
_ADD: Final = Prepared(
    lambda: ChartRow.insert_from(
        Select(
            [fn.json_each(Parameter("charts"))],
            [
                *(Parameter(name) for name in ("plan", "actor", "now")),
                *(fn.json_extract(SQL("value"), f"$.{name}") for name in _FIELDS),
            ],
        ),
        [ChartRow.plan, ChartRow.added_by, ChartRow.added_at, *(getattr(ChartRow, name) for name in _FIELDS)],
    )
)
