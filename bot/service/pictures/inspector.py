"""Looks at pictures in a process of its own, so that a file made to hurt its decoder can't hurt the bot."""

import asyncio
import contextlib
import json
import os
import pathlib
from asyncio.subprocess import Process
from typing import TypeAlias

import structlog

from bot.service import subprocesses
from bot.service.pictures import inspect_worker
from bot.service.pictures.formats.faults import UNCHECKED, Fault, PictureError
from bot.service.pictures.inspection import Facts
from storage import private_files

Answer: TypeAlias = dict[str, str | int]
"""The fields of `Facts`, or a `fault`, or the `errno` of the disk."""

_log = structlog.get_logger(__name__)

EXAMINE_SECONDS = 20.0
"""How long looking at one picture may take, with the start of the process that does: the largest needs about 2 s."""
TRIES = 2
"""For one picture: the process may lack memory, or be killed for it or by somebody, and not for the picture."""
IDLE_SECONDS = 5.0
"""How long the process waits for another picture before it gives its memory back."""


class Examiner:
    """Looks at pictures one at a time, in a process that starts when it is needed and ends when it is not.

    Its arguments are the most pixels that a picture may have, and the most seconds that looking at one may take.
    """

    def __init__(self, most_pixels: int, seconds: float = EXAMINE_SECONDS, idle_seconds: float = IDLE_SECONDS) -> None:
        self._most_pixels = most_pixels
        self._seconds = seconds
        self._idle_seconds = idle_seconds
        self._turn = asyncio.Lock()
        self._worker: Process | None = None
        self._rest: asyncio.Task[None] | None = None
        self._closed = False

    async def examine(self, path: pathlib.Path) -> Facts:
        """Return the facts of a picture; its file has only what shows it from then on.

        Raises:
            PictureError: it is not taken.
            OSError: the disk fails, not the picture.
        """
        async with self._turn:
            self._wake()
            if self._closed:
                raise PictureError(Fault.KILLED)
            try:
                async with asyncio.timeout(self._seconds):
                    answer = await self._answer(path)
            except TimeoutError as error:
                await self._give_up(path)
                raise PictureError(Fault.TOO_SLOW) from error
            except BaseException:  # whoever asked is gone: the answer must not be taken for that of the next question
                await self._give_up(path)
                raise
            self._rest = asyncio.create_task(self._end_when_idle())
        return _facts(answer, path)

    async def close(self) -> None:
        """End the process, whatever it looks at, and look at nothing more."""
        self._closed = True
        if self._worker is not None and self._worker.returncode is None:
            self._worker.kill()
        async with self._turn:
            self._wake()
            await self._end()

    async def _answer(self, path: pathlib.Path) -> Answer:
        """Return the worker's answer; where it died, perhaps before it was asked, or lacked memory, that of another."""
        answer: Answer = {"fault": Fault.KILLED}
        for _ in range(TRIES):
            if self._closed:
                break
            answer = await self._ask(path)
            if answer.get("fault") not in UNCHECKED:
                break
            status = self._worker and self._worker.returncode
            _log.error("the process that looks at pictures failed", fault=answer["fault"], status=status)
            await self._give_up(path)
        return answer

    async def _ask(self, path: pathlib.Path) -> Answer:
        """Return the worker's answer, or that it died of the question."""
        if self._worker is None or self._worker.returncode is not None:
            self._worker = await subprocesses.start(inspect_worker.__file__)
        questions, answers = self._worker.stdin, self._worker.stdout
        if questions is None or answers is None:
            raise RuntimeError("a process that was started with pipes has none")
        question = json.dumps({"path": os.fspath(path), "most_pixels": self._most_pixels})
        questions.write(question.encode() + b"\n")
        with contextlib.suppress(ConnectionError):  # it died: the answer is going to tell
            await questions.drain()
        line = await answers.readline()
        return json.loads(line) if line.endswith(b"\n") else {"fault": Fault.KILLED}

    def _wake(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None

    async def _end_when_idle(self) -> None:
        await asyncio.sleep(self._idle_seconds)
        await self._end()

    async def _give_up(self, path: pathlib.Path) -> None:
        await self._end()
        await asyncio.to_thread(private_files.part_of(path).unlink, missing_ok=True)

    async def _end(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            with contextlib.suppress(ProcessLookupError):
                worker.kill()
            # Reads what it still had to say: else its pipe would stay open.
            await worker.communicate()


def _facts(answer: Answer, path: pathlib.Path) -> Facts:
    match answer:
        case {"fault": str(fault)}:
            raise PictureError(Fault(fault))
        case {"errno": int(number)}:
            raise OSError(number, os.strerror(number), os.fspath(path))
        case _:
            return Facts(str(answer["media_type"]), int(answer["width"]), int(answer["height"]))
