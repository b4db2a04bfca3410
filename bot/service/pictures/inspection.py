"""A picture is stripped of what does not show it, decoded, and described; done in a process of its own.

Pillow is loaded only to decode: the bot itself has no use for it.
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

from bot.service.pictures.formats import jpeg, kinds, png
from bot.service.pictures.formats.faults import Fault, PictureError
from bot.service.process_limits import limit_memory
from storage import private_files

MOST_MEMORY = 1 << 30
"""Bytes of address space that the process may take: a bomb is to end in an error of memory."""
MOST_FRAMES = 2
"""An animation is decoded up to this many times the most pixels, then it is taken as good."""

_NO_MEMORY = "out of memory"
"""Pillow's words where one of its decoders got none (`PIL.ImageFile.ERRORS`)."""
_ROWS = 256
"""Of pixels that are compared at once."""


@dataclasses.dataclass(frozen=True)
class Facts:
    """What a picture is by its bytes, never by its name."""

    media_type: str
    """One of image/png, image/jpeg, image/gif, image/webp."""
    width: int
    """Pixels as they are stored: a camera may ask to turn them."""
    height: int


def examine(path: pathlib.Path, most_pixels: int) -> Facts:
    """Return the facts of a picture whose every pixel could be decoded; its file has only what shows it.

    Raises:
        PictureError: it is not taken; the file is as it was.
        OSError: the disk fails, not the picture.
        MemoryError: there is too little memory to look at it.
    """
    data = path.read_bytes()
    try:
        media_type, stripped = kinds.media_type_of(data), kinds.strip(data)
        facts = _decode(stripped, media_type, most_pixels)
        if media_type == kinds.JPEG and not jpeg.has_end(data):
            _refuse_missing_pixels(stripped)
    except (PictureError, MemoryError):
        raise
    except Exception as error:  # a decoder that is fed rubbish may raise anything
        fault = Fault.NO_MEMORY if _NO_MEMORY in str(error) else Fault.BROKEN
        raise PictureError(fault) from error
    if stripped != data:
        _rewrite(path, stripped)
    return facts


def main() -> None:
    """Answer each line of input, a file to examine, with a line of output, until the input ends."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # they come to the bot too, which ends this process when it is done
    limit_memory(MOST_MEMORY)
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


def _decode(data: bytes, media_type: str, most_pixels: int) -> Facts:
    from PIL import Image, ImageSequence

    importlib.import_module("PIL.WebPImagePlugin")  # else Pillow loads each of its many formats to find this one
    left = 0 if media_type == kinds.JPEG else MOST_FRAMES * most_pixels
    with _limits_of_pillow(most_pixels):
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


@contextlib.contextmanager
def _limits_of_pillow(most_pixels: int) -> Generator[None]:
    """Inside, Pillow refuses more pixels than these, and takes what browsers take."""
    from PIL import Image, PngImagePlugin

    Image.MAX_IMAGE_PIXELS = most_pixels
    PngImagePlugin.MAX_TEXT_CHUNK = png.MAX_PROFILE
    with warnings.catch_warnings(action="ignore"):
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield


def _refuse_missing_pixels(stripped: bytes) -> None:
    """Go on only if a JPEG, which came without its end, has all of its pixels.

    A decoder takes what stands before the end for those that are missing.
    """
    if len({_digest_of_pixels(data) for data in jpeg.filled(stripped)}) > 1:
        raise PictureError(Fault.BROKEN)


def _digest_of_pixels(data: bytes) -> bytes:
    from PIL import Image

    digest = hashlib.sha256()
    with Image.open(io.BytesIO(data), formats=["jpeg"]) as picture:
        for top in range(0, picture.height, _ROWS):
            digest.update(picture.crop((0, top, picture.width, top + _ROWS)).tobytes())
    return digest.digest()
