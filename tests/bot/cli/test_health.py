"""`coachbook health` without a bot to ask: one line, and the exit status 1."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.bot.cli.test_commands import run


class _Other(BaseHTTPRequestHandler):
    """Another program's answer."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'["no report"]')

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@pytest.fixture
def other_program() -> Iterator[int]:
    """The port of a program that is no bot."""
    with HTTPServer(("127.0.0.1", 0), _Other) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_without_a_port_it_says_how_to_set_one(tmp_path: Path):
    status, said = run(tmp_path, "health")

    assert (status, said.splitlines()) == (1, [said.strip()])
    assert said.startswith("unhealthy: the health port is off. Set health.port")


def test_where_no_bot_runs_it_says_so(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    status, said = run(tmp_path, "health", COACHBOOK_HEALTH__PORT=str(port))

    assert (status, said) == (1, f"unhealthy: no bot at 127.0.0.1:{port}: Connection refused.\n")


def test_another_program_on_the_port_is_no_bot(tmp_path: Path, other_program: int):
    status, said = run(tmp_path, "health", COACHBOOK_HEALTH__PORT=str(other_program))

    assert (status, said) == (1, f"unhealthy: another program answers at 127.0.0.1:{other_program}.\n")
