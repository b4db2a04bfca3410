"""Times as Discord writes them."""

import datetime


def time(moment: datetime.datetime) -> str:
    """A moment as Discord writes it."""
    return moment.astimezone(datetime.UTC).isoformat(timespec="microseconds")
