"""Placeholders of templates."""

import datetime
import re
from typing import Final

from bot.domain.characters import cut
from bot.domain.days import date_alone, weekday_name

PLACEHOLDERS: Final = ("{day}", "{weekday}", "{coach}", "{last}")
_PLACEHOLDER: Final = re.compile("|".join(map(re.escape, PLACEHOLDERS)), re.IGNORECASE | re.ASCII)


def filled(template: str, day: datetime.date, coach: str, last: str, limit: int) -> str:
    """Return the template with its placeholders replaced; other braces stay as they are.

    Args:
        template: the text.
        day: the day of the plan.
        coach: the name of its coach.
        last: the text of their last plan before; its end is cut off where the result would be too long.
        limit: the most characters of the result.
    """
    values = {"{day}": date_alone(day), "{weekday}": weekday_name(day), "{coach}": coach}

    def with_last(text: str) -> str:
        return _PLACEHOLDER.sub(lambda match: (values | {"{last}": text})[match[0].lower()], template)

    text = with_last(last)
    if len(text) > limit and (places := template.lower().count("{last}")):
        text = with_last(cut(last, max(0, len(last) - -(-(len(text) - limit) // places))))
    return cut(text, limit)
