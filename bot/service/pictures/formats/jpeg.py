"""JPEG: segments, each with a marker and a length, and scans of packed pixels (ITU-T T.81, annex B)."""

import dataclasses
import re
from collections.abc import Iterator, Sequence

from bot.domain.image_problems import ImageProblem
from bot.service.pictures.formats import exif
from bot.service.pictures.formats.budget import Budget
from bot.service.pictures.formats.errors import ImageError

_START, _SCAN, _END = 0xD8, 0xDA, 0xD9
_COMMENT, _APPLICATIONS = 0xFE, range(0xE0, 0xF0)
_ALONE = {0x01, *range(0xD0, 0xD8)}
"""Markers without a segment; between scans they mean nothing."""
_PIXELS = {*range(0xC0, 0xD0), *range(0xDB, 0xE0), _SCAN} - {0xC8}
"""Sizes, tables and scans."""
_FRAMES = _PIXELS & set(range(0xC0, 0xD0)) - {0xC4, 0xCC}
"""Segments with the picture's size and its components."""
_MARKER = re.compile(rb"\xff[^\x00\xff]")
_AFTER_SCAN = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")
"""Never found in the packed pixels."""
_RESTART = re.compile(rb"\xff[\xd0-\xd7]")
_COEFFICIENTS = 64
"""Numbers of each component in a block of pixels."""
_JFIF, _EXIF, _PROFILE, _ADOBE = b"JFIF\0", b"Exif\0", b"ICC_PROFILE\0", b"Adobe"
_FILLS = (b"\0", b"\x55", b"\xaa")
"""Bytes that differ from their first bit on, and are never taken for a marker."""
_FILL_BYTES = 8_192
"""More than libjpeg reads ahead: of a few bytes before a marker it takes no notice."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Segment:
    code: int
    """The second byte of its marker."""
    fill: bytes
    """Bytes of 255 that may stand before a marker."""
    body: bytes
    pixels: bytes
    """The packed pixels after a scan's body."""

    def written(self, body: bytes) -> bytes:
        """Return the segment with this body."""
        length = b"" if self.code == _END else (len(body) + 2).to_bytes(2)
        return b"".join([self.fill, bytes([0xFF, self.code]), length, body, self.pixels])


def strip(data: bytes, budget: Budget) -> bytes:
    """Return the JPEG without metadata and without the pictures behind the first.

    A missing end is added: see `has_end` and `filled`.

    Raises:
        ImageError: it is damaged or has too many parts or scans.
    """
    segments = list(_segments(data, budget))
    if not _ends(segments):
        _refuse_missing_scans(segments)
        segments.append(_Segment(_END, b"", b"", b""))
    exif = next((each for each in segments if _is_exif(each)), None)
    return b"".join([data[:2], *(_shown(each, is_first_exif=each is exif) for each in segments)])


def has_end(data: bytes) -> bool:
    """Return whether the file does not just stop in or after its pixels.

    Raises:
        ImageError: see `strip`.
    """
    return _ends(list(_segments(data, Budget())))


def filled(data: bytes) -> Iterator[bytes]:
    """Return the stripped JPEG with several fillings before its end.

    Its pixels are the same in all of them only if none is missing.
    """
    scan = data.rindex(bytes([0xFF, _SCAN]))
    restart = bytes([0xFF, 0xD0 + len(_RESTART.findall(data, scan)) % 8])
    for fill in _FILLS:
        yield data[:-2] + fill * _FILL_BYTES + restart + fill * _FILL_BYTES + data[-2:]


def _ends(segments: Sequence[_Segment]) -> bool:
    return bool(segments) and segments[-1].code == _END


def _segments(data: bytes, budget: Budget) -> Iterator[_Segment]:
    """Return the segments up to the end of the picture, or up to one that is cut off."""
    at, code = 2, _START
    while code != _END and (marker := _MARKER.search(data, at)):
        fill, code, start = data[at : marker.start()], marker[0][1], marker.end()
        at = start
        if code in _ALONE:
            continue
        budget.part()
        end, after = start, start
        if code != _END:
            end = after = start + _length(data, start, code)
            if end > len(data):
                return
        if code == _SCAN:
            budget.scan()
            found = _AFTER_SCAN.search(data, end)
            after = found.start() if found else max(end, len(data.rstrip(b"\xff")))  # half of a marker
        yield _Segment(code, b"" if fill.strip(b"\xff") else fill, data[start + 2 : end], data[end:after])
        at = after


def _length(data: bytes, start: int, code: int) -> int:
    length = int.from_bytes(data[start : start + 2])
    is_known = code in _PIXELS or code in _APPLICATIONS or code == _COMMENT
    if not is_known or (length < 2 and len(data) - start >= 2):
        raise ImageError(ImageProblem.BROKEN)
    return max(length, 2)


def _refuse_missing_scans(segments: Sequence[_Segment]) -> None:
    """Refuse a JPEG in which a coefficient of a component is incomplete, as a scan is missing."""
    components = {
        each.body[place] for each in segments if each.code in _FRAMES for place in range(6, len(each.body), 3)
    }
    exact = set[tuple[int, int]]()
    for scan in (each.body for each in segments if each.code == _SCAN):
        *_, first, last, precision = bytes(3) + scan
        numbers = range(first, min(last + 1, _COEFFICIENTS))
        of_scan = {(component, number) for component in components.intersection(scan[1:-3:2]) for number in numbers}
        exact = exact - of_scan if precision % 16 else exact | of_scan
    if not components or not exact >= {(each, number) for each in components for number in range(_COEFFICIENTS)}:
        raise ImageError(ImageProblem.BROKEN)


def _is_exif(segment: _Segment) -> bool:
    return segment.code == _APPLICATIONS[1] and segment.body.startswith(_EXIF)


def _shown(segment: _Segment, *, is_first_exif: bool) -> bytes:
    """Return the segment without metadata, empty if it is all metadata; browsers read only the first Exif."""
    body = segment.body
    if segment.code in _PIXELS or segment.code == _END:
        return segment.written(body)
    if is_first_exif:
        turned = exif.orientation_alone(body[6:])
        return segment.written(_EXIF + b"\0" + turned) if turned else b""
    if segment.code == _APPLICATIONS[0] and body.startswith(_JFIF) and len(body) >= 14:
        return segment.written(body[:12] + b"\0\0")  # without a small picture
    if segment.code == _APPLICATIONS[2] and body.startswith(_PROFILE):
        return segment.written(body)
    if segment.code == _APPLICATIONS[14] and body.startswith(_ADOBE) and len(body) >= 12:
        return segment.written(body[:12])
    return b""
