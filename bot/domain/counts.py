"""Counts in words."""


def count_of(number: int, what: str) -> str:
    """Return a count in words: `1 plan`, `2 plans`."""
    return f"{number:,} {what}" + ("s" if number != 1 else "")
