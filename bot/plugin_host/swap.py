"""Replaces a plugin's code in the client: completely, or not at all."""

import asyncio
from typing import Any, Final

import structlog

from bot.domain.errors import PluginFailedError
from bot.interactions.client import Client
from bot.plugin.api import PART_SECONDS
from bot.plugin.exception_text import words_of
from bot.plugin.loadables import CAUGHT
from bot.plugin_host.candidates import Candidate

FINISH_SECONDS: Final = 1.0
"""Time for the old code to finish its work, while new interactions wait."""

_MAX_CANCELS: Final = 3
"""The number of times that a task which does not end is canceled."""
_CANCEL_SECONDS: Final = 0.05
"""The time that a task has to end each time that it is canceled."""

_log = structlog.get_logger(__name__)


class Swap:
    """Adds plugins to the client, and removes them."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._inside: list[Candidate] = []

    async def replace(
        self, old: Candidate | None, new: Candidate | None, asked_by: "asyncio.Task[Any] | None" = None
    ) -> None:
        """Replace the old code by the new while the gate is closed; if that fails, restore the old code.

        Args:
            old: the code in the client.
            new: the code to add.
            asked_by: the task of the interaction that requested this, which can't end before.

        Raises:
            PluginFailedError: it failed.
        """
        with self._client.gate.closed():
            if old:
                await self._finish(old, asked_by)
                await self.remove(old)
            try:
                if new:
                    await self.put(new)
            except PluginFailedError as failure:
                if old:
                    await self._restore(old, failure)
                raise
            finally:
                await self._client.index_commands()

    def has(self, candidate: Candidate) -> bool:
        """Return True if the plugin is in the client."""
        return candidate in self._inside

    async def put(self, candidate: Candidate) -> None:
        """Add a plugin with all its parts.

        Raises:
            PluginFailedError: a part failed, and none was added.
        """
        candidate.imported.install()
        self._inside.append(candidate)
        try:
            async with asyncio.timeout(PART_SECONDS):
                await candidate.plugin.add_to_client(self._client)
        except BaseException as error:
            await self.remove(candidate)
            task = asyncio.current_task()
            is_ours = isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling()
            if is_ours or not isinstance(error, (*CAUGHT, asyncio.CancelledError)):
                raise
            raise PluginFailedError(candidate.name, "When it was added", words_of(error)) from error

    async def remove(self, candidate: Candidate) -> None:
        """Remove a plugin with all its parts."""
        await candidate.plugin.remove_from_client(self._client)
        candidate.imported.remove()
        self._inside = [each for each in self._inside if each is not candidate]

    async def _restore(self, old: Candidate, failure: PluginFailedError) -> None:
        try:
            await self.put(old)
        except PluginFailedError as second:
            why = f"{failure.why}; nor could the old code be restored: {second.why}"
            raise PluginFailedError(failure.name, failure.where, why) from failure

    async def _finish(self, old: Candidate, asked_by: "asyncio.Task[Any] | None") -> None:
        """Wait for its handlers and cancel its tasks."""
        plugin = old.plugin
        plugin.cancel_tasks()
        busy = self._client.in_flight.tasks_for({*plugin.commands, plugin.name})
        waiting = (busy | plugin.running_tasks) - {asked_by}
        if waiting:
            await asyncio.wait(waiting, timeout=FINISH_SECONDS)
        for _ in range(_MAX_CANCELS):
            if not (left := plugin.running_tasks):
                return
            plugin.cancel_tasks()
            await asyncio.wait(left, timeout=_CANCEL_SECONDS)
        if left := plugin.running_tasks:
            _log.error("old tasks do not end", plugin=plugin.name, tasks=len(left))
