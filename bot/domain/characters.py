"""Text in the units that people see: characters, words, and what shows nothing."""

import itertools
import unicodedata
from collections.abc import Iterator

import regex

from bot.domain import markdown

_CLUSTER = regex.compile(r"\X")
"""Extended grapheme clusters: https://www.unicode.org/reports/tr29/."""
_WORD_BREAK = regex.compile(r"(?w)\b|(?<=\p{scx=Katakana})(?=\p{scx=Katakana})", regex.V1)
"""Default word boundaries of UAX 29, and those within katakana: Japanese is told apart by characters."""
_BLANKS = r"[^\S\n]+"
_NUMBER = r"(?:(?<!\w)[-+\u2212]?\.?)?\d+(?:[.,:/'\u2019]\d+)*%?"
_TOKENS = "|".join(
    pattern
    for kind, pattern in markdown.RULES
    if kind in {"link", "user", "role", "channel", "command", "emoji", "time", "navigation"}
)
_COLOR = r"\x1b\[[\d;]*m"
_WHOLE = regex.compile(rf"{_TOKENS}|{_NUMBER}|{_BLANKS}|{_COLOR}", regex.V1)
"""Parts that are one word here, and several of Unicode's."""
_APART = regex.compile(rf"\n|{_COLOR}", regex.V1)
"""Parts that never belong to the word beside them: line ends and colors."""

_UNSHOWN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_FILLERS = regex.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_EMOJI_PARTS = regex.compile(
    r"""(?x)
    (?<=\p{Emoji_Presentation}|\p{Extended_Pictographic})\ufe0f
    | (?<=[0-9\#*])\ufe0f(?=\u20e3)
    | (?<=(?:\p{Extended_Pictographic}|\p{Emoji_Modifier})\ufe0f?)\u200d(?=\p{Extended_Pictographic})
    """,
    regex.V1,
)
_LETTER_PARTS = regex.compile(
    r"""(?x)
    # Joiners: where letters change their form by them, and after the sign that joins letters in India's scripts.
    (?<=[\p{Arabic}\p{Syriac}\p{Nko}\p{Mongolian}&&[\p{L}\p{M}]])[\u200c\u200d](?=[\p{L}\p{M}])
    | (?<=\p{Indic_Syllabic_Category=Virama}|\p{InSC=Pure_Killer}|\p{InSC=Invisible_Stacker})[\u200c\u200d]
    # A break that is not seen, between words of scripts that are written without blanks.
    | (?<=[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}])\u200b(?=[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}])
    # Marks of the direction that the letter beside them has anyway; the letter is looked for only next to such a mark.
    | [\u200f\u061c](?<=[[\p{Bidi_Class=R}\p{Bidi_Class=AL}]&&\p{L}]\p{M}*[\u200f\u061c])
    | [\u200f\u061c](?=[[\p{Bidi_Class=R}\p{Bidi_Class=AL}]&&\p{L}])
    # Forms of a letter.
    | (?<=\p{Han})[\ufe00-\ufe0f\U000e0100-\U000e01ef] | (?<=\p{Mongolian})[\u180b-\u180d\u180f]
    """,
    regex.V1,
)


def clusters(text: str) -> list[str]:
    """Return what people take for the characters of the text."""
    return _CLUSTER.findall(text)


def cluster_ends(text: str) -> Iterator[int]:
    """Yield where each of its characters ends."""
    return (match.end() for match in _CLUSTER.finditer(text))


def words(text: str) -> list[str]:
    r"""Return the words of the text, and the signs and blanks between, which joined are the text.

    Numbers, links and mentions are whole; "\n" stands alone. No character is split. What is written without blanks is
    a word for each character, and so is what shows nothing.
    """
    ends = {0, *cluster_ends(text)}
    breaks = {0, len(text), *_starts(_WORD_BREAK, text)}
    breaks |= {edge for place in _hidden(text) for edge in (place, place + 1)}
    for match in _WHOLE.finditer(text):
        breaks.difference_update(range(match.start() + 1, match.end()))
    edges = {edge for match in _APART.finditer(text) for edge in match.span()}
    places = sorted(breaks & ends | edges)
    return [text[start:end] for start, end in itertools.pairwise(places)]


def is_unshown(character: str) -> bool:
    """Return true if the character by itself shows nothing, or is a control character; blanks do not count."""
    return unicodedata.category(character) in _UNSHOWN_CATEGORIES or bool(_FILLERS.match(character))


def visible(text: str) -> str:
    """Return the text with what shows nothing, or turns the reading direction, written as a sign such as `[U+202E]`.

    What makes part of an emoji, or of a letter in scripts that need it, stays.
    """
    hidden = _hidden(text)
    return "".join(
        f"[U+{ord(character):04X}]" if place in hidden else character for place, character in enumerate(text)
    )


def _hidden(text: str) -> set[int]:
    """Return where the text has what shows nothing, and is no part of an emoji or a letter."""
    places = {place for place, character in enumerate(text) if is_unshown(character) and character not in "\n\t"}
    return places.difference(*(_starts(each, text) for each in (_EMOJI_PARTS, _LETTER_PARTS))) if places else places


def _starts(pattern: "regex.Pattern[str]", text: str) -> Iterator[int]:
    return (match.start() for match in pattern.finditer(text))
