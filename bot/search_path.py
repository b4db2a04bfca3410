"""The modules' search path, in which the start folder shadows no other module."""

import sys
from pathlib import Path


def put_start_folder_last() -> None:
    """Put the start folder at the end of the search path.

    `python -m bot` puts it first, where its `plugins` or `storage` would shadow this program's, and the command
    `coachbook` leaves it out. With Python's option -P it stays out.
    """
    start, program = Path.cwd(), Path(__file__).parents[1]
    if start != program and not sys.flags.safe_path:
        sys.path[:] = [*(each for each in sys.path if Path(each).absolute() != start), str(start)]
