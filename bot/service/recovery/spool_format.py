"""The lines of the queue's file: JSON objects of a declared form, each with the version of that form.

A line is a change that waits, or says that one is done. docs/mechanisms.md describes the fields.
"""

import datetime
import json
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from bot.domain.commands import Request
from bot.domain.pending import DatabaseId, PendingOperation
from bot.domain.values import Actor, Chart, OperationId
from bot.service.recovery.first_format import upgrade

VERSION: Final = 2
"""Raised when a line means something else than before. Lines of version 1, which had no number, are upgraded."""


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[2] = VERSION


class _Change(_Line):
    """A change that waits."""

    operation: OperationId
    sent_at: datetime.datetime
    actor: Actor
    database: DatabaseId | None
    request: Annotated[Request, Field(discriminator="kind")]
    put_aside: dict[str, Chart]


class _Done(_Line):
    """A change that was saved, or refused for good."""

    done: Annotated[OperationId, Field(strict=True)]


_LINE: Final[TypeAdapter[_Change | _Done]] = TypeAdapter(_Change | _Done)


def written(pending: PendingOperation) -> bytes:
    """Return the line of a change that waits."""
    return _Change.model_validate(pending, from_attributes=True).model_dump_json().encode()


def written_done(operation: OperationId) -> bytes:
    """Return the line that says that a change is done."""
    return _Done(done=operation).model_dump_json().encode()


def read(line: bytes) -> PendingOperation | OperationId:
    """Return the change of a line, or the operation that the line says is done.

    Raises:
        ValueError: the line has no known form, or is a later version's.
        KeyError: as above.
        TypeError: as above.
    """
    fields: Mapping[str, Any] = json.loads(line)
    match _LINE.validate_python(fields if "version" in fields else {"version": VERSION, **upgrade(fields)}):
        case _Done(done=operation):
            return operation
        case change:
            return PendingOperation(
                change.operation, change.actor, change.sent_at, change.request, change.database, change.put_aside
            )
