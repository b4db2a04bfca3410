"""Signals end a process from its first moment on, also as process 1, and one that is ignored stays so."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import DEADLINE, ROOT, environment

IGNORED = """
import os, signal
signal.signal(signal.SIGHUP, signal.SIG_IGN)
from bot import signals
signals.exit_at_once()
os.kill(os.getpid(), signal.SIGHUP)
print("still here", flush=True)
os.kill(os.getpid(), signal.SIGTERM)
"""
NAMESPACE = ("unshare", "--pid", "--fork", "--kill-child")


def _makes_namespaces() -> bool:
    has = shutil.which(NAMESPACE[0])
    return bool(has) and not subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode


FIRST = [pytest.param(False, id="a process")] + [pytest.param(True, id="process 1")] * _makes_namespaces()
"""True: as process 1 of a namespace of its own, where the machine allows that (pid_namespaces(7))."""


def handles(pid: int, number: signal.Signals) -> bool:
    """Return whether a process that runs Python has a handler for the signal, by proc(5)."""
    if not Path(f"/proc/{pid}/cmdline").read_bytes().startswith(sys.executable.encode()):
        return False
    [caught] = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("SigCgt:")]
    return bool(int(caught.split()[1], 16) >> (number - 1) & 1)


def children_of(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_signal_that_is_ignored_stays_so_and_others_end_the_process():
    ended = subprocess.run([sys.executable, "-c", IGNORED], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stdout) == (128 + signal.SIGTERM, "still here\n"), ended.stderr


@pytest.mark.parametrize(("command", "status"), [("run", 0), ("check", 128 + signal.SIGTERM)])
@pytest.mark.parametrize("is_first", FIRST)
def test_a_signal_is_obeyed_while_the_program_is_still_being_imported(
    tmp_path: Path, command: str, status: int, *, is_first: bool
):
    before = NAMESPACE if is_first else ()
    env = environment(PYTHONPATH=str(ROOT), DISCORD_TOKEN="none")
    starting = subprocess.Popen([*before, sys.executable, "-m", "bot", command], cwd=tmp_path, env=env)
    pid = starting.pid
    while is_first and pid == starting.pid:
        assert starting.poll() is None
        pid = next(iter(children_of(starting.pid)), pid)
    while not handles(pid, signal.SIGTERM):
        assert starting.poll() is None

    os.kill(pid, signal.SIGTERM)

    assert starting.wait(DEADLINE) == status
    assert not list(tmp_path.iterdir())
