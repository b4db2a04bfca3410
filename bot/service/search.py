"""Searches for words in plans."""

import structlog

from bot.domain.errors import NoSearchWordError, WrongWayError
from bot.domain.search_words import SearchWords
from bot.domain.values import Reader, SearchCursor, SearchFilter, SearchPage
from bot.service.plan_base import PlanActs
from bot.service.records import search
from bot.service.records.roster import Roster, is_given
from bot.service.transactions import reads
from storage import search_index

INDEXED_AT_ONCE = 500
"""Revisions that are indexed in one transaction: about 20 ms, between which others write."""
LOGGED_EVERY = 50_000
"""Revisions between two lines of the log."""

_log = structlog.get_logger(__name__)


class SearchService(PlanActs):
    """Searches the live plans of a guild, as far as a reader may read them."""

    @reads
    def find(
        self,
        actor: Reader,
        words: str,
        *,
        coach: str | None = None,
        first: str | None = None,
        last: str | None = None,
        include_history: bool = False,
        at: SearchCursor | None = None,
    ) -> SearchPage:
        """Return a page of the revisions with all the words, the one that was made last first: the first, or `at`.

        Args:
            actor: who searches.
            words: as typed; the last one may be the beginning of a word.
            coach: a key or name.
            first: the first trading day, as typed; None: all.
            last: the last trading day.
            include_history: also find earlier texts of the plans.
            at: the part of the hits; where nothing is left there, it is the page at that end.

        Raises:
            DayError: the words for a day name none.
            NoSearchWordError: there is none among the words.
            UnknownCoachError: the guild has no such coach.
            WrongWayError: the first day is after the last.
        """
        wanted = SearchWords.parse(words)
        if not wanted.phrases:
            raise NoSearchWordError
        roster = Roster.of(actor.guild_id)
        begin, end = (self.day_meant(actor, words) if is_given(words) else None for words in (first, last))
        if begin and end and begin > end:
            raise WrongWayError(begin, end)
        key = roster.named(coach).key if is_given(coach) else None
        searched = SearchFilter(wanted, key, begin, end, include_history)
        return search.page(actor, roster, searched, self.today(actor), at)

    async def rebuild_index(self) -> None:
        """Empty the index, which is faulty, and index all revisions.

        Raises:
            DatabaseUnavailableError: the database can't be written.
        """
        await self._write(search_index.empty)
        await self.index_older()

    async def index_older(self) -> None:
        """Index the revisions that are older than the index.

        Raises:
            DatabaseUnavailableError: the database can't be written.
        """
        left = await self._read(search.unindexed)
        while left:
            if left % LOGGED_EVERY < INDEXED_AT_ONCE:
                _log.info("indexing older plans for searches", revisions_left=left)
            left = await self._write(search.index_older, INDEXED_AT_ONCE)
