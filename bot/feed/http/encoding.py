"""JSON as answers carry it."""

import orjson


def encoded(document: object) -> bytes:
    """Return the document as JSON."""
    return orjson.dumps(document)


def fragment(document: object) -> object:
    """Return the document as a part of another, encoded already."""
    return orjson.Fragment(encoded(document))
