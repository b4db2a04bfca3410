"""The predecessor's database as it was made, with whatever stands in it."""

import contextlib
import dataclasses
import datetime
import sqlite3
from collections.abc import Iterable
from pathlib import Path

TABLES = {
    "schema_version": "CREATE TABLE schema_version (version INTEGER)",
    "coach_plans": (
        "CREATE TABLE coach_plans (id INTEGER PRIMARY KEY, coach_name TEXT, date TEXT, plan TEXT, author TEXT,"
        " channel TEXT, created_at TIMESTAMP, edited_at TIMESTAMP, is_deleted INTEGER DEFAULT 0)"
    ),
    "plan_charts": "CREATE TABLE plan_charts (plan_id INTEGER, chart_url TEXT, filename TEXT, added_at TIMESTAMP)",
    "plan_history": "CREATE TABLE plan_history (plan_id INTEGER, plan_text TEXT, edited_by TEXT, edited_at TIMESTAMP)",
}
FIRST = datetime.date(2023, 1, 2)


@dataclasses.dataclass(frozen=True)
class Predecessor:
    """A file of the predecessor's."""

    path: Path

    @classmethod
    def make(cls, path: Path, *more: str, without: str = "", mode: str = "delete") -> "Predecessor":
        """A new file with empty tables, but for one."""
        made = cls(path)
        tables = [statement for name, statement in TABLES.items() if name != without]
        made.run(f"PRAGMA journal_mode = {mode}", *tables)
        if without != "schema_version":
            made.run("INSERT INTO schema_version VALUES (1)")
        made.run(*more)
        return made

    def run(self, *statements: str) -> None:
        """Carry the statements out, each for itself."""
        with contextlib.closing(sqlite3.connect(self.path, isolation_level=None)) as connection:
            for statement in statements:
                connection.execute(statement)

    def plan(self, number: object, **columns: object) -> None:
        """Add a plan: the day's first of coach d by dana, where the columns say nothing else."""
        usual = {
            "coach_name": "coach_d",
            "date": "2024-1-5",
            "plan": f"text {number}",
            "author": "dana",
            "channel": "plans",
            "created_at": "2024-01-05 08:55:00",
            "edited_at": None,
            "is_deleted": 0,
        }
        self.add("coach_plans", [{"id": number, **usual, **columns}])

    def edit(self, number: object, before: object, at: object, by: object = "dana") -> None:
        """Add an entry of the history."""
        self.add("plan_history", [{"plan_id": number, "plan_text": before, "edited_by": by, "edited_at": at}])

    def chart(self, number: object, link: object, at: object = "2024-01-05 08:55:02", name: object = "a.png") -> None:
        """Add a link to a chart."""
        self.add("plan_charts", [{"plan_id": number, "chart_url": link, "filename": name, "added_at": at}])

    def add(self, table: str, rows: Iterable[dict[str, object]]) -> None:
        """Add rows in one transaction."""
        with contextlib.closing(sqlite3.connect(self.path)) as connection, connection:
            for row in rows:
                marks = ", ".join("?" * len(row))
                names = ", ".join(row)
                connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))  # noqa: S608

    def fill(self, plans: int, start: int = 1000) -> None:
        """Add so many plans of coaches d and i, each with two edits by dana and ivan, one of five deleted."""
        days = [FIRST + datetime.timedelta(days=number // 2) for number in range(plans)]
        self.add(
            "coach_plans",
            [
                {
                    "id": start + number,
                    "coach_name": ("coach_d", "coach_i")[number % 2],
                    "date": f"{day.year}-{day.month}-{day.day}",
                    "plan": f"plan {number}, third",
                    "author": ("dana", "ivan")[number % 2],
                    "channel": "plans",
                    "created_at": f"{day} 08:55:00",
                    "edited_at": f"{day} 10:31:00",
                    "is_deleted": int(number % 5 == 4),
                }
                for number, day in enumerate(days)
            ],
        )
        self.add(
            "plan_history",
            [
                {
                    "plan_id": start + number,
                    "plan_text": f"plan {number}, {text}",
                    "edited_by": ("dana", "ivan")[number % 2],
                    "edited_at": f"{day} {time}",
                }
                for number, day in enumerate(days)
                for text, time in (("first", "09:31:00"), ("second", "10:31:00"))
            ],
        )
