"""The error of actions that Discord's client does not allow."""


class ActionFailedError(Exception):
    """Discord's client does not allow this action; the message is the reason."""
