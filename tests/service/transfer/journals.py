"""Exported journals, and the plans in them."""

import dataclasses
import datetime
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.domain.values import Actor, Exported, ExportFormat, PlanRef
from bot.service.transfer import exports, imports, packing
from bot.service.transfer.exports import ExportService
from bot.service.transfer.journal import Journal
from bot.service.transfer.stored import journal_of
from storage.store import Store
from tests.processes import DEADLINE
from tests.service.scene import GUILD, Services

ROOT = Path(__file__).parents[3]
FIRST, SECOND = b"the first picture", b"the second picture"
Lines = list[dict[str, Any]]
Change = Callable[[Lines], object]


@dataclasses.dataclass(frozen=True)
class Exports:
    """The service, as in a server without boosts."""

    service: ExportService
    max_bytes: int = 10 * 2**20

    async def plan(self, actor: Actor, form: ExportFormat, ref: PlanRef) -> Exported:
        return await self.service.plan(actor, form, ref, max_bytes=self.max_bytes)

    async def days(self, actor: Actor, form: ExportFormat, **options: Any) -> Exported:
        return await self.service.days(actor, form, max_bytes=self.max_bytes, **options)


def journal_lines(content: bytes) -> Lines:
    return [json.loads(line) for line in content.splitlines()]


def written(lines: Lines) -> bytes:
    return b"".join(
        json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n" for line in lines
    )


def prove(path: Path) -> "subprocess.CompletedProcess[str]":
    """Run the program that docs/export.md gives."""
    program = re.search(r"```python\n(.*?)```", (ROOT / "docs" / "export.md").read_text(), re.DOTALL)
    assert program
    return subprocess.run(
        [sys.executable, "-I", "-c", program[1], str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE,
    )


async def all_of(store: Store, services: Services, form: ExportFormat = ExportFormat.JSON_LINES) -> bytes:
    """The guild's plans, as the operator exports them."""
    file = io.BytesIO()

    def write() -> None:
        journal = journal_of(GUILD, exports.selected(GUILD, None, None, None))
        packing.write(journal, form, "America/New_York", services.files, file)

    await store.read(write)
    return file.getvalue()


async def take_in(store: Store, file: Path | Journal, now: datetime.datetime) -> imports.ImportResult:
    journal = imports.read_file(file) if isinstance(file, Path) else file
    return await store.write(imports.insert, journal, imports.prove(journal), now)
