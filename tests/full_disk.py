"""A disk that takes no more of this process's files."""

import contextlib
import resource
from collections.abc import Generator


@contextlib.contextmanager
def full_disk(most: int = 1) -> Generator[None]:
    """Inside, no file of this process grows past so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
