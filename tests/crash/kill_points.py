"""A kill at a step."""

import os
import pkgutil
import signal


def kill_at(name: str, number: int = 0) -> None:
    """Let this process kill itself as it calls the function of that name once more, after so many times."""
    place, _, last = name.rpartition(".")
    holder, left = pkgutil.resolve_name(place), iter(range(number))
    real = getattr(holder, last)

    def deadly(*given: object, **more: object) -> object:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*given, **more)

    setattr(holder, last, deadly)
