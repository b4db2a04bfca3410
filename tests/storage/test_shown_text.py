"""What people read of a file: on one line, cut, and without what a terminal obeys."""

import pytest

from storage.shown_text import MAX_REASON, MAX_WORDS, cut, escaped, quoted

STEERING = "\x00\x07\x1b\r\n\t\x7f\x9b\u200b\u200f\u202e\u2028\u2066\ufeff\ud800"


@pytest.mark.parametrize("character", STEERING)
def test_what_steers_a_terminal_is_an_escape(character: str):
    assert escaped(f"a{character}b") == f"a{ascii(character)[1:-1]}b"


def test_what_is_seen_stays():
    assert escaped("Trägerin “日本” ≤ \U0001f4c8") == "Trägerin “日本” ≤ \U0001f4c8"


def test_much_is_cut():
    assert cut("n" * 10**6) == "n" * MAX_REASON + "…"
    assert cut("\x1b" * 10**6) == ("\\x1b" * MAX_REASON)[:MAX_REASON] + "…"
    assert quoted("n" * 10**6) == f"“{'n' * MAX_WORDS}…”"
    assert quoted(None) == "nothing"
