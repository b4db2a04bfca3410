"""What a command of the command line can't do."""


class TransferError(Exception):
    """A file can't be made or taken in, and nothing was changed. The message says why."""
