"""Tries plugins in a process of its own, so that code which hangs or ends its process does no harm to the bot."""

import asyncio
import json
import sys
from asyncio.subprocess import Process
from collections.abc import Collection
from pathlib import Path
from typing import Final

import structlog

from bot.plugin_host.checks import Description
from bot.plugin_host.import_errors import PluginImportError
from bot.plugin_host.trial import Answer, Request
from bot.service import subprocesses

IMPORT_SECONDS: Final = 5.0
"""Maximum duration of a plugin's import."""
METHOD: Final = "fork" if sys.platform == "linux" else "spawn"
"""The start method of `multiprocessing` for each trial: forking takes milliseconds, but is not safe everywhere."""
PROCESS_SECONDS: Final = 60.0
"""Maximum duration of everything around the import: the process starting, importing hikari and answering."""
IDLE_SECONDS: Final = 60.0
"""Duration for which the process waits for another plugin before it returns its memory."""
_CLOSE_SECONDS: Final = 1.0
_WORKER: Final = str(Path(__file__).with_name("preflight_worker.py"))

_log = structlog.get_logger(__name__)


class Preflight:
    """A process that imports plugins one at a time. It starts with the first, and ends when it is idle or the bot ends.

    It has neither the bot's token nor its open files, and imports each plugin in a fresh process.
    """

    def __init__(self, method: str = METHOD, idle_seconds: float = IDLE_SECONDS) -> None:
        self.seconds = IMPORT_SECONDS
        """Maximum duration of each import."""
        self._method = method
        self._idle_seconds = idle_seconds
        self._worker: Process | None = None
        self._idle: asyncio.TimerHandle | None = None

    async def describe(self, module: str, others: Collection[str] = ()) -> Description:
        """Import a plugin's code in the process and describe it; `others` are the modules of the other plugins.

        Raises:
            PluginImportError: the import failed, did not end in time, or ended the process.
        """
        request = Request(
            module=module,
            others=list(others),
            path=sys.path,
            folder=str(Path.cwd()),
            method=self._method,
            seconds=self.seconds,
        )
        if self._idle is not None:
            self._idle.cancel()
        try:
            async with asyncio.timeout(self.seconds + PROCESS_SECONDS):
                answer = await self._ask(request)
        except (TimeoutError, OSError, EOFError) as error:
            _log.error("the process that tries plugins failed", why=repr(error))
            await self.close()
            raise PluginImportError(module, "the process that tries plugins failed: try again") from error
        except BaseException:  # the answer must not be read as the next request's
            await self.close()
            raise
        self._idle = asyncio.get_running_loop().call_later(self._idle_seconds, self._end)
        if "description" in answer:
            return Description.from_json(answer["description"])
        raise PluginImportError(*answer["error"])

    async def close(self) -> None:
        """End the process, and wait until it has ended."""
        if self._idle is not None:
            self._idle.cancel()
        worker = self._worker
        self._end()
        if worker is None:
            return
        try:
            await asyncio.wait_for(worker.wait(), _CLOSE_SECONDS)
        except TimeoutError:  # it is still importing hikari, perhaps
            subprocesses.kill(worker)
            await worker.wait()

    async def _ask(self, request: Request) -> Answer:
        """Return the worker's answer.

        Raises:
            OSError: the worker can't be started, or has ended.
            EOFError: it ended before it answered.
        """
        if self._worker is None or self._worker.returncode is not None:
            self._worker = await subprocesses.start(_WORKER)
        requests, answers = self._worker.stdin, self._worker.stdout
        if requests is None or answers is None:
            raise RuntimeError("a process that was started with pipes has none")
        requests.write(json.dumps(request).encode() + b"\n")
        await requests.drain()
        length = int(await answers.readuntil())
        return json.loads(await answers.readexactly(length))

    def _end(self) -> None:
        """Let the process end: it does so as its input ends, with the plugin that it is trying."""
        worker, self._worker = self._worker, None
        if worker is not None and worker.stdin is not None:
            worker.stdin.close()
