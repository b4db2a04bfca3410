"""Rules for a plan's text, captions, and the names of coaches, templates and files."""

import unicodedata

from bot.domain.characters import is_unshown
from bot.domain.errors import BlankTextError, CaptionTooLongError, CoachNameError, TemplateNameError, TextTooLongError
from bot.domain.values import MAX_CAPTION_LENGTH, MAX_NAME_LENGTH, MAX_TEMPLATE_NAME

_UNSHOWN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
"""Kinds of characters that let what follows run the other way (Unicode Standard Annex 9)."""
_MAX_ENDING = 10
_JOINER = "\u200d"
_CUT = "\N{HORIZONTAL ELLIPSIS}"


def plan_text(given: str, limit: int) -> str:
    """Return the text as it is stored: as given, with each line ended by one character.

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
    """Return the caption on one line; None where nothing was given that a reader could see.

    Raises:
        CaptionTooLongError: it has more than `MAX_CAPTION_LENGTH` code points.
    """
    text = " ".join("".join(map(_shown, given or "")).split())
    if all(_is_blank(character) for character in text):
        return None
    if len(text) > MAX_CAPTION_LENGTH:
        raise CaptionTooLongError(len(text), MAX_CAPTION_LENGTH)
    return text


def first_caption(description: str | None) -> str | None:
    """Return the caption of a picture that came with this description: one line, cut where it is too long."""
    text = " ".join("".join(map(_shown, description or "")).split())
    return caption_text(text if len(text) <= MAX_CAPTION_LENGTH else f"{text[: MAX_CAPTION_LENGTH - 1].rstrip()}{_CUT}")


def coach_name(given: str) -> str:
    """Return the name, without blanks around it.

    Raises:
        CoachNameError: it is longer than 100 code points, shows nothing, or has what breaks or turns the line.
    """
    name = given.strip()
    if len(name) > MAX_NAME_LENGTH or all(map(_is_blank, name)) or not stays_on_its_line(name):
        raise CoachNameError(name)
    return name


def template_name(given: str) -> str:
    """Return the name with single blanks, and none around it.

    Raises:
        TemplateNameError: it is longer than 50 code points, shows nothing, or has what breaks or turns the line.
    """
    name = " ".join(given.split())
    if len(name) > MAX_TEMPLATE_NAME or all(map(_is_blank, name)) or not stays_on_its_line(name):
        raise TemplateNameError
    return name


def stays_on_its_line(words: str) -> bool:
    """Return whether no character of the words breaks or turns the line, or steers a terminal."""
    return not any(map(_breaks_the_line, words))


def file_name(given: str) -> str:
    """Return the last part of a file's name, fit for one line: at most 100 code points, with the ending."""
    last = given.replace("\\", "/").rpartition("/")[2]
    stem, dot, ending = " ".join("".join(map(_shown, last)).split()).rpartition(".")
    if not stem.strip(". "):
        stem, dot, ending = ending, "", ""
    ending = ending[:_MAX_ENDING]
    name = f"{stem[: MAX_NAME_LENGTH - len(dot) - len(ending)]}{dot}{ending}".strip()
    return "picture" if all(map(_is_blank, name)) else name


def _shown(character: str) -> str:
    """Return the character, if it shows or joins emoji; a blank for one that ends a line; nothing for others."""
    if character.isspace():
        return " "
    unshown = unicodedata.category(character) in _UNSHOWN_CATEGORIES and character != _JOINER
    return "" if unshown else character


def _breaks_the_line(character: str) -> bool:
    is_of_breaking_kind = unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
    return is_of_breaking_kind or unicodedata.bidirectional(character) in _TURNING


def _is_blank(character: str) -> bool:
    return character.isspace() or is_unshown(character)
