"""The quotas of drafts: what is stored, by user and by server, and the room that is left."""

import dataclasses
from typing import Final, Self, cast

from peewee import fn

from bot.domain.errors import ServerDraftsFullError, UserDraftsFullError
from bot.domain.values import Actor, Quotas
from bot.service.records.charts import Pictures, read
from storage.models import DraftRow

MIB: Final = 2**20


@dataclasses.dataclass(frozen=True, slots=True)
class Stored:
    """The numbers of stored drafts, and their sizes together: characters of texts, and bytes of pictures."""

    own: int
    own_size: int
    of_server: int
    server_size: int

    @classmethod
    def of(cls, actor: Actor, besides: DraftRow | None = None) -> Self:
        """Count the drafts of the actor and of their server, but for one."""
        is_own = DraftRow.user_id == actor.user_id
        counts = (fn.COUNT(DraftRow.id), fn.COALESCE(fn.SUM(DraftRow.size), 0))
        own = (fn.COUNT(DraftRow.id).filter(is_own), fn.COALESCE(fn.SUM(DraftRow.size).filter(is_own), 0))
        rows = DraftRow.select(*own, *counts).where(DraftRow.guild_id == actor.guild_id)
        if besides:
            rows = rows.where(DraftRow.id != besides.id)
        [counted] = cast("list[tuple[int, int, int, int]]", list(rows.tuples()))
        return cls(*counted)


def refuse_full(quotas: Quotas, actor: Actor, draft: DraftRow, existing: DraftRow | None) -> None:
    """Go on only if the quotas have room for the draft; one that exists takes the room that it had before."""
    others = Stored.of(actor, besides=existing)
    if existing is None and others.own >= quotas.user_drafts:
        raise UserDraftsFullError(f"the limit is {quotas.user_drafts:,}")
    if existing is None and others.of_server >= quotas.server_drafts:
        raise ServerDraftsFullError(f"the limit is {quotas.server_drafts:,}")
    if draft.size + others.own_size > quotas.user_draft_mib * MIB:
        raise UserDraftsFullError(f"the limit is {quotas.user_draft_mib:,} MiB")
    if draft.size + others.server_size > quotas.server_draft_mib * MIB:
        raise ServerDraftsFullError(f"the limit is {quotas.server_draft_mib:,} MiB")


def pictures_size(pictures: Pictures) -> int:
    """Return the bytes of the pictures."""
    return sum(picture.size for picture in pictures)


def size_of(draft: DraftRow) -> int:
    """Return the size of a draft, which its row stores."""
    return len(draft.text) + pictures_size(read(draft.pictures))
