"""Signals that end the process: SIGTERM, Ctrl-C, and SIGHUP, unless it is to outlive its terminal (nohup).

Process 1 of a container gets only those that it handles, so they are handled from the first moment on.
"""

import contextlib
import os
import signal
from collections.abc import Callable, Generator

ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_SHELL = 128
"""A shell adds the signal's number to this for the status of a process that a signal ended."""


def exit_at_once(status: int | None = None) -> None:
    """Exit at once on a signal, without cleanup, with this status; None: as a shell reports it.

    An exception would not do while modules are imported: some C code drops it.
    """
    call(lambda number: os._exit(_SHELL + number if status is None else status))


@contextlib.contextmanager
def unwinding(status: int | None = None) -> Generator[None]:
    """Raise SystemExit on a signal inside the context, so that work in progress is undone."""

    def end(number: int) -> None:
        raise SystemExit(_SHELL + number if status is None else status)

    before = {number: signal.getsignal(number) for number in ENDING}
    call(end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def call(act: Callable[[int], None]) -> None:
    """Call `act` with the signal's number on a signal, between any two steps of the main thread."""
    for number in ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda number, _: act(number))
