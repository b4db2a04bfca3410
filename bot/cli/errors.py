"""The errors of the command line."""


class TransferError(Exception):
    """A file can't be written or imported. The message says why."""
