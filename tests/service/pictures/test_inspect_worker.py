"""What a picture is by its bytes, which ones are refused, and that a picture does not say where it was taken."""

import contextlib
import io
import json
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from bot.service.pictures import inspect_worker
from bot.service.pictures.inspect_worker import Facts, Fault, PictureError, examine
from tests import image_samples
from tests.processes import DEADLINE

PIXELS = 64 * 48
"""Of a sample."""
PLENTY = 1_000_000
EXIF = image_samples.exif().removeprefix(b"Exif\0\0")

LOCATED = {
    "jpeg": image_samples.jpeg_with_location(),
    "jpeg, least first": image_samples.jpeg_with_location("<"),
    "jpeg, xmp": image_samples.jpeg_with_location(xmp=image_samples.XMP),
    "two in a jpeg": image_samples.mpo_with_location(),
    "png": image_samples.png_with_location(),
    "webp": image_samples.webp_with_location(),
    "webp, xmp": image_samples.webp_with_location(xmp=image_samples.XMP),
}
FOUND_WHOLE = {
    "png": image_samples.png(),
    "moving png": image_samples.apng(),
    "jpeg": image_samples.jpeg(),
    "progressive jpeg": image_samples.jpeg(progressive=True),
    "jpeg with exif": image_samples.jpeg_with_location(),
    "gif": image_samples.gif(),
    "moving gif": image_samples.gif(frames=3),
    "webp": image_samples.webp(),
    "lossless webp": image_samples.webp(lossless=True),
    "webp with exif": image_samples.webp_with_location(),
    "moving webp": image_samples.animated_webp(),
}


@pytest.fixture(autouse=True)
def _limit_of_pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give Pillow's own limit back after each test: examining sets it for the process."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", Image.MAX_IMAGE_PIXELS)


@pytest.fixture
def keep(tmp_path: Path) -> Callable[[bytes], Path]:
    def kept(data: bytes) -> Path:
        path = tmp_path / "chart"
        path.write_bytes(data)
        return path

    return kept


def fault_of(path: Path, most_pixels: int = PLENTY) -> Fault:
    with pytest.raises(PictureError) as refusal:
        examine(path, most_pixels)
    return refusal.value.fault


def exif_of(data: bytes) -> Image.Exif:
    with Image.open(io.BytesIO(data)) as image:
        return image.getexif()


def pixels_of(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as image:
        return image.tobytes()


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (image_samples.png(30, 20), "image/png"),
        (image_samples.apng(3, 30, 20), "image/png"),
        (image_samples.jpeg(30, 20), "image/jpeg"),
        (image_samples.jpeg(30, 20, progressive=True), "image/jpeg"),
        (image_samples.gif(1, 30, 20), "image/gif"),
        (image_samples.gif(3, 30, 20), "image/gif"),
        (image_samples.webp(30, 20), "image/webp"),
        (image_samples.webp(30, 20, lossless=True), "image/webp"),
        (image_samples.animated_webp(3, 30, 20), "image/webp"),
    ],
)
def test_examining_a_picture_tells_what_it_is_and_leaves_it_alone(keep, data, media_type):
    path = keep(data)
    before = path.stat()

    assert examine(path, PLENTY) == Facts(media_type, 30, 20)

    assert path.read_bytes() == data
    assert path.stat().st_ino == before.st_ino


def test_examining_two_pictures_in_a_jpeg_calls_them_a_jpeg(keep):
    data = image_samples.mpo_with_location()

    assert Image.open(io.BytesIO(data)).format == "MPO"
    assert examine(keep(data), PLENTY) == Facts("image/jpeg", 64, 48)


def test_examining_a_png_that_is_named_jpg_calls_it_a_png(tmp_path):
    path = tmp_path / "chart.jpg"
    path.write_bytes(image_samples.png())

    assert examine(path, PLENTY).media_type == "image/png"


def test_examining_nothing_calls_it_empty(keep):
    assert fault_of(keep(b"")) is Fault.EMPTY


@pytest.mark.parametrize(
    "data",
    [
        image_samples.TEXT,
        image_samples.SVG,
        image_samples.HTML,
        image_samples.PDF,
        image_samples.other("BMP"),
        image_samples.other("TIFF"),
        image_samples.other("ICO"),
        b"RIFF\x04\0\0\0WAVE",
    ],
)
def test_examining_another_kind_of_file_is_refused(keep, data):
    assert fault_of(keep(data)) is Fault.NOT_A_PICTURE


@pytest.mark.parametrize("data", FOUND_WHOLE.values(), ids=FOUND_WHOLE)
def test_examining_a_picture_cut_anywhere_calls_it_broken(keep, data):
    places = [*range(12, len(data), 7), len(data) // 2, len(data) - 2, len(data) - 1]

    assert {fault_of(keep(data[:place])) for place in places} == {Fault.BROKEN}


@pytest.mark.parametrize("data", FOUND_WHOLE.values(), ids=FOUND_WHOLE)
def test_examining_a_picture_with_more_behind_its_end_takes_it(keep, data):
    path = keep(data + b"\xff\xe1 a trailer, as some cameras write one")

    assert (examine(path, PLENTY).width, examine(path, PLENTY).height) == (64, 48)


def test_examining_a_png_with_a_flipped_bit_anywhere_calls_it_broken(keep):
    data = image_samples.png()
    damaged = [data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :] for place in range(8, len(data))]

    assert {fault_of(keep(each)) for each in damaged} == {Fault.BROKEN}


def test_examining_a_webp_that_claims_to_be_larger_calls_it_broken(keep):
    data = bytearray(image_samples.webp())
    data[4:8] = b"\xfe\xff\xff\xff"

    assert fault_of(keep(data)) is Fault.BROKEN


@pytest.mark.parametrize("data", FOUND_WHOLE.values(), ids=FOUND_WHOLE)
def test_examining_damaged_pictures_takes_or_refuses_them(keep, data):
    for place in range(0, len(data), 5):
        damaged = bytearray(data)
        damaged[place : place + 2] = bytes(byte ^ 0xA5 for byte in damaged[place : place + 2])
        with contextlib.suppress(PictureError):
            examine(keep(damaged), PLENTY)


def test_examining_a_text_that_unpacks_to_very_much_calls_it_broken(keep):
    data = image_samples.png_with(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(5_000_000)))

    assert fault_of(keep(data)) is Fault.BROKEN


@pytest.mark.parametrize("data", FOUND_WHOLE.values(), ids=FOUND_WHOLE)
def test_examining_too_many_pixels_is_refused_from_the_first_on(keep, data):
    path = keep(data)

    assert examine(path, PIXELS)
    assert fault_of(path, PIXELS - 1) is Fault.TOO_MANY_PIXELS
    assert fault_of(path, PIXELS // 10) is Fault.TOO_MANY_PIXELS


def test_examining_a_huge_picture_in_a_small_file_is_refused(keep):
    data = image_samples.huge_png()

    assert len(data) < 150_000
    assert fault_of(keep(data), 50_000_000) is Fault.TOO_MANY_PIXELS


def test_examining_a_frame_beyond_its_screen_counts_its_pixels(keep):
    data = bytearray(image_samples.gif(frames=2))
    frame = data.rindex(b"\x2c\0\0\0\0") + 5
    data[frame : frame + 4] = b"\xff\xff\xff\xff"

    assert fault_of(keep(data)) is Fault.TOO_MANY_PIXELS


def test_examining_a_long_animation_stops_when_enough_is_decoded(keep):
    data = bytearray(image_samples.gif(frames=inspect_worker.MOST_FRAMES + 2))
    data[-60:-52] = bytes(8)
    path = keep(data)

    assert fault_of(path) is Fault.BROKEN
    assert examine(path, PIXELS) == Facts("image/gif", 64, 48)


PNG = image_samples.png()
JPEG = image_samples.jpeg()
WEBP = b"RIFF" + (4 + 8 * (inspect_worker.MAX_FRAMES + 1)).to_bytes(4, "little") + b"WEBP"
MANY: dict[str, tuple[Callable[[int], bytes], int, Fault]] = {
    "GIF of frames": (image_samples.gif_of_dots, inspect_worker.MAX_FRAMES, Fault.TOO_MANY_FRAMES),
    "JPEG of scans": (image_samples.jpeg_with_scans, inspect_worker.MAX_SCANS, Fault.TOO_MANY_SCANS),
    "JPEG of comments": (
        lambda count: JPEG[:2] + b"\xff\xfe\0\2" * count + JPEG[2:],
        inspect_worker.MAX_PARTS,
        Fault.TOO_MANY_PARTS,
    ),
    "PNG of chunks": (
        lambda count: PNG[:33] + image_samples.png_chunk(b"teSt", b"") * count + PNG[33:],
        inspect_worker.MAX_PARTS,
        Fault.TOO_MANY_PARTS,
    ),
    "GIF of one block in pieces": (
        lambda count: image_samples.gif_of_dots(1)[:-5] + b"\1\x44" * count + b"\0\x3b",
        inspect_worker.MAX_PARTS,
        Fault.TOO_MANY_PARTS,
    ),
}
"""Files that take the longer to read the more there is of something, with how much of it is taken."""


@pytest.mark.parametrize("what", MANY)
def test_examining_counts_before_it_decodes(keep, what):
    make, most, fault = MANY[what]

    assert fault_of(keep(make(10 * most))) is fault
    assert fault_of(keep(make(most + 1))) is fault
    examine(keep(make(most // 2)), PLENTY)


def test_examining_counts_the_frames_of_all_that_move(keep):
    for frame, header in ((image_samples.png_chunk(b"fcTL", bytes(26)), PNG[:33]), (b"ANMF\0\0\0\0", WEBP)):
        assert fault_of(keep(header + frame * (inspect_worker.MAX_FRAMES + 1))) is Fault.TOO_MANY_FRAMES


@pytest.mark.parametrize("data", LOCATED.values(), ids=LOCATED)
def test_examining_takes_the_location_out_and_nothing_else(keep, data):
    path = keep(data)
    assert exif_of(data).get_ifd(0x8825)[2] == image_samples.LATITUDE

    facts = examine(path, PLENTY)

    after, exif = path.read_bytes(), exif_of(path.read_bytes())
    assert (facts.width, facts.height) == (64, 48)
    assert image_samples.SECONDS in data or image_samples.SECONDS[::-1] in data
    assert not any(place in after for place in (image_samples.SECONDS, image_samples.SECONDS[::-1], b"GPS"))
    assert (0x8825 in exif, exif.get_ifd(0x8825)) == (False, {})
    assert exif[image_samples.ORIENTATION] == 6
    assert exif[image_samples.CAMERA] == exif_of(data)[image_samples.CAMERA]
    assert exif.get_ifd(0x8769) == exif_of(data).get_ifd(0x8769) != {}
    assert pixels_of(after) == pixels_of(data)
    assert len(after) == len(data)
    assert [entry.name for entry in path.parent.iterdir()] == ["chart"]


def test_examining_leaves_the_packed_pixels_byte_for_byte(keep):
    for data, start in (
        (image_samples.jpeg_with_location(), b"\xff\xda"),
        (image_samples.webp_with_location(), b"VP8 "),
    ):
        path = keep(data)

        examine(path, PLENTY)

        place = data.index(start)
        end = data.find(b"EXIF", place)
        assert path.read_bytes()[place:end] == data[place:end]
        assert path.read_bytes() != data


def test_examining_takes_the_location_out_of_each_picture_in_a_jpeg(keep):
    data = image_samples.mpo_with_location()
    path = keep(data)
    assert data.count(image_samples.SECONDS) == 2

    examine(path, PLENTY)

    with Image.open(path) as image:
        image.seek(1)
        image.load()
        assert image.getexif()[image_samples.ORIENTATION] == 6
        assert 0x8825 not in image.getexif()


@pytest.mark.parametrize(
    "data",
    [
        image_samples.jpeg_with_location(xmp=image_samples.XMP),
        image_samples.webp_with_location(xmp=image_samples.XMP),
        image_samples.png_with(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + image_samples.XMP),
        image_samples.png_with(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(image_samples.XMP)),
        image_samples.png_with(b"tEXt", b"exif:GPSLatitude\0" + b"52/1, 31/1"),
        image_samples.png_with(
            b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(image_samples.exif().hex().encode())
        ),
    ],
)
def test_examining_drops_a_text_with_a_location(keep, data):
    path = keep(data)

    examine(path, PLENTY)

    with Image.open(path) as image:
        image.load()
        assert "xmp" not in image.info
        assert not getattr(image, "text", {})
    assert b"52/1" not in path.read_bytes()
    assert pixels_of(path.read_bytes()) == pixels_of(data)


def test_examining_corrects_what_the_header_of_a_webp_promises(keep):
    path = keep(image_samples.webp_with_location(xmp=image_samples.XMP))
    assert path.read_bytes()[20] & 0x0C == 0x0C

    examine(path, PLENTY)

    after = path.read_bytes()
    assert after[20] & 0x0C == 0x08
    assert int.from_bytes(after[4:8], "little") + 8 == len(after)


@pytest.mark.parametrize(
    "data",
    [
        image_samples.png_with(b"eXIf", image_samples.exif(located=False).removeprefix(b"Exif\0\0")),
        image_samples.png_with(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + image_samples.PLAIN_XMP),
        image_samples.png_with(b"tEXt", b"Comment\0long"),
        image_samples.jpeg_with_location(xmp=image_samples.PLAIN_XMP, located=False),
        image_samples.webp_with_location(xmp=image_samples.PLAIN_XMP, located=False),
    ],
)
def test_examining_a_picture_without_a_location_keeps_all_of_it(keep, data):
    path = keep(data)
    before = path.stat()

    examine(path, PLENTY)

    assert path.read_bytes() == data
    assert path.stat().st_ino == before.st_ino


@pytest.mark.parametrize(
    "data", [image_samples.jpeg_with_location(), image_samples.png_with_location(), image_samples.webp_with_location()]
)
@pytest.mark.parametrize(
    ("place", "rubbish"),
    [
        (0, b"XX"),
        (4, b"\xff\xff\xff\xff"),  # the place of the first directory
        (4, b"\0\0\0\0"),
        (EXIF.index(b"\x88\x25") + 8, b"\xff\xff\xff\xff"),  # the place of the directory for GPS
    ],
)
def test_examining_drops_exif_that_nobody_understands(keep, data, place, rubbish):
    damaged, start = bytearray(data), data.index(EXIF) + place
    damaged[start : start + len(rubbish)] = rubbish
    path = keep(_with_checksum(damaged))

    examine(path, PLENTY)

    assert image_samples.SECONDS not in path.read_bytes()
    assert not dict(exif_of(path.read_bytes()))
    assert pixels_of(path.read_bytes()) == pixels_of(data)


def test_examining_keeps_exif_whose_directory_is_followed_by_rubbish(keep):
    data = bytearray(image_samples.jpeg_with_location())
    first = data.index(EXIF) + 8
    end = first + 2 + 12 * int.from_bytes(data[first : first + 2])
    data[end : end + 4] = b"\xee\xee\xee\xee"
    path = keep(data)

    examine(path, PLENTY)

    assert image_samples.SECONDS not in path.read_bytes()
    assert exif_of(path.read_bytes())[image_samples.ORIENTATION] == 6


def test_examining_takes_the_location_of_a_thumbnail_out_and_ends(keep):
    number, place = int.to_bytes, 8 + 2 + 4
    first = number(0, 2) + number(place, 4)
    second = number(1, 2) + b"\x88\x25\0\4\0\0\0\1" + number(place + 18, 4) + number(8, 4)  # then the first again
    gps = number(1, 2) + b"\0\2\0\5\0\0\0\1" + number(place + 18 + 14, 4) + image_samples.SECONDS + b"\0\0\0\1"
    path = keep(image_samples.png_with(b"eXIf", b"MM\0*" + number(8, 4) + first + second + gps))

    examine(path, PLENTY)

    assert image_samples.SECONDS not in path.read_bytes()
    assert b"eXIfMM" in path.read_bytes()


def test_examining_damaged_exif_always_ends(keep):
    data = image_samples.jpeg_with_location()
    start = data.index(EXIF)
    for place in range(start, start + len(EXIF)):
        for value in (0, 8, 255):
            damaged = bytearray(data)
            damaged[place] = value
            path = keep(damaged)

            examine(path, PLENTY)

            assert path.stat().st_size == len(data)


def test_refusing_a_picture_leaves_its_file_alone(keep):
    data = image_samples.jpeg_with_location()
    path = keep(data)

    assert fault_of(path, 10) is Fault.TOO_MANY_PIXELS

    assert path.read_bytes() == data


def test_examining_a_missing_file_is_no_fault_of_a_picture(tmp_path):
    with pytest.raises(FileNotFoundError):
        examine(tmp_path / "nothing", PLENTY)


def test_the_program_answers_each_line_with_a_line(tmp_path):
    files = {
        "good": image_samples.png(),
        "text": image_samples.TEXT,
        "cut": image_samples.gif()[:-9],
        "empty": b"",
        "huge": image_samples.huge_png(4000, 4000),
        "again": image_samples.webp_with_location(),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    questions = [{"path": str(tmp_path / name), "most_pixels": PLENTY} for name in [*files, "missing"]]

    ended = subprocess.run(
        [sys.executable, "-I", inspect_worker.__file__],
        input="".join(json.dumps(question) + "\n" for question in questions),
        capture_output=True,
        text=True,
        check=True,
        timeout=DEADLINE,
    )

    assert [json.loads(line) for line in ended.stdout.splitlines()] == [
        {"media_type": "image/png", "width": 64, "height": 48},
        {"fault": "not_a_picture"},
        {"fault": "broken"},
        {"fault": "empty"},
        {"fault": "too_many_pixels"},
        {"media_type": "image/webp", "width": 64, "height": 48},
        {"errno": 2},
    ]
    assert ended.stderr == ""


def _with_checksum(data: bytearray) -> bytearray:
    """The same, with the checksum of its Exif made right if it is a PNG."""
    place = data.find(b"eXIf")
    if place >= 0:
        end = place + 4 + int.from_bytes(data[place - 4 : place])
        data[end : end + 4] = zlib.crc32(data[place:end]).to_bytes(4)
    return data
