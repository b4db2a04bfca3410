"""`python -m bot` in processes of its own that have the libraries already: importing takes longer than most tests.

A server imports what the commands import, and nothing else, and forks for each command. The command then runs as
Python would run it, but knows the schema already. What Python itself reads at its start (`PYTHONIOENCODING`, say)
can't be given to it.
"""

import atexit
import functools
import gc
import importlib
import io
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NoReturn

from coverage import Coverage

ROOT = Path(__file__).parent.parent
IMPORTED = ("bot.app", "bot.cli.check", "bot.cli.predecessor", "bot.cli.transfers")
"""Modules that the commands import when they begin."""
_NOT_FLUSHED = 120
"""The status with which Python ends when what it wrote could not be flushed."""
DEADLINE = 120.0
"""Seconds that a test waits for a process, or for anything else, before it fails: a slow machine may need many."""


def start(
    arguments: Sequence[str], cwd: Path, env: Mapping[str, str], streams: Sequence[int], module: str = "bot"
) -> socket.socket:
    """Start a command, or another module, with these standard streams.

    The socket gives its process id, and when it has ended its exit status: two lines.
    """
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(_served())
    socket.send_fds(connection, [b"."], streams)
    asked = {"module": module, "arguments": list(arguments), "cwd": str(cwd), "env": dict(env), "umask": _umask()}
    connection.sendall(json.dumps(asked).encode() + b"\n")
    return connection


def run(
    arguments: Sequence[str],
    cwd: Path,
    env: Mapping[str, str],
    stdout: IO[str] | int | None = None,
    module: str = "bot",
) -> tuple[int, str]:
    """Run a command, or another module, to its end.

    Gives its exit status, and what it wrote: first to standard output, unless that goes elsewhere.
    """
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err, Path(os.devnull).open() as nothing:
        output = out if stdout is None else stdout
        number = output if isinstance(output, int) else output.fileno()
        with start(arguments, cwd, env, (nothing.fileno(), number, err.fileno()), module) as connection:
            connection.settimeout(DEADLINE)
            with connection.makefile() as told:
                _pid, status = told.read().split()
        for each in (out, err):
            each.seek(0)
        return int(status), out.read() + err.read()


def _umask() -> int:
    """This process's own, which is read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


@functools.cache
def _served() -> str:
    """The address of this process's server."""
    folder = tempfile.TemporaryDirectory()
    address = str(Path(folder.name) / "server")
    command = [sys.executable, "-m", "tests.fork_server", address]
    server = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert server.stdin
    assert server.stdout
    server.stdout.readline()  # it listens
    server.stdout.close()

    def stop(stdin: Any = server.stdin) -> None:
        stdin.close()
        server.wait()
        folder.cleanup()

    atexit.register(stop)
    return address


def _serve(address: str) -> list[str]:
    """Serve until standard input ends; returns, in the process of each command, its module and its arguments."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.disable()
    for each in IMPORTED:
        importlib.import_module(each)
    _learn_schema()
    measuring = Coverage.current()
    if measuring:  # each command goes on with it: beginning takes longer than most commands
        measuring.stop()
        measuring.save()
    gc.freeze()  # else each command looks through all that is there at its end, and copies it
    gc.enable()
    path = [each for each in sys.path if each not in ("", str(ROOT))]
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen(128)
        os.write(1, b"\n")
        with Path(os.devnull).open("w") as nothing:
            os.dup2(nothing.fileno(), 1)
        while True:
            ready, _, _ = select.select([listening, 0], [], [])
            if 0 in ready:
                os._exit(0)
            connection, _ = listening.accept()
            with connection:
                if os.fork() == 0:
                    command = _command(connection, path)
                    if measuring:
                        measuring.start()
                    return command


def _learn_schema() -> None:
    """Open a database, new and again: each command would make all migrations in memory for a third of its time."""
    opening = importlib.import_module("storage.opening")
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(2):
            opening.prepare(Path(folder) / "new.db")


def _command(connection: socket.socket, path: list[str]) -> list[str]:
    """Read what is to be done, and fork once more: this process waits for it, and says how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _, streams, _, _ = socket.recv_fds(connection, 1, 3)
    with connection.makefile() as lines:
        asked = json.loads(lines.readline())
    child = os.fork()
    if child:
        os.closerange(0, 3)
        for each in streams:
            os.close(each)
        connection.sendall(f"{child}\n".encode())
        _, status = os.waitpid(child, 0)
        connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
        os._exit(0)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, each in enumerate(streams):
        os.dup2(each, number)
        os.close(each)
    _open_streams()
    os.chdir(asked["cwd"])
    os.umask(asked["umask"])
    os.environ.clear()
    os.environ.update(asked["env"])
    before = [each for each in asked["env"].get("PYTHONPATH", "").split(os.pathsep) if each]
    sys.path[:] = [asked["cwd"], *before, *path]
    return [asked["module"], *asked["arguments"]]


def _open_streams() -> None:
    """Open what Python opens at its start: the server's own were opened on something else."""
    sys.stdin = sys.__stdin__ = open(0, encoding=sys.stdin.encoding, closefd=False)  # noqa: SIM115
    for name, number, is_by_line in (("stdout", 1, False), ("stderr", 2, True)):
        own = getattr(sys, name)
        is_by_line = is_by_line or os.isatty(number)
        output = open(number, "wb", 0 if own.write_through else -1, closefd=False)  # noqa: SIM115
        stream = io.TextIOWrapper(output, own.encoding, own.errors, "\n", is_by_line, own.write_through)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _end(status: object) -> NoReturn:
    """End this process with the status of a SystemExit, without taking apart all that the server has imported."""
    if isinstance(status, str):
        sys.stderr.write(f"{status}\n")
    # As Python does at its end, which has no other names for this.
    threading._shutdown()  # pyright: ignore[reportAttributeAccessIssue]
    atexit._run_exitfuncs()  # pyright: ignore[reportPrivateUsage]
    number = status if isinstance(status, int) else 0 if status is None else 1
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            number = number or _NOT_FLUSHED
    os._exit(number)


if __name__ == "__main__":
    sys.argv = _serve(sys.argv[1])
    try:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        _end(ended.code)
    _end(None)
