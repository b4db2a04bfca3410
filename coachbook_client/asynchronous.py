"""The client for programs with asyncio; its methods are those of `Client`."""

import asyncio
import contextlib
import datetime
from collections.abc import AsyncGenerator, AsyncIterator
from types import TracebackType
from typing import TypeVar

import httpx

from coachbook_client.answers import Answer
from coachbook_client.attempts import Attempts, Body, Limits, final
from coachbook_client.connection import settings
from coachbook_client.exports import PATH as PATH_OF_EXPORT
from coachbook_client.exports import Export, aborts_as_errors
from coachbook_client.questions import MAX_PAGE, Question, Questions, after
from coachbook_client.subscription import PATH, Subscription
from coachbook_client.values import AsOf, Change, Hit, Page, Plan, Resync, Revision

T = TypeVar("T")


class AsyncClient:
    """Reads plans as `Client` does. Close it, or use it with `async with`; tasks can share it."""

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        as_of: AsOf | None = None,
        timeout: float = 10,
        deadline: float = 60,
        retries: int = 6,
        silence: float = 45,
    ) -> None:
        """Take the arguments of `Client`."""
        self._questions = Questions(as_of)
        self._limits = Limits(timeout, deadline, retries, silence)
        self._http = httpx.AsyncClient(**settings(url, token))

    async def __aenter__(self) -> "AsyncClient":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def plans(
        self,
        *,
        first: datetime.date | None = None,
        last: datetime.date | None = None,
        coach: str | None = None,
        as_of: AsOf | None = None,
    ) -> AsyncIterator[Plan]:
        """Yield the plans of trading days from `first` to `last`, the newest day first."""
        return self._all(self._questions.plans(first, last, coach, as_of))

    async def plans_page(
        self,
        *,
        first: datetime.date | None = None,
        last: datetime.date | None = None,
        coach: str | None = None,
        as_of: AsOf | None = None,
        limit: int = MAX_PAGE,
        cursor: str | None = None,
    ) -> Page[Plan]:
        """Return a page of the plans; its `cursor` is that of the page after it."""
        return await self._answer(self._questions.plans(first, last, coach, as_of, limit, cursor))

    async def plan(self, plan_id: int, *, as_of: AsOf | None = None) -> Plan:
        """Return a plan."""
        return await self._answer(self._questions.plan(plan_id, as_of))

    async def plan_of(self, coach: str, day: datetime.date, *, as_of: AsOf | None = None) -> Plan | None:
        """Return a coach’s plan for a trading day; None: there is none at the moment.

        Raises:
            InvalidError: the moment is still to come, or later than the token may read.
        """
        return await anext(self.plans(first=day, last=day, coach=coach, as_of=as_of), None)

    async def revisions(self, plan_id: int, *, as_of: AsOf | None = None) -> tuple[Revision, ...]:
        """Return the revisions of a plan, oldest first, from all pages; `verify` checks them."""
        page = await self.revisions_page(plan_id, as_of=as_of)
        found = list(page.items)
        while page.cursor:
            page = await self.revisions_page(plan_id, as_of=as_of, cursor=page.cursor)
            found += page.items
        return tuple(found)

    async def revisions_page(
        self, plan_id: int, *, as_of: AsOf | None = None, limit: int = MAX_PAGE, cursor: str | None = None
    ) -> Page[Revision]:
        """Return a page of the revisions of a plan; its `cursor` is that of the page after it.

        The cursor is also the number of a revision: the page has those that follow it.
        """
        return await self._answer(self._questions.revisions(plan_id, as_of, limit, cursor))

    def search(
        self,
        words: str,
        *,
        first: datetime.date | None = None,
        last: datetime.date | None = None,
        coach: str | None = None,
        as_of: AsOf | None = None,
    ) -> AsyncIterator[Hit]:
        """Yield the plans whose text at the moment has all the words, the newest text first."""
        return self._all(self._questions.search(words, first, last, coach, as_of))

    async def search_page(
        self,
        words: str,
        *,
        first: datetime.date | None = None,
        last: datetime.date | None = None,
        coach: str | None = None,
        as_of: AsOf | None = None,
        limit: int = MAX_PAGE,
        cursor: str | None = None,
    ) -> Page[Hit]:
        """Return a page of the plans whose text has the words; its `cursor` is that of the page after it."""
        return await self._answer(self._questions.search(words, first, last, coach, as_of, limit, cursor))

    async def chart(self, sha256: str, *, as_of: AsOf | None = None) -> bytes:
        """Return a picture."""
        return await self._answer(self._questions.chart(sha256, as_of))

    async def export(
        self,
        *,
        first: datetime.date | None = None,
        last: datetime.date | None = None,
        coach: str | None = None,
        as_of: AsOf | None = None,
        revisions: bool = False,
    ) -> AsyncGenerator[Plan]:
        """Yield all plans as of one moment, the oldest trading day first, over one connection."""
        parameters = self._questions.export(first, last, coach, as_of, revisions=revisions)
        export = Export(parameters)
        sent = self._http.stream("GET", PATH_OF_EXPORT, params=parameters, timeout=self._limits.timeout)
        with aborts_as_errors():
            async with sent as response:
                if not export.begin(response):
                    raise (await _read(response, Attempts(self._limits).body())).error
                async for part in response.aiter_raw():
                    for plan in export.read(part):
                        yield plan
        export.end()

    async def changes(self, after: int | None = None) -> AsyncGenerator[Change | Resync]:
        """Yield each change as it is made, for ever, and connect again where a connection fails.

        A `Resync` says that changes may have been missed: read the plans again, and go on. `after` is the id of the
        last change that is known; without it, changes from now on are yielded. Close the iterator to end it.
        """
        subscription = Subscription(after)
        while True:
            async with contextlib.aclosing(self._connected(subscription)) as connected:
                async for change in connected:
                    yield change
            await asyncio.sleep(subscription.pause())

    async def _connected(self, subscription: Subscription) -> AsyncGenerator[Change | Resync]:
        """Yield the changes of one connection."""
        timeout = httpx.Timeout(self._limits.timeout, read=self._limits.silence)
        sent = self._http.stream("GET", PATH, headers=subscription.headers(), timeout=timeout)
        with contextlib.suppress(httpx.RequestError):
            async with sent as response:
                if subscription.begin(response):
                    async for part in response.aiter_raw():
                        for change in subscription.read(part):
                            yield change
                else:
                    subscription.refuse(await _read(response, Attempts(self._limits).body()))

    async def _all(self, first: Question[Page[T]]) -> AsyncIterator[T]:
        question: Question[Page[T]] | None = first
        while question:
            page = await self._answer(question)
            for item in page.items:
                yield item
            question = after(question, page)

    async def _answer(self, question: Question[T]) -> T:
        attempts = Attempts(self._limits)
        while True:
            outcome = await self._attempt(question, attempts)
            pause = attempts.pause(outcome)
            if pause is None:
                return question.value_of(final(outcome))
            await asyncio.sleep(pause)

    async def _attempt(self, question: Question[T], attempts: Attempts) -> Answer | httpx.RequestError:
        sent = self._http.stream("GET", question.path, params=question.parameters, timeout=attempts.timeout)
        try:
            async with sent as response:
                return await _read(response, attempts.body())
        except httpx.RequestError as error:
            return error


async def _read(response: httpx.Response, body: Body) -> Answer:
    async for part in response.aiter_raw():
        body.add(part)
    return body.whole(response)
