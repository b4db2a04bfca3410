"""What a plan's text may be."""

import unicodedata

from bot.errors import BlankTextError, TextTooLongError

_BLANK_CATEGORIES = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
_BLANK_CHARACTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters, marks and symbols that show nothing: fillers, joiners, the empty braille cell."""


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


def _is_blank(character: str) -> bool:
    return (
        unicodedata.category(character) in _BLANK_CATEGORIES
        or character in _BLANK_CHARACTERS
        or "VARIATION SELECTOR" in unicodedata.name(character, "")
    )
