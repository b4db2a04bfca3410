"""The answers of the tools, as programs get them. Members that other people wrote are named `untrusted_...`."""

import datetime
from typing import Annotated, ClassVar, Final, Literal

from pydantic import AliasPath, BaseModel, ConfigDict, Field

from coachbook_mcp.fences import RULE

LATEST: Final = "latest"
NOW: Final = "now"
_Untrusted = Field(description=f"This {RULE}")


class _Value(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(from_attributes=True)


class ChartAnswer(_Value):
    """A picture of a plan."""

    sha256: str
    media_type: str
    width: int
    height: int
    untrusted_filename: Annotated[str, Field(validation_alias="filename"), _Untrusted]
    untrusted_caption: Annotated[str | None, Field(validation_alias="caption"), _Untrusted]


class RevisionAnswer(_Value):
    """A state of a plan."""

    revision: int
    kind: Annotated[str, Field(description="The change that made it: posted, edited, ...")]
    made_at: datetime.datetime
    recorded_at: Annotated[
        datetime.datetime | None, Field(description="The time at which it entered the database; null: not known.")
    ]
    hash: Annotated[str, Field(description="The hash of this revision and all before it.")]
    is_erased: Annotated[bool, Field(description="True: its text was erased since.")]
    untrusted_text: Annotated[str | None, Field(validation_alias="text"), _Untrusted]
    charts: tuple[ChartAnswer, ...]


class PlanAnswer(RevisionAnswer):
    """A coach’s plan for a trading day, as it was known at the moment."""

    id: int
    coach: Annotated[str, Field(validation_alias=AliasPath("coach", "key"), description="The coach’s key.")]
    untrusted_coach_name: Annotated[str, Field(validation_alias=AliasPath("coach", "name")), _Untrusted]
    day: datetime.date
    posted_at: datetime.datetime


class Answer(BaseModel):
    """An answer as of a moment."""

    as_of: Annotated[str, Field(description="The moment; latest: now, or the last moment that the token may read.")]
    asked_at: Annotated[datetime.datetime, Field(description="The time of the answer.")]


class PlansAnswer(Answer):
    """A page of plans."""

    last_as_of: Annotated[
        str,
        Field(
            description="The last moment that the token may read, of each plan’s own day, or now: plans are as of "
            "it where as_of is later."
        ),
    ]
    plans: tuple[PlanAnswer, ...]
    next: Annotated[str | None, Field(description="The cursor of the page after; null: this is the last.")]
    is_partial: Annotated[bool, Field(description="True: plans may be missing. Ask again in a minute.")]


class FoundAnswer(Answer):
    """The plan that was asked for is there, or not."""

    status: Annotated[
        Literal["present", "erased", "deleted", "none"],
        Field(
            description="erased: the text was erased since; deleted: the plan with this id was deleted then; "
            "none: no plan, or one that was deleted and was not asked for by its id."
        ),
    ]
    deleted_at: Annotated[
        datetime.datetime | None, Field(description="The time at which the plan with this id was deleted.")
    ] = None


class PlanOrNoneAnswer(FoundAnswer):
    """A plan, or that there is none."""

    plan: PlanAnswer | None = None


class HistoryAnswer(FoundAnswer):
    """A page of the revisions of a plan, oldest first, or that there is none."""

    plan_id: int | None = None
    revisions: tuple[RevisionAnswer, ...] = ()
    next: Annotated[int | None, Field(description="The cursor of the page after; null: this is the last.")] = None
