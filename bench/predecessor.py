"""The reference for whoever moves over: the predecessor's way, a connection for each request.

Its times are the best that they could have been: its tables get indexes that they did not have, the charts of a day are
read by one statement, and all is done in the event loop's thread, which waits meanwhile. What it returns is what a
reader is shown: coach, text and charts.
"""

import contextlib
import dataclasses
import sqlite3
from collections.abc import Generator
from pathlib import Path

from tests.predecessor_database import Predecessor

INDEXES = (
    "CREATE INDEX of_day ON coach_plans (date, coach_name)",
    "CREATE INDEX of_plan ON plan_charts (plan_id)",
    "CREATE INDEX before ON plan_history (plan_id)",
)
_NOW = "2026-11-22 10:00:00"


@dataclasses.dataclass(frozen=True, slots=True)
class OldPlan:
    """A plan as the predecessor shows it."""

    id: int
    coach: str
    text: str
    charts: list[str]


class PredecessorWay:
    """The predecessor's requests; each is done before it returns."""

    def __init__(self, path: Path, plans: int) -> None:
        """Make a database with about so many plans."""
        self._path = path
        made = Predecessor.make(path)
        made.fill(plans)
        made.run(*INDEXES)

    async def save(self, day: str, text: str, coach: str = "coach_d", charts: int = 2) -> int:
        """Save a plan with so many charts, and return its id."""
        with self._connection() as connection:
            plan = (coach, day, text, "dana", "plans", _NOW)
            columns = "coach_name, date, plan, author, channel, created_at"
            saved = connection.execute(f"INSERT INTO coach_plans ({columns}) VALUES (?, ?, ?, ?, ?, ?)", plan)  # noqa: S608
            for number in range(charts):
                chart = (saved.lastrowid, f"https://cdn.example/{number}.png", f"{number}.png", _NOW)
                connection.execute("INSERT INTO plan_charts VALUES (?, ?, ?, ?)", chart)
            connection.commit()
            return saved.lastrowid or 0

    async def get(self, day: str) -> OldPlan:
        """Return a plan with its charts."""
        with self._connection() as connection:
            query = "SELECT * FROM coach_plans WHERE coach_name = ? AND date = ? AND is_deleted = 0"
            plan = connection.execute(query, ("coach_d", day)).fetchone()
            charts = connection.execute("SELECT * FROM plan_charts WHERE plan_id = ?", (plan[0],)).fetchall()
            return OldPlan(plan[0], plan[1], plan[3], [chart[1] for chart in charts])

    async def update(self, plan_id: int, text: str) -> None:
        """Replace a plan's text, and note the one before."""
        with self._connection() as connection:
            (before,) = connection.execute("SELECT plan FROM coach_plans WHERE id = ?", (plan_id,)).fetchone()
            connection.execute("INSERT INTO plan_history VALUES (?, ?, ?, ?)", (plan_id, before, "dana", _NOW))
            connection.execute("UPDATE coach_plans SET plan = ?, edited_at = ? WHERE id = ?", (text, _NOW, plan_id))
            connection.commit()

    async def of_day(self, day: str) -> list[OldPlan]:
        """Return the plans of a day with their charts."""
        with self._connection() as connection:
            query = "SELECT * FROM coach_plans WHERE date = ? AND is_deleted = 0 ORDER BY coach_name"
            rows = connection.execute(query, (day,)).fetchall()
            plans = {row[0]: OldPlan(row[0], row[1], row[3], []) for row in rows}
            query = f"SELECT * FROM plan_charts WHERE plan_id IN ({', '.join('?' * len(plans))})"  # noqa: S608
            for plan_id, url, *_ in connection.execute(query, list(plans)):
                plans[plan_id].charts.append(url)
            return list(plans.values())

    @contextlib.contextmanager
    def _connection(self) -> Generator[sqlite3.Connection]:
        with contextlib.closing(sqlite3.connect(self._path)) as connection:
            yield connection
