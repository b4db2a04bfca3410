"""The protocol of a service manager such as systemd: sd_notify(3), sd_watchdog_enabled(3).

The manager allows a limited time for the start, which signs of life extend. After the start it restarts a process
whose event loop sends none. A lost connection to Discord is no reason for that: see `bot.discord.connection.liveness`.
"""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Generator, Mapping
from typing import Final

MAX_INTERVAL_SECONDS: Final = 10.0
"""The longest time between two signs of life."""
_EXTENSION: Final = "EXTEND_TIMEOUT_USEC=60000000"
_ALIVE: Final = "WATCHDOG=1"
_SEND_SECONDS: Final = 1.0
_MICROSECONDS: Final = 1_000_000


class ServiceManager:
    """The service manager that started this process; with none, nothing is sent."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Use the manager that the variables NOTIFY_SOCKET and WATCHDOG_USEC describe."""
        address, watchdog = environ.get("NOTIFY_SOCKET", ""), environ.get("WATCHDOG_USEC", "")
        self._address = address.replace("@", "\0", 1) if address.startswith("@") else address
        limit = int(watchdog) / _MICROSECONDS if watchdog.isdecimal() else 2 * MAX_INTERVAL_SECONDS
        self._interval = min(limit / 2, MAX_INTERVAL_SECONDS)
        self._sign = _EXTENSION
        """The sign of life of this phase."""

    @contextlib.contextmanager
    def opening_files(self) -> Generator[None]:
        """Extend the start while the block holds the main thread, as a migration does."""
        self._send("STATUS=Opening the database.")
        is_over = threading.Event()
        thread = threading.Thread(target=self._extend, args=[is_over], daemon=True)
        thread.start()
        try:
            yield
        finally:
            is_over.set()
            thread.join()
        self._send("STATUS=Connecting to Discord.")

    async def send_signs_of_life(self) -> None:
        """Send a sign of life again and again, for as long as the event loop turns."""
        while True:
            self._send(self._sign)
            await asyncio.sleep(self._interval)

    def ready(self) -> None:
        """Report that the start is over."""
        self._sign = _ALIVE
        self._send("READY=1", "STATUS=Connected to Discord.")

    def stopping(self) -> None:
        """Report that the stop has begun."""
        self._send("STOPPING=1", "STATUS=Stopping.")

    def _extend(self, is_over: threading.Event) -> None:
        while not is_over.is_set():
            self._send(_EXTENSION)
            is_over.wait(self._interval)

    def _send(self, *assignments: str) -> None:
        if not self._address:
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sending, contextlib.suppress(OSError):
            # A manager that hears nothing restarts the bot, which needs no error for that.
            sending.settimeout(_SEND_SECONDS)
            sending.sendto("\n".join(assignments).encode(), self._address)
