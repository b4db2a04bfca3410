"""Errors of the tour."""


class SetupError(Exception):
    """The local Discord or the bot did not start, or an expected message did not appear; the message is the reason."""
