"""Canonical JSON: one form for each value, so that the same value has the same hash."""

import json

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical(value: object) -> str:
    """Return the value as JSON: keys sorted, no blanks, no escapes but those that JSON demands."""
    return _ENCODER.encode(value)
