"""Pages of plans."""

import datetime

from peewee import fn

from bot.domain.values import Actor, PlanFilter, PlanPage
from bot.service.records.plans import live_plans, plans_of
from bot.service.records.roster import Roster
from storage.models import CoachRow, PlanRow


def page(actor: Actor, roster: Roster, wanted: PlanFilter, today: datetime.date, number: int, size: int) -> PlanPage:
    """That page of the live plans that are wanted, or the nearest page there is: two queries."""
    query = live_plans(actor.guild_id)
    if wanted.day:
        query = query.where(PlanRow.day == wanted.day)
    if wanted.coach:
        query = query.where(CoachRow.key == wanted.coach)
    if wanted.mine:
        own = [coach.id for coach in roster.memberships(actor)]
        query = query.where((PlanRow.author_id == actor.user_id) | PlanRow.coach.in_(own))
    total = query.count()
    pages = max(1, -(-total // size))
    number = min(max(1, number), pages)
    rows = query.order_by(PlanRow.day.desc(), fn.LOWER(CoachRow.name), PlanRow.id)
    plans = tuple(plans_of(rows.paginate(number, size)))
    return PlanPage(plans, number, pages, total, wanted, today)
