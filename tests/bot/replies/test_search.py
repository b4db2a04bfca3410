"""Pages of the plans that a search found."""

import dataclasses
import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import replies
from bot.domain.markdown import read
from bot.domain.search_words import MAX_SEARCH_LENGTH, SearchWords
from bot.domain.values import HITS_ON_PAGE, PlanId, SearchCursor, SearchFilter, SearchHit, SearchPage, Turn
from bot.domain.values.searching import HIT_END, HIT_START
from bot.replies.search import EXCERPT, excerpt
from tests.bot.replies.test_replies import DAY, LARGEST, NOW, accept, plan_saying


def hit(marked: str, name: str = "Coach D", number: int = 0, revision: int = 1) -> SearchHit:
    plan = dataclasses.replace(plan_saying("text", name=name), id=PlanId(LARGEST - number))
    return SearchHit(LARGEST, plan, revision, NOW, marked.replace("[", HIT_START).replace("]", HIT_END))


@pytest.mark.parametrize(
    ("marked", "shown"),
    [
        ("[Short] NQ", "**Short** NQ"),
        ("first line\nthen [short] *NQ*", "first line then **short** \\*NQ\\*"),
        ("[**short**]", "**\\*\\*short\\*\\***"),
        (f"{'a ' * 60}[short]", f"… {'a ' * 19}**short**"),
        (f"{'a' * 210}/[short]", f"… {'a' * 39}/**short**"),
        ("[short]" + " b" * 200, f"**short**{' b' * 96}…"),
    ],
)
def test_an_excerpt_shows_the_hits_in_bold_and_the_rest_literally(marked: str, shown: str):
    assert excerpt(marked.replace("[", HIT_START).replace("]", HIT_END)) == shown


@given(
    st.text(st.sampled_from("ab*_|`<@>#-: \n/h.tps1"), max_size=3 * EXCERPT),
    st.text(st.sampled_from("ab*_`<@>#-:/h.tps1"), min_size=1, max_size=40),
    st.text(st.sampled_from("ab*_`<@>#-: \n/h.tps1"), max_size=3 * EXCERPT),
)
def test_an_excerpt_shows_its_first_hit_and_no_other_mark(before: str, found: str, after: str):
    before = before.replace("||", "|")
    shown = list(read(excerpt(f"{before}{HIT_START}{found}{HIT_END}{after}")))

    assert {mark.kind for run in shown for mark in run.marks} == {"strong"}
    assert "".join(run.shown for run in shown if run.marks) == found
    assert {run.kind for run in shown} <= {"text", "escape"}


def test_a_spoiler_stays_one():
    marked = f"open ||{HIT_START}short{HIT_END} *at* 21,450|| after"

    assert excerpt(marked) == "open \\|\\|…*…*…\\|\\| after".replace("*", "\\*")


@given(
    marked=st.text(st.sampled_from("W*[]<@\U0001d7d9 \n"), max_size=4000),
    name=st.text(min_size=1, max_size=100),
    typed=st.text(min_size=1, max_size=MAX_SEARCH_LENGTH),
)
def test_a_page_is_within_discords_limits(marked: str, name: str, typed: str):
    hits = tuple(hit(f"[{marked}]", name, number, LARGEST) for number in range(HITS_ON_PAGE))
    searched = SearchFilter(SearchWords.parse(f"{typed[1:]}x"), "k" * 16, datetime.date.max, datetime.date.max, True)
    cursors = SearchCursor(LARGEST, Turn.NEWER), SearchCursor(LARGEST, Turn.OLDER)

    accept(replies.found(SearchPage(hits, searched, DAY, *cursors, is_partial=True, is_indexed=False)))
    accept(replies.found(SearchPage((), searched, DAY, is_partial=True, is_indexed=False)))


def test_a_search_in_a_button_finds_the_same():
    for typed in ("short P/L", "$NQ -21,450: ~x~", "börse 'a' \"b\""):
        words = SearchWords.parse(typed)
        assert SearchWords.parse(str(words)) == words
        assert not set(str(words)) & {":", "~"}
