"""Layout: texts are cut and split without losing anything."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain import markdown
from bot.replies import layout


def test_characters_beyond_the_basic_plane_count_twice():
    assert layout.units("a\N{CHART WITH UPWARDS TREND}") == 3


@given(st.text(max_size=100), st.integers(1, 20))
def test_a_cut_text_is_no_longer_than_allowed(text: str, max_length: int):
    cut = layout.cut(text, max_length)

    assert len(cut) <= max_length
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
        ("  - item", r"\- item"),
        ("2. item", r"2\. item"),
        ("-# small", r"\-# small"),
        ("see https://a.example/b_c*d_e!", "see https://a.example/b_c*d_e!"),
        ("*<https://a.example/b_c>*", r"\*\<<https://a.example/b_c>\>\*"),
        ("(https://a.example/b_(c)) _", r"(https://a.example/b_(c)) \_"),
        ("see https://a.example/b] *c*", r"see <https://a.example/b>\] \*c\*"),
        ("https://a.example/b<@1>", r"<https://a.example/b>\<\@1>"),
        ("[a_b](https://a.example/b_c)", r"\[a\_b\](https://a.example/b_c)"),
    ],
)
def test_markdown_in_names_is_escaped(name: str, escaped: str):
    assert layout.escape(name) == escaped


@given(st.lists(st.sampled_from([*r"*_~`|[]<@>#-.\\ ()1", "\n", "https://a.example/b_c", "<@1>", "word"]), max_size=30))
@example(["<", "https://a.example/b_c", ">"])
@example(["<", "https://a.example/b_c", ">", "]"])
def test_what_is_escaped_is_shown_as_written(pieces: list[str]):
    text = "".join(pieces)

    runs = markdown.read(markdown.escaped(text))

    assert "".join(run.shown for run in runs) == text
    assert {run.kind for run in runs} <= {"text", "escape", "link"}
    assert not any(run.marks for run in runs)


@pytest.mark.parametrize(
    ("text", "max_length", "shown"),
    [
        ("see https://a.example/b_c", 30, "see https://a.example/b_c"),
        ("see https://a.example/b_c", 24, r"see https\://a.example/b…"),
        ("https://a.example/b_c now", 23, "https://a.example/b_c…"),
        ("see *that* thing", 8, r"see \*th…"),
        ("👩\u200d💻👩\u200d💻", 5, "👩\u200d💻…"),
        ("น้ำน้ำ", 5, "น้ำ…"),
    ],
)
def test_a_preview_has_whole_characters_and_no_link_that_leads_elsewhere(text: str, max_length: int, shown: str):
    assert layout.preview(text, max_length) == shown
