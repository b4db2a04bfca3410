"""WebP: chunks in a RIFF container, each with a name and a length (WebP Container Specification)."""

from collections.abc import Iterator

from bot.domain.image_problems import ImageProblem
from bot.service.pictures.formats import exif
from bot.service.pictures.formats.budget import Budget
from bot.service.pictures.formats.errors import ImageError

_PIXELS, _PROFILE = {b"VP8 ", b"VP8L", b"ALPH"}, b"ICCP"
_LENGTHS = {b"VP8X": 10, b"ANIM": 6}
"""Chunks of a known length; further bytes are dropped."""
_FRAME, _FRAME_HEAD, _EXIF = b"ANMF", 16, b"EXIF"
_HEAD, _FLAGS = b"VP8X", 8
"""The chunk that promises others, and the place of its promises."""
_PROMISES = {b"EXIF": 0x08, b"XMP ": 0x04}


def strip(data: bytes, budget: Budget) -> bytes:
    """Return the WebP without metadata.

    Raises:
        ImageError: it is cut off or damaged, or has too many parts or frames.
    """
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise ImageError(ImageProblem.BROKEN)
    shown = [(name, _shown(name, body, budget)) for name, body in _chunks(data[:end], 12, budget)]
    names = {name for name, chunk in shown if chunk}
    chunks = [_keeping_promises(chunk, names) if name == _HEAD else chunk for name, chunk in shown]
    whole = b"".join([data[8:12], *chunks])
    return data[:4] + len(whole).to_bytes(4, "little") + whole


def _chunks(data: bytes, at: int, budget: Budget) -> Iterator[tuple[bytes, bytes]]:
    """Return the name and the body of each chunk from this place on."""
    while at + 8 <= len(data):
        budget.part()
        name, start = data[at : at + 4], at + 8
        end = start + int.from_bytes(data[at + 4 : start], "little")
        if end > len(data):
            raise ImageError(ImageProblem.BROKEN)
        yield name, data[start:end]
        at = end + end % 2


def _shown(name: bytes, body: bytes, budget: Budget) -> bytes:
    """Return the chunk without metadata; empty: it is all metadata."""
    if name == _FRAME:
        budget.frame()
        parts = [_chunk(*part) for part in _chunks(body, _FRAME_HEAD, budget) if part[0] in _PIXELS]
        return _chunk(name, b"".join([body[:_FRAME_HEAD], *parts]))
    if name == _EXIF:
        turned = exif.orientation_alone(body.removeprefix(b"Exif\0\0"))
        return _chunk(name, turned) if turned else b""
    if length := _LENGTHS.get(name):
        if len(body) < length:
            raise ImageError(ImageProblem.BROKEN)
        return _chunk(name, body[:length])
    return _chunk(name, body) if name in {*_PIXELS, _PROFILE} else b""


def _keeping_promises(chunk: bytes, names: set[bytes]) -> bytes:
    """Return the chunk that promises others, without a promise of one that is gone."""
    flags = chunk[_FLAGS]
    for name, promise in _PROMISES.items():
        flags = flags if name in names else flags & ~promise
    return chunk[:_FLAGS] + bytes([flags]) + chunk[_FLAGS + 1 :]


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + len(body).to_bytes(4, "little") + body + bytes(len(body) % 2)
