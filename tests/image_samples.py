"""Pictures to test with, made on the spot and the same in each run, and files that only look like pictures."""

import hashlib
import io
import struct
import zlib
from typing import Literal

from PIL import Image, ImageDraw
from PIL.TiffImagePlugin import IFDRational

ORIENTATION, CAMERA, THOUGHTS = 0x0112, 0x0110, 0x9286
"""Tags of Exif: how to turn the picture, the camera's name, and what the photographer thought."""
LATITUDE = (52.0, 31.0, IFDRational(123_456_789, 10_000_000))
SECONDS = (123_456_789).to_bytes(4, "big")
"""A part of the latitude as Exif has it, if the most significant byte comes first."""
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description exif:GPSLatitude="52,31.20576N"/></x:xmpmeta>'

TEXT = b"Long above 4500, stop at 4480.\n"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect/></svg>'
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def picture(width: int = 64, height: int = 48, seed: int = 0) -> Image.Image:
    """A small chart: bars on a background, others for each seed."""
    drops = _noise(64, seed)
    image = Image.new("RGB", (width, height), (drops[0], drops[1], drops[2]))
    draw = ImageDraw.Draw(image)
    for left in range(0, width, 8):
        top = drops[left // 8 % 32 + 3] * height // 256
        draw.rectangle((left, top, left + 4, height), fill=(drops[top % 64], 90, drops[left % 64]))
    return image


def png(width: int = 64, height: int = 48, seed: int = 0) -> bytes:
    """A small PNG."""
    return _saved(picture(width, height, seed), "PNG")


def noise_png(at_least: int, seed: int = 0) -> bytes:
    """A PNG of this many bytes and hardly more: its pixels are noise."""
    width = 500
    height = at_least // (3 * width) + 1
    image = Image.frombytes("RGB", (width, height), _noise(3 * width * height, seed))
    return _saved(image, "PNG", compress_level=0)


def huge_png(width: int = 30_000, height: int = 30_000) -> bytes:
    """A valid PNG of very many pixels, all of them black, in about a thousandth of their bytes."""
    packer, row = zlib.compressobj(9), bytes(1 + (width + 7) // 8)
    rows = b"".join([packer.compress(row) for _ in range(height)]) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = png_chunk(b"IHDR", header) + png_chunk(b"IDAT", rows) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def png_chunk(name: bytes, body: bytes) -> bytes:
    """A piece of a PNG, with its length and checksum."""
    return struct.pack(">I", len(body)) + name + body + zlib.crc32(name + body).to_bytes(4)


def png_with(name: bytes, body: bytes) -> bytes:
    """A small PNG with one more piece, after its header."""
    plain = png()
    return plain[:33] + png_chunk(name, body) + plain[33:]


def png_with_location() -> bytes:
    """A PNG whose Exif has a latitude."""
    return png_with(b"eXIf", exif().removeprefix(b"Exif\0\0"))


def jpeg(width: int = 64, height: int = 48, seed: int = 0, *, progressive: bool = False) -> bytes:
    """A JPEG without any Exif."""
    return _saved(picture(width, height, seed), "JPEG", progressive=progressive)


def jpeg_with_location(order: Literal["<", ">"] = ">", xmp: bytes | None = None) -> bytes:
    """A JPEG whose Exif has a latitude, and says to turn the picture."""
    return _saved(picture(), "JPEG", exif=exif(order), **({} if xmp is None else {"xmp": xmp}))


def mpo_with_location() -> bytes:
    """Two pictures in one JPEG, as phones make them; both have a latitude."""
    more = [picture(seed=1)]
    return _saved(picture(), "MPO", save_all=True, append_images=more, exif=exif())


def gif(frames: int = 1, width: int = 64, height: int = 48) -> bytes:
    """A GIF of so many frames."""
    return _animated("GIF", frames, width, height)


def gif_of_dots(frames: int) -> bytes:
    """A GIF of so many frames of one pixel, each in 15 bytes."""
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + bytes(6) + frame * frames + b"\x3b"


def gif_with_zeros() -> bytes:
    """A GIF with zeros before and after its only frame."""
    plain = gif()
    start = 13 + (3 << (plain[10] % 8 + 1))
    return plain[:start] + bytes(2) + plain[start:-1] + bytes(3) + plain[-1:]


def jpeg_with_scans(more: int) -> bytes:
    """A progressive JPEG whose last scan comes `more` times again."""
    plain = jpeg(progressive=True)
    return plain[:-2] + plain[plain.rindex(b"\xff\xda") : -2] * more + plain[-2:]


def apng(frames: int = 3, width: int = 64, height: int = 48) -> bytes:
    """A PNG that moves."""
    return _animated("PNG", frames, width, height)


def webp(width: int = 64, height: int = 48, seed: int = 0, *, lossless: bool = False) -> bytes:
    """A WebP of the simple kind: pixels and nothing else."""
    return _saved(picture(width, height, seed), "WEBP", lossless=lossless)


def webp_with_location(xmp: bytes | None = None) -> bytes:
    """A WebP whose Exif has a latitude."""
    return _saved(picture(), "WEBP", exif=exif(), **({} if xmp is None else {"xmp": xmp}))


def animated_webp(frames: int = 3, width: int = 64, height: int = 48) -> bytes:
    """A WebP that moves."""
    return _animated("WEBP", frames, width, height)


def other(image_format: Literal["BMP", "TIFF", "ICO"]) -> bytes:
    """A picture that browsers and chats do not all show."""
    return _saved(picture(), image_format)


def exif(order: Literal["<", ">"] = ">") -> bytes:
    """Exif with a camera, a thought, how to turn the picture, and a latitude."""
    facts = Image.Exif()
    facts.endian = order
    facts[ORIENTATION] = 6
    facts[CAMERA] = "A camera with a name of some length"
    facts.get_ifd(0x8769)[THOUGHTS] = b"ASCII\0\0\0a fine day"
    facts.get_ifd(0x8825).update({1: "N", 2: LATITUDE})
    return facts.tobytes()


def saved(image_format: str, **options: object) -> bytes:
    """A small chart in this format, as Pillow writes it."""
    return _saved(picture(), image_format, **options)


def _animated(image_format: str, frames: int, width: int, height: int) -> bytes:
    first, *more = [picture(width, height, seed) for seed in range(frames)]
    return (
        _saved(first, image_format, save_all=True, append_images=more, duration=100)
        if more
        else _saved(first, image_format)
    )


def _saved(image: Image.Image, image_format: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, image_format, **options)
    return file.getvalue()


def _noise(size: int, seed: int) -> bytes:
    return hashlib.shake_128(b"%d" % seed).digest(size)
