"""Timestamps in Discord's format."""

import datetime


def time(moment: datetime.datetime) -> str:
    """Return a timestamp in Discord's format."""
    return moment.astimezone(datetime.UTC).isoformat(timespec="microseconds")
