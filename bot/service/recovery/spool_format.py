"""The lines of the queue's file: JSON objects of a declared form, each with the version of that form.

A line is a change that waits, or says that one is done. docs/mechanisms.md describes the fields.
"""

import datetime
import json
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

from bot.domain.commands import Request
from bot.domain.days import DateOrder
from bot.domain.pending import DatabaseId, PendingOperation
from bot.domain.values import Actor, ChannelId, Chart, GuildId, OperationId, RoleId, UserId
from bot.service.recovery.first_format import upgrade

VERSION: Final = 2
"""Raised when a line means something else than before. Lines of version 1, which had no number, are upgraded."""
_NUMBERED_ORDERS: Final[Mapping[object, DateOrder]] = {1: DateOrder.MONTH_FIRST, 2: DateOrder.DAY_FIRST}
"""Date orders as release 0.1.0 wrote them."""


class _Sender(BaseModel):
    """The author of a change, with the rights that they had. Other fields are ignored: release 0.1.0 wrote some."""

    model_config = ConfigDict(frozen=True)

    guild_id: GuildId
    user_id: UserId
    role_ids: frozenset[RoleId]
    is_manager: bool
    channel_id: ChannelId | None
    date_order: Annotated[DateOrder | None, BeforeValidator(lambda order: _NUMBERED_ORDERS.get(order, order))]


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[2] = VERSION


class _Change(_Line):
    """A change that waits."""

    operation: OperationId
    sent_at: datetime.datetime
    actor: _Sender
    database: DatabaseId | None
    request: Annotated[Request, Field(discriminator="kind")]
    downloaded: Annotated[dict[str, Chart], Field(validation_alias=AliasChoices("downloaded", "put_aside"))]


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
                operation=change.operation,
                actor=_actor(change.actor),
                sent_at=change.sent_at,
                request=change.request,
                database=change.database,
                downloaded=change.downloaded,
            )


def _actor(sender: _Sender) -> Actor:
    return Actor(
        guild_id=sender.guild_id,
        user_id=sender.user_id,
        role_ids=sender.role_ids,
        is_manager=sender.is_manager,
        channel_id=sender.channel_id,
        date_order=sender.date_order,
    )
