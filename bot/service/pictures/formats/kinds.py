"""Detection of a picture's media type by its first bytes, and removal of its metadata."""

import re
from collections.abc import Callable
from typing import Final

from bot.domain.image_problems import ImageProblem
from bot.service.pictures.formats import gif, jpeg, png, webp
from bot.service.pictures.formats.budget import Budget
from bot.service.pictures.formats.errors import ImageError

PNG, JPEG, GIF, WEBP = "image/png", "image/jpeg", "image/gif", "image/webp"
MEDIA_TYPES: Final = (PNG, JPEG, GIF, WEBP)

_STARTS = {
    PNG: re.compile(rb"\x89PNG\r\n\x1a\n"),
    JPEG: re.compile(rb"\xff\xd8\xff"),
    GIF: re.compile(rb"GIF8[79]a"),
    WEBP: re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
}
_STRIP: dict[str, Callable[[bytes, Budget], bytes]] = {
    PNG: png.strip,
    JPEG: jpeg.strip,
    GIF: gif.strip,
    WEBP: webp.strip,
}
_BRANDS = {
    ImageProblem.AVIF: {b"avif", b"avis"},
    ImageProblem.HEIC: {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"},
}
"""Names in the first box of a file (ISO/IEC 14496-12, 4.3) that phones send, in order of precedence."""


def media_type_of(data: bytes) -> str:
    """Return the media type by the first bytes of the file.

    Raises:
        ImageError: it is not a supported one.
    """
    if not data:
        raise ImageError(ImageProblem.EMPTY)
    for media_type, start in _STARTS.items():
        if start.match(data):
            return media_type
    brands = _brands(data)
    raise ImageError(
        next((problem for problem, names in _BRANDS.items() if names & brands), ImageProblem.NOT_A_PICTURE)
    )


def strip(data: bytes) -> bytes:
    """Return the picture with only its pixels, colors, resolution, orientation and animation.

    Pixels are not encoded again, and a picture without metadata is returned unchanged.

    Raises:
        ImageError: it is not a picture, is damaged, or has too many parts.
    """
    return _STRIP[media_type_of(data)](data, Budget())


def is_stripped(data: bytes) -> bool:
    """Return whether a stored picture is free of metadata."""
    try:
        return strip(data) == data
    except ImageError:  # accepted by an earlier version: unknown
        return True


def _brands(data: bytes) -> set[bytes]:
    """Return the brands in the file's first box; empty: it has none."""
    if data[4:8] != b"ftyp":
        return set()
    end = min(int.from_bytes(data[:4]), len(data), 1024)
    return {data[at : at + 4] for at in (8, *range(16, end - 3, 4))}
