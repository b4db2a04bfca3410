"""The refusals of the command line."""


class TransferError(Exception):
    """A file can't be made or taken in, and nothing was changed. The message says why."""
