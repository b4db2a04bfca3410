"""The protocol of a service manager such as systemd: sd_notify(3), sd_watchdog_enabled(3).

The manager allows a limited time for the start, which pings extend. After the start it restarts a process whose event
loop sends none. A lost connection to Discord is no reason for that: see `bot.discord.connection.liveness`.
"""

import asyncio
import contextlib
import os
import socket
import threading
import time
from collections.abc import Generator, Mapping
from typing import Final

MAX_INTERVAL_SECONDS: Final = 10.0
"""The longest time between two pings."""
_MIN_INTERVAL_SECONDS: Final = 0.1
_OPENING_SECONDS: Final = 3600.0
"""The longest time for which opening files extends the start: after that the main thread hangs."""
_EXTENSION: Final = "EXTEND_TIMEOUT_USEC=60000000"
_ALIVE: Final = "WATCHDOG=1"
_SEND_SECONDS: Final = 0.1
"""The event loop waits for it."""
_MICROSECONDS: Final = 1_000_000


class ServiceManager:
    """The service manager that started this process; with none, nothing is sent."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Use the manager that NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID describe."""
        address = environ.get("NOTIFY_SOCKET", "")
        self._address = address.replace("@", "\0", 1) if address.startswith("@") else address
        self._interval = _interval(environ)
        self._ping = _EXTENSION
        """The ping of this phase."""

    @contextlib.contextmanager
    def extending_start(self) -> Generator[None]:
        """Extend the start while the block holds the main thread, as a migration does; for an hour at most."""
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

    async def ping(self) -> None:
        """Send pings for as long as the event loop turns."""
        while True:
            self._send(self._ping)
            await asyncio.sleep(self._interval)

    def ready(self) -> None:
        """Report that the start is over."""
        self._ping = _ALIVE
        self._send("READY=1", "STATUS=Started.")

    def stopping(self) -> None:
        """Report that the stop has begun; no ping extends it."""
        self._ping = _ALIVE
        self._send("STOPPING=1", "STATUS=Stopping.")

    def _extend(self, is_over: threading.Event) -> None:
        until = time.monotonic() + _OPENING_SECONDS
        while not is_over.is_set() and time.monotonic() < until:
            self._send(_EXTENSION)
            is_over.wait(self._interval)

    def _send(self, *assignments: str) -> None:
        if not self._address:
            return
        # A manager that hears nothing restarts the bot, which needs no error for that. Also if no file can be opened.
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sending:
            sending.settimeout(_SEND_SECONDS)
            sending.sendto("\n".join(assignments).encode(), self._address)


def _interval(environ: Mapping[str, str]) -> float:
    """Return the seconds between two pings: half of the watchdog's, if there is one for this process."""
    watchdog, pid = environ.get("WATCHDOG_USEC", ""), environ.get("WATCHDOG_PID", str(os.getpid()))
    limit = int(watchdog) if watchdog.isdecimal() and pid == str(os.getpid()) else 0
    seconds = limit / _MICROSECONDS / 2 or MAX_INTERVAL_SECONDS
    return min(max(seconds, _MIN_INTERVAL_SECONDS), MAX_INTERVAL_SECONDS)
