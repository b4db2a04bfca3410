"""The program that computes calendars: it runs isolated, and finds the bot's code relative to its own file."""

import datetime
import json
import pathlib
import sys

MAX_MEMORY = 1 << 30
"""Bytes of the process's address space."""


def main() -> None:
    """Read pairs of exchange and year as JSON, and write the kinds of the closed and half days of each.

    Raises:
        ValueError: the library has no closed day in a year, so it does not know that year.
    """
    from bot.service.process_limits import limit_memory

    limit_memory(MAX_MEMORY)
    wanted = json.load(sys.stdin.buffer)
    json.dump([_computed(exchange, year) for exchange, year in wanted], sys.stdout)


def _computed(name: str, year: int) -> dict[str, str]:
    """Return the kinds of the days of a year by their dates; days may be moved into it from the next."""
    import holidays

    from bot.domain.sessions import DayKind, Exchange, corrected

    days: dict[datetime.date, DayKind] = {}
    categories = type(holidays.financial_holidays(name)).supported_categories
    for category, kind in (("half_day", DayKind.HALF_DAY), ("public", DayKind.CLOSED)):
        if category in categories:
            found = holidays.financial_holidays(name, years=(year, year + 1), categories=(category,))
            days |= {day: kind for day in found if day.year == year}
    if DayKind.CLOSED not in days.values():
        raise ValueError(f"{name} {year}")
    return {day.isoformat(): kind for day, kind in corrected(Exchange(name), days).items()}


if __name__ == "__main__":
    sys.path.append(str(pathlib.Path(__file__).parents[3]))
    main()
