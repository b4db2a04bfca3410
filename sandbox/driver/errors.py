"""What a person could not do."""


class CouldNotError(Exception):
    """Discord's client would not have let a person do this; the message says why."""
