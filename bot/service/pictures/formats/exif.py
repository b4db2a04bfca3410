"""Exif, a TIFF without a picture, of which only the orientation is retained."""

from typing import Literal

_ORDERS: dict[bytes, Literal["little", "big"]] = {b"II*\0": "little", b"MM\0*": "big"}
_ORIENTATION = 0x0112
_SIZES = {3: 2, 4: 4}
"""Bytes of a value of the kinds SHORT and LONG (TIFF 6.0, section 2)."""
_UPRIGHT, _LAST = 1, 8


def orientation_alone(block: bytes) -> bytes:
    """Return Exif with this one's orientation alone; empty: it has none."""
    order = _ORDERS.get(block[:4])
    value = _orientation(block, order) if order else None
    if order is None or value is None:
        return b""
    entry = [(_ORIENTATION, 2), (3, 2), (1, 4), (value, 2), (0, 2)]
    fields = [(8, 4), (1, 2), *entry, (0, 4)]  # the directory's place, its entries, the place of the next
    return block[:4] + b"".join(number.to_bytes(size, order) for number, size in fields)


def _orientation(block: bytes, order: Literal["little", "big"]) -> int | None:
    """Return the orientation of the first directory, from 1 to 8; None: there is none."""

    def number(at: int, size: int) -> int:
        return int.from_bytes(block[at : at + size], order)

    start = number(4, 4)
    for entry in range(start + 2, min(start + 2 + 12 * number(start, 2), len(block) - 11), 12):
        size = _SIZES.get(number(entry + 2, 2))
        if number(entry, 2) == _ORIENTATION and size:
            value = number(entry + 8, size)
            return value if _UPRIGHT <= value <= _LAST else None
    return None
