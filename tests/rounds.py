"""How long the tests go on that get better with time: a while in each run, and for long with `make soak`."""

import os

LONG = bool(os.environ.get("SOAK"))


def rounds(usual: int, long: int) -> int:
    """Return the number of rounds of this run."""
    return long if LONG else usual
