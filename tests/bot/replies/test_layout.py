"""Layout: texts are cut and split without losing anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.replies import layout


@given(st.text(max_size=400), st.integers(2, 50))
def test_the_parts_of_a_text_are_the_text_and_fit(text: str, longest: int):
    parts = layout.split(text, longest)

    assert "".join(parts) == text
    assert all(layout.units(part) <= longest for part in parts)
    assert all(parts) or parts == [""]


def test_a_text_is_split_after_a_line_if_there_is_one():
    assert layout.split("12345678\nabcd", 10) == ["12345678\n", "abcd"]
    assert layout.split("1234567 abcd", 10) == ["1234567 ", "abcd"]
    assert layout.split("123456789012", 10) == ["1234567890", "12"]


def test_characters_beyond_the_basic_plane_count_twice():
    assert layout.units("a\N{CHART WITH UPWARDS TREND}") == 3


@given(st.text(max_size=100), st.integers(1, 20))
def test_a_cut_text_is_no_longer_than_allowed(text: str, longest: int):
    cut = layout.cut(text, longest)

    assert len(cut) <= longest
    assert cut == text or cut.endswith("\N{HORIZONTAL ELLIPSIS}")


@pytest.mark.parametrize(
    ("name", "escaped"),
    [
        ("**bold**", r"\*\*bold\*\*"),
        ("<@1> @everyone", r"\<\@1> \@everyone"),
        ("[a](b)", r"\[a\](b)"),
        ("# heading", r"\# heading"),
        ("> quote", r"\> quote"),
        ("- item", r"\- item"),
        ("Coach D (Day Trading), 50-50", "Coach D (Day Trading), 50-50"),
        ("a\nb\r\n c", "a b c"),
    ],
)
def test_markdown_in_names_is_escaped(name: str, escaped: str):
    assert layout.escape(name) == escaped
