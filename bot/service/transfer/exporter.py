"""Has exports written by processes of their own: two at once, one for each user, and servers take turns."""

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
from bot.service.transfer.packing import FORMS
from storage import private_files

AT_ONCE = 2
"""Exports that are written, of all servers together."""
MOST_OF_SERVER = 10
"""Exports that are written or wait their turn."""
WRITE_SECONDS = 60.0
"""Seconds for one: the longest that fits into a message takes about 5 s."""
WORKER = "bot.service.transfer.export_worker"
"""Run by its name: it needs much of the bot, and the bot nothing of it."""

Told = Callable[[ExportProgress], None]
"""Called as an export goes on."""

_log = structlog.get_logger(__name__)


class Exporter:
    """Writes exports of the database at `book`, with the pictures in the folder `charts`."""

    def __init__(self, book: pathlib.Path, charts: pathlib.Path, seconds: float = WRITE_SECONDS) -> None:
        """Let one take so many seconds."""
        self._book = book
        self._charts = charts
        self._seconds = seconds
        self._slots = FairSlots(AT_ONCE)
        self._in_hand: list[Actor] = []
        self._workers: set[Process] = set()
        self._closed = False

    @contextlib.asynccontextmanager
    async def turn(self, actor: Actor, most_bytes: int, told: Told) -> AsyncGenerator[None]:
        """Wait for a turn, and have it inside.

        Raises:
            ExportBusyError: the user has an export in hand, or the server many.
        """
        if any(each.user_id == actor.user_id for each in self._in_hand):
            raise ExportBusyError("You have an export")
        if sum(each.guild_id == actor.guild_id for each in self._in_hand) >= MOST_OF_SERVER:
            raise ExportBusyError(f"This server has {MOST_OF_SERVER} exports")
        self._in_hand.append(actor)
        try:
            async with self._slots.taken(actor, lambda ahead: told(ExportProgress(most_bytes, ahead + AT_ONCE))):
                told(ExportProgress(most_bytes))
                yield
        finally:
            self._in_hand.remove(actor)

    async def write(self, request: ExportRequest, told: Told) -> Exported:
        """Write the plans into a file that has no name, so that nothing is left of it.

        Raises:
            ExportStoppedError: it took too long, or failed.
            ExportTooLargeError: the file would be too large.
        """
        with private_files.unnamed() as file:
            try:
                async with asyncio.timeout(self._seconds):
                    answer = await self._written(request, told, file)
            except TimeoutError as error:
                raise ExportStoppedError(f"took longer than {self._seconds:g} seconds") from error
            if answer.get("is_too_large"):
                raise ExportTooLargeError(request.most_bytes)
            content = await asyncio.to_thread(_content, file)
        ending = next(ending for ending, form in FORMS.items() if form is request.form)
        return Exported(f"coachbook-{request.name}.{ending}", content, **answer, is_partial=request.is_partial)

    async def close(self) -> None:
        """End the processes, and write no more."""
        self._closed = True
        for worker in self._workers:
            subprocesses.kill(worker)

    async def _written(self, request: ExportRequest, told: Told, file: IO[bytes]) -> dict[str, Any]:
        """Have the file written; the last that the process says."""
        if self._closed:
            raise ExportStoppedError("was canceled because the bot is restarting")
        asked = {
            "book": str(self._book),
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
                worker, json.dumps(asked), lambda percent: told(ExportProgress(request.most_bytes, percent=percent))
            )
        finally:
            subprocesses.kill(worker)
            await worker.wait()
            self._workers.discard(worker)
        if answer is None:
            _log.error("export failed", status=worker.returncode, plans=len(request.plan_ids))
            raise ExportStoppedError("was canceled" if self._closed else "failed")
        return answer


async def _answer(worker: Process, question: str, told: Callable[[int], None]) -> dict[str, Any] | None:
    """Return the last that the process says; None: it ended before."""
    if worker.stdin is None or worker.stdout is None:
        raise RuntimeError("a process that was started with pipes has none")
    worker.stdin.write(question.encode())
    with contextlib.suppress(ConnectionError):  # it died: it is going to say nothing
        await worker.stdin.drain()
    worker.stdin.close()
    async for line in worker.stdout:
        answer: dict[str, Any] = json.loads(line)
        if "percent" not in answer:
            return answer
        told(answer["percent"])
    return None


def _content(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()
