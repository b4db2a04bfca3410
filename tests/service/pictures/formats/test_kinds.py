"""Of a picture only what shows it is kept: its pixels, colors, orientation and animation are as before."""

import contextlib
import io
import struct
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageOps, ImageSequence

from bot.service.pictures.formats import kinds
from bot.service.pictures.formats.errors import ImageError
from tests import image_samples

SECRET = b"GpsLatitude 52.5163 13.3777 secret"
"""Bytes that no part of a stripped picture may hold."""
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
ORIENTED = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
"""The shortest Exif that turns a picture."""
CLEAN: dict[str, bytes] = {
    "png": image_samples.png(),
    "moving png": image_samples.apng(),
    "png of colors": image_samples.saved("PNG", icc_profile=PROFILE, dpi=(300, 300)),
    "turned png": image_samples.png_with(b"eXIf", ORIENTED),
    "jpeg": image_samples.jpeg(),
    "progressive jpeg": image_samples.jpeg(progressive=True),
    "jpeg of colors": image_samples.saved("JPEG", icc_profile=PROFILE, dpi=(300, 300)),
    "jpeg with restarts": image_samples.saved("JPEG", restart_marker_blocks=2),
    "turned jpeg": image_samples.saved("JPEG", exif=b"Exif\0\0" + ORIENTED),
    "gif": image_samples.gif(),
    "moving gif": image_samples.saved(
        "GIF", save_all=True, append_images=[image_samples.picture(seed=1)], duration=[90, 240], loop=3, disposal=2
    ),
    "webp": image_samples.webp(),
    "lossless webp": image_samples.webp(lossless=True),
    "moving webp": image_samples.animated_webp(),
    "webp of colors": image_samples.saved("WEBP", icc_profile=PROFILE),
    "turned webp": image_samples.saved("WEBP", exif=ORIENTED),
}


def format_of(kind: str) -> str:
    return next(word for word in kind.split() if word in ADDED)


def shown(data: bytes) -> list[tuple[object, ...]]:
    """All that people see: each frame turned as it asks to be, with its time; the colors and how often it repeats."""
    with Image.open(io.BytesIO(data)) as image:
        whole = (image.info.get("icc_profile"), image.info.get("loop"), image.info.get("dpi"), image.info.get("gamma"))
        frames = [image] if image.format == "MPO" else ImageSequence.Iterator(image)  # its others are not shown
        seen = [(ImageOps.exif_transpose(each).convert("RGBA").tobytes(), each.info.get("duration")) for each in frames]
        return [whole, *seen]


def in_png(data: bytes, name: bytes, body: bytes, at: float) -> bytes:
    return _inserted(data, _png_places(data), image_samples.png_chunk(name, body), at)


def in_jpeg(data: bytes, code: int, body: bytes, at: float) -> bytes:
    segment = bytes([0xFF, code]) + (len(body) + 2).to_bytes(2) + body
    return _inserted(data, _jpeg_places(data), segment, at)


def in_gif(data: bytes, kind: int, pieces: list[bytes], at: float) -> bytes:
    block = b"".join([bytes([0x21, kind]), *(bytes([len(each)]) + each for each in pieces), b"\0"])
    return _inserted(data, [13 + (3 << (data[10] % 8 + 1)), len(data) - 1], block, at)


def in_webp(data: bytes, name: bytes, body: bytes, at: float) -> bytes:
    chunk = name + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)
    places = [place for place in _webp_places(data) if place > 12]
    whole = _inserted(data, places, chunk, at)
    return whole[:4] + struct.pack("<I", _webp_end(data) - 8 + len(chunk)) + whole[8:]


def _inserted(data: bytes, places: list[int], piece: bytes, at: float) -> bytes:
    place = places[int(at * (len(places) - 1))]
    return data[:place] + piece + data[place:]


def _png_places(data: bytes) -> list[int]:
    """After each chunk but the first to follow it, and before the end; never between two with pixels."""
    places, at = list[int](), 8
    while at < len(data):
        name = data[at + 4 : at + 8]
        if at > 8 and name not in (b"fdAT", b"IDAT"):
            places.append(at)
        at += 12 + int.from_bytes(data[at : at + 4])
    return places


def _jpeg_places(data: bytes) -> list[int]:
    places, at = list[int](), 2
    while data[at + 1] != 0xDA:
        places.append(at)
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return [*places, at]


def _webp_places(data: bytes) -> list[int]:
    places, at = list[int](), 12
    while at < _webp_end(data):
        places.append(at)
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8 + size + size % 2
    return [*places, at]


def _webp_end(data: bytes) -> int:
    return 8 + int.from_bytes(data[4:8], "little")


ADDED: dict[str, list[Callable[[bytes, float], bytes]]] = {
    "png": [
        lambda data, at: in_png(data, b"tEXt", b"Comment\0" + SECRET, at),
        lambda data, at: in_png(data, b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + SECRET, at),
        lambda data, at: in_png(data, b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(SECRET), at),
        lambda data, at: in_png(data, b"tIME", b"\x07\xea\x0b\x1a\x0c\0\0", at),
        lambda data, at: in_png(data, b"caBX", SECRET, at),
        lambda data, at: data + SECRET,
    ],
    "jpeg": [
        lambda data, at: in_jpeg(data, 0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET, at),
        lambda data, at: in_jpeg(data, 0xE1, b"http://ns.adobe.com/xmp/extension/\0" + SECRET, at),
        lambda data, at: in_jpeg(data, 0xED, b"Photoshop 3.0\08BIM\x04\x04" + SECRET, at),
        lambda data, at: in_jpeg(data, 0xE0, b"JFXX\0\x10" + SECRET, at),
        lambda data, at: in_jpeg(data, 0xE2, b"FPXR\0" + SECRET, at),
        lambda data, at: in_jpeg(data, 0xEB, b"JP" + SECRET, at),
        lambda data, at: in_jpeg(data, 0xFE, SECRET, at),
        lambda data, at: data + b"\0\0\0\x18ftypmp42 a film" + SECRET,
        lambda data, at: data + image_samples.jpeg_with_location(),
    ],
    "gif": [
        lambda data, at: in_gif(data, 0xFE, [SECRET], at),
        lambda data, at: in_gif(data, 0xFF, [b"XMP DataXMP", SECRET], at),
        lambda data, at: in_gif(data, 0xFF, [b"MGK8BIM0000", SECRET], at),
        lambda data, at: data + SECRET,
    ],
    "webp": [
        lambda data, at: in_webp(data, b"XMP ", SECRET, at),
        lambda data, at: in_webp(data, b"C2PA", SECRET, at),
        lambda data, at: data + SECRET,
    ],
}
"""Ways to put something into a picture that does not show it, at a part of all places from 0 to 1."""


@pytest.mark.parametrize("kind", CLEAN)
def test_a_picture_with_nothing_else_stays_byte_for_byte(kind):
    assert kinds.strip(CLEAN[kind]) == CLEAN[kind]


@pytest.mark.parametrize("kind", CLEAN)
@given(adding=st.lists(st.tuples(st.integers(0, 8), st.floats(0, 1)), min_size=1, max_size=4))
def test_what_does_not_show_the_picture_is_removed_and_nothing_else(kind, adding):
    data, ways = CLEAN[kind], ADDED[format_of(kind)]
    for way, at in adding:
        data = ways[way % len(ways)](data, at)

    stripped = kinds.strip(data)

    assert stripped == CLEAN[kind]
    assert shown(stripped) == shown(CLEAN[kind])


@pytest.mark.parametrize(
    "data",
    [
        image_samples.jpeg_with_location(),
        image_samples.jpeg_with_location("<", xmp=image_samples.XMP),
        image_samples.mpo_with_location(),
        image_samples.png_with_location(),
        image_samples.webp_with_location(xmp=image_samples.XMP),
    ],
)
def test_a_photo_keeps_its_orientation_alone(data):
    stripped = kinds.strip(data)

    with Image.open(io.BytesIO(stripped)) as image:
        assert dict(image.getexif()) == {image_samples.ORIENTATION: 6}
    assert shown(stripped) == shown(data)
    assert image_samples.SECONDS not in stripped
    assert kinds.strip(stripped) == stripped


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("order", ["<", ">"])
def test_each_orientation_is_kept(orientation, order):
    facts = Image.Exif()
    facts.endian = order
    facts[image_samples.CAMERA] = "A camera"
    facts[image_samples.ORIENTATION] = orientation
    for image_format in ("JPEG", "PNG", "WEBP"):
        data = image_samples.saved(image_format, exif=facts.tobytes())

        stripped = kinds.strip(data)

        assert shown(stripped) == shown(data)
        assert b"camera" in data
        assert b"camera" not in stripped


@pytest.mark.parametrize(
    "rubbish", [b"", b"XX", b"MM\0*", b"MM\0*\xff\xff\xff\xff", b"MM\0*\0\0\0\x08\xff\xff", SECRET]
)
def test_exif_that_nobody_understands_is_removed(rubbish):
    for data in (
        in_jpeg(CLEAN["jpeg"], 0xE1, b"Exif\0\0" + rubbish, 0.5),
        in_png(CLEAN["png"], b"eXIf", rubbish, 0.5),
        in_webp(CLEAN["webp"], b"EXIF", rubbish, 1),
    ):
        assert kinds.strip(data) in CLEAN.values()


def test_the_header_of_a_webp_promises_only_what_is_kept():
    data = image_samples.saved("WEBP", exif=image_samples.exif(), xmp=image_samples.XMP, icc_profile=PROFILE)
    plain = image_samples.saved("WEBP", xmp=image_samples.XMP)
    assert data[20] & 0x2C == 0x2C

    for each, flags in ((kinds.strip(data), 0x28), (kinds.strip(plain), 0)):
        assert each[20] & 0x2C == flags
        assert int.from_bytes(each[4:8], "little") + 8 == len(each)


def test_a_small_picture_in_a_jpegs_header_is_removed():
    data = CLEAN["jpeg"]
    end = 4 + int.from_bytes(data[4:6])
    thumbnail = data[6 : end - 2] + b"\x01\x01" + b"sec"
    with_thumbnail = data[:4] + (len(thumbnail) + 2).to_bytes(2) + thumbnail + data[end:]

    assert kinds.strip(with_thumbnail) == data


def test_what_lies_behind_a_profile_is_removed():
    body = b"a profile\0\0" + zlib.compress(PROFILE)

    assert kinds.strip(image_samples.png_with(b"iCCP", body + SECRET)) == image_samples.png_with(b"iCCP", body)


def test_stripping_damaged_pictures_ends_and_raises_nothing_else():
    for kind, clean in CLEAN.items():
        data = ADDED[format_of(kind)][0](clean, 0.5)
        for place in range(0, len(data), max(len(data) // 300, 1)):
            damaged = bytearray(data)
            damaged[place : place + 2] = bytes(byte ^ 0xA5 for byte in damaged[place : place + 2])
            with contextlib.suppress(ImageError):
                stripped = kinds.strip(bytes(damaged))
                assert kinds.strip(stripped) == stripped


def test_frames_within_frames_are_no_frames():
    data = CLEAN["moving webp"]
    nested = b"VP8 \0\0\0\0"
    for _ in range(5_000):
        nested = b"ANMF" + struct.pack("<I", 16 + len(nested)) + bytes(16) + nested

    body = bytes(16) + nested + b"XMP " + struct.pack("<I", len(SECRET)) + SECRET

    assert kinds.strip(in_webp(data, b"ANMF", body, 1))[8:] == in_webp(data, b"ANMF", bytes(16), 1)[8:]


def test_scans_that_claim_very_many_components_are_refused_at_once():
    def segment(code: int, body: bytes) -> bytes:
        return bytes([0xFF, code]) + (2 + len(body)).to_bytes(2) + body

    frame = segment(0xC0, b"\x08\0\x10\0\x10\x01" + bytes(range(255)) * 85)
    scan = segment(0xDA, b"\xff" + bytes(range(256)) * 255 + b"\0\xff\x01") + b"pixels"

    with pytest.raises(ImageError, match="broken"):
        kinds.strip(b"\xff\xd8" + frame + scan * 64)
