"""JSON as answers carry it."""

import orjson


def encoded(document: object) -> bytes:
    """Return the document as JSON."""
    return orjson.dumps(document)


def as_fragment(document: bytes) -> object:
    """Return a document that is encoded already as a part of another."""
    return orjson.Fragment(document)
