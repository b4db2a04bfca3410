"""The moment in which a plugin's code is replaced in the client: whole, or not at all."""

import asyncio
import contextvars
from typing import Any, Final

from bot.client import Client
from bot.errors import PluginFailedError
from bot.import_faults import words_of
from bot.plugin import PART_SECONDS
from bot.plugin_checks import Candidate
from bot.plugin_parts import CAUGHT

FINISH_SECONDS: Final = 1.0
"""How long the replaced code may finish what it is doing, while those who ask for more wait."""

asking: contextvars.ContextVar["asyncio.Task[Any] | None"] = contextvars.ContextVar("asking", default=None)
"""The task of the interaction that asks for the swap: it can't end before."""


class Swap:
    """Puts plugins into the client, and takes them out."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def replace(self, old: Candidate | None, new: Candidate | None) -> None:
        """Replace the old code by the new while nobody asks for it; if that fails, the old is back whole.

        Raises:
            PluginFailedError: it failed.
        """
        with self._client.gate.shut():
            if old:
                await self._let_finish(old)
                await self.take_out(old)
            try:
                if new:
                    await self.put(new)
            except PluginFailedError:
                if old:
                    await self.put(old)
                raise
            finally:
                await self._client.index_commands()

    async def put(self, candidate: Candidate) -> None:
        """Put a plugin in, with all its parts.

        Raises:
            PluginFailedError: one failed, and none is in.
        """
        candidate.imported.put_in_place()
        try:
            async with asyncio.timeout(PART_SECONDS):
                await candidate.plugin.add_to_client(self._client)
        except CAUGHT as error:
            await self.take_out(candidate)
            raise PluginFailedError(candidate.name, "when it was put in place", words_of(error)) from error

    async def take_out(self, candidate: Candidate) -> None:
        """Take a plugin out, with all its parts."""
        await candidate.plugin.remove_from_client(self._client)
        candidate.imported.take_away()

    async def _let_finish(self, old: Candidate) -> None:
        """Let its handlers end what they began, and have its tasks end."""
        plugin = old.plugin
        plugin.cancel_tasks()
        busy = self._client.in_hand.busy_with({*plugin.commands, plugin.name})
        waiting = (busy | plugin.running_tasks) - {asking.get()}
        if waiting:
            await asyncio.wait(waiting, timeout=FINISH_SECONDS)
