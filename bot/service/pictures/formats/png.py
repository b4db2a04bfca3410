"""PNG and its animations: chunks, each with a name, a length and a checksum (PNG Specification, third edition)."""

import dataclasses
import zlib
from collections.abc import Iterator

from bot.domain.image_problems import ImageProblem
from bot.service.pictures.formats import exif
from bot.service.pictures.formats.budget import Budget
from bot.service.pictures.formats.errors import ImageError

MAX_PROFILE = 8_000_000
"""Bytes of a color profile, unpacked: libpng, and so browsers, go on without a larger one (pngusr.h)."""

_PIXELS = {b"IHDR": 13, b"PLTE": 768, b"IDAT": 2**31, b"IEND": 0, b"acTL": 8, b"fcTL": 26, b"fdAT": 2**31}
"""Chunks without which the picture is another one, and the most bytes that each has."""
_MANY = {b"IDAT", b"fcTL", b"fdAT"}
"""Chunks that may occur more than once."""
_LOOKS = {
    b"tRNS": 256,
    b"gAMA": 4,
    b"cHRM": 32,
    b"sRGB": 1,
    b"sBIT": 4,
    b"cICP": 4,
    b"mDCV": 24,
    b"cLLI": 8,
    b"bKGD": 6,
    b"pHYs": 9,
}
"""Chunks that say how the pixels look, and the most bytes that each has."""
_END = b"\0\0\0\0IEND\xaeB`\x82"


@dataclasses.dataclass(frozen=True, slots=True)
class _Chunk:
    name: bytes
    body: bytes
    raw: bytes
    """As it is in the file, with its length and checksum."""

    @property
    def is_whole(self) -> bool:
        """True: the checksum fits."""
        return self.raw[-4:] == _checksum(self.raw[4:-4])


def strip(data: bytes, budget: Budget) -> bytes:
    """Return the PNG without metadata, and with its end if that is missing.

    Raises:
        ImageError: it is cut off or damaged, or has too many parts or frames.
    """
    shown, seen, frames, has_end = [data[:8]], set[bytes](), 0, False
    for chunk in _chunks(data):
        budget.part()
        if chunk.name == b"fcTL":
            budget.frame()
            frames += 1
        if chunk.name not in seen or chunk.name in _MANY:
            shown.append(_shown(chunk))
        seen.add(chunk.name)
        has_end = chunk.name == b"IEND"
    if not has_end:
        _refuse_missing_frames(shown, frames)
        shown.append(_END)
    return b"".join(shown)


def _chunks(data: bytes) -> Iterator[_Chunk]:
    """Return the chunks up to the end, or up to one that is cut off and shows nothing."""
    at, name = 8, b""
    while name != b"IEND" and len(data) - at >= 8:
        name, end = data[at + 4 : at + 8], at + 12 + int.from_bytes(data[at : at + 4])
        is_critical = name[:1].isupper()
        if name == b"IEND" or (end > len(data) and not is_critical and name not in _PIXELS):
            end = min(end, len(data))
        if end > len(data) or (is_critical and name not in _PIXELS):
            raise ImageError(ImageProblem.BROKEN)
        yield _Chunk(name, data[at + 8 : end - 4], data[at:end])
        at = end


def _shown(chunk: _Chunk) -> bytes:
    """Return the chunk without metadata; empty: it is all metadata."""
    if chunk.name == b"IEND":
        return _END
    if chunk.name in _PIXELS:
        if not chunk.is_whole or len(chunk.body) > _PIXELS[chunk.name]:
            raise ImageError(ImageProblem.BROKEN)
        return chunk.raw
    if not chunk.is_whole:
        return b""  # libpng, and so browsers, pass over it
    if chunk.name == b"eXIf":
        return _made(b"eXIf", exif.orientation_alone(chunk.body))
    if chunk.name == b"iCCP":
        return _made(b"iCCP", _profile(chunk.body))
    return chunk.raw if len(chunk.body) <= _LOOKS.get(chunk.name, -1) else b""


def _profile(body: bytes) -> bytes:
    """Return a color profile, its name first, without bytes behind it; nothing, if browsers don't unpack it."""
    unpacker = zlib.decompressobj()
    try:
        unpacker.decompress(body[body.index(b"\0") + 2 :], MAX_PROFILE)
    except (ValueError, zlib.error):
        return b""
    return body[: len(body) - len(unpacker.unused_data)] if unpacker.eof else b""


def _refuse_missing_frames(shown: list[bytes], frames: int) -> None:
    """Refuse an animation without its end if frames are missing."""
    names = [chunk[4:8] for chunk in shown]
    claimed = int.from_bytes(shown[names.index(b"acTL")][8:12]) if b"acTL" in names else 0
    if claimed > frames or b"fcTL" in names[-1:]:
        raise ImageError(ImageProblem.BROKEN)


def _made(name: bytes, body: bytes) -> bytes:
    """Return a chunk with this body; nothing, if it is empty."""
    return len(body).to_bytes(4) + name + body + _checksum(name + body) if body else b""


def _checksum(named: bytes) -> bytes:
    return zlib.crc32(named).to_bytes(4)
