"""Other processes for tests: `python -m tests.storage.child_process <name> <arguments>`.

A child says on its standard output how far it is, and waits for a line where it must.
"""

import asyncio
import pathlib
import subprocess
import sys

from bot import signals
from storage import opening
from storage.models import GuildSettingsRow
from storage.store import Store
from tests.storage.rows import NOW

ROOT = pathlib.Path(__file__).parents[2]


def start(name: str, *arguments: object) -> subprocess.Popen[str]:
    """Start the child called `name`; the caller ends it."""
    command = [sys.executable, "-m", "tests.storage.child_process", name, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def prepare(path: str, directory: str) -> None:
    """Open and migrate; the migrations themselves may say and wait for something."""
    _say("at the door")
    opening.prepare(pathlib.Path(path), pathlib.Path(directory))


def write(path: str) -> None:
    """Write one guild after the other, and say each one's id once it is acknowledged."""
    asyncio.run(_write(pathlib.Path(path)))


def _say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


async def _write(path: pathlib.Path) -> None:
    store = Store.open(path)
    for guild_id in range(1, 100_000):
        await store.write(GuildSettingsRow.create, guild_id=guild_id, timezone="UTC", created_at=NOW)
        _say(guild_id)


if __name__ == "__main__":
    with signals.unwinding(status=0):
        {"prepare": prepare, "write": write}[sys.argv[1]](*sys.argv[2:])
