"""Names of plans in refusals."""

from bot.domain.days import short_date
from bot.domain.values import Plan


def plan_name(plan: Plan) -> str:
    """Return the plan's name in a sentence: `Coach D’s plan for Thu 26 Nov 2026`."""
    return f"{plan.coach.name}’s plan for {short_date(plan.day)}"
