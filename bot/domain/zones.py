"""Time zones, and the date in one."""

import datetime
import functools
import zoneinfo


@functools.cache
def zone_of(timezone: str) -> zoneinfo.ZoneInfo:
    """Return the time zone with this name, from a cache.

    Raises:
        OSError: the file can't be read.
        zoneinfo.ZoneInfoNotFoundError: no time zone has this name.
    """
    return zoneinfo.ZoneInfo(timezone)


def today_in(timezone: str, now: datetime.datetime) -> datetime.date:
    """Return the local date in `timezone` at `now`."""
    return now.astimezone(zone_of(timezone)).date()
