"""The client for programs without asyncio."""

import contextlib
import datetime
import time
from collections.abc import Generator, Iterator
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


class Client:
    """Reads plans. Close it, or use it with `with`; threads can share it.

    All methods raise a `CoachbookError` where there is no answer; an error is never returned as a plan.
    `as_of` is the moment as of which a method reads; without it the client’s, and without that now.
    """

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
        """Take the address of the API and the token.

        `timeout`: seconds to connect, and to wait for each part of an answer; `deadline`: seconds for an answer with
        all attempts; `retries`: attempts after the first, where another can succeed; `silence`: seconds without a
        heartbeat, of which there is one every 15 s, after which changes are read over another connection.

        Raises:
            ValueError: the address, the token or the moment can’t be one.
        """
        self._questions = Questions(as_of)
        self._limits = Limits(timeout, deadline, retries, silence)
        self._http = httpx.Client(**settings(url, token))

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def plans(
        self,
        *,
        first: datetime.date | None = None,
        last: datetime.date | None = None,
        coach: str | None = None,
        as_of: AsOf | None = None,
    ) -> Iterator[Plan]:
        """Yield the plans of trading days from `first` to `last`, the newest day first.

        Raises:
            IncompleteError: plans may be missing; those of the page were yielded before.
        """
        return self._all(self._questions.plans(first, last, coach, as_of))

    def plans_page(
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
        return self._answer(self._questions.plans(first, last, coach, as_of, limit, cursor))

    def plan(self, plan_id: int, *, as_of: AsOf | None = None) -> Plan:
        """Return a plan.

        Raises:
            DeletedError: the plan was deleted at the moment.
            NotFoundError: there is no such plan.
        """
        return self._answer(self._questions.plan(plan_id, as_of))

    def plan_of(self, coach: str, day: datetime.date, *, as_of: AsOf | None = None) -> Plan | None:
        """Return a coach’s plan for a trading day; None: there is none at the moment.

        Raises:
            InvalidError: the moment is still to come, or later than the token may read.
        """
        return next(self.plans(first=day, last=day, coach=coach, as_of=as_of), None)

    def revisions(self, plan_id: int, *, as_of: AsOf | None = None) -> tuple[Revision, ...]:
        """Return the revisions of a plan, oldest first, from all pages; `verify` checks them.

        Raises:
            DeletedError: the plan was deleted at the moment.
            NotFoundError: there is no such plan.
        """
        page = self.revisions_page(plan_id, as_of=as_of)
        found = list(page.items)
        while page.cursor:
            page = self.revisions_page(plan_id, as_of=as_of, cursor=page.cursor)
            found += page.items
        return tuple(found)

    def revisions_page(
        self, plan_id: int, *, as_of: AsOf | None = None, limit: int = MAX_PAGE, cursor: str | None = None
    ) -> Page[Revision]:
        """Return a page of the revisions of a plan; its `cursor` is that of the page after it.

        The cursor is also the number of a revision: the page has those that follow it.
        """
        return self._answer(self._questions.revisions(plan_id, as_of, limit, cursor))

    def search(
        self,
        words: str,
        *,
        first: datetime.date | None = None,
        last: datetime.date | None = None,
        coach: str | None = None,
        as_of: AsOf | None = None,
    ) -> Iterator[Hit]:
        """Yield the plans whose text at the moment has all the words, the newest text first.

        Raises:
            IncompleteError: plans may be missing; those of the page were yielded before.
        """
        return self._all(self._questions.search(words, first, last, coach, as_of))

    def search_page(
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
        return self._answer(self._questions.search(words, first, last, coach, as_of, limit, cursor))

    def chart(self, sha256: str, *, as_of: AsOf | None = None) -> bytes:
        """Return a picture.

        Raises:
            NotFoundError: no plan shows the picture.
        """
        return self._answer(self._questions.chart(sha256, as_of))

    def export(
        self,
        *,
        first: datetime.date | None = None,
        last: datetime.date | None = None,
        coach: str | None = None,
        as_of: AsOf | None = None,
        revisions: bool = False,
    ) -> Generator[Plan]:
        """Yield all plans as of one moment, the oldest trading day first, over one connection.

        `revisions`: each plan after each of its changes until then. An export that fails is not tried again.

        Raises:
            UnavailableError: the export was refused or aborted: discard what was yielded, and start again.
        """
        parameters = self._questions.export(first, last, coach, as_of, revisions=revisions)
        export = Export(parameters)
        sent = self._http.stream("GET", PATH_OF_EXPORT, params=parameters, timeout=self._limits.timeout)
        with aborts_as_errors(), sent as response:
            if not export.begin(response):
                raise _read(response, Attempts(self._limits).body()).error
            for part in response.iter_raw():
                yield from export.read(part)
        export.end()

    def changes(self, after: int | None = None) -> Generator[Change | Resync]:
        """Yield each change as it is made, for ever, and connect again where a connection fails.

        A `Resync` says that changes may have been missed: read the plans again, and go on. `after` is the id of the
        last change that is known; without it, changes from now on are yielded. Close the iterator to end it.
        """
        subscription = Subscription(after)
        while True:
            yield from self._connected(subscription)
            time.sleep(subscription.pause())

    def _connected(self, subscription: Subscription) -> Iterator[Change | Resync]:
        """Yield the changes of one connection."""
        timeout = httpx.Timeout(self._limits.timeout, read=self._limits.silence)
        sent = self._http.stream("GET", PATH, headers=subscription.headers(), timeout=timeout)
        with contextlib.suppress(httpx.RequestError), sent as response:
            if subscription.begin(response):
                for part in response.iter_raw():
                    yield from subscription.read(part)
            else:
                subscription.refuse(_read(response, Attempts(self._limits).body()))

    def _all(self, first: Question[Page[T]]) -> Iterator[T]:
        question: Question[Page[T]] | None = first
        while question:
            page = self._answer(question)
            yield from page.items
            question = after(question, page)

    def _answer(self, question: Question[T]) -> T:
        attempts = Attempts(self._limits)
        while True:
            outcome = self._attempt(question, attempts)
            pause = attempts.pause(outcome)
            if pause is None:
                return question.value_of(final(outcome))
            time.sleep(pause)

    def _attempt(self, question: Question[T], attempts: Attempts) -> Answer | httpx.RequestError:
        sent = self._http.stream("GET", question.path, params=question.parameters, timeout=attempts.timeout)
        try:
            with sent as response:
                return _read(response, attempts.body())
        except httpx.RequestError as error:
            return error


def _read(response: httpx.Response, body: Body) -> Answer:
    for part in response.iter_raw():
        body.add(part)
    return body.whole(response)
