"""GIF: a header with a palette, then frames and extensions, each with its bytes in pieces (GIF89a Specification)."""

import dataclasses
import re
from collections.abc import Iterator

from bot.domain.image_problems import ImageProblem
from bot.service.pictures.formats.budget import Budget
from bot.service.pictures.formats.errors import ImageError

_EXTENSION, _FRAME, _END = 0x21, 0x2C, 0x3B
_ZEROS = re.compile(rb"\0*")
"""Padding that some programs write between blocks."""
_CONTROL, _APPLICATION = 0xF9, 0xFF
_LOOPS = {b"NETSCAPE2.0", b"ANIMEXTS1.0"}
"""Applications whose first piece, of 3 bytes, says how often an animation is repeated."""
_PROFILE = b"ICCRGBG1012"
"""Keeps a color profile in its pieces."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Block:
    head: bytes
    """All before the pieces: of an extension two bytes, of a frame its place, its palette and a byte for its pixels."""
    pieces: tuple[bytes, ...]
    """Without their lengths."""

    @property
    def is_frame(self) -> bool:
        """True: it has pixels."""
        return self.head[0] == _FRAME

    def written(self, *pieces: bytes) -> bytes:
        """Return the block with these pieces."""
        return b"".join([self.head, *(bytes([len(piece)]) + piece for piece in pieces), b"\0"])


def strip(data: bytes, budget: Budget) -> bytes:
    """Return the GIF without metadata, and with its end if that is missing.

    Raises:
        ImageError: it is cut off or damaged, or has too many parts or frames.
    """
    start = 13 + _palette_bytes(data[10:11])
    if start > len(data):
        raise ImageError(ImageProblem.BROKEN)
    return b"".join([data[:start], *map(_shown, _blocks(data, start, budget)), bytes([_END])])


def _blocks(data: bytes, at: int, budget: Budget) -> Iterator[_Block]:
    """Return the blocks up to the end; where other bytes follow a frame, browsers see the end too."""
    has_frame, at = False, _after_zeros(data, at)
    while at < len(data) and data[at] != _END:
        kind, start = data[at], at
        if kind not in (_EXTENSION, _FRAME):
            break
        budget.part()
        at += 11 + _palette_bytes(data[at + 9 : at + 10]) if kind == _FRAME else 2
        head = data[start:at]
        pieces, at, is_whole = _pieces(data, at, budget)
        if kind == _FRAME:
            budget.frame()
            if not is_whole:
                raise ImageError(ImageProblem.BROKEN)
            has_frame = True
        if is_whole:
            yield _Block(head, pieces)
        at = _after_zeros(data, at)
    if not has_frame:
        raise ImageError(ImageProblem.BROKEN)


def _pieces(data: bytes, at: int, budget: Budget) -> tuple[tuple[bytes, ...], int, bool]:
    """Return the pieces from this place on, the place after them, and whether none of them is cut off.

    Where the file ends after a whole piece its last bytes are missing; a decoder sees whether they were pixels.
    """
    pieces = list[bytes]()
    while at < len(data) and data[at]:
        budget.part()
        pieces.append(data[at + 1 : at + 1 + data[at]])
        at += 1 + data[at]
    return tuple(pieces), at + 1, at <= len(data) and bool(pieces)


def _shown(block: _Block) -> bytes:
    """Return the block without metadata; empty: it is all metadata."""
    first = block.pieces[0]
    if block.is_frame:
        return block.written(*block.pieces)
    if block.head[1] == _CONTROL and len(first) >= 4:
        return block.written(first[:4])
    if block.head[1] == _APPLICATION and first in _LOOPS:
        counts = [piece[:3] for piece in block.pieces[1:2] if len(piece) >= 3 and piece[0] == 1]
        return block.written(first, *counts) if counts else b""
    if block.head[1] == _APPLICATION and first == _PROFILE:
        return block.written(*block.pieces)
    return b""


def _palette_bytes(flags: bytes) -> int:
    return 3 << (flags[0] % 8 + 1) if flags and flags[0] & 0x80 else 0


def _after_zeros(data: bytes, at: int) -> int:
    zeros = _ZEROS.match(data, at)
    return zeros.end() if zeros else at
