"""Pages of plans."""

import datetime

from peewee import fn

from bot.domain.values import PlanFilter, PlanPage, Reader
from bot.service.records.plans import live_plans, plans_of, readable
from bot.service.records.roster import Roster
from storage.models import CoachRow, PlanRow


def page(reader: Reader, roster: Roster, wanted: PlanFilter, today: datetime.date, number: int, size: int) -> PlanPage:
    """Return that page of the live plans that are wanted and may be read, or the nearest page there is: two queries."""
    query = readable(live_plans(reader.guild_id).join(CoachRow), reader, roster)
    if wanted.day:
        query = query.where(PlanRow.day == wanted.day)
    if wanted.coach:
        query = query.where(CoachRow.key == wanted.coach)
    if wanted.mine:
        own = [coach.id for coach in roster.memberships(reader)]
        query = query.where((PlanRow.author_id == reader.user_id) | PlanRow.coach.in_(own))
    total = query.count()
    pages = max(1, -(-total // size))
    number = min(max(1, number), pages)
    rows = query.order_by(PlanRow.day.desc(), fn.LOWER(CoachRow.name), PlanRow.id)
    plans = tuple(plans_of(rows.paginate(number, size)))
    return PlanPage(plans, number, pages, total, wanted, today, is_partial=reader.is_partial)
