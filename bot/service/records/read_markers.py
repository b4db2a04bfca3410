"""Read markers in the database."""

import datetime
from collections.abc import Iterable
from typing import Any, Final, cast

from peewee import ModelSelect, Tuple

from bot.domain.values import PlanId, ReadMarker, UserId
from storage.fields import moment_from
from storage.id_sets import id_list, values_from
from storage.models import ReadMarkerRow
from storage.queries import Parameter, Prepared


def of(user_id: UserId, plan_ids: Iterable[PlanId]) -> dict[PlanId, ReadMarker]:
    """Return the user's stored markers of these plans."""
    rows = _OF_USER.rows(user=user_id, plans=id_list(list(plan_ids)))
    return {
        PlanId(plan): ReadMarker(user_id, PlanId(plan), guild, revision, moment_from(at))
        for plan, guild, revision, at in rows
    }


def put(markers: Iterable[ReadMarker]) -> None:
    """Store the markers in the place of earlier ones."""
    for each in markers:
        if each.follows is not None:
            _advance(each, each.follows)
            continue
        _PUT.insert(
            user_id=each.user_id,
            plan_id=each.plan_id,
            guild_id=each.guild_id,
            revision=each.revision,
            opened_at=each.opened_at,
        )


def _advance(marker: ReadMarker, follows: int) -> None:
    """Store the marker in the place of one of a revision from which on all are its user's own."""
    is_known = ReadMarkerRow.revision.between(follows, marker.revision - 1)
    changed = ReadMarkerRow.update(revision=marker.revision, opened_at=marker.opened_at).where(is_known)
    changed.where(ReadMarkerRow.user_id == marker.user_id, ReadMarkerRow.plan_id == marker.plan_id).execute()


def sweep(oldest: datetime.datetime, most: int) -> int:
    """Delete markers from before `oldest`, so many at most, and return their number."""
    key = ReadMarkerRow.user_id, ReadMarkerRow.plan_id
    old: ModelSelect[Any] = ReadMarkerRow.select(*key).where(ReadMarkerRow.opened_at < oldest).limit(most)
    return cast(int, ReadMarkerRow.delete().where(Tuple(*key).in_(old)).execute())


_COLUMNS: Final = ("user_id", "plan_id", "guild_id", "revision", "opened_at")
_OF_USER: Final = Prepared(
    lambda: ReadMarkerRow.select(
        ReadMarkerRow.plan_id, ReadMarkerRow.guild_id, ReadMarkerRow.revision, ReadMarkerRow.opened_at
    ).where(ReadMarkerRow.user_id == Parameter("user"), ReadMarkerRow.plan_id.in_(values_from(Parameter("plans"))))
)
_PUT: Final = Prepared(
    lambda: ReadMarkerRow.insert(
        {getattr(ReadMarkerRow, name): Parameter(name) for name in _COLUMNS}
    ).on_conflict_replace()
)
