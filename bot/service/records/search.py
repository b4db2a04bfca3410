"""The full-text index of revisions: searches, and the indexing of what is older than the index."""

import dataclasses
import datetime
import functools
from collections.abc import Collection
from typing import Final

from peewee import JOIN, SQL, ModelSelect, Ordering, Value, fn

from bot.domain.values import (
    HITS_ON_PAGE,
    PlanId,
    Reader,
    SearchCursor,
    SearchFilter,
    SearchHit,
    SearchPage,
    Turn,
)
from bot.domain.values.searching import HIT_END, HIT_START
from bot.service.records.pages import page_of
from bot.service.records.plans import IS_READABLE, plans_with_ids, read_rows
from bot.service.records.roster import Roster
from bot.service.records.stored_revisions import CHANGES_OF_TEXT
from storage.connections import database
from storage.fields import moment_from
from storage.id_sets import id_list, values_from
from storage.models import PlanRow, RevisionRow, SearchIndexRow, SearchProgressRow
from storage.queries import Parameter, Prepared

_NEWEST: Final = 2**63 - 1
_EVER: Final = datetime.datetime.max.replace(tzinfo=datetime.UTC)
_MARKED: Final = fn.highlight(SQL("search_index"), 1, HIT_START, HIT_END)
_INDEX_SLICE: Final = """
    INSERT INTO search_index (rowid, guild, text)
    SELECT id, guild, text FROM revision_texts WHERE id > ? AND id <= ?
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Hits:
    """The revisions with all the words, of plans that a reader may read; the one that was made last first."""

    reader: Reader
    roster: Roster
    filter: SearchFilter
    with_deleted: bool = False
    """True: of deleted plans too."""
    until: datetime.datetime | None = None
    """Without revisions that were made later; None: with all."""
    is_marked: bool = True
    """False: without the texts of the hits, which cost most; see `marks`."""

    def read(self, count: int, cursor: SearchCursor | None = None, turn: Turn = Turn.OLDER) -> list[SearchHit]:
        """Return up to `count` hits after the cursor; None: the first, or with `turn` to newer ones the last."""
        wanted = self.filter
        turn = cursor.turn if cursor else turn
        end = _NEWEST if turn is Turn.OLDER else 0
        rows = read_rows(
            _query(turn, wanted.include_history, self.is_marked),
            self.reader,
            self.roster,
            match=self._match,
            cursor=cursor.hit_id if cursor else end,
            guild=self.reader.guild_id,
            coach=wanted.coach and self.roster.named(wanted.coach).id,
            first=wanted.first or datetime.date.min,
            last=wanted.last or datetime.date.max,
            with_deleted=self.with_deleted,
            until=self.until or _EVER,
            count=count,
        )
        found = plans_with_ids([PlanId(plan_id) for _, plan_id, *_ in rows]) if rows else {}
        return [
            SearchHit(hit_id, found[plan_id], revision, moment_from(made_at), marked)
            for hit_id, plan_id, revision, made_at, marked in rows
        ]

    def marks(self, ids: Collection[int]) -> dict[int, str]:
        """Return the marked texts of hits, by their ids."""
        if not ids:
            return {}
        rows = _MARKS.rows(match=self._match, first=min(ids), last=max(ids), ids=id_list(ids))
        return dict(rows)

    @property
    def _match(self) -> str:
        return f'guild : "g{self.reader.guild_id}" AND text : ({self.filter.words.query})'

    def beside(self, item: SearchHit, turn: Turn) -> SearchCursor:
        """Return the cursor of the place beside a hit, in a direction."""
        return SearchCursor(item.id, turn)


def page(
    reader: Reader, roster: Roster, wanted: SearchFilter, today: datetime.date, cursor: SearchCursor | None
) -> SearchPage:
    """Return the page of the hits at the cursor, or the nearest page there is."""
    found = page_of(Hits(reader, roster, wanted), cursor, HITS_ON_PAGE)
    return SearchPage(
        *(found.shown, wanted, today, found.newer, found.older),
        is_partial=reader.is_partial,
        is_indexed=not unindexed(),
    )


def unindexed() -> int:
    """Return the largest id of a revision that is not indexed yet; 0: all are."""
    row = _PROGRESS.row()
    return row[0] if row else 0


def index_older(count: int) -> int:
    """Index so many of the revisions that are not, the newest first, and return the largest id that is left."""
    last = unindexed()
    first = max(last - count, 0)
    database.execute_sql(_INDEX_SLICE, (first, last))
    SearchProgressRow.update(unindexed=first).execute()
    return first


@functools.cache
def _query(turn: Turn, include_history: bool, is_marked: bool) -> Prepared:
    return Prepared(lambda: _build(turn, include_history=include_history, is_marked=is_marked))


def _build(turn: Turn, *, include_history: bool, is_marked: bool) -> "ModelSelect[SearchIndexRow]":
    """Build the query; SQLite walks through the index in the order of the revisions, and stops at the last hit."""
    is_older = turn is Turn.OLDER
    row_id, cursor, coach = SearchIndexRow.rowid, Parameter("cursor"), Parameter("coach")
    order: Ordering = row_id.desc() if is_older else row_id.asc()
    is_shown = RevisionRow.kind.in_(CHANGES_OF_TEXT) if include_history else RevisionRow.revision == PlanRow.revision
    return (
        SearchIndexRow.select(
            RevisionRow.id,
            RevisionRow.plan_id,
            RevisionRow.revision,
            RevisionRow.made_at,
            _MARKED if is_marked else Value(""),
        )
        .join(RevisionRow, JOIN.CROSS)  # SQLite joins in this order, and does not sort
        .join(PlanRow, JOIN.CROSS)
        .where(
            SearchIndexRow.match(Parameter("match")),
            RevisionRow.id == row_id,
            PlanRow.id == RevisionRow.plan,
            row_id < cursor if is_older else row_id > cursor,
            PlanRow.guild_id == Parameter("guild"),
            PlanRow.deleted_at.is_null() | Parameter("with_deleted"),
            PlanRow.day.between(Parameter("first"), Parameter("last")),
            coach.is_null() | (PlanRow.coach == coach),
            RevisionRow.made_at <= Parameter("until"),
            is_shown,
            IS_READABLE,
        )
        .order_by(order)
        .limit(Parameter("count"))
    )


# `rowid + 0`: one walk from the first to the last is faster than a search for each.
_MARKS: Final = Prepared(
    lambda: SearchIndexRow.select(SearchIndexRow.rowid, _MARKED).where(
        SearchIndexRow.match(Parameter("match")),
        SearchIndexRow.rowid >= Parameter("first"),
        SearchIndexRow.rowid <= Parameter("last"),
        (SearchIndexRow.rowid + 0).in_(values_from(Parameter("ids"))),
    )
)
_PROGRESS: Final = Prepared(lambda: SearchProgressRow.select(SearchProgressRow.unindexed))
