"""The root of the errors of storage."""


class StorageError(Exception):
    """The database can't be used as it is; the message is for an operator."""
