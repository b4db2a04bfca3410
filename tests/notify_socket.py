"""The socket of a service manager, as sd_notify(3) describes it."""

import asyncio
import os
import socket
from pathlib import Path
from typing import Self

from tests.processes import DEADLINE


class NotifySocket(asyncio.DatagramProtocol):
    """The reports of a service, an assignment each."""

    def __init__(self, address: str) -> None:
        self.address = address
        """As in NOTIFY_SOCKET."""
        self.assignments: list[str] = []
        self._new: asyncio.Queue[str] = asyncio.Queue()
        self._transport: asyncio.BaseTransport | None = None

    @classmethod
    async def open(cls, folder: Path, *, is_abstract: bool = False) -> Self:
        """Listen in a folder, or at an address that is no file."""
        made = cls(f"@coachbook-{os.getpid()}-{folder.name}" if is_abstract else str(folder / "notify"))
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        listening.bind(made.address.replace("@", "\0", 1) if is_abstract else made.address)
        await asyncio.get_running_loop().create_datagram_endpoint(lambda: made, sock=listening)
        return made

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: object) -> None:
        for each in data.decode().split("\n"):
            self.assignments.append(each)
            self._new.put_nowait(each)

    async def until(self, assignment: str) -> None:
        """Wait for another report of this.

        Raises:
            TimeoutError: it does not come in time.
        """
        async with asyncio.timeout(DEADLINE):
            while await self._new.get() != assignment:
                pass

    async def until_silent(self, seconds: float) -> None:
        """Wait until there was no report for so long.

        Raises:
            TimeoutError: there are reports until the deadline.
        """
        async with asyncio.timeout(DEADLINE):
            while True:
                try:
                    await asyncio.wait_for(self._new.get(), seconds)
                except TimeoutError:
                    return

    def forget(self) -> None:
        """Forget the reports that nobody has waited for."""
        while not self._new.empty():
            self._new.get_nowait()

    def close(self) -> None:
        assert self._transport
        self._transport.close()
