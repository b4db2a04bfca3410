"""The reference for whoever moves over: the predecessor's way, a connection for each request.

Its tables get indexes that they did not have, so that its times are the best that they could have been.
"""

import contextlib
import sqlite3
from collections.abc import Generator
from pathlib import Path
from typing import Any

from tests.predecessor_database import Predecessor

INDEXES = (
    "CREATE INDEX of_day ON coach_plans (date, coach_name)",
    "CREATE INDEX of_plan ON plan_charts (plan_id)",
    "CREATE INDEX before ON plan_history (plan_id)",
)
_NOW = "2026-11-22 10:00:00"


class PredecessorWay:
    """The predecessor's requests; each is done before it returns."""

    def __init__(self, path: Path, plans: int) -> None:
        """Make a database with about so many plans."""
        self._path = path
        made = Predecessor.make(path)
        made.fill(plans)
        made.run(*INDEXES)

    async def save(self, day: str, text: str) -> int:
        """Save a plan with two charts, and return its id."""
        with self._connection() as connection:
            plan = ("coach_d", day, text, "dana", "plans", _NOW)
            columns = "coach_name, date, plan, author, channel, created_at"
            saved = connection.execute(f"INSERT INTO coach_plans ({columns}) VALUES (?, ?, ?, ?, ?, ?)", plan)  # noqa: S608
            for number in range(2):
                chart = (saved.lastrowid, f"https://cdn.example/{number}.png", f"{number}.png", _NOW)
                connection.execute("INSERT INTO plan_charts VALUES (?, ?, ?, ?)", chart)
            connection.commit()
            return saved.lastrowid or 0

    async def get(self, day: str) -> tuple[Any, list[Any]]:
        """Return a plan with its charts."""
        with self._connection() as connection:
            query = "SELECT * FROM coach_plans WHERE coach_name = ? AND date = ? AND is_deleted = 0"
            plan = connection.execute(query, ("coach_d", day)).fetchone()
            charts = connection.execute("SELECT * FROM plan_charts WHERE plan_id = ?", (plan[0],)).fetchall()
            return plan, charts

    async def update(self, plan_id: int, text: str) -> None:
        """Replace a plan's text, and note the one before."""
        with self._connection() as connection:
            (before,) = connection.execute("SELECT plan FROM coach_plans WHERE id = ?", (plan_id,)).fetchone()
            connection.execute("INSERT INTO plan_history VALUES (?, ?, ?, ?)", (plan_id, before, "dana", _NOW))
            connection.execute("UPDATE coach_plans SET plan = ?, edited_at = ? WHERE id = ?", (text, _NOW, plan_id))
            connection.commit()

    async def of_day(self, day: str) -> list[Any]:
        """Return the plans of a day."""
        with self._connection() as connection:
            query = "SELECT * FROM coach_plans WHERE date = ? AND is_deleted = 0 ORDER BY coach_name"
            return connection.execute(query, (day,)).fetchall()

    @contextlib.contextmanager
    def _connection(self) -> Generator[sqlite3.Connection]:
        with contextlib.closing(sqlite3.connect(self._path)) as connection:
            yield connection
