"""Reads plans from the API, as of the moment that the server or the question names."""

import dataclasses
import datetime
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Literal, TypedDict, TypeVar

from coachbook_client import AsyncClient, DeletedError, NotFoundError, Page, Plan, State
from coachbook_mcp.answers import (
    LATEST,
    NOW,
    FoundAnswer,
    HistoryAnswer,
    PlanAnswer,
    PlanOrNoneAnswer,
    PlansAnswer,
    RevisionAnswer,
)
from coachbook_mcp.arguments import MAX_PAGE, Arguments, OfDays, OfHistory, OfPlan, OfWords
from coachbook_mcp.texts import fitting
from coachbook_mcp.tickers import Ticker

F = TypeVar("F", bound=FoundAnswer)


class _Filter(TypedDict):
    """The filters and the page of a list, as the client takes them."""

    first: datetime.date | None
    last: datetime.date | None
    coach: str | None
    as_of: str | None
    limit: int
    cursor: str | None


class _Head(TypedDict):
    """The members of each answer."""

    as_of: str
    asked_at: datetime.datetime


@dataclasses.dataclass(frozen=True, slots=True)
class Reader:
    """Reads plans."""

    client: AsyncClient
    as_of: str | None
    """The moment of all answers; None: the one that a question names."""

    async def list_plans(self, asked: OfDays) -> PlansAnswer:
        """Return a page of plans, the newest trading day first."""

        async def page_of(limited: OfDays) -> PlansAnswer:
            page = await self.client.plans_page(**self._filter(limited))
            return self._page(limited, page.items, page)

        return await _fitting_page(page_of, asked)

    async def search(self, asked: OfWords) -> PlansAnswer:
        """Return a page of the plans whose text has the words, the newest text first."""

        async def page_of(limited: OfDays) -> PlansAnswer:
            page = await self.client.search_page(asked.words, **self._filter(limited))
            return self._page(limited, (hit.plan for hit in page.items), page)

        return await _fitting_page(page_of, asked)

    async def mentions(self, ticker: Ticker) -> PlansAnswer:
        """Return the newest of the plans that mention the ticker as a whole word."""
        found = await self.search(OfWords(words=ticker.query, limit=MAX_PAGE))
        plans = tuple(each for each in found.plans if ticker.is_in(each.untrusted_text or ""))
        return found.model_copy(update={"plans": plans})

    async def get_plan(self, asked: OfPlan) -> PlanOrNoneAnswer:
        """Return a plan, or that there is none."""
        try:
            plan = await self._plan(asked)
        except NotFoundError as error:
            return self._none(PlanOrNoneAnswer, asked, error)
        return PlanOrNoneAnswer(**self._head(asked), status=_status(plan), plan=PlanAnswer.model_validate(plan))

    async def get_history(self, asked: OfHistory) -> HistoryAnswer:
        """Return a page of the revisions of a plan, oldest first, or that there is none."""
        try:
            plan = await self._plan(asked)
            cursor = str(asked.cursor) if asked.cursor else None
            page = await self.client.revisions_page(
                plan.id, as_of=self._moment(asked), limit=asked.limit, cursor=cursor
            )
        except NotFoundError as error:
            return self._none(HistoryAnswer, asked, error)
        found = tuple(map(RevisionAnswer.model_validate, page.items))
        listed = found[: fitting(found)]
        more = listed[-1].revision if page.cursor or len(listed) < len(found) else None
        return HistoryAnswer(**self._head(asked), status=_status(plan), plan_id=plan.id, revisions=listed, next=more)

    async def _plan(self, asked: OfPlan) -> Plan:
        """Return the plan.

        Raises:
            NotFoundError: there is none.
        """
        moment = self._moment(asked)
        if asked.coach is None or asked.day is None:
            return await self.client.plan(asked.id or 0, as_of=moment)
        plan = await self.client.plan_of(asked.coach, asked.day, as_of=moment)
        if plan is None:
            raise NotFoundError("There is no plan.")
        return plan

    def _none(self, kind: type[F], asked: Arguments, error: NotFoundError) -> F:
        if isinstance(error, DeletedError):
            return kind(**self._head(asked), status="deleted", deleted_at=error.deleted_at)
        return kind(**self._head(asked), status="none")

    def _filter(self, asked: OfDays) -> _Filter:
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
        last = page.last_as_of or NOW
        return PlansAnswer(
            **self._head(asked), last_as_of=last, plans=listed, next=page.cursor, is_partial=not page.is_complete
        )

    def _moment(self, asked: Arguments) -> str | None:
        return self.as_of or asked.as_of

    def _head(self, asked: Arguments) -> _Head:
        return {"as_of": self._moment(asked) or LATEST, "asked_at": datetime.datetime.now(datetime.UTC)}


async def _fitting_page(read: Callable[[OfDays], Awaitable[PlansAnswer]], asked: OfDays) -> PlansAnswer:
    """Return the page, or one with fewer plans if they are too long for an answer; its cursor leads to the rest."""
    page = await read(asked)
    while (room := fitting(page.plans)) < len(page.plans):
        page = await read(asked.model_copy(update={"limit": room}))
    return page


def _status(state: State) -> Literal["present", "erased"]:
    return "erased" if state.is_erased else "present"
