"""Reads plans from the API, as of the moment that the server or the question names."""

import dataclasses
import datetime
from collections.abc import Iterable
from typing import Any

from coachbook_client import AsyncClient, DeletedError, NotFoundError, Page, Plan
from coachbook_mcp.answers import (
    LATEST,
    HistoryAnswer,
    PlanAnswer,
    PlanOrNoneAnswer,
    PlansAnswer,
    RevisionAnswer,
)
from coachbook_mcp.arguments import MAX_PAGE, Arguments, OfDays, OfHistory, OfPlan, OfWords
from coachbook_mcp.tickers import Ticker


@dataclasses.dataclass(frozen=True, slots=True)
class Reader:
    """Reads plans."""

    client: AsyncClient
    as_of: str | None
    """The moment of all answers; None: the one that a question names."""

    async def list_plans(self, asked: OfDays) -> PlansAnswer:
        """Return a page of plans, the newest trading day first."""
        page = await self.client.plans_page(**self._filter(asked))
        return self._page(asked, page.items, page)

    async def search(self, asked: OfWords) -> PlansAnswer:
        """Return a page of the plans whose text has the words, the newest text first."""
        page = await self.client.search_page(asked.words, **self._filter(asked))
        return self._page(asked, (hit.plan for hit in page.items), page)

    async def mentions(self, ticker: Ticker) -> PlansAnswer:
        """Return the newest of the plans that mention the ticker as a whole word."""
        found = await self.search(OfWords(words=ticker.query, limit=MAX_PAGE))
        plans = tuple(each for each in found.plans if ticker.is_in(each.untrusted_text or ""))
        return found.model_copy(update={"plans": plans})

    async def get_plan(self, asked: OfPlan) -> PlanOrNoneAnswer:
        """Return a plan, or that there is none."""
        head = self._head(asked)
        try:
            plan = await self._plan(asked)
        except DeletedError as error:
            return PlanOrNoneAnswer(**head, status="deleted", deleted_at=error.deleted_at)
        except NotFoundError:
            plan = None
        if plan is None:
            return PlanOrNoneAnswer(**head, status="none")
        status = "erased" if plan.is_erased else "present"
        return PlanOrNoneAnswer(**head, status=status, plan=PlanAnswer.model_validate(plan))

    async def get_history(self, asked: OfHistory) -> HistoryAnswer:
        """Return a page of the revisions of a plan, oldest first, or that there is none."""
        found = await self.get_plan(asked)
        head = dict(found)
        if (plan := head.pop("plan")) is None:
            return HistoryAnswer(**head)
        revisions = await self.client.revisions(plan.id, as_of=self._moment(asked))
        left = [each for each in revisions if each.revision > (asked.cursor or 0)]
        listed = tuple(map(RevisionAnswer.model_validate, left[: asked.limit]))
        more = listed[-1].revision if len(left) > len(listed) else None
        return HistoryAnswer(**head, plan_id=plan.id, revisions=listed, next=more)

    async def _plan(self, asked: OfPlan) -> Plan | None:
        if asked.coach is not None and asked.day is not None:
            return await self.client.plan_of(asked.coach, asked.day, as_of=self._moment(asked))
        return await self.client.plan(asked.id or 0, as_of=self._moment(asked))

    def _filter(self, asked: OfDays) -> dict[str, Any]:
        first, last = asked.days
        return {
            "first": first,
            "last": last,
            "coach": asked.coach,
            "as_of": self._moment(asked),
            "limit": asked.limit,
            "cursor": asked.cursor,
        }

    def _page(self, asked: OfDays, plans: Iterable[Plan], page: Page[Any]) -> PlansAnswer:
        listed = tuple(map(PlanAnswer.model_validate, plans))
        return PlansAnswer(**self._head(asked), plans=listed, next=page.cursor, is_partial=not page.is_complete)

    def _moment(self, asked: Arguments) -> str | None:
        return self.as_of or asked.as_of

    def _head(self, asked: Arguments) -> dict[str, Any]:
        return {"as_of": self._moment(asked) or LATEST, "asked_at": datetime.datetime.now(datetime.UTC)}
