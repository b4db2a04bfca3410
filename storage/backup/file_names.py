"""The names of backups: each says when it was made, and none is given twice."""

import contextlib
import datetime
import pathlib
import re

from storage.fsync import move_to_new

PATTERN = "coachbook-*.zip"
_NAME = re.compile("coachbook-([0-9]{8}T[0-9]{6})Z(?:-[0-9]+)?[.]zip")
_WHEN = "%Y%m%dT%H%M%S"


def name_at(moment: datetime.datetime, number: int = 1) -> str:
    """Return the name of a backup that is made at this moment; of several in one second each has a number."""
    again = f"-{number}" if number > 1 else ""
    return f"coachbook-{moment.astimezone(datetime.UTC):{_WHEN}}Z{again}.zip"


def moment_in(name: str) -> datetime.datetime | None:
    """Return the moment in a backup's name; None: it is no backup's name."""
    match = _NAME.fullmatch(name)
    try:
        return match and datetime.datetime.strptime(match[1], _WHEN).replace(tzinfo=datetime.UTC)
    except ValueError:
        return None


def free_name(folder: pathlib.Path, moment: datetime.datetime) -> pathlib.Path:
    """Return the path of a backup of this moment that is not there yet."""
    number = 1
    while (path := folder / name_at(moment, number)).exists():
        number += 1
    return path


def give_name(made: pathlib.Path, folder: pathlib.Path, moment: datetime.datetime) -> pathlib.Path:
    """Move a finished backup into the folder under a name of its own, and return the path.

    Raises:
        OSError: the disk does not take it.
    """
    while True:
        with contextlib.suppress(FileExistsError):  # another backup was as quick
            move_to_new(made, target := free_name(folder, moment))
            return target
