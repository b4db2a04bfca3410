"""The modules' search path: what lies in the start folder is found, and takes the place of nothing."""

import sys
from pathlib import Path


def put_start_folder_last() -> None:
    """Have modules of the start folder found after all that is installed.

    `python -m bot` puts that folder first, where its `plugins` or `storage` would be taken for this program's, and the
    command `coachbook` leaves it out. Where Python was told to leave it out (-P), it stays out.
    """
    start, program = Path.cwd(), Path(__file__).parents[1]
    if start != program and not sys.flags.safe_path:
        sys.path[:] = [*(each for each in sys.path if Path(each).absolute() != start), str(start)]
