"""The clock that everything is given, and the real one."""

import datetime
from collections.abc import Callable
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime.datetime]
"""Tells the time as an aware UTC datetime."""


def utc_now() -> datetime.datetime:
    """The time, aware, in UTC."""
    return datetime.datetime.now(datetime.UTC)
