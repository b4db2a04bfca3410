"""Pictures are known by their bytes, some are refused, and those that are taken keep only what shows them."""

import contextlib
import io
import json
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from bot.domain.image_problems import MAX_FRAMES, MAX_PARTS, MAX_SCANS, ImageProblem
from bot.service.pictures import inspect_worker
from bot.service.pictures.formats import png
from bot.service.pictures.formats.errors import ImageError
from bot.service.pictures.formats.image_info import ImageInfo
from bot.service.pictures.inspection import MAX_ANIMATION, strip_and_inspect
from tests import image_samples
from tests.processes import DEADLINE

PIXELS = 64 * 48
"""Of a sample."""
PLENTY = 1_000_000

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
    "gif": image_samples.gif(),
    "moving gif": image_samples.gif(frames=3),
    "webp": image_samples.webp(),
    "lossless webp": image_samples.webp(lossless=True),
    "moving webp": image_samples.animated_webp(),
}

AFTER_PIXELS = {"png": b"\0\0\0\0IEND", "jpeg": b"\xff\xd9", "gif": b"\0;", "webp": b""}
"""Bytes that follow the pixels of a picture."""


@pytest.fixture(autouse=True)
def _limits_of_pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give Pillow's own limits back after each test: examining sets them for the process."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", Image.MAX_IMAGE_PIXELS)
    monkeypatch.setattr(PngImagePlugin, "MAX_TEXT_CHUNK", PngImagePlugin.MAX_TEXT_CHUNK)


@pytest.fixture
def keep(tmp_path: Path) -> Callable[[bytes], Path]:
    def kept(data: bytes) -> Path:
        path = tmp_path / "chart"
        path.write_bytes(data)
        return path

    return kept


def problem_of(path: Path, max_pixels: int = PLENTY) -> ImageProblem:
    with pytest.raises(ImageError) as refusal:
        strip_and_inspect(path, max_pixels)
    return refusal.value.problem


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
def test_inspecting_a_picture_tells_what_it_is_and_leaves_it_alone(keep, data, media_type):
    path = keep(data)
    before = path.stat()

    assert strip_and_inspect(path, PLENTY) == ImageInfo(media_type, 30, 20)

    assert path.read_bytes() == data
    assert path.stat().st_ino == before.st_ino


def test_inspecting_two_pictures_in_a_jpeg_calls_them_a_jpeg(keep):
    data = image_samples.mpo_with_location()

    assert Image.open(io.BytesIO(data)).format == "MPO"
    assert strip_and_inspect(keep(data), PLENTY) == ImageInfo("image/jpeg", 64, 48)


def test_inspecting_a_png_that_is_named_jpg_calls_it_a_png(tmp_path):
    path = tmp_path / "chart.jpg"
    path.write_bytes(image_samples.png())

    assert strip_and_inspect(path, PLENTY).media_type == "image/png"


def test_inspecting_nothing_calls_it_empty(keep):
    assert problem_of(keep(b"")) is ImageProblem.EMPTY


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
        b"\0\0\0\x14ftypisom\0\0\2\0mp42 a film",
    ],
)
def test_inspecting_another_kind_of_file_is_refused(keep, data):
    assert problem_of(keep(data)) is ImageProblem.NOT_A_PICTURE


@pytest.mark.parametrize(
    ("brands", "problem"),
    [
        (b"heic\0\0\0\0mif1heic", ImageProblem.HEIC),
        (b"mif1\0\0\0\0mif1heic", ImageProblem.HEIC),
        (b"msf1\0\0\0\0msf1hevc", ImageProblem.HEIC),
        (b"avif\0\0\0\0avifmif1miaf", ImageProblem.AVIF),
        (b"mif1\0\0\0\0avifmif1", ImageProblem.AVIF),
        (b"heix", ImageProblem.HEIC),
    ],
)
def test_inspecting_what_phones_send_names_it(keep, brands, problem):
    box = (8 + len(brands)).to_bytes(4) + b"ftyp" + brands

    assert problem_of(keep(box + b"\0\0\0\x08mdatheic")) is problem


@pytest.mark.parametrize("kind", FOUND_WHOLE)
def test_inspecting_a_picture_cut_in_its_pixels_calls_it_broken(keep, kind):
    data, after = FOUND_WHOLE[kind], AFTER_PIXELS[kind.split()[-1]]
    end = data.rindex(after) if after else len(data)
    first = data.rindex(b"\x2c\0\0\0\0") + 1 if kind == "moving gif" else 12  # with fewer frames it is a whole GIF
    places = [*range(first, end - 3, 7), end - 4, end - 3]

    assert {problem_of(keep(data[:place])) for place in places} == {ImageProblem.BROKEN}


@pytest.mark.parametrize("data", FOUND_WHOLE.values(), ids=FOUND_WHOLE)
def test_inspecting_a_picture_with_more_behind_its_end_takes_it(keep, data):
    path = keep(data + b"\xff\xe1 a trailer, as some cameras write one")

    assert (strip_and_inspect(path, PLENTY).width, strip_and_inspect(path, PLENTY).height) == (64, 48)


def test_inspecting_a_png_with_a_flipped_bit_before_its_end_calls_it_broken(keep):
    data = image_samples.png()
    before_end = range(8, len(data) - 12)
    damaged = [data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :] for place in before_end]

    assert {problem_of(keep(each)) for each in damaged} == {ImageProblem.BROKEN}


def test_inspecting_a_webp_that_claims_to_be_larger_calls_it_broken(keep):
    data = bytearray(image_samples.webp())
    data[4:8] = b"\xfe\xff\xff\xff"

    assert problem_of(keep(data)) is ImageProblem.BROKEN


@pytest.mark.parametrize("data", FOUND_WHOLE.values(), ids=FOUND_WHOLE)
def test_inspecting_damaged_pictures_takes_or_refuses_them(keep, data):
    for place in range(0, len(data), 5):
        damaged = bytearray(data)
        damaged[place : place + 2] = bytes(byte ^ 0xA5 for byte in damaged[place : place + 2])
        with contextlib.suppress(ImageError):
            strip_and_inspect(keep(damaged), PLENTY)


def test_inspecting_takes_what_browsers_show(keep):
    profile = b"a profile\0\0" + zlib.compress(bytes(5_000_000))
    text = b"Comment\0\0" + zlib.compress(bytes(5_000_000))
    damaged = image_samples.png_with(b"tEXt", b"Comment\0a fine day").replace(b"a fine", b"a bad ")
    for data in (
        image_samples.png_with(b"iCCP", profile),
        image_samples.png_with(b"zTXt", text),
        damaged,
        damaged.replace(b"tEXt", b"gAMA"),
        *(image_samples.png()[:-count] for count in (1, 4, 8, 12)),
        image_samples.apng()[:-12],
        *(image_samples.gif(frames)[:-count] for frames in (1, 3) for count in (1, 2)),
        image_samples.gif_with_zeros(),
        image_samples.gif(3) + bytes(3),
        *(image_samples.jpeg(progressive=progressive)[:-count] for progressive in (False, True) for count in (1, 2)),
        image_samples.jpeg()[:-2] + bytes(40),
    ):
        path = keep(data)

        assert (strip_and_inspect(path, PLENTY).width, strip_and_inspect(path, PLENTY).height) == (64, 48)

        with Image.open(path) as image:
            image.load()


def test_inspecting_calls_an_animation_broken_that_lacks_a_frame_and_its_end(keep):
    data = image_samples.apng()

    assert problem_of(keep(data[: data.rindex(b"fcTL") - 4])) is ImageProblem.BROKEN


def test_inspecting_a_profile_that_unpacks_to_very_much_leaves_it_away(keep):
    path = keep(image_samples.png_with(b"iCCP", b"a profile\0\0" + zlib.compress(bytes(png.MAX_PROFILE + 1))))

    strip_and_inspect(path, PLENTY)

    assert path.read_bytes() == image_samples.png()


@pytest.mark.parametrize("data", FOUND_WHOLE.values(), ids=FOUND_WHOLE)
def test_inspecting_too_many_pixels_is_refused_from_the_first_on(keep, data):
    path = keep(data)

    assert strip_and_inspect(path, PIXELS)
    assert problem_of(path, PIXELS - 1) is ImageProblem.TOO_MANY_PIXELS
    assert problem_of(path, PIXELS // 10) is ImageProblem.TOO_MANY_PIXELS


def test_inspecting_a_huge_picture_in_a_small_file_is_refused(keep):
    data = image_samples.huge_png()

    assert len(data) < 150_000
    assert problem_of(keep(data), 50_000_000) is ImageProblem.TOO_MANY_PIXELS


def test_inspecting_a_frame_beyond_its_screen_counts_its_pixels(keep):
    data = bytearray(image_samples.gif(frames=2))
    frame = data.rindex(b"\x2c\0\0\0\0") + 5
    data[frame : frame + 4] = b"\xff\xff\xff\xff"

    assert problem_of(keep(data)) is ImageProblem.TOO_MANY_PIXELS


def test_inspecting_a_long_animation_stops_when_enough_is_decoded(keep):
    data = bytearray(image_samples.gif(frames=MAX_ANIMATION + 2))
    data[-60:-52] = bytes(8)
    path = keep(data)

    assert problem_of(path) is ImageProblem.BROKEN
    assert strip_and_inspect(path, PIXELS) == ImageInfo("image/gif", 64, 48)


PNG = image_samples.png()
JPEG = image_samples.jpeg()
WEBP = b"RIFF" + (4 + 8 * (MAX_FRAMES + 1)).to_bytes(4, "little") + b"WEBP"
MANY: dict[str, tuple[Callable[[int], bytes], int, ImageProblem]] = {
    "GIF of frames": (image_samples.gif_of_dots, MAX_FRAMES, ImageProblem.TOO_MANY_FRAMES),
    "JPEG of scans": (image_samples.jpeg_with_scans, MAX_SCANS, ImageProblem.TOO_MANY_SCANS),
    "JPEG of comments": (
        lambda count: JPEG[:2] + b"\xff\xfe\0\2" * count + JPEG[2:],
        MAX_PARTS,
        ImageProblem.TOO_MANY_PARTS,
    ),
    "PNG of chunks": (
        lambda count: PNG[:33] + image_samples.png_chunk(b"teSt", b"") * count + PNG[33:],
        MAX_PARTS,
        ImageProblem.TOO_MANY_PARTS,
    ),
    "GIF of one block in pieces": (
        lambda count: image_samples.gif_of_dots(1)[:-5] + b"\1\x44" * count + b"\0\x3b",
        MAX_PARTS,
        ImageProblem.TOO_MANY_PARTS,
    ),
}
"""Files that take the longer to read the more there is of something, with how much of it is taken."""


@pytest.mark.parametrize("what", MANY)
def test_inspecting_counts_before_it_decodes(keep, what):
    make, most, problem = MANY[what]

    assert problem_of(keep(make(10 * most))) is problem
    assert problem_of(keep(make(most + 1))) is problem
    strip_and_inspect(keep(make(most // 2)), PLENTY)


def test_inspecting_counts_the_frames_of_all_that_move(keep):
    for frame, header in ((image_samples.png_chunk(b"fcTL", bytes(26)), PNG[:33]), (b"ANMF\0\0\0\0", WEBP)):
        assert problem_of(keep(header + frame * (MAX_FRAMES + 1))) is ImageProblem.TOO_MANY_FRAMES


@pytest.mark.parametrize("data", LOCATED.values(), ids=LOCATED)
def test_inspecting_leaves_nothing_but_what_shows_the_picture(keep, data):
    path = keep(data)

    facts = strip_and_inspect(path, PLENTY)

    after = path.read_bytes()
    assert (facts.width, facts.height) == (64, 48)
    assert not any(
        secret in after for secret in (image_samples.SECONDS, image_samples.SECONDS[::-1], b"GPS", b"camera")
    )
    assert dict(exif_of(after)) == {image_samples.ORIENTATION: 6}
    assert pixels_of(after) == pixels_of(data)
    assert [entry.name for entry in path.parent.iterdir()] == ["chart"]


def test_refusing_a_picture_leaves_its_file_alone(keep):
    data = image_samples.jpeg_with_location()
    path = keep(data)

    assert problem_of(path, 10) is ImageProblem.TOO_MANY_PIXELS

    assert path.read_bytes() == data


def test_inspecting_a_missing_file_is_no_fault_of_a_picture(tmp_path):
    with pytest.raises(FileNotFoundError):
        strip_and_inspect(tmp_path / "nothing", PLENTY)


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
    questions = [{"path": str(tmp_path / name), "max_pixels": PLENTY} for name in [*files, "missing"]]

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
        {"problem": "not_a_picture"},
        {"problem": "broken"},
        {"problem": "empty"},
        {"problem": "too_many_pixels"},
        {"media_type": "image/webp", "width": 64, "height": 48},
        {"errno": 2},
    ]
    assert ended.stderr == ""
