"""Canonical JSON: the one way to write a value down, so that the same value has the same hash."""

import json


def canonical(value: object) -> str:
    """The value as JSON: keys sorted, no blanks, no escapes but those that JSON demands."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
