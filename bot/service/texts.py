"""What a plan's text, a caption and a file's name may be."""

import unicodedata

from bot.errors import BlankTextError, CaptionTooLongError, TextTooLongError

_BLANK_CATEGORIES = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
_BLANK_CHARACTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters, marks and symbols that show nothing: fillers, joiners, the empty braille cell."""

_UNSHOWN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
LONGEST_CAPTION = 100
LONGEST_NAME = 100
_LONGEST_ENDING = 10
_JOINER = "\u200d"


def plan_text(given: str, limit: int) -> str:
    """The text as it is kept: as given, with each line ended by one character.

    Raises:
        BlankTextError: it shows nothing.
        TextTooLongError: it has more than `limit` code points.
    """
    text = given.replace("\r\n", "\n")
    if all(_is_blank(character) for character in text):
        raise BlankTextError
    if len(text) > limit:
        raise TextTooLongError(len(text), limit)
    return text


def caption_text(given: str | None) -> str | None:
    """The caption on one line; None where nothing was given that a reader could see.

    Raises:
        CaptionTooLongError: it has more than `LONGEST_CAPTION` code points.
    """
    text = " ".join("".join(map(_shown, given or "")).split())
    if all(_is_blank(character) for character in text):
        return None
    if len(text) > LONGEST_CAPTION:
        raise CaptionTooLongError(len(text), LONGEST_CAPTION)
    return text


def file_name(given: str) -> str:
    """The last part of a file's name, in what can be shown on one line: at most 100 code points, the ending kept."""
    last = given.replace("\\", "/").rpartition("/")[2]
    stem, dot, ending = " ".join("".join(map(_shown, last)).split()).rpartition(".")
    if not stem.strip(". "):
        stem, dot, ending = ending, "", ""
    ending = ending[:_LONGEST_ENDING]
    name = f"{stem[: LONGEST_NAME - len(dot) - len(ending)]}{dot}{ending}".strip()
    return "picture" if all(map(_is_blank, name)) else name


def _shown(character: str) -> str:
    """The character, if it shows or joins emoji; a blank for one that ends a line; nothing for others."""
    if character.isspace():
        return " "
    unshown = unicodedata.category(character) in _UNSHOWN_CATEGORIES and character != _JOINER
    return "" if unshown else character


def _is_blank(character: str) -> bool:
    return (
        unicodedata.category(character) in _BLANK_CATEGORIES
        or character in _BLANK_CHARACTERS
        or "VARIATION SELECTOR" in unicodedata.name(character, "")
    )
