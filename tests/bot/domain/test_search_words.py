"""Words to search for, as people type them."""

import apsw
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.search_words import SearchWords


def found(typed: str, text: str) -> bool:
    """Return whether SQLite finds the text, with the tokenizer of the index."""
    index = apsw.Connection(":memory:")
    index.execute("CREATE VIRTUAL TABLE t USING fts5 (text, tokenize = 'unicode61 remove_diacritics 2')")
    index.execute("INSERT INTO t VALUES (?)", (text,))
    return bool(index.execute("SELECT 1 FROM t WHERE t MATCH ?", (SearchWords.parse(typed).query,)).fetchall())


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("21450", "long above 21,450"),
        ("21,450", "long above 21450"),
        ("21,450", "long above 21,450.25"),
        ("21450.25", "long above 21,450.25"),
        ("1,000,000", "1000000 of it"),
        ("2146", "long above 21,460"),
        ("2145", "2,145"),
        ("21", "long above 21,460"),
        ("$NQ", "Short NQ below VWAP"),
        ("nq", "$NQ"),
        ("NQ", "NQZ6 is the front month"),
        ("börse", "die Borse"),
        ("borse", "die Börse"),
        ("below short", "Short NQ below VWAP"),
        ("short bel", "Short NQ below VWAP"),
        ("P/L", "no P/L today"),
        ('"short', "Short NQ below VWAP"),
        ("-short", "Short NQ below VWAP"),
        ("short OR", "short or long"),
        ("NEAR(short)", "near, short"),
        ("text:short", "the text: short it"),
        ("short*", "shorts"),
        ("short ^", "Short NQ"),
        ("東京", "東京市場"),
        ("\u26a0\ufe0f nq", "careful \u26a0\ufe0f NQ"),
        ("nq \u2764\ufe0f", "NQ"),
        ("bo\u0308rse", "börse"),
    ],
)
def test_what_was_typed_finds_the_text(typed: str, text: str):
    assert found(typed, text)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("short long", "Short NQ below VWAP"),
        ("bel short", "Short NQ below VWAP"),
        ("P/L", "L before P"),
        ("450", "21450"),
        ("21450", "21 points, then 451"),
        ("s", "short"),
        ("short OR long", "short"),
        ("NOT", "Short NQ below VWAP"),
    ],
)
def test_what_was_typed_does_not_find_the_text(typed: str, text: str):
    assert not found(typed, text)


@pytest.mark.parametrize("typed", ["", " ", "-", '"', "*", "$ / ^ ()", "\u200b", "👍", "\u26a0\ufe0f"])
def test_signs_are_no_words(typed: str):
    assert SearchWords.parse(typed).phrases == ()


@given(typed=st.text(max_size=50), text=st.text(max_size=200))
@example(typed="a\x00b", text="a")
@example(typed="\u0301", text="x")
@example(typed="1,000" * 8, text="1")
def test_nothing_that_can_be_typed_is_a_fault(typed: str, text: str):
    if SearchWords.parse(typed).phrases:
        found(typed, text)
