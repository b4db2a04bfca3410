"""Limits that our own worker processes set for themselves."""

import contextlib
import sys


def limit_memory(max_bytes: int) -> None:
    """Let this process take so many bytes of address space, where the system can limit them, and leave no core dump."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with contextlib.suppress(ValueError, OSError):  # the system's own limit is lower
            resource.setrlimit(resource.RLIMIT_AS, (max_bytes, max_bytes))
