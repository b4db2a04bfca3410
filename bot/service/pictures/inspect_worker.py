"""What a picture is by its own bytes; also the program that looks at pictures, in a process of its own.

It needs nothing of the bot, and loads Pillow only to decode: the bot itself has no use for it.
"""

import contextlib
import dataclasses
import enum
import importlib
import io
import json
import os
import pathlib
import re
import signal
import sys
import warnings
import zlib
from collections.abc import Callable, Iterator
from typing import Literal

MOST_MEMORY = 1 << 30
"""Bytes of address space that the process may take: a bomb is to end in an error of memory."""
MOST_FRAMES = 2
"""An animation is decoded up to this many times the most pixels, then it is taken as good."""
MAX_FRAMES = 2_000
"""Of an animation: 10 MiB of a recorded screen have some hundreds; 330,000 of one pixel would take 20 s to decode."""
MAX_SCANS = 64
"""Of a JPEG: a progressive one has about ten, and each goes over all the pixels, in 40 ms."""
MAX_PARTS = 65_536
"""Of a file: a GIF of 10 MiB has 41,000 blocks, a PNG 1,300 chunks. 500,000 chunks would take 8 s."""

_NO_MEMORY = "out of memory"
"""Pillow's words where one of its decoders got none (`PIL.ImageFile.ERRORS`)."""
_PNG, _JPEG, _GIF, _WEBP = "image/png", "image/jpeg", "image/gif", "image/webp"
_STARTS = {
    _PNG: re.compile(rb"\x89PNG\r\n\x1a\n"),
    _JPEG: re.compile(rb"\xff\xd8\xff"),
    _GIF: re.compile(rb"GIF8[79]a"),
    _WEBP: re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
}
_FILLERS = {_PNG: b"juNk", _JPEG: b"\xff\xfe", _WEBP: b"JUNK"}
"""Names of parts that every reader passes over."""
_VP8X_FLAGS = {b"EXIF": 0x08, b"XMP ": 0x04}
"""What the header of a WebP promises."""
_EXIF = {b"EXIF", b"eXIf"}
_FRAMES, _SCAN = {b"fcTL", b",", b"ANMF"}, b"\xff\xda"
"""Names of parts with which a frame begins, and a scan."""
_TELLING = {*_EXIF, b"\xff\xe1", b"XMP ", b"tEXt", b"zTXt", b"iTXt"}
"""Parts in which cameras and programs keep a location."""
_LOCATED_TEXT = re.compile(rb"GPS|\A(?:Raw profile type (?:exif|APP1|xmp)|XML:com\.adobe\.xmp\x00\x01)")
"""XMP that mentions one, and texts of a PNG that are packed, so that nobody sees what they mention."""
_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")
"""Of a JPEG's segment: never found in the compressed pixels."""
_EXIF_START = b"Exif\0"
_EXIF_TAG, _GPS_TAG = 0x8769, 0x8825
_ORDERS: dict[bytes, Literal["little", "big"]] = {b"II": "little", b"MM": "big"}
_SIZES = (0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8)
"""Bytes of a value of each kind (TIFF 6.0, section 2)."""


class Fault(enum.StrEnum):
    """Why a file is not taken as a picture."""

    NOT_A_PICTURE = "not_a_picture"
    BROKEN = "broken"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY_FRAMES = "too_many_frames"
    TOO_MANY_SCANS = "too_many_scans"
    TOO_MANY_PARTS = "too_many_parts"
    EMPTY = "empty"
    TOO_SLOW = "too_slow"
    NO_MEMORY = "no_memory"
    """There was too little memory to decode it."""
    KILLED = "killed"
    """The process that was to decode it ended before it was done."""


UNCHECKED = {Fault.NO_MEMORY, Fault.KILLED}
"""Faults of the process or the machine: they say nothing of the picture."""


@dataclasses.dataclass(frozen=True)
class Facts:
    """What a picture is by its bytes, never by its name."""

    media_type: str
    """One of image/png, image/jpeg, image/gif, image/webp."""
    width: int
    """Pixels as they are stored: a camera may ask to turn them."""
    height: int


class PictureError(Exception):
    """A file that is not taken as a picture, with its fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def examine(path: pathlib.Path, most_pixels: int) -> Facts:
    """The facts of a picture whose every pixel could be decoded; its file no longer says where it was taken.

    Raises:
        PictureError: it is not taken; the file is as it was.
        OSError: the disk fails, not the picture.
        MemoryError: there is too little memory to look at it.
    """
    data = bytearray(path.read_bytes())
    media_type = _media_type(data)
    try:
        changed = _take_location_out(data, media_type)
        facts = _decode(data, media_type, most_pixels)
    except (PictureError, MemoryError):
        raise
    except Exception as error:  # a decoder that is fed rubbish may raise anything
        fault = Fault.NO_MEMORY if _NO_MEMORY in str(error) else Fault.BROKEN
        raise PictureError(fault) from error
    if changed:
        _rewrite(path, data)
    return facts


def part_of(path: pathlib.Path) -> pathlib.Path:
    """Where a picture is written before it takes the place of the one with a location."""
    return path.with_name(f"{path.name}.part")


def main() -> None:
    """Answer each line of input, a file to examine, with a line of output, until the input ends."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # they come to the bot too, which ends this process when it is done
    _limit()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_answer(**json.loads(line))) + "\n")
        sys.stdout.flush()


def _answer(path: str, most_pixels: int) -> dict[str, object]:
    try:
        return dataclasses.asdict(examine(pathlib.Path(path), most_pixels))
    except PictureError as error:
        return {"fault": error.fault}
    except MemoryError:
        return {"fault": Fault.NO_MEMORY}
    except OSError as error:
        return {"errno": error.errno}


def _limit() -> None:
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with contextlib.suppress(ValueError, OSError):  # the system's own limit is lower
            resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def _rewrite(path: pathlib.Path, data: bytearray) -> None:
    part = part_of(path)
    try:
        part.unlink(missing_ok=True)
        # As storage.private_files does, which a process that runs isolated can't import.
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _media_type(data: bytearray) -> str:
    if not data:
        raise PictureError(Fault.EMPTY)
    for media_type, start in _STARTS.items():
        if start.match(data):
            return media_type
    raise PictureError(Fault.NOT_A_PICTURE)


def _decode(data: bytearray, media_type: str, most_pixels: int) -> Facts:
    from PIL import Image, ImageSequence

    importlib.import_module("PIL.WebPImagePlugin")  # else Pillow loads each of its many formats to find this one
    Image.MAX_IMAGE_PIXELS = most_pixels
    left = 0 if media_type == _JPEG else MOST_FRAMES * most_pixels
    with warnings.catch_warnings(action="ignore"):
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data), formats=[media_type.removeprefix("image/")]) as picture:
                facts = Facts(media_type, *picture.size)
                picture.draft(picture.mode, (1, 1))  # a JPEG is read whole, and an eighth of its rows is kept
                for frame in ImageSequence.Iterator(picture):
                    frame.load()
                    left -= frame.width * frame.height
                    if left <= 0:
                        break
                return facts
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise PictureError(Fault.TOO_MANY_PIXELS) from error


def _take_location_out(data: bytearray, media_type: str) -> bool:
    """Blank what says where the picture was taken; nothing moves, since parts of a file count on their places.

    Raises:
        PictureError: it has too many parts or frames.
        ValueError, LookupError: the file is cut off or damaged.
    """
    changed = False
    for part in _counted(_PARTS[media_type](data)):
        if part.name not in _TELLING:
            continue
        body = bytes(data[part.start : part.end])
        clean = _without_location(part.name, body)
        if clean == body:
            continue
        changed = True
        data[part.start : part.end] = clean
        if not any(clean):
            _drop(data, media_type, part)
        if media_type == _PNG:
            data[part.end : part.end + 4] = _checksum(data, part)
    return changed


def _counted(parts: "Iterator[_Part]") -> "Iterator[_Part]":
    """The parts, as long as they are not so many that reading them would take long."""
    frames = scans = 0
    for number, part in enumerate(parts, 1):
        frames += part.name in _FRAMES
        scans += part.name == _SCAN
        if frames > MAX_FRAMES:
            raise PictureError(Fault.TOO_MANY_FRAMES)
        if scans > MAX_SCANS:
            raise PictureError(Fault.TOO_MANY_SCANS)
        if number > MAX_PARTS:
            raise PictureError(Fault.TOO_MANY_PARTS)
        yield part


def _drop(data: bytearray, media_type: str, part: "_Part") -> None:
    filler = _FILLERS[media_type]
    data[part.named_at : part.named_at + len(filler)] = filler
    if data.startswith(b"VP8X", 12):
        data[20] &= ~_VP8X_FLAGS.get(part.name, 0)


def _without_location(name: bytes, body: bytes) -> bytes:
    """The body of a part in its length; all zeros if it has to go whole."""
    nothing = bytes(len(body))
    if name not in _EXIF and not body.startswith(_EXIF_START):
        return nothing if _LOCATED_TEXT.search(body) else body
    try:
        return _without_gps(body)
    except (ValueError, LookupError, ArithmeticError):  # there may be a location where only others find it
        return nothing


def _without_gps(body: bytes) -> bytes:
    skip = 6 if body.startswith(_EXIF_START) else 0
    tiff = _Tiff(bytearray(body[skip:]), _ORDERS[body[skip : skip + 2]])
    if _GPS_TAG.to_bytes(2, tiff.order) not in tiff.block:
        return body
    # The directory of the picture and that of its thumbnail follow each other; both may have one of Exif below.
    start, seen = tiff.number(4, 4), {0}
    while True:
        tiff.take_gps_out(start)
        for entry in tiff.entries(start):
            if tiff.number(entry, 2) == _EXIF_TAG:
                tiff.take_gps_out(tiff.number(entry + 8, 4))
        seen.add(start)
        start = tiff.following(start)
        if start in seen:
            return body[:skip] + tiff.block


@dataclasses.dataclass(frozen=True)
class _Tiff:
    """The directories that Exif keeps its facts in: places are counted from its start."""

    block: bytearray
    order: Literal["little", "big"]

    def number(self, at: int, size: int) -> int:
        if at + size > len(self.block):
            raise ValueError("outside of the block")
        return int.from_bytes(self.block[at : at + size], self.order)

    def entries(self, start: int) -> range:
        """The places of a directory's entries: tag (2 bytes), kind (2), how many (4), value or its place (4)."""
        return range(start + 2, start + 2 + 12 * self.number(start, 2), 12)

    def following(self, start: int) -> int:
        """The place of the next directory; 0: there is none, as also a place outside of the block says."""
        end = self.entries(start).stop
        place = int.from_bytes(self.block[end : end + 4], self.order)
        return place if place < len(self.block) else 0

    def take_gps_out(self, start: int) -> None:
        """Remove a directory's entry for GPS, and blank what it stands for."""
        end = self.entries(start).stop + 4
        for entry in reversed(self.entries(start)):
            if self.number(entry, 2) == _GPS_TAG:
                self._blank_directory(self.number(entry + 8, 4))
                self.block[entry:end] = self.block[entry + 12 : end] + bytes(12)
                count = self.number(start, 2) - 1
                self.block[start : start + 2] = count.to_bytes(2, self.order)

    def _blank_directory(self, start: int) -> None:
        entries = self.entries(start)
        for entry in entries:
            size = _SIZES[self.number(entry + 2, 2)] * self.number(entry + 4, 4)
            if size > 4:
                self._blank(self.number(entry + 8, 4), size)
        self._blank(start, entries.stop - start)

    def _blank(self, start: int, size: int) -> None:
        if start + size > len(self.block):
            raise ValueError("outside of the block")
        self.block[start : start + size] = bytes(size)


@dataclasses.dataclass(frozen=True)
class _Part:
    """A named part of a file, and the places of its name and its body."""

    name: bytes
    named_at: int
    start: int
    end: int


def _jpeg_parts(data: bytearray) -> Iterator[_Part]:
    """The segments of a JPEG, also of the pictures that a phone appends to the first.

    Pillow finds out by itself whether the first is cut off.
    """
    at = 2
    while marker := _MARKER.search(data, at):
        at = marker.end()
        if marker[0] == b"\xff\xd9":
            at = data.find(b"\xff\xd8\xff", at)
            if at < 0:
                return
        elif marker[0] == b"\xff\xd8":
            yield _Part(marker[0], marker.start(), at, at)
        else:
            start, at = at + 2, at + int.from_bytes(data[at : at + 2])
            if at <= len(data):
                yield _Part(marker[0], marker.start(), start, at)


def _png_parts(data: bytearray) -> Iterator[_Part]:
    at, name = 8, b""
    while name != b"IEND":
        start = at + 8
        name, end = bytes(data[at + 4 : start]), start + int.from_bytes(data[at : at + 4])
        at = end + 4
        if at > len(data):
            raise ValueError("cut off")
        part = _Part(name, start - 4, start, end)
        if name[:1].isupper() and _checksum(data, part) != bytes(data[end:at]):
            raise ValueError("damaged")
        yield part


def _checksum(data: bytearray, part: _Part) -> bytes:
    return zlib.crc32(memoryview(data)[part.named_at : part.end]).to_bytes(4)


def _webp_parts(data: bytearray) -> Iterator[_Part]:
    at, whole = 12, 8 + int.from_bytes(data[4:8], "little")
    if whole > len(data):
        raise ValueError("cut off")
    while at + 8 <= whole:
        end = at + 8 + int.from_bytes(data[at + 4 : at + 8], "little")
        if end > whole:
            raise ValueError("damaged")
        yield _Part(bytes(data[at : at + 4]), at, at + 8, end)
        at = end + end % 2


def _gif_parts(data: bytearray) -> Iterator[_Part]:
    """Its blocks and their pieces, up to its end; nobody keeps a location in a GIF."""
    at = 13 + _color_bytes(data[10])
    while data[at] != 0x3B:
        start = at
        if data[at] == 0x21:
            at += 2
        elif data[at] == 0x2C:
            at += 11 + _color_bytes(data[at + 9])
        else:
            raise ValueError("damaged")
        yield _Part(bytes(data[start : start + 1]), start, start + 1, at)
        while data[at]:
            start, at = at, at + 1 + data[at]
            yield _Part(b"", start, start + 1, at)
        at += 1


def _color_bytes(flags: int) -> int:
    return 3 << (flags % 8 + 1) if flags & 0x80 else 0


_PARTS: dict[str, Callable[[bytearray], Iterator[_Part]]] = {
    _JPEG: _jpeg_parts,
    _PNG: _png_parts,
    _WEBP: _webp_parts,
    _GIF: _gif_parts,
}
if __name__ == "__main__":
    main()
