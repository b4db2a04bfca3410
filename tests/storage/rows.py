"""Rows as the service would write them, with whatever a test wants different."""

import datetime
import pathlib
from typing import Any

import apsw

from storage.models import ChartRow, CoachRow, GuildSettingsRow, PlanRow, RevisionRow

NOW = datetime.datetime(2026, 11, 22, 14, 30, 0, 5, tzinfo=datetime.UTC)
GUILD_ID = 1 << 60
HASH = "a" * 64


def guild() -> GuildSettingsRow:
    return GuildSettingsRow.create(guild_id=GUILD_ID, timezone="America/New_York", created_at=NOW)


def coach(**different: Any) -> CoachRow:
    return CoachRow.create(**{"guild": guild(), "key": "d", "name": "Coach D", "created_at": NOW, **different})


def plan(**different: Any) -> PlanRow:
    given = different.pop("coach", None)
    values = {
        "guild_id": GUILD_ID,
        "coach": given or coach(),
        "day": NOW.date(),
        "text": "Buy the dip.",
        "author_id": 7,
        "revision": 1,
        "hash": HASH,
        "posted_at": NOW,
        "changed_at": NOW,
        "changed_by": 7,
    }
    return PlanRow.create(**{**values, **different})


def revision(of: PlanRow, number: int = 1, previous_hash: str = "", **different: Any) -> RevisionRow:
    values = {
        "plan": of,
        "revision": number,
        "kind": "posted",
        "text": "Buy the dip.",
        "actor_id": 7,
        "note": "first",
        "made_at": NOW,
        "salt": b"s" * 16,
        "text_digest": HASH,
        "charts_digest": HASH,
        "actor_digest": HASH,
        "note_digest": HASH,
        "previous_hash": previous_hash,
        "hash": HASH,
    }
    return RevisionRow.create(**{**values, **different})


def chart(of: PlanRow, **different: Any) -> ChartRow:
    values = {
        "plan": of,
        "position": 1,
        "sha256": HASH,
        "filename": "nq.png",
        "media_type": "image/png",
        "width": 640,
        "height": 480,
        "bytes": 9000,
        "added_by": 7,
        "added_at": NOW,
    }
    return ChartRow.create(**{**values, **different})


def new_guild(guild_id: int) -> int:
    return GuildSettingsRow.create(guild_id=guild_id, timezone="UTC", created_at=NOW).guild_id


def guild_ids() -> set[int]:
    return {row.guild_id for row in GuildSettingsRow.select()}


def on_disk(path: pathlib.Path) -> set[int]:
    """The guilds that another program sees in the file."""
    connection = apsw.Connection(str(path))
    try:
        return {row[0] for row in connection.execute("SELECT guild_id FROM guild_settings")}
    finally:
        connection.close()
