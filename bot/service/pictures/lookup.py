"""Pictures that were kept, looked up in their folder: the file, or why it can't be had."""

import pathlib
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from bot.domain.values import LackingPicture, PictureProblem
from storage.chart_files import ChartFiles
from storage.errors.charts import ChartAlteredError, ChartMissingError, ChartUnreadableError

Found = TypeVar("Found", pathlib.Path, bytes)


def look_up(find: Callable[[str], Found], sha256: str, filename: str) -> Found | LackingPicture:
    """Return what `ChartFiles.find`, or another that raises the same, gives for the picture; blocks."""
    try:
        return find(sha256)
    except ChartMissingError:
        return LackingPicture(sha256, filename, PictureProblem.MISSING, "is missing")
    except ChartAlteredError:
        return LackingPicture(sha256, filename, PictureProblem.ALTERED, "was altered")
    except ChartUnreadableError as error:
        return LackingPicture(sha256, filename, PictureProblem.UNREADABLE, f"can't be read now: {error.why}")


def all_lacking(files: ChartFiles, pictures: Mapping[str, str]) -> tuple[LackingPicture, ...]:
    """Return those of the pictures that can't be had; blocks.

    Args:
        files: their folder.
        pictures: the name of each by its SHA-256.
    """
    found = (look_up(files.find, sha256, filename) for sha256, filename in pictures.items())
    return tuple(each for each in found if isinstance(each, LackingPicture))


def unreadable(pictures: Sequence[LackingPicture]) -> int:
    """Return how many of them may well be there, and whole."""
    return sum(each.is_unreadable for each in pictures)
