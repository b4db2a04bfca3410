"""Diffs: what a trader reads when a plan was changed."""
# ruff: noqa: RUF001 (letters of many scripts)

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.diff import Line, Op, Segment, Skipped, compare, size

PLAN = "Bias: long\n\nLong above 945, stop 940\nShort below 930, stop 935\n\nNo trades before 09:31\nDone by noon"

_WORDS = [
    "a",
    "b",
    "stop",
    "945",
    "21,450.5",
    "-3.5%",
    " ",
    "  ",
    ",",
    "\n",
    "\n\n",
    "\r\n",
    "\u202e",
    "👩\u200d💻",
    "e\u0301",
]
TEXTS = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(_WORDS), max_size=60).map("".join))


def shown(before: str, after: str, context: int = 0) -> list[str]:
    """The lines as `[-removed-]` and `{+added+}`, line ends as ⏎, skipped lines as their number."""
    signs = {Op.SAME: "{}", Op.REMOVED: "[-{}-]", Op.ADDED: "{{+{}+}}"}
    return [
        f"({line.count})"
        if isinstance(line, Skipped)
        else "".join(signs[segment.op].format(segment.text) for segment in line.segments).replace("\n", "⏎")
        for line in compare(before, after, context)
    ]


def rebuilt(text: str, lines: tuple[Line | Skipped, ...], op: Op) -> str:
    """The text made of its own segments, and of its own lines where those are skipped."""
    made = ""
    for line in lines:
        if isinstance(line, Skipped):
            rest = text[len(made) :].split("\n")
            made = text[: len(made) + len("\n".join(rest[: line.count]) + "\n")]
        else:
            made += "".join(segment.text for segment in line.segments if segment.op in {Op.SAME, op})
    return made


def test_equal_texts_have_no_changes():
    assert compare(PLAN, PLAN) == ()
    assert compare("", "") == ()
    assert size(PLAN, PLAN) == (0, 0)


def test_a_changed_price_stands_out_whole():
    lines = compare(PLAN, PLAN.replace("945", "950"))

    assert lines == (
        Skipped(1),
        Line((Segment(Op.SAME, "\n"),)),
        Line(
            (
                Segment(Op.SAME, "Long above "),
                Segment(Op.REMOVED, "945"),
                Segment(Op.ADDED, "950"),
                Segment(Op.SAME, ", stop 940\n"),
            )
        ),
        Line((Segment(Op.SAME, "Short below 930, stop 935\n"),)),
        Skipped(3),
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("21,450.5", "21,450.75"),
        ("09:31", "09:45"),
        ("-3.5%", "3.5%"),
        ("1/2", "1/4"),
        ("945", "945.25"),
        (".5", ".75"),
        ("1'000", "1'500"),
        ("15min", "5min"),
        ("don't", "won't"),
        ("cafe\u0301", "cafe"),
        ("👍", "👍🏽"),
        ("🇩🇪", "🇩🇰"),
        ("👩\u200d💻", "👩\u200d🚀"),
        ("1\ufe0f\u20e3", "2\ufe0f\u20e3"),
        ("नमस्ते", "नमस्कार"),
        ("می\u200cخواهم", "می\u200cخواهد"),
        ("שָׁלוֹם", "שָׁלוּם"),
        ("https://a.example/b_c?d=1", "https://a.example/b_c?d=2"),
        ("<@1>", "<@2>"),
    ],
)
def test_a_word_changes_whole(old: str, new: str):
    assert shown(f"at {old} go", f"at {new} go") == [f"at [-{old}-]{{+{new}+}} go"]


@pytest.mark.parametrize(
    ("before", "after", "seen"),
    [
        ("今天做多，止损九四零", "今天做空，止损九四零", "今天做[-多-]{+空+}，止损九四零"),
        ("本日は買いです。", "本日は売りです。", "本日は[-買い-]{+売り+}です。"),
        ("ซื้อที่ราคาน้ำมัน", "ซื้อที่ราคาน้ามัน", "ซื้อที่ราคา[-น้ำ-]{+น้า+}มัน"),
    ],
)
def test_what_is_written_without_blanks_changes_by_characters(before: str, after: str, seen: str):
    assert shown(before, after) == [seen]


def test_one_end_of_a_range_changes_alone():
    assert shown("Buy 945-950, $945", "Buy 945-955, $940") == ["Buy 945-[-950, $945-]{+955, $940+}"]


def test_a_line_added_in_the_middle():
    assert shown("one\ntwo\nthree", "one\nnew\ntwo\nthree", 1) == ["one⏎", "{+new⏎+}", "two⏎", "(1)"]


def test_a_line_removed_at_the_end():
    assert shown("one\ntwo\nthree\n", "one\ntwo\n") == ["(2)", "[-three⏎-]"]


def test_swapped_lines_are_one_that_moved():
    assert shown("long 945\nshort 930\n", "short 930\nlong 945\n", 1) == [
        "{+short 930⏎+}",
        "long 945⏎",
        "[-short 930⏎-]",
    ]


def test_a_line_end_added_at_the_end():
    assert shown("one\ntwo", "one\ntwo\n") == ["(1)", "two{+⏎+}"]
    assert shown("one\ntwo\n", "one\ntwo") == ["(1)", "two[-⏎-]"]


def test_a_line_end_in_place_of_a_blank():
    assert shown("stop 940 and wait", "stop 940\nand wait", 1) == ["stop 940[- -]{+⏎+}", "and wait"]
    assert shown("stop 940\nand wait", "stop 940 and wait", 1) == ["stop 940[-⏎-]", "{+ +}and wait"]


def test_a_doubled_blank():
    assert shown("stop 940 now", "stop  940 now") == ["stop[- -]{+  +}940 now"]


def test_lines_of_other_words_are_read_side_by_side():
    assert shown("one two\nthree\n", "alpha\nbeta gamma\ndelta\n") == [
        "[-one two-]{+alpha+}⏎",
        "[-three-]{+beta gamma+}⏎",
        "{+delta⏎+}",
    ]


def test_changed_lines_of_one_shape_keep_their_words():
    before, after = "Long 945, stop 940\nShort 930\n", "New\nLong 950, stop 940\nShort 925\n"

    assert shown(before, after) == [
        "{+New⏎+}",
        "Long [-945-]{+950+}, stop 940⏎",
        "Short [-930-]{+925+}⏎",
    ]


def test_everything_changed_is_one_change():
    assert shown("a b c", "x y z") == ["[-a b c-]{+x y z+}"]
    assert shown("a, b, c", "x, y, z") == ["[-a, b, c-]{+x, y, z+}"]
    assert shown("", "all new\nlines") == ["{+all new⏎+}", "{+lines+}"]
    assert shown("all gone", "") == ["[-all gone-]"]


def test_a_line_removed_among_changed_lines_is_whole():
    before, after = "Long 945 now\nWait for ten\nShort 930\n", "Long 950 now\nShort 925\n"

    assert shown(before, after) == ["Long [-945-]{+950+} now⏎", "[-Wait for ten⏎-]", "Short [-930-]{+925+}⏎"]


def test_an_unchanged_line_end_is_one_piece_with_the_words_before_it():
    line, removed = compare("wait\n \n", "now wait\n")

    assert line == Line((Segment(Op.ADDED, "now "), Segment(Op.SAME, "wait\n")))
    assert removed == Line((Segment(Op.REMOVED, " \n"),))


def test_a_word_at_the_end_of_a_rewritten_line_is_kept():
    assert shown("one two three and\nfour five six", "red green blue and\nup down left") == [
        "[-one two three-]{+red green blue+} and⏎",
        "[-four five six-]{+up down left+}",
    ]


def test_signs_changed_side_by_side_are_one_change():
    assert shown("📈, 🚀 long", "📉, 🔥 long") == ["[-📈, 🚀-]{+📉, 🔥+} long"]


def test_a_word_repeated_many_times_is_still_found():
    assert shown("stop!", "go stop " * 100) == ["{+go +}stop[-!-]{+" + " go stop" * 99 + " +}"]


def test_a_lone_word_in_a_rewritten_sentence_is_part_of_the_change():
    before, after = "we wait for the open and sell", "buyers above them hold the low then rally hard"

    assert shown(before, after) == [f"[-{before}-]{{+{after}+}}"]


def test_a_changed_colour_in_a_code_fence():
    before = "```ansi\n\x1b[0;31mShort 930\x1b[0m\n```"

    assert shown(before, before.replace("31m", "32m"), 1) == [
        "```ansi⏎",
        "[-\x1b[0;31m-]{+\x1b[0;32m+}Short 930\x1b[0m⏎",
        "```",
    ]


def test_a_code_fence_put_around_lines():
    assert shown("one\ntwo\n", "```\none\ntwo\n```\n") == ["{+```⏎+}", "(2)", "{+```⏎+}"]


def test_a_line_added_among_changed_lines_is_whole():
    before, after = "Long 945\nShort 930\n", "Long 950\nWait for ten\nShort 925\n"

    assert shown(before, after) == ["Long [-945-]{+950+}⏎", "{+Wait for ten⏎+}", "Short [-930-]{+925+}⏎"]


def test_unchanged_lines_far_from_changes_are_counted():
    before = "".join(f"line {number}\n" for number in range(10))
    after = before.replace("2", "two").replace("7", "seven")

    assert shown(before, after, 2)[:2] == ["line 0⏎", "line 1⏎"]
    assert shown(before, after, 1)[4:6] == ["(2)", "line 6⏎"]
    assert shown(before, after, 0) == ["(2)", "line [-2-]{+two+}⏎", "(4)", "line [-7-]{+seven+}⏎", "(2)"]


def test_a_long_text_of_few_words_shows_each_change():
    words = [f"w{number**3 // 11 % 31}" for number in range(800)]
    changed = [*words[:200], "here", *words[200:600], "there", *words[601:]]

    (line,) = shown(" ".join(words), " ".join(changed))

    assert line.count("{+") == 2
    assert "{+here +}" in line
    assert f"[-{words[600]}-]{{+there+}}" in line


def test_a_long_text_of_other_words_shows_each_change():
    words = [f"w{number}" for number in range(2000)]
    changed = [word if number % 100 else f"new{number}" for number, word in enumerate(words)]

    (line,) = shown(" ".join(words), " ".join(changed))

    assert line.count("{+") == 20
    assert "[-w500-]{+new500+}" in line


@pytest.mark.parametrize(
    ("before", "after", "sizes"),
    [
        ("stop 940", "stop 935", (3, 3)),
        ("", "stop", (4, 0)),
        ("one\n", "one", (0, 1)),
        ("one two", "one  two", (2, 1)),
        ("long\nshort\n", "short\nlong\n", (6, 6)),
        ("long\nshort\n", "short\nlong\nflat\n", (5, 0)),
    ],
)
def test_size_counts_what_came_and_went(before: str, after: str, sizes: tuple[int, int]):
    assert size(before, after) == sizes


def test_a_mark_that_turns_the_direction_is_a_change_to_be_seen():
    assert shown("stop 940", "stop \u202e940") == ["stop {+\u202e+}940"]


@given(TEXTS, TEXTS, st.integers(0, 3))
def test_pieces_make_up_both_texts(before: str, after: str, context: int):
    lines = compare(before, after, context)

    assert bool(lines) == (before != after)
    if lines:
        assert rebuilt(before, lines, Op.REMOVED) == before
        assert rebuilt(after, lines, Op.ADDED) == after


@given(TEXTS, TEXTS)
def test_pieces_are_as_few_as_can_be_and_in_order(before: str, after: str):
    for line in compare(before, after):
        if isinstance(line, Skipped):
            assert line.count > 0
            continue
        assert line.segments
        assert "\n" not in "".join(segment.text for segment in line.segments)[:-1]
        assert all(segment.text for segment in line.segments)
        ops = [segment.op for segment in line.segments]
        for first, second in itertools.pairwise(ops):
            assert first is not second
            assert (first, second) != (Op.ADDED, Op.REMOVED)


@given(TEXTS, TEXTS)
def test_size_is_nothing_for_equal_texts_only(before: str, after: str):
    added, removed = size(before, after)

    assert ((added, removed) == (0, 0)) == (before == after)
    assert added - removed == len(after) - len(before)
    assert size(after, before) == (removed, added) or len(after) == len(before)


def test_of_very_long_texts_what_is_between_their_common_ends_is_shown_whole():
    before, after = (f"begin {words * 6_000}end" for words in ("a b ", "b a "))

    assert shown(before, after) == [f"begin [-{before[6:-4]}-]{{+{after[6:-4]}+}} end"]
    assert size(before, after) == (len(after) - 10, len(before) - 10)


def test_very_long_texts_are_compared_to_the_letter_all_the_same():
    before, after = "one two\n" * 9_000, "two one\n" * 9_000

    segments = [segment for line in compare(before, after) if isinstance(line, Line) for segment in line.segments]

    for op, text in ((Op.REMOVED, before), (Op.ADDED, after)):
        assert "".join(segment.text for segment in segments if segment.op in (Op.SAME, op)) == text
