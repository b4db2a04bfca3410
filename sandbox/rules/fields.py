"""Checks on fields that more than one kind of body has."""

from sandbox.rules.validators import Check, all_of, boolean, integer, model, snowflake, text

LOCALES = (
    *("ar", "bg", "cs", "da", "de", "el", "en-GB", "en-US", "es-419", "es-ES", "fi", "fr", "he"),
    *("hi", "hr", "hu", "id", "it", "ja", "ko", "lt", "nl", "no", "pl", "pt-BR", "ro", "ru"),
    *("sv-SE", "th", "tr", "uk", "vi", "zh-CN", "zh-TW"),
)
"""The locales for localizations (OpenAPI: AvailableLocalesEnum)."""

CHANNEL_TYPES = (0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 16)

CUSTOM_ID = text(1, 100)
COMPONENT_ID = integer(0, 2**31 - 1)
EMOJI = model({"id": snowflake, "name": text(0, 32), "animated": boolean})
TEXT_DISPLAY: Check = all_of(
    model({"id": COMPONENT_ID, "content": text(1, 4000)}, "content"),
)
