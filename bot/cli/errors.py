"""The errors of the command line."""


class CommandError(Exception):
    """A file can't be written or imported. The message says why."""
