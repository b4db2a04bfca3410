"""Exports written by separate processes: two at a time, one per user, with fair turns for servers."""

import asyncio
import contextlib
import dataclasses
import json
import pathlib
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Callable
from typing import IO, Any

import structlog

from bot.domain.errors import ExportBusyError, ExportStoppedError, ExportTooLargeError
from bot.domain.values import Actor, Exported, ExportProgress, ExportRequest
from bot.service import subprocesses
from bot.service.fair_slots import FairSlots
from storage import private_files

MAX_CONCURRENT = 2
"""Concurrent exports of all servers."""
MAX_OF_SERVER = 10
"""Running and waiting exports."""
WRITE_SECONDS = 60.0
"""Timeout for one export: the longest that fits in a message takes about 5 s."""
WORKER = "bot.service.transfer.export_worker"
"""Run by its name, so that the bot need not import it."""

OnProgress = Callable[[ExportProgress], None]
"""Called with the progress of an export."""

_log = structlog.get_logger(__name__)


class Exporter:
    """Writes exports of the database at a path, with the pictures in the folder `charts`."""

    def __init__(self, database: pathlib.Path, charts: pathlib.Path, seconds: float = WRITE_SECONDS) -> None:
        """Abort an export after so many seconds."""
        self._database = database
        self._charts = charts
        self._seconds = seconds
        self._slots = FairSlots(MAX_CONCURRENT)
        self._in_flight: list[Actor] = []
        self._workers: set[Process] = set()
        self._closed = False

    @contextlib.asynccontextmanager
    async def turn(self, actor: Actor, max_bytes: int, report: OnProgress) -> AsyncGenerator[None]:
        """Wait for a turn, which ends with the block.

        Raises:
            ExportBusyError: the user already has an export, or the server too many.
        """
        if any(each.user_id == actor.user_id for each in self._in_flight):
            raise ExportBusyError
        if sum(each.guild_id == actor.guild_id for each in self._in_flight) >= MAX_OF_SERVER:
            raise ExportBusyError(MAX_OF_SERVER)
        self._in_flight.append(actor)
        try:
            async with self._slots.slot(actor, lambda ahead: report(ExportProgress(max_bytes, ahead + MAX_CONCURRENT))):
                report(ExportProgress(max_bytes))
                yield
        finally:
            self._in_flight.remove(actor)

    async def write(self, request: ExportRequest, report: OnProgress) -> Exported:
        """Write the plans to an unnamed file, so that nothing is left of it, and return its content.

        Raises:
            ExportStoppedError: it timed out, or failed.
            ExportTooLargeError: the file would be too large.
        """
        with private_files.unnamed() as file:
            try:
                async with asyncio.timeout(self._seconds):
                    answer = await self._run(request, report, file)
            except TimeoutError as error:
                raise ExportStoppedError(seconds=self._seconds) from error
            if answer.get("is_too_large"):
                raise ExportTooLargeError(request.max_bytes)
            file.seek(0)
            content = await asyncio.to_thread(file.read)
        name = f"coachbook-{request.name}.{request.form.suffix}"
        return Exported(name, content, **answer, is_partial=request.is_partial)

    async def close(self) -> None:
        """End the processes, and start no more."""
        self._closed = True
        for worker in self._workers:
            subprocesses.kill(worker)

    async def _run(self, request: ExportRequest, report: OnProgress, file: IO[bytes]) -> dict[str, Any]:
        """Run a process that writes the file, and return its last answer."""
        if self._closed:
            raise ExportStoppedError(is_stopping=True)
        question = {
            "database": str(self._database),
            "charts": str(self._charts),
            "file": file.fileno(),
            "request": dataclasses.asdict(request),
        }
        worker = await subprocesses.run(
            *(sys.executable, "-m", WORKER), stdin=PIPE, stdout=PIPE, files=(file.fileno(),)
        )
        self._workers.add(worker)
        try:
            answer = await _answer(
                worker,
                json.dumps(question),
                lambda percent: report(ExportProgress(request.max_bytes, percent=percent)),
            )
        finally:
            subprocesses.kill(worker)
            await worker.wait()
            self._workers.discard(worker)
        if answer is None:
            _log.error("export failed", status=worker.returncode, plans=len(request.plan_ids))
            raise ExportStoppedError(is_stopping=self._closed)
        return answer


async def _answer(worker: Process, question: str, report: Callable[[int], None]) -> dict[str, Any] | None:
    """Return the last answer of the process; None: it died."""
    if worker.stdin is None or worker.stdout is None:
        raise RuntimeError("the process has no pipes")
    worker.stdin.write(question.encode())
    with contextlib.suppress(ConnectionError):  # it died, which the missing answer shows
        await worker.stdin.drain()
    worker.stdin.close()
    async for line in worker.stdout:
        answer: dict[str, Any] = json.loads(line)
        if "percent" not in answer:
            return answer
        report(answer["percent"])
    return None
