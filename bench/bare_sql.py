"""The reference for the storage: the same rows by plain SQL, on a bare connection with one hop to a thread."""

import asyncio
import datetime
import functools
import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import apsw

from bot.domain.values import REVISIONS_ON_PAGE
from storage.fields import utc_text

T = TypeVar("T")

_PLAN = "SELECT p.*, c.* FROM coach_plans p JOIN coaches c ON c.id = p.coach_id WHERE p.guild_id = ?"
_CHARTS = (
    "SELECT * FROM plan_charts WHERE plan_id IN (SELECT value FROM json_each(?)) AND removed_at IS NULL"
    " ORDER BY plan_id, position"
)
_REVISIONS = "SELECT * FROM plan_history WHERE plan_id = ? AND revision BETWEEN ? AND ?"
_OTHERS = "SELECT * FROM coach_plans WHERE guild_id = ? AND coach_id = ? AND day = ? AND id <> ?"
_HASH, _TEXT = "a" * 64, "Short below VWAP"
_NEW_PLAN = (
    "INSERT INTO coach_plans"
    " (guild_id, coach_id, day, text, author_id, revision, hash, posted_at, changed_at, changed_by)"
    " VALUES (?, ?, ?, ?, 1, 1, ?, ?, ?, 1)"
)
_NEW_REVISION = (
    "INSERT INTO plan_history (plan_id, revision, kind, text, charts, actor_id, made_at, salt,"
    " text_digest, charts_digest, actor_digest, note_digest, previous_hash, hash)"
    " VALUES (?1, ?2, ?3, ?4, '[]', 1, ?5, randomblob(16), ?7, ?7, ?7, ?7, ?6, ?7)"
)
_NEW_CARD = "INSERT INTO cards (plan_id, channel_id, nonce) VALUES (?, ?, 'nonce')"
_NEW_OPERATION = "INSERT INTO operations (id, kind, plan_id, revision, done_at) VALUES (?, ?, ?, ?, ?)"
_CHANGE_PLAN = "UPDATE coach_plans SET text = ?, revision = ?, hash = ?, changed_at = ?, changed_by = 1 WHERE id = ?"
_CHANGE_CARD = "UPDATE cards SET wanted = wanted + 1, asked = wanted + 1, retry_at = NULL WHERE plan_id = ?"


class BareSql:
    """A connection with the database's settings, in a thread of its own."""

    def __init__(self, path: Path, guild_id: int, coach_id: int, channel_id: int) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._connection = apsw.Connection(str(path))
        self._scope = guild_id, coach_id, channel_id
        self._operations = itertools.count(2**50)
        for setting in ("journal_mode = wal", "synchronous = full", "foreign_keys = 1"):
            self._connection.execute(f"PRAGMA {setting}")
        self._connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)

    async def run(self, act: Callable[..., T], *arguments: Any) -> T:
        """Do the act in the thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, functools.partial(act, *arguments))

    def close(self) -> None:
        """Close the connection."""
        self._thread.shutdown()
        self._connection.close()

    def show(self, day: str, key: str) -> list[tuple[Any, ...]]:
        """Return the rows of a coach's plan for a day, and of its charts."""
        guild_id = self._scope[0]
        rows = self._all(f"{_PLAN} AND p.day = ? AND c.key = ? AND p.deleted_at IS NULL", guild_id, day, key)
        return rows + self._all(_CHARTS, f"[{rows[0][0]}]")

    def of_day(self, day: str) -> list[tuple[Any, ...]]:
        """Return the rows of the plans of a day, and of their charts."""
        guild_id = self._scope[0]
        query = f"{_PLAN} AND p.day = ? AND p.deleted_at IS NULL ORDER BY lower(c.name), p.id LIMIT 10"
        rows = self._all(query, guild_id, day)
        return rows + self._all(_CHARTS, f"[{','.join(str(row[0]) for row in rows)}]")

    def history(self, plan_id: int) -> list[tuple[Any, ...]]:
        """Return the rows of a plan, of its charts, of the newest page of its history, and of the day's other plans."""
        guild_id, coach_id, _ = self._scope
        [plan] = self._all(f"{_PLAN} AND p.id = ?", guild_id, plan_id)
        newest = plan[6]
        revisions = self._all(_REVISIONS, plan_id, newest - REVISIONS_ON_PAGE, newest)
        others = self._all(_OTHERS, guild_id, coach_id, plan[3], plan_id)
        return [plan, *self._all(_CHARTS, f"[{plan_id}]"), *revisions, *others]

    def post(self, day: str) -> int:
        """Insert the rows of a post, durably, and return the plan's id."""
        guild_id, coach_id, channel_id = self._scope
        now = utc_text(datetime.datetime.now(datetime.UTC))
        self._run("BEGIN IMMEDIATE")
        self._run(_NEW_PLAN, guild_id, coach_id, day, _TEXT, _HASH, now, now)
        plan_id = self._connection.last_insert_rowid()
        self._run(_NEW_REVISION, plan_id, 1, "posted", _TEXT, now, "", _HASH)
        self._run(_NEW_CARD, plan_id, channel_id)
        self._run(_NEW_OPERATION, next(self._operations), "posted", plan_id, 1, now)
        self._run("COMMIT")
        return plan_id

    def edit(self, plan_id: int, text: str, revision: int) -> None:
        """Write the rows of an edit, durably."""
        now = utc_text(datetime.datetime.now(datetime.UTC))
        self._run("BEGIN IMMEDIATE")
        self._run(_CHANGE_PLAN, text, revision, _HASH, now, plan_id)
        self._run(_NEW_REVISION, plan_id, revision, "edited", text, now, _HASH, _HASH)
        self._run(_CHANGE_CARD, plan_id)
        self._run(_NEW_OPERATION, next(self._operations), "edited", plan_id, revision, now)
        self._run("COMMIT")

    def _run(self, statement: str, *values: Any) -> None:
        self._connection.execute(statement, values)

    def _all(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        return self._connection.execute(query, values).fetchall()
