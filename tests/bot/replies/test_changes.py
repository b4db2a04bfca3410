"""What changed, as people read it: no text breaks its form."""
# ruff: noqa: RUF001 (the sign in front of a removed line)

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.diff import Skipped, compare
from bot.domain.markdown import read
from bot.replies.changes import marked, plain
from bot.replies.layout import units

_PIECES = [
    *(
        "**",
        "__",
        "~~",
        "||",
        "*",
        "_",
        "`",
        "```",
        "> ",
        "# ",
        "- ",
        "1. ",
        "+ ",
        "\N{MINUS SIGN} ",
        "\\",
        "[",
        "](",
        "<",
    ),
    *(
        "\n",
        "\n",
        "\n",
        " a ",
        " b ",
        "stop",
        "945",
        ",",
        ")",
        "https://a.example/b_c*d",
        "https://b.example/",
        "<@12345>",
    ),
]
TEXTS = st.lists(st.sampled_from(_PIECES), max_size=25).map("".join)


def shown(before: str, after: str) -> list[str]:
    return list(marked(compare(before, after)))


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ("Buy above 21,570 now", "Buy above 21,575 now", ["Buy above ~~21,570~~ → **21,575** now"]),
        ("Long 945\nStop 940", "Long 950\nStop 930", ["Long ~~945~~ → **950**", "Stop ~~940~~ → **930**"]),
        ("one\ntwo", "one\ntwo\nthree", ["one", "two", "**+** three"]),
        ("one\ntwo\n", "one\n", ["one", "**−** two"]),
        ("one two", "one\ntwo", ["**−** one two", "**+** one", "**+** two"]),
        ("one two\nend", "one\ntwo\nend", ["**−** one two", "**+** one", "**+** two", "-# 1 line unchanged"]),
        ("one two", "red blue", ["**−** one two", "**+** red blue"]),
        ("a\n\nb", "a\nb", ["a", "**−**", "b"]),
        ("see https://a.b/c now", "see https://a.b/d now", ["see ~~https://a.b/c~~ → **https://a.b/d** now"]),
        (
            "see https://a.b/c, ok",
            "see https://a.b/c. ok",
            ["**−** see https://a.b/c, ok", "**+** see https://a.b/c. ok"],
        ),
        ("now *b* out", "now *d* out", [r"now \*~~b~~ → **d**\* out"]),
        ("# one two", "# one too", [r"\# one ~~two~~ → **too**"]),
        ("stop 940 now", "stop  940 now", ["stop~~␣~~ → **␣␣**940 now"]),
        ("long at 945", "go long at 945", ["**go **long at 945"]),
    ],
)
def test_a_change_is_told_by_lines_and_by_words_within_a_line(before: str, after: str, lines: list[str]):
    assert shown(before, after) == lines


@given(TEXTS, TEXTS)
@example("at ~5~ now", "at ~6~ now")
@example("a b", "a **b**")
@example("https://a.example/ a", "https://a.example/** a")
@example("****\n", "**\n**\n**")
@example("https://a.example/", "<https://a.example/>")
@example("", "<https://a.example/b_c*d<@12345>")
def test_both_texts_can_be_read_from_what_is_shown(before: str, after: str):
    old, new = list[str](), list[str]()
    for line in marked(compare(before, after, context=99)):
        runs = read(line)
        assert {run.kind for run in runs} <= {"text", "escape", "link"}
        assert {mark.kind for run in runs for mark in run.marks} <= {"strike", "strong"}
        sides = sides_of([(run.shown, {mark.kind for mark in run.marks}) for run in runs])
        for side, text in zip((old, new), sides, strict=True):
            side += [] if text is None else [text.replace("␣", " ").rstrip()]

    if before != after:
        for side, text in ((old, before), (new, after)):
            assert "\n".join(side).rstrip() == "\n".join(line.rstrip() for line in text.split("\n")).rstrip()


def sides_of(runs: list[tuple[str, set[str]]]) -> tuple[str | None, str | None]:
    """The line before and after; None: it was not there."""
    if runs and runs[0] == ("−", {"strong"}) and (len(runs) == 1 or runs[1][0].startswith(" ")):
        return "".join(text for text, _ in runs[1:])[1:], None
    if runs and runs[0] == ("+", {"strong"}) and (len(runs) == 1 or runs[1][0].startswith(" ")):
        return None, "".join(text for text, _ in runs[1:])[1:]
    between = {
        number
        for number, (text, _) in enumerate(runs)
        if text == " → " and runs[number - 1][1] == {"strike"} and runs[number + 1][1] == {"strong"}
    }
    kept = [run for number, run in enumerate(runs) if number not in between]
    before, after = ("".join(text for text, kinds in kept if mark not in kinds) for mark in ("strong", "strike"))
    return before, after


def test_long_lines_are_cut_between_words_and_keep_their_sign():
    lines = shown("", "word_" * 1000 + " https://a.example/" + "x" * 300 + " now" * 500)

    assert len(lines) > 5
    assert all(line.startswith("**+** ") and units(line) <= 1000 for line in lines)
    assert sum("https://a.example/" + "x" * 300 in line for line in lines) == 1


@pytest.mark.parametrize(
    "character", ["e" + "\u0301" * 3999, "\u0301" * 4000, "\U0001f469" + "\u200d\U0001f469" * 1900]
)
def test_one_character_that_is_longer_than_a_line_is_cut(character: str):
    lines = shown("", character)

    assert all(line.startswith("**+** ") and units(line) <= 1000 for line in lines)
    assert "".join(line.removeprefix("**+** ") for line in lines) == character


@pytest.mark.parametrize(("count", "words"), [(1, "1 line unchanged"), (2, "2 lines unchanged")])
def test_omitted_lines_are_counted_in_words(count: int, words: str):
    assert list(marked([Skipped(count)])) == [f"-# {words}"]
    assert plain([Skipped(count)]) == f"... {words} ...\n"
