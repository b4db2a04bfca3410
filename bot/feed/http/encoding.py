"""JSON as answers carry it."""

import orjson


def encoded(document: object) -> bytes:
    """Return the document as JSON."""
    return orjson.dumps(document)
