"""Date formats by locale."""

from typing import Final

from bot.domain.days import DateOrder

_MONTH_FIRST: Final = frozenset({"en-US", "hu", "ja", "ko", "lt", "zh-CN", "zh-TW"})
_DAY_FIRST: Final = frozenset(
    {
        *("bg", "cs", "da", "de", "el", "en-GB", "es-419", "es-ES", "fi", "fr", "hi", "hr", "id", "it", "nl", "no"),
        *("pl", "pt-BR", "ro", "ru", "sv-SE", "th", "tr", "uk", "vi"),
    }
)
"""Discord's locales (its documentation, Locales), and the short forms of dates in the Unicode CLDR."""


def date_order(*locales: str | None) -> DateOrder | None:
    """Return the date order of the first locale with one; None: none has one."""
    for locale in locales:
        if locale in _MONTH_FIRST:
            return DateOrder.MONTH_FIRST
        if locale in _DAY_FIRST:
            return DateOrder.DAY_FIRST
    return None
