"""The modules' search path: modules of the start folder are found, but shadow nothing."""

import sys
from pathlib import Path


def put_start_folder_last() -> None:
    """Put the start folder after everything installed in the search path.

    `python -m bot` puts that folder first, where its `plugins` or `storage` would be taken for this program's, and the
    command `coachbook` leaves it out. Where Python was told to leave it out (-P), it stays out.
    """
    start, program = Path.cwd(), Path(__file__).parents[1]
    if start != program and not sys.flags.safe_path:
        sys.path[:] = [*(each for each in sys.path if Path(each).absolute() != start), str(start)]
