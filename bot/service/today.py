"""The plans of today, for members who look in."""

from bot.domain.values import TODAY_ON_PAGE, PlanCursor, PlanFilter, PlanPage, Reader
from bot.service.plan_base import PlanActs
from bot.service.records import plan_pages
from bot.service.records.roster import Roster
from bot.service.transactions import reads


class TodayService(PlanActs):
    """The plans of all coaches of a guild for today, as far as a member may read them."""

    @reads
    def page(self, actor: Reader, at: PlanCursor | None = None) -> PlanPage:
        """Return a page of today's live plans: the first, or the one `at`."""
        today = self.today(actor)
        wanted = PlanFilter(day=today)
        return plan_pages.page(actor, Roster.of(actor.guild_id), wanted, today, at, TODAY_ON_PAGE)
