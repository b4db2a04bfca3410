"""The journal: plans with their whole histories as JSON lines, to archive, verify and import.

docs/export.md describes the lines and fields. The lines are canonical JSON and depend on the database alone: the same
plans give the same bytes, whenever and for whomever they are exported.
"""

import dataclasses
import datetime
import re
from collections.abc import Collection, Iterator
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    TypeAdapter,
    model_serializer,
)

from bot.domain.values import COACH_KEY, MAX_CHARTS, MAX_NOTE_LENGTH, MAX_TEXT_LENGTH, ChangeKind
from bot.service.records.canonical_json import canonical
from storage.fields import utc_text
from storage.models import CoachRow, PlanRow, RevisionRow

VERSION = 1

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_LARGEST_ID = 2**63 - 1
_LARGEST_NUMBER = 2**53 - 1
"""Largest integer that is exact in every JSON parser, far below the last id of SQLite."""
_LARGEST_PICTURE = 32 * 2**20
"""Bytes; more than any limit for pictures."""


def _moment(text: str) -> str:
    if not _MOMENT.fullmatch(text) or utc_text(datetime.datetime.fromisoformat(text)) != text:
        raise ValueError("not a time such as 2026-11-22T14:30:00.000000Z")
    return text


def _day(text: str) -> str:
    if datetime.date.fromisoformat(text).isoformat() != text:
        raise ValueError("not a day such as 2026-11-22")
    return text


def _snowflake(text: str) -> str:
    if not 0 <= int(text) <= _LARGEST_ID or str(int(text)) != text:
        raise ValueError("not an id")
    return text


Moment = Annotated[str, AfterValidator(_moment)]
Day = Annotated[str, AfterValidator(_day)]
Snowflake = Annotated[str, Field(pattern=r"^[0-9]{1,19}$"), AfterValidator(_snowflake)]
"""Discord's id in decimal: a string, as it exceeds the exact integers of many JSON parsers."""
Number = Annotated[int, Field(ge=1, le=_LARGEST_NUMBER)]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Salt = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
Key = Annotated[str, Field(pattern=f"^{COACH_KEY}$")]
Short = Annotated[str, Field(min_length=1, max_length=100)]
Text = Annotated[str, Field(max_length=MAX_TEXT_LENGTH)]
Note = Annotated[str, Field(min_length=1, max_length=MAX_NOTE_LENGTH)]


def _without_none(fields: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return the fields without those of these names that are null."""
    return {name: field for name, field in fields.items() if name not in names or field is not None}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class Head(_Part):
    """The first line, with the format's version."""

    type: Literal["coachbook"] = "coachbook"
    version: Literal[1] = VERSION
    guild: Snowflake


class ChartPart(_Part):
    """A picture on a plan."""

    sha256: Digest
    filename: Short
    media_type: Literal["image/png", "image/jpeg", "image/gif", "image/webp"]
    width: Number
    height: Number
    bytes: Annotated[int, Field(ge=1, le=_LARGEST_PICTURE)]
    caption: Short | None
    spoiler: bool = False
    """Omitted where false, so that older revisions have the same digests."""

    @model_serializer(mode="wrap")
    def _written(self, fields_of: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields = fields_of(self)
        return fields if self.spoiler else {name: field for name, field in fields.items() if name != "spoiler"}


class CoachLine(_Part):
    """A coach of the plans that follow."""

    type: Literal["coach"] = "coach"
    key: Key
    name: Short
    retired_at: Moment | None
    color: Annotated[int, Field(ge=0, le=0xFFFFFF)] | None = None
    """Omitted if no manager chose one."""
    picture: ChartPart | None = None
    """Omitted if there is none."""

    @classmethod
    def of(cls, row: CoachRow) -> Self:
        """Return the line of a coach."""
        pictures = _CHARTS.validate_json(row.picture)
        return cls(
            key=row.key,
            name=row.name,
            retired_at=row.retired_at and utc_text(row.retired_at),
            color=row.color,
            picture=next(iter(pictures), None),
        )

    @property
    def stored_picture(self) -> str:
        """The picture as a coach's row has it."""
        return canonical([self.picture.model_dump()] if self.picture else [])

    @model_serializer(mode="wrap")
    def _written(self, fields_of: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return _without_none(fields_of(self), "color", "picture")


_CHARTS = TypeAdapter(tuple[ChartPart, ...])


class PlanLine(_Part):
    """A plan, with the number and hash of its last revision."""

    type: Literal["plan"] = "plan"
    plan: Number
    coach: Key
    day: Day
    author: Snowflake
    revisions: Number
    hash: Digest

    @classmethod
    def of(cls, row: PlanRow) -> Self:
        """Return the line of a plan."""
        return cls(
            plan=row.id,
            coach=row.coach.key,
            day=row.day.isoformat(),
            author=str(row.author_id),
            revisions=row.revision,
            hash=row.hash,
        )


class DigestsPart(_Part):
    """The digests of the fields that can be erased."""

    text: Digest
    charts: Digest
    actor: Digest
    note: Digest


class RevisionLine(_Part):
    """One state of a plan."""

    type: Literal["revision"] = "revision"
    plan: Number
    revision: Number
    kind: ChangeKind
    at: Moment
    actor: Snowflake | None
    text: Text | None
    charts: Annotated[tuple[ChartPart, ...], Field(max_length=MAX_CHARTS)]
    note: Note | None
    salt: Salt | None
    digests: DigestsPart
    previous: Digest | Literal[""]
    hash: Digest
    erased_at: Moment | None
    recorded_at: Moment | None = None
    """The time at which it entered the database that wrote the line; omitted if it is not known. No hash covers it."""

    @model_serializer(mode="wrap")
    def _written(self, fields_of: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return _without_none(fields_of(self), "recorded_at")

    @classmethod
    def of(cls, row: RevisionRow) -> Self:
        """Return the line of a revision."""
        return cls(
            plan=row.plan_id,
            revision=row.revision,
            kind=ChangeKind(row.kind),
            at=utc_text(row.made_at),
            actor=None if row.actor_id is None else str(row.actor_id),
            text=row.text,
            charts=_CHARTS.validate_json(row.charts),
            note=row.note,
            salt=None if row.salt is None else row.salt.hex(),
            digests=DigestsPart(
                text=row.text_digest, charts=row.charts_digest, actor=row.actor_digest, note=row.note_digest
            ),
            previous=row.previous_hash,
            hash=row.hash,
            erased_at=row.erased_at and utc_text(row.erased_at),
            recorded_at=row.recorded_at and utc_text(row.recorded_at),
        )

    def row(self) -> RevisionRow:
        """Return the line as an unsaved row, which has not entered a database yet."""
        return RevisionRow(
            plan=self.plan,
            revision=self.revision,
            kind=self.kind,
            made_at=datetime.datetime.fromisoformat(self.at),
            actor_id=None if self.actor is None else int(self.actor),
            text=self.text,
            charts=canonical([chart.model_dump() for chart in self.charts]),
            note=self.note,
            salt=None if self.salt is None else bytes.fromhex(self.salt),
            text_digest=self.digests.text,
            charts_digest=self.digests.charts,
            actor_digest=self.digests.actor,
            note_digest=self.digests.note,
            previous_hash=self.previous,
            hash=self.hash,
            erased_at=None if self.erased_at is None else datetime.datetime.fromisoformat(self.erased_at),
        )


Line: TypeAlias = Head | CoachLine | PlanLine | RevisionLine


@dataclasses.dataclass(frozen=True, slots=True)
class Journal:
    """Some plans of a guild with their whole histories."""

    head: Head
    coaches: tuple[CoachLine, ...]
    """In the order of their keys."""
    plans: tuple[PlanLine, ...]
    """In the order of their ids."""
    revisions: Collection[RevisionLine]
    """In the order of their creation."""

    def lines(self) -> Iterator[str]:
        """Yield the lines of the file, with line ends."""
        for line in (self.head, *self.coaches, *self.plans, *self.revisions):
            yield f"{canonical(line.model_dump())}\n"

    def pictures(self) -> dict[str, ChartPart]:
        """Return the pictures of all coaches and revisions, by SHA-256."""
        pictures = {coach.picture.sha256: coach.picture for coach in self.coaches if coach.picture}
        return pictures | {chart.sha256: chart for revision in self.revisions for chart in revision.charts}
