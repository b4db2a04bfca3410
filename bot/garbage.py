"""Garbage collection during the start, which makes what stays: modules, and the guilds in the gateway's cache.

Full collections among these took a fifth of the start's time, and held up the event loop for a tenth of a second each.
"""

import gc
from typing import Final

_FULL: Final = 10
"""Python's own threshold of full collections, in collections of the generation before."""
_NEVER: Final = 1_000_000


def postpone_full_collections() -> None:
    """Collect only young garbage from now on."""
    gc.set_threshold(*gc.get_threshold()[:2], _NEVER)


def resume_full_collections() -> None:
    """Collect all garbage now, and from now on, but then no longer look at the objects that exist now."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*gc.get_threshold()[:2], _FULL)
