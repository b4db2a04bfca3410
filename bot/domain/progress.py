"""Progress that nobody follows."""


def no_progress(*_: object) -> None:
    """Report no progress."""
