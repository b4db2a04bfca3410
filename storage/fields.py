"""Columns for moments and days: text that sorts as time does."""

import datetime

from peewee import DateField, DateTimeField


def utc_text(moment: datetime.datetime) -> str:
    """Return the moment as fixed-width text in UTC: 2026-11-22T14:30:00.000000Z.

    Raises:
        ValueError: `moment` does not say its time zone.
    """
    if moment.utcoffset() is None:
        raise ValueError(f"{moment!r} has no time zone")
    return moment.astimezone(datetime.UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def moment_from(text: str) -> datetime.datetime:
    """Return the moment that `utc_text` wrote."""
    return datetime.datetime.fromisoformat(text)


class UtcField(DateTimeField):
    """A moment as an aware datetime in UTC; a naive one is refused."""

    field_type = "TEXT"

    def db_value(self, value: datetime.datetime | None) -> str | None:
        """Return the column's text; see `utc_text`."""
        return None if value is None else utc_text(value)

    def python_value(self, value: str | None) -> datetime.datetime | None:
        """Return the moment that the column's text names."""
        return None if value is None else moment_from(value)


class DayField(DateField):
    """A date as YYYY-MM-DD."""

    field_type = "TEXT"

    def db_value(self, value: datetime.date | None) -> str | None:
        """Return the column's text.

        Raises:
            TypeError: a moment is no day; say in which time zone it is one.
        """
        if isinstance(value, datetime.datetime):
            raise TypeError(f"{value!r} is a moment, not a day")
        return None if value is None else value.isoformat()

    def python_value(self, value: str | None) -> datetime.date | None:
        """Return the date that the column's text names."""
        return None if value is None else datetime.date.fromisoformat(value)


def bindable(_cursor: object, _index: int, value: object) -> str:
    """Return the text that raw SQL binds for a moment or a day: the same that the fields write.

    Raises:
        TypeError: SQLite has no such type, and neither have we.
    """
    if isinstance(value, datetime.datetime):
        return utc_text(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    raise TypeError(f"a {type(value).__name__} can't be kept in the database")
