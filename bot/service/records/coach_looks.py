"""Changes of the color and the picture of a coach's cards."""

from bot.domain.colors import UnknownColorError, parse_color
from bot.domain.errors import CoachColorError, CoachPictureError, SetAndClearError
from bot.domain.picture_reasons import too_large
from bot.domain.values import MAX_COACH_PICTURE, ClearableLook, CoachChange
from bot.service.records.charts import written


def color_after(color: int | None, wanted: CoachChange) -> int | None:
    """Return the coach's color after the change.

    Raises:
        CoachColorError: the words name no color.
        SetAndClearError: it is to be set and cleared.
    """
    if wanted.clear is ClearableLook.COLOR:
        if wanted.color is not None:
            raise SetAndClearError("the color")
        return None
    if wanted.color is None:
        return color
    try:
        return parse_color(wanted.color)
    except UnknownColorError as error:
        raise CoachColorError(wanted.color) from error


def picture_after(picture: str, wanted: CoachChange) -> str:
    """Return the coach's picture, as it is stored, after the change.

    Raises:
        CoachPictureError: the picture is too large.
        SetAndClearError: it is to be set and cleared.
    """
    if wanted.clear is ClearableLook.PICTURE:
        if wanted.picture is not None:
            raise SetAndClearError("the picture")
        return written(())
    if wanted.picture is None:
        return picture
    if wanted.picture.size > MAX_COACH_PICTURE:
        raise CoachPictureError(wanted.picture.filename, too_large(wanted.picture.size, MAX_COACH_PICTURE))
    return written([wanted.picture])
