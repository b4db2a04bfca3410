"""Inspection of pictures in a separate process, so that a malicious file can't harm the bot."""

import asyncio
import contextlib
import json
import os
import pathlib
from asyncio.subprocess import Process
from typing import TypeAlias

import structlog

from bot.domain.image_problems import UNCHECKED, ImageProblem
from bot.service import subprocesses
from bot.service.pictures import inspect_worker
from bot.service.pictures.formats.errors import ImageError
from bot.service.pictures.formats.image_info import ImageInfo
from storage import private_files

Answer: TypeAlias = dict[str, str | int]
"""The fields of `ImageInfo`, or a `problem`, or the `errno` of the disk."""

_log = structlog.get_logger(__name__)

INSPECT_SECONDS = 20.0
"""Timeout for one picture, including the start of the process: the largest needs about 2 s."""
TRIES = 2
"""Attempts per picture: the process may be killed, or lack memory, for reasons unrelated to the picture."""
IDLE_SECONDS = 5.0
"""Idle time after which the process ends, to free its memory."""


class Inspector:
    """Inspects pictures one at a time, in a process that starts on demand and ends when idle."""

    def __init__(self, max_pixels: int, seconds: float = INSPECT_SECONDS, idle_seconds: float = IDLE_SECONDS) -> None:
        """Reject pictures of more than `max_pixels`, or that take longer than `seconds`."""
        self._max_pixels = max_pixels
        self._seconds = seconds
        self._idle_seconds = idle_seconds
        self._turn = asyncio.Lock()
        self._worker: Process | None = None
        self._idle_end: asyncio.Task[None] | None = None
        self._closed = False

    async def strip_and_inspect(self, path: pathlib.Path) -> ImageInfo:
        """Strip a picture's file of metadata and return its properties.

        Raises:
            ImageError: the picture is rejected.
            OSError: the disk fails.
        """
        async with self._turn:
            self._cancel_end()
            if self._closed:
                raise ImageError(ImageProblem.KILLED)
            try:
                async with asyncio.timeout(self._seconds):
                    answer = await self._answer(path)
            except TimeoutError as error:
                await self._abort(path)
                raise ImageError(ImageProblem.TOO_SLOW) from error
            except BaseException:  # canceled: the answer must not be taken for the next question's
                await self._abort(path)
                raise
            self._idle_end = asyncio.create_task(self._end_when_idle())
        return _info(answer, path)

    async def close(self) -> None:
        """End the process, even during an inspection, and inspect no more."""
        self._closed = True
        if self._worker is not None:
            subprocesses.kill(self._worker)
        async with self._turn:
            self._cancel_end()
            await self._end()

    async def _answer(self, path: pathlib.Path) -> Answer:
        """Return the worker's answer; if it died, or lacked memory, the answer of a new one."""
        answer: Answer = {"problem": ImageProblem.KILLED}
        for _ in range(TRIES):
            if self._closed:
                break
            answer = await self._ask(path)
            if answer.get("problem") not in UNCHECKED:
                break
            status = self._worker and self._worker.returncode
            _log.error("inspection process failed", problem=answer["problem"], status=status)
            await self._abort(path)
        return answer

    async def _ask(self, path: pathlib.Path) -> Answer:
        """Return the worker's answer; `KILLED` if it died."""
        if self._worker is None or self._worker.returncode is not None:
            self._worker = await subprocesses.start(inspect_worker.__file__)
        questions, answers = self._worker.stdin, self._worker.stdout
        if questions is None or answers is None:
            raise RuntimeError("the process has no pipes")
        question = json.dumps({"path": os.fspath(path), "max_pixels": self._max_pixels})
        questions.write(question.encode() + b"\n")
        with contextlib.suppress(ConnectionError):  # it died, which the missing answer shows
            await questions.drain()
        line = await answers.readline()
        return json.loads(line) if line.endswith(b"\n") else {"problem": ImageProblem.KILLED}

    def _cancel_end(self) -> None:
        if self._idle_end is not None:
            self._idle_end.cancel()
            self._idle_end = None

    async def _end_when_idle(self) -> None:
        await asyncio.sleep(self._idle_seconds)
        await self._end()

    async def _abort(self, path: pathlib.Path) -> None:
        await self._end()
        await asyncio.to_thread(private_files.part_of(path).unlink, missing_ok=True)

    async def _end(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            subprocesses.kill(worker)
            # Reads the rest of its output: else its pipe would stay open.
            await worker.communicate()


def _info(answer: Answer, path: pathlib.Path) -> ImageInfo:
    match answer:
        case {"problem": str(problem)}:
            raise ImageError(ImageProblem(problem))
        case {"errno": int(number)}:
            raise OSError(number, os.strerror(number), os.fspath(path))
        case _:
            return ImageInfo(str(answer["media_type"]), int(answer["width"]), int(answer["height"]))
