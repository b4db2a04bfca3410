"""The fork server: a command that it starts is as one that Python starts."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import fork_server
from tests.processes import DEADLINE, ROOT, environment

COMMANDS = {
    "help": ("--help",),
    "a status and words on both streams": ("export", "plans.pdf", "--guild", "1"),
    "no such command": ("nothing",),
    "the plugins": ("plugins",),
    "a check": ("check",),
    "a backup of what is not there": ("backup",),
    "an export of what is not there": ("export", "plans.md", "--guild", "1"),
    "an import of what is not there": ("import", "plans.jsonl"),
}


def execute(arguments: tuple[str, ...], cwd: Path, env: dict[str, str], stdout: int) -> tuple[int, str]:
    command = [sys.executable, "-m", "bot", *arguments]
    ended = subprocess.run(
        command, cwd=cwd, env=env, stdout=stdout, stderr=subprocess.PIPE, text=True, timeout=DEADLINE, check=False
    )
    return ended.returncode, (ended.stdout or "") + ended.stderr


def without_free_space(ended: tuple[int, str]) -> tuple[int, str]:
    """Return the status and what was said without the free space, which other processes change meanwhile."""
    status, said = ended
    return status, re.sub("[0-9,]+ MiB", "MiB", said)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_forked_command_ends_and_says_as_one_that_is_executed(tmp_path: Path, command: str):
    env = environment(PYTHONPATH=str(ROOT), COLUMNS="100", COACHBOOK_STORAGE__PATH=str(tmp_path / "book.db"))
    arguments = COMMANDS[command]

    forked = fork_server.run(arguments, tmp_path, env)
    executed = execute(arguments, tmp_path, env, subprocess.PIPE)

    assert without_free_space(forked) == without_free_space(executed)


def test_output_that_nobody_hears_is_met_in_the_same_way(tmp_path: Path):
    reading, writing = os.pipe()
    os.close(reading)

    try:
        forked = fork_server.run(("plugins",), tmp_path, environment(), stdout=writing)
        assert forked == execute(("plugins",), ROOT, environment(), writing)
    finally:
        os.close(writing)


def test_a_plugin_beside_it_is_found_by_its_folder(tmp_path: Path):
    (tmp_path / "mine_plugin.py").write_text("import nothing_of_this_name")

    status, said = fork_server.run(("plugins",), tmp_path, environment(COACHBOOK_PLUGINS__EXTRA="mine_plugin"))

    assert (status, "mine_plugin.py, line 1: ModuleNotFoundError" in said) == (1, True)
