"""User-perceived characters, words, and invisible characters of a text."""

import itertools
import unicodedata
from collections.abc import Iterator

import regex

from bot.domain import markdown

_CLUSTER = regex.compile(r"\X")
"""Extended grapheme clusters: https://www.unicode.org/reports/tr29/."""
_MAX_CLUSTER = 100
"""Characters after a cut that are read to find the end of a grapheme."""
_WORD_BREAK = regex.compile(r"(?w)\b|(?<=\p{scx=Katakana})(?=\p{scx=Katakana})", regex.V1)
"""Default word boundaries of UAX 29, and those within katakana, as Japanese is split by characters."""
_BLANKS = r"[^\S\n]+"
_NUMBER = r"(?:(?<!\w)[-+\u2212]?\.?)?\d+(?:[.,:/'\u2019]\d+)*%?"
_TOKENS = "|".join(
    pattern
    for kind, pattern in markdown.RULES
    if kind in {"link", "user", "role", "channel", "command", "emoji", "time", "navigation"}
)
_COLOR = r"\x1b\[[\d;]*m"
_WHOLE = regex.compile(rf"{_TOKENS}|{_NUMBER}|{_BLANKS}|{_COLOR}", regex.V1)
"""Parts that count as one word, but as several by Unicode's rules."""
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
    """Return the grapheme clusters of the text."""
    return _CLUSTER.findall(text)


def cluster_ends(text: str) -> Iterator[int]:
    """Yield the end index of each grapheme cluster."""
    return (match.end() for match in _CLUSTER.finditer(text))


def cut(text: str, max_length: int) -> str:
    """Return the text, or its beginning and an ellipsis, with at most `max_length` characters; no grapheme is split."""
    if len(text) <= max_length:
        return text
    end = max((end for end in cluster_ends(text[: max_length + _MAX_CLUSTER]) if end < max_length), default=0)
    return text[:end].rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def words(text: str) -> list[str]:
    r"""Split the text into words, punctuation and whitespace; joined, they are the text.

    Numbers, links and mentions are not split, and neither are grapheme clusters; "\n" is separate. In scripts without
    spaces each character is a word, and so is each invisible one.
    """
    breaks = {0, len(text), *_starts(_WORD_BREAK, text)}
    breaks |= {edge for place in _hidden(text) for edge in (place, place + 1)}
    for match in _WHOLE.finditer(text):
        breaks.difference_update(range(match.start() + 1, match.end()))
    edges = {edge for match in _APART.finditer(text) for edge in match.span()}
    if not text.isascii() or "\r" in text:  # else each character is a cluster
        breaks &= {0, *cluster_ends(text)}
    places = sorted(breaks | edges)
    return [text[start:end] for start, end in itertools.pairwise(places)]


def is_unshown(character: str) -> bool:
    """Return true if the character is invisible by itself or a control character; whitespace is neither."""
    return unicodedata.category(character) in _UNSHOWN_CATEGORIES or bool(_FILLERS.match(character))


def visible(text: str) -> str:
    """Return the text with invisible and bidirectional control characters written as `[U+202E]`.

    Characters that are part of an emoji, or of a letter in scripts that need them, are unchanged.
    """
    hidden = _hidden(text)
    return "".join(
        f"[U+{ord(character):04X}]" if place in hidden else character for place, character in enumerate(text)
    )


def _hidden(text: str) -> set[int]:
    """Return the indexes of invisible characters that are not part of an emoji or a letter."""
    unshown = {character for character in set(text) - {"\n", "\t"} if is_unshown(character)}
    if not unshown:
        return set()
    places = {place for place, character in enumerate(text) if character in unshown}
    return places.difference(*(_starts(each, text) for each in (_EMOJI_PARTS, _LETTER_PARTS)))


def _starts(pattern: "regex.Pattern[str]", text: str) -> Iterator[int]:
    return (match.start() for match in pattern.finditer(text))
