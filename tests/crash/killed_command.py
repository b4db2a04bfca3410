"""A process that kills itself at a step of what it does.

`python -m tests.crash.killed_command ACT NAME NUMBER ARGUMENTS...` does the act, and kills itself (SIGKILL) as it is
about to call the function of that name once it has called it so many times.
"""

import os
import pathlib
import signal
import sys
from collections.abc import Callable, Mapping

from bot.cli import backups
from bot.config.loader import load_config
from storage import opening
from tests import fork_server
from tests.crash.kill_points import kill_at
from tests.processes import ROOT


def is_killed(act: str, name: str, number: int, *arguments: object, env: Mapping[str, str]) -> bool:
    """Do the act in such a process; False: it called the function less often, and came to its end."""
    status, output = fork_server.run((act, name, str(number), *map(str, arguments)), ROOT, env, module=__name__)
    assert status in (0, -signal.SIGKILL), output
    return status != 0


def restore(backup: str) -> None:
    """Put a backup in the place of the configured book."""
    backups.restore_backup(
        load_config(environ=os.environ), pathlib.Path(backup), None, force=True, on_progress=lambda _: None
    )


def backup() -> None:
    """Back up the configured book."""
    config = load_config(environ=os.environ)
    backups.create_backup(backups.paths_of(config), config.backup_folder, lambda _: None)


def prepare(path: str) -> None:
    """Open a book, or make it."""
    opening.prepare(pathlib.Path(path))


ACTS: Mapping[str, Callable[..., None]] = {"backup": backup, "restore": restore, "prepare": prepare}

if __name__ == "__main__":
    kill_at(sys.argv[2], int(sys.argv[3]))
    ACTS[sys.argv[1]](*sys.argv[4:])
