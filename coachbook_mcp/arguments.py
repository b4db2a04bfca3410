"""The arguments of the tools. A name that a tool does not know is refused: a misspelled `as_of` must not mean now."""

import datetime
import re
from typing import Annotated, Any, ClassVar, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

AS_OF: Final = "as_of"
MAX_PAGE: Final = 25
_PAGE: Final = 10
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MAX_NAME: Final = 40
"""Characters of an unknown argument’s name that an error repeats."""


def _day(given: object) -> datetime.date:
    if not isinstance(given, str) or not _DAY.fullmatch(given):
        raise ValueError("write a day as 2026-11-23")
    return datetime.date.fromisoformat(given)


Day = Annotated[datetime.date, BeforeValidator(_day)]
_Text = Annotated[str, Field(min_length=1, max_length=200)]
_Coach = Annotated[_Text, Field(description="A coach’s key, such as d.")]
_Cursor = Annotated[_Text, Field(description="The value of next in the page before.")]
_Limit = Annotated[int, Field(ge=1, le=MAX_PAGE, description="Items on a page; if they are long, it has fewer.")]
_AsOf = Annotated[
    _Text,
    Field(
        description="The moment: an instant such as 2026-11-23T14:25:00Z, or of each plan’s own day session_open, "
        "session_close or a time such as 09:25. Left out: now, or the last moment that the token may read."
    ),
]


class Arguments(BaseModel):
    """The arguments of a tool."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True)

    as_of: _AsOf | None = None


class OfDays(Arguments):
    """The filters and the page of a list."""

    day: Annotated[Day | None, Field(description="The trading day. Not together with from and to.")] = None
    first: Annotated[Day | None, Field(alias="from", description="The first trading day.")] = None
    last: Annotated[Day | None, Field(alias="to", description="The last trading day.")] = None
    coach: _Coach | None = None
    limit: _Limit = _PAGE
    cursor: _Cursor | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "OfDays":
        if self.day and (self.first or self.last):
            raise ValueError("give day, or from and to")
        return self

    @property
    def days(self) -> tuple[datetime.date | None, datetime.date | None]:
        """The first and the last day."""
        return (self.day, self.day) if self.day else (self.first, self.last)


class OfWords(OfDays):
    """A search."""

    words: Annotated[_Text, Field(description="Words that must all be in the text; the last may be a beginning.")]


class OfPlan(Arguments):
    """One plan: by its id, or by its coach and day."""

    id: Annotated[int | None, Field(ge=1, lt=10**18, description="The plan’s id. Or give coach and day.")] = None
    coach: _Coach | None = None
    day: Annotated[Day | None, Field(description="The trading day.")] = None

    @model_validator(mode="after")
    def _one_way(self) -> "OfPlan":
        by_day = (self.coach is not None, self.day is not None)
        if by_day != ((True, True) if self.id is None else (False, False)):
            raise ValueError("give id, or coach and day")
        return self


class OfHistory(OfPlan):
    """The revisions of a plan."""

    limit: _Limit = _PAGE
    cursor: Annotated[int | None, Field(ge=1, lt=10**18, description="The value of next in the page before.")] = None


def problems_of(error: ValidationError) -> str:
    """Return the problems with arguments, without their values."""
    return "; ".join(_problem(each["loc"], each["msg"]) for each in error.errors(include_url=False))


def _problem(path: tuple[Any, ...], message: str) -> str:
    text = message.removeprefix("Value error, ")
    return f"{str(path[0])[:_MAX_NAME]!a}: {text}" if path else text
