"""Long texts in parts: each is valid by itself, and none shows what the whole hides."""

import itertools

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from bot.domain.characters import clusters
from bot.domain.markdown import read
from bot.replies.layout import units
from bot.replies.parts import parts, split

_PIECES = [
    *("**", "__", "~~", "||", "*", "_", "`", "```\n", "\n```", "```py\n", "> ", ">>> ", "# ", "-# ", "- ", "1. "),
    *("\n", "\n", " ", " ", "\\", "|", "~", "https://a.example/b_c*d", "[a **b**](https://a.example/c)", "<@12345>"),
    *("<t:1790000000:R>", "<:nq:123>", "word", "long 21,450.5", "👩\u200d💻", "น้ำ", "क्षत्रिय", "stop ψ", "ψψψ"),
]
TEXTS = st.lists(st.sampled_from(_PIECES), max_size=40).map("".join)
LIMITS = st.integers(40, 80)


def openly(*shown: str) -> list[str]:
    """The payload that can be read without a press."""
    return [c for text in shown for c, kinds in seen(text) if c == "ψ" and "spoiler" not in kinds]


def seen(text: str) -> list[tuple[str, frozenset[str]]]:
    """Each character that is shown but blanks, with its marks."""
    return [
        (character, frozenset(mark.kind for mark in run.marks if mark.kind != "item"))
        for run in read(text)
        for character in run.shown
        if not character.isspace()
    ]


@given(TEXTS, LIMITS)
@example("||" + "ψ secret " * 30 + "||", 40)
@example("*||ψ||" * 60, 40)
@example("||" + "*ψ_" * 100 + "||", 40)
@example("https://a.example/" + "x_" * 100 + "||ψ||", 40)
@example("> ||ψ bold\n> over ψ lines|| " * 9, 40)
@example("||```\nψ\nψ\n```" * 9 + "||", 40)
def test_parts_are_the_text_within_the_limit_and_show_nothing_that_is_hidden(text: str, max_length: int):
    found = parts(text, max_length)

    assert "".join(part.text for part in found) == text
    assert all(units(part.shown) <= max_length for part in found)
    assert len(openly(*(part.shown for part in found))) <= len(openly(text))


@given(TEXTS, LIMITS)
@example("**bold ~~struck *lean __under ||hid|| ok__ ok* ok~~ " * 5 + "**", 60)
def test_what_is_shown_is_shown_alike(text: str, max_length: int):
    found = parts(text, max_length)
    assume(all(part.shown.count("\\") == part.text.count("\\") for part in found))

    assert [each for part in found for each in seen(part.shown)] == seen(text)


def test_marks_that_no_cut_leaves_what_they_are_are_shown_as_written():
    assert [*split("*" * 30, 40)] == ["*" * 30]
    assert [*split("*" * 60, 40)] == ["\\*" * 20] * 3
    assert [*split("||https://a.example/" + "x" * 40 + "||", 40)] == [
        r"||\|\|https\://a.example/xxxxxxxxx||",
        r"||" + "x" * 31 + r"\|\|||",
    ]


@pytest.mark.parametrize(
    ("text", "max_length", "shown"),
    [
        (
            "||the stop is at 21,410 and no lower than that||",
            31,
            ["||the stop is at 21,410 and|| ", "||no lower than that||"],
        ),
        (
            "**bold and ~~struck out~~ for a while longer**",
            29,
            ["**bold and ~~struck out~~** ", "**for a while longer**"],
        ),
        ("*leaning over for quite a while, as one may*", 27, ["*leaning over for quite a* ", "*while, as one may*"]),
        ("__a line under all of this text__ and more", 29, ["__a line under all of this__ ", "__text__ and more"]),
        (
            "```py\nfirst = 'line'\nsecond = 'line'\n```",
            25,
            ["```py\nfirst = 'line'\n```", "```py\nsecond = 'line'\n```"],
        ),
        ("> quoted from someone who talks for long", 26, ["> quoted from someone who ", "> talks for long"]),
        ("> quoted from\n> someone else, not long", 24, ["> quoted from\n", "> someone else, not long"]),
        (">>> quoted from someone\nto the very end", 26, [">>> quoted from someone\n", ">>> to the very end"]),
        ("# A heading that is longer than a part", 27, ["# A heading that is longer ", "# than a part"]),
        ("`code that goes on and on, on and on and on`", 32, ["`code that goes on and on, on` ", "`and on and on`"]),
        (
            "see https://a.example/a/path/that/is here, now",
            35,
            ["see ", "https://a.example/a/path/that/is ", "here, now"],
        ),
        (
            "go [to the address](https://a.example/) by now",
            38,
            ["go ", "[to the address](https://a.example/) ", "by now"],
        ),
        ("ask <@123456789> or <@123456789> or none", 24, ["ask <@123456789> or ", "<@123456789> or none"]),
        ("at times <t:1790000000:R> (<:nq:1234567890>)", 27, ["at times <t:1790000000:R> ", "(<:nq:1234567890>)"]),
        ("we go long from here on - or wait for it", 25, ["we go long from here ", "on - or wait for it"]),
        ("~~aaaa bbbb~ cccc dddd eeee~~", 15, ["~~aaaa~~ ", "~~bbbb~ cccc~~ ", "~~dddd eeee~~"]),
        ("||aaaa bbbb| cccc dddd eeee||", 15, ["||aaaa|| ", "||bbbb| cccc|| ", "||dddd eeee||"]),
    ],
)
def test_each_part_is_valid_by_itself(text: str, max_length: int, shown: list[str]):
    assert split(text, max_length) == (*shown,)


@given(TEXTS, LIMITS)
def test_characters_are_whole(text: str, max_length: int):
    found = parts(text, max_length)

    ends = {0} | set(itertools.accumulate(map(len, clusters(text))))
    assert set(itertools.accumulate(len(part.text) for part in found)) <= ends


def test_a_text_is_split_after_a_line_if_there_is_one():
    assert [*split("12345678\nabcd", 10)] == ["12345678\n", "abcd"]
    assert [*split("1234567 abcd", 10)] == ["1234567 ", "abcd"]
    assert [*split("123456789012", 10)] == ["1234567890", "12"]
