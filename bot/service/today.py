"""The plans of today, for members who look in."""

import dataclasses
import datetime

from bot.domain.clock import Clock
from bot.domain.values import TODAY_ON_PAGE, PlanCursor, PlanFilter, PlanPage, Reader, TodayPage
from bot.service.guilds import GuildService
from bot.service.plan_base import PlanActs
from bot.service.read_markers import ReadMarkers
from bot.service.records import plan_pages, stored_revisions
from bot.service.records.roster import Roster
from bot.service.transactions import reads
from storage.store import Store


class TodayService(PlanActs):
    """The plans of all coaches of a guild for today, as far as a member may read them."""

    def __init__(self, store: Store, clock: Clock, guilds: GuildService, markers: ReadMarkers) -> None:
        super().__init__(store, clock, guilds)
        self._markers = markers

    @reads
    def page(self, actor: Reader, at: PlanCursor | None = None) -> TodayPage:
        """Return a page of today's live plans, the first or the one `at`, with what the actor has opened of them.

        Once no session of today is left, the next session's plans are beside the first page; without any plans of
        today, the page is one of these.
        """
        today, following = self.today(actor), self.day_to_post(actor, None)
        calendar = self.guilds.settings(actor.guild_id).calendar
        page = self._page(actor, today, today, at)
        if not page.plans and following != today:
            page = self._page(actor, following, today, at)
        has_coming = following not in (today, page.filter.day) and at is None
        shown = TodayPage(
            page,
            self._markers.of(actor.user_id, [plan.id for plan in page.plans]),
            is_closed=calendar.is_closed(today),
            next_session=following if following != today else None,
            next_close=calendar.early_close(following) if following != today else None,
            coming=self._page(actor, following, today, None).plans if has_coming else (),
            number=plan_pages.number_of(actor, Roster.of(actor.guild_id), page, TODAY_ON_PAGE),
        )
        changed = {plan.id: shown.seen(plan) for plan in page.plans if shown.has_changes(plan)}
        seen = stored_revisions.of_plans(changed)
        unchanged = (each.id for each in page.plans if (each.text, each.charts) == seen.get(each.id))
        return dataclasses.replace(shown, unchanged=frozenset(unchanged))

    def _page(self, actor: Reader, day: datetime.date, today: datetime.date, at: PlanCursor | None) -> PlanPage:
        return plan_pages.page(actor, Roster.of(actor.guild_id), PlanFilter(day=day), today, at, TODAY_ON_PAGE)
