"""Colors of coaches: a few names, hexadecimal codes, and one for a coach that was given none."""

import re
import zlib
from typing import Final

NAMED: Final = {
    "green": 0x2E7D32,
    "blue": 0x1565C0,
    "purple": 0x6A1B9A,
    "pink": 0xAD1457,
    "teal": 0x00838F,
    "indigo": 0x283593,
    "brown": 0x6D4C41,
    "gray": 0x757575,
    "black": 0x212121,
    "white": 0xF5F5F5,
}
_DEFAULTS: Final = tuple(NAMED[name] for name in ("green", "blue", "purple", "pink", "teal", "indigo", "brown"))
_CODE: Final = re.compile("#?([0-9a-f]{6})")


class UnknownColorError(ValueError):
    """The words are not a color."""


def parse_color(words: str) -> int:
    """Parse a name or a code such as `#1565C0`, and return red, green and blue as one number.

    Raises:
        UnknownColorError: the words are neither.
    """
    normalized = "".join(words.split()).casefold()
    if normalized in NAMED:
        return NAMED[normalized]
    if code := _CODE.fullmatch(normalized):
        return int(code[1], 16)
    raise UnknownColorError(words)


def default_color(key: str) -> int:
    """Return the color of a coach that was given none: always the same for a key."""
    return _DEFAULTS[zlib.crc32(key.encode()) % len(_DEFAULTS)]
