"""A backup of a database, and the next one after a few changes; its pictures are not there, and are looked for."""

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.databases import copy_of
from bench.results import FOLDER, Result
from bot.domain.values import BackupResult, ChangeKind, PlanId, UserId
from bot.service.records import cards, revisions
from bot.service.records.plans import plan_with_id
from storage.models import PlanRow
from storage.queries import rows_of
from storage.store import Store
from tests.service.scene import SUNDAY_MORNING

CHANGES = 100


@dataclasses.dataclass(frozen=True, slots=True)
class Taken:
    """A backup that was made by a process of its own, as that of a running bot."""

    backup: BackupResult
    processor_seconds: float

    @classmethod
    def of(cls, database: Path) -> "Taken":
        """Make one, in a folder beside the database."""
        before = _children_seconds()
        paths = (database, database.parent / "charts", database.parent / "backups")
        command = (sys.executable, "-m", "bot", "backup-of", *map(str, paths))
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603 - ours
        return cls(BackupResult(**json.loads(output)), _children_seconds() - before)


async def measure(plans: int) -> Result:
    """Return the processor's time of the next backup of a database with so many plans, against that of the first."""
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        database = await copy_of(plans, Path(folder))
        first = Taken.of(database)
        store = Store.open(database)
        try:
            await store.write(_change)
        finally:
            await store.close()
        second = Taken.of(database)
    if (first.backup.proved, second.backup.proved) != (first.backup.plans, CHANGES):
        raise AssertionError(f"proved: {first.backup.proved}, {second.backup.proved}")
    name = f"backup after {CHANGES} changes: processor"
    return Result(name, second.processor_seconds, "s", first.processor_seconds, "first backup", 0.5)


def _change() -> None:
    """Change plans of all times."""
    ids = [plan_id for (plan_id,) in rows_of(PlanRow.select(PlanRow.id).order_by(PlanRow.id))]
    for plan_id in map(PlanId, ids[:: len(ids) // CHANGES][:CHANGES]):
        plan = plan_with_id(plan_id)
        revisions.append(plan, ChangeKind.EDITED, UserId(plan.author_id), SUNDAY_MORNING, text="Flat")
        cards.mark_dirty(plan_id, None)


def _children_seconds() -> float:
    times = os.times()
    return times.children_user + times.children_system
