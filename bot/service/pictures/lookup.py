"""Lookup of stored pictures in their folder."""

import pathlib
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from bot.domain import picture_reasons
from bot.domain.values import LackingPicture, PictureProblem
from storage.chart_files import ChartFiles
from storage.errors.charts import ChartAlteredError, ChartMissingError, ChartUnreadableError

Found = TypeVar("Found", pathlib.Path, bytes)


def look_up(find: Callable[[str], Found], sha256: str, filename: str) -> Found | LackingPicture:
    """Return the result of `find`, a method of `ChartFiles`, for the picture, or the problem with it; blocks."""
    try:
        return find(sha256)
    except ChartMissingError:
        return LackingPicture(sha256, filename, PictureProblem.MISSING, picture_reasons.MISSING)
    except ChartAlteredError:
        return LackingPicture(sha256, filename, PictureProblem.ALTERED, picture_reasons.ALTERED)
    except ChartUnreadableError as error:
        return LackingPicture(sha256, filename, PictureProblem.UNREADABLE, picture_reasons.unreadable(error.why))


def all_lacking(files: ChartFiles, pictures: Mapping[str, str]) -> tuple[LackingPicture, ...]:
    """Return the pictures, of these names by SHA-256, that are missing, altered or unreadable; blocks."""
    results = (look_up(files.find, sha256, filename) for sha256, filename in pictures.items())
    return tuple(each for each in results if isinstance(each, LackingPicture))


def unreadable(pictures: Sequence[LackingPicture]) -> int:
    """Return the number of unreadable pictures, which may be intact."""
    return sum(each.is_unreadable for each in pictures)
