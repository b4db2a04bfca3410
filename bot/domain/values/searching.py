"""Searches for words in plans, and their results."""

import dataclasses
import datetime

from bot.domain.search_words import SearchWords
from bot.domain.values.plans import Plan, Turn

HITS_ON_PAGE = 5
HIT_START, HIT_END = "\x02", "\x03"
"""Around a word in a text, which has no control characters."""


@dataclasses.dataclass(frozen=True, slots=True)
class SearchFilter:
    """A search: all fields that are set apply."""

    words: SearchWords
    coach: str | None = None
    """The key of an existing coach."""
    first: datetime.date | None = None
    last: datetime.date | None = None
    """The first and the last trading day."""
    include_history: bool = False
    """True: earlier texts of the plans as well."""


@dataclasses.dataclass(frozen=True, slots=True)
class SearchHit:
    """A revision of a live plan with all the words."""

    id: int
    """Grows from revision to revision, of all plans."""
    plan: Plan
    """As it is now."""
    revision: int
    made_at: datetime.datetime
    marked: str
    """The revision's text, with each word that was searched for between `HIT_START` and `HIT_END`; empty: not read."""

    @property
    def is_current(self) -> bool:
        """True: it is the text of the plan now."""
        return self.revision == self.plan.revision


@dataclasses.dataclass(frozen=True, slots=True)
class SearchCursor:
    """The part of the hits that begins beside one of them; it stays right when others are made."""

    hit_id: int
    turn: Turn


@dataclasses.dataclass(frozen=True, slots=True)
class SearchPage:
    """Hits, the revision that was made last first."""

    hits: tuple[SearchHit, ...]
    filter: SearchFilter
    today: datetime.date
    newer: SearchCursor | None = None
    """The page before; None: this is the first."""
    older: SearchCursor | None = None
    """The page after; None: this is the last."""
    is_partial: bool = False
    """True: plans may be missing, as some threads could not be checked."""
    is_indexed: bool = True
    """False: plans may be missing, as not all older texts are indexed yet."""
