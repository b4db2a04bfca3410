"""Forks programs from a process that has imported all of the bot, as each start would take a second for that.

`python -m tests.warm FD` reads requests from that socket. Each comes with a file for the program's output and a socket,
by which the program's process id and, once it has ended, its exit status are given. The program stays a zombie until
the other end of that socket is closed, so that its process id means no other process before its end is known.
"""

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import runpy
import socket
import sys

LARGEST = 2**17
"""Bytes of a request."""
PACKAGES = ("storage", "bot")


def import_all() -> None:
    """Import what the bot may need, but for its main module, which is run, and plugins, which it reads itself."""
    for package in map(importlib.import_module, PACKAGES):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith(".__main__"):
                importlib.import_module(module.name)


def serve(channel: socket.socket) -> tuple[str, list[str]]:
    """Fork for each request; gives, in what was forked alone, the module to run and its arguments."""
    while True:
        message, files, *_ = socket.recv_fds(channel, LARGEST, 2)
        if not message:
            sys.exit()
        if os.fork() == 0:
            channel.close()
            request = json.loads(message)
            _fork_and_report(*files)
            os.chdir(request["cwd"])
            os.environ.clear()
            os.environ.update(request["env"])
            return request["module"], request["arguments"]
        for file in files:
            os.close(file)
        _reap()


def _fork_and_report(output: int, control: int) -> None:
    """Return in a child, whose output goes there; tell of it, and of its end."""
    child = os.fork()
    if child == 0:
        os.close(control)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for file, place in ((nothing, 0), (output, 1), (output, 2)):
            os.dup2(file, place)
        os.close(nothing)
        os.close(output)
        _open_standard_files()
        return
    os.close(output)
    with socket.socket(fileno=control) as reporting, contextlib.suppress(ConnectionError):
        reporting.sendall(f"{child}\n".encode())
        ended = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        assert ended
        status = ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status
        reporting.sendall(f"{status}\n".encode())
        reporting.recv(1)
    os.waitpid(child, 0)
    os._exit(0)


def _open_standard_files() -> None:
    """Forget what kind of files they were before."""
    sys.stdin = sys.__stdin__ = os.fdopen(0, closefd=False)
    sys.stdout = sys.__stdout__ = os.fdopen(1, "w", closefd=False)
    sys.stderr = sys.__stderr__ = os.fdopen(2, "w", errors="backslashreplace", buffering=1, closefd=False)


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


if __name__ == "__main__":
    import_all()
    gc.freeze()
    name, given = serve(socket.socket(fileno=int(sys.argv[1])))
    sys.argv = [name, *given]
    runpy.run_module(name, run_name="__main__", alter_sys=True)
