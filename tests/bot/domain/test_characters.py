"""Characters and words as people see them, in the scripts that they write."""
# ruff: noqa: RUF001 (letters that look like others are what these tests are about)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.characters import clusters, visible, words

TEXTS = st.text(
    st.sampled_from([*"ab 19.,:-\n\r", "\u0301", "\u200d", "\u200c", "\u093f", "क", "์", "น", "日", "👩", "👍", "🏽"])
)


@pytest.mark.parametrize(
    ("text", "split"),
    [
        ("नमस्ते दुनिया", ["नमस्ते", " ", "दुनिया"]),
        ("שָׁלוֹם עולם", ["שָׁלוֹם", " ", "עולם"]),
        ("می\u200cخواهم بخرم", ["می\u200cخواهم", " ", "بخرم"]),
        ("น้ำขึ้น", ["น้ำ", "ขึ้", "น"]),
        ("今日は買い。", ["今", "日", "は", "買", "い", "。"]),
        ("ストップ", ["ス", "ト", "ッ", "プ"]),
        ("매수 대기", ["매수", " ", "대기"]),
        ("👩\u200d💻👍🏽🇩🇪🇩🇰", ["👩\u200d💻", "👍🏽", "🇩🇪", "🇩🇰"]),
        ("-3.5% at 09:31, 1/2", ["-3.5%", " ", "at", " ", "09:31", ",", " ", "1/2"]),
        ("945-950, $945", ["945", "-", "950", ",", " ", "$", "945"]),
        ("see https://a.example/c_d?x=1.", ["see", " ", "https://a.example/c_d?x=1", "."]),
        ("by <@12> at <t:1:R>", ["by", " ", "<@12>", " ", "at", " ", "<t:1:R>"]),
        ("a\r\n\x1b[0;31mRed", ["a", "\r", "\n", "\x1b[0;31m", "Red"]),
    ],
)
def test_words_are_those_of_their_script(text: str, split: list[str]):
    assert words(text) == split


@given(TEXTS)
def test_words_make_up_the_text_and_split_no_character(text: str):
    split = words(text)

    assert "".join(split) == text
    assert [part for word in split for part in clusters(word)] == [
        part for cluster in clusters(text) for part in (["\r", "\n"] if cluster == "\r\n" else [cluster])
    ]


@given(TEXTS)
def test_a_visible_text_stays_visible(text: str):
    assert visible(visible(text)) == visible(text)


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهم",
        "क्\u200dष क्\u200cष ന്\u200d",
        "ไทย\u200bไทย",
        "שלום\u200f! \u200fשלום עולם",
        "葛\U000e0100城",
        "น้ำ שָׁ ᠠ\u180b",
    ],
)
def test_what_letters_need_stays_what_it_is(text: str):
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("stop 940\n\tor 935", "stop 940\n\tor 935"),
        ("\u202e049 pots", "[U+202E]049 pots"),
        ("\u200f\u2066a\u2069", "[U+200F][U+2066]a[U+2069]"),
        ("\x1b[0;31mred", "[U+001B][0;31mred"),
        ("a\u2028b\u2029\r\x00\x85", "a[U+2028]b[U+2029][U+000D][U+0000][U+0085]"),
        ("\u2800\u3164\u115f\u1160\uffa0\u034f\ufe0e", "[U+2800][U+3164][U+115F][U+1160][U+FFA0][U+034F][U+FE0E]"),
        ("9\u200d4\u200b0\u00ad", "9[U+200D]4[U+200B]0[U+00AD]"),
        ("9\ufe0f4", "9[U+FE0F]4"),
        ("\U000e0041\ud800", "[U+E0041][U+D800]"),
        ("\u2800\ufe0f", "[U+2800][U+FE0F]"),
        ("👩\u200d\u200d💻", "👩[U+200D][U+200D]💻"),
        ("❤\ufe0f\ufe0f", "❤\ufe0f[U+FE0F]"),
        ("👩\u200d", "👩[U+200D]"),
        ("\ufe0f\u200d", "[U+FE0F][U+200D]"),
    ],
)
def test_what_shows_nothing_is_written_as_a_sign(text: str, seen: str):
    assert visible(text) == seen


@pytest.mark.parametrize(
    "emoji",
    [
        "📈 🚀 👍🏽 🇩🇪 ⚠\ufe0f ❤\ufe0f\u200d🔥 👩🏽\u200d💻",
        "👨\u200d👩\u200d👧 🏳\ufe0f\u200d🌈 🙂\u200d↔\ufe0f 1\ufe0f\u20e3 #\ufe0f\u20e3",
        "‼\ufe0f \u2139\ufe0f ⤴\ufe0f",
        "naïve cafe\u0301 日本 \u00a0 → ∞",
    ],
)
def test_emoji_and_letters_stay_what_they_are(emoji: str):
    assert visible(emoji) == emoji


@pytest.mark.parametrize("mark", ["\u0301", "\ufe00", "\ufe0f", "\u200b", "\u05b0", "\u200d\ufe0f", "\u05d0\u200f"])
def test_very_many_marks_in_a_row_are_read_in_one_go(mark: str):
    text = mark * 100_000

    assert len(visible(text)) >= len(text)
    assert "".join(words(text)) == text
