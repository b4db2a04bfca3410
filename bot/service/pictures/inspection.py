"""Inspection of a picture, in a separate process: metadata is stripped, and every pixel decoded.

Pillow is imported only to decode, as the bot itself does not need it.
"""

import contextlib
import dataclasses
import hashlib
import importlib
import io
import json
import os
import pathlib
import signal
import sys
import warnings
from collections.abc import Generator

from bot.domain.image_problems import ImageProblem
from bot.service.pictures.formats import jpeg, kinds, png
from bot.service.pictures.formats.errors import ImageError
from bot.service.pictures.formats.image_info import ImageInfo
from bot.service.process_limits import limit_memory
from storage import private_files

MAX_MEMORY = 1 << 30
"""Bytes of the process's address space: a decompression bomb must end in a memory error."""
MAX_ANIMATION = 2
"""An animation is decoded up to this many times the limit of pixels; the rest is accepted unchecked."""

_NO_MEMORY = "out of memory"
"""Pillow's message when a decoder runs out of memory (`PIL.ImageFile.ERRORS`)."""
_ROWS = 256
"""Rows of pixels hashed at once."""


def strip_and_inspect(path: pathlib.Path, max_pixels: int) -> ImageInfo:
    """Check that every pixel of the picture can be decoded, strip its file of metadata, and return its properties.

    Raises:
        ImageError: the picture is rejected; its file is unchanged.
        OSError: the disk fails.
        MemoryError: out of memory.
    """
    data = path.read_bytes()
    try:
        media_type, stripped = kinds.media_type_of(data), kinds.strip(data)
        info = _decode(stripped, media_type, max_pixels)
        if media_type == kinds.JPEG and not jpeg.has_end(data):
            _refuse_missing_pixels(stripped)
    except (ImageError, MemoryError):
        raise
    except Exception as error:  # decoders may raise anything on invalid data
        problem = ImageProblem.NO_MEMORY if _NO_MEMORY in str(error) else ImageProblem.BROKEN
        raise ImageError(problem) from error
    if stripped != data:
        _rewrite(path, stripped)
    return info


def main() -> None:
    """Answer each line of input, a file to inspect, with a line of output, until the input ends."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the bot gets them too, and ends this process when done
    limit_memory(MAX_MEMORY)
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_answer(**json.loads(line))) + "\n")
        sys.stdout.flush()


def _answer(path: str, max_pixels: int) -> dict[str, object]:
    try:
        return dataclasses.asdict(strip_and_inspect(pathlib.Path(path), max_pixels))
    except ImageError as error:
        return {"problem": error.problem}
    except MemoryError:
        return {"problem": ImageProblem.NO_MEMORY}
    except OSError as error:
        return {"errno": error.errno}


def _rewrite(path: pathlib.Path, data: bytes) -> None:
    part = private_files.part_of(path)
    try:
        part.unlink(missing_ok=True)
        with private_files.create(part) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _decode(data: bytes, media_type: str, max_pixels: int) -> ImageInfo:
    from PIL import Image, ImageSequence

    importlib.import_module("PIL.WebPImagePlugin")  # else Pillow loads all of its formats to find this one
    left = 0 if media_type == kinds.JPEG else MAX_ANIMATION * max_pixels
    with _limits_of_pillow(max_pixels):
        try:
            with Image.open(io.BytesIO(data), formats=[media_type.removeprefix("image/")]) as picture:
                info = ImageInfo(media_type, *picture.size)
                picture.draft(picture.mode, (1, 1))  # a JPEG is read whole, at an eighth of its size
                for frame in ImageSequence.Iterator(picture):
                    frame.load()
                    left -= frame.width * frame.height
                    if left <= 0:
                        break
                return info
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise ImageError(ImageProblem.TOO_MANY_PIXELS) from error


@contextlib.contextmanager
def _limits_of_pillow(max_pixels: int) -> Generator[None]:
    """Let Pillow refuse more pixels than these, and accept what browsers accept, while the block runs."""
    from PIL import Image, PngImagePlugin

    Image.MAX_IMAGE_PIXELS = max_pixels
    PngImagePlugin.MAX_TEXT_CHUNK = png.MAX_PROFILE
    with warnings.catch_warnings(action="ignore"):
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield


def _refuse_missing_pixels(stripped: bytes) -> None:
    """Refuse a JPEG without an end marker if pixels are missing: a decoder fills them from the bytes before the end."""
    if len({_digest_of_pixels(data) for data in jpeg.filled(stripped)}) > 1:
        raise ImageError(ImageProblem.BROKEN)


def _digest_of_pixels(data: bytes) -> bytes:
    from PIL import Image

    digest = hashlib.sha256()
    with Image.open(io.BytesIO(data), formats=["jpeg"]) as picture:
        for top in range(0, picture.height, _ROWS):
            digest.update(picture.crop((0, top, picture.width, top + _ROWS)).tobytes())
    return digest.digest()
