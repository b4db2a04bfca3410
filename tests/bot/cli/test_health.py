"""`coachbook health` without a bot to ask: one line, and the exit status 1."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.bot.cli.test_commands import run
from tests.processes import free_port


class _Other(BaseHTTPRequestHandler):
    """Another program's answer."""

    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(b'["no report"]')

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


class _Failing(_Other):
    """The answer of a bot whose check failed."""

    status = 500


@pytest.fixture(params=[_Other])
def other_program(request: pytest.FixtureRequest) -> Iterator[int]:
    """The port of a program that is no bot."""
    with HTTPServer(("127.0.0.1", 0), request.param) as server:
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
    port = free_port()

    status, said = run(tmp_path, "health", COACHBOOK_HEALTH__PORT=str(port))

    assert (status, said) == (1, f"unhealthy: no bot at 127.0.0.1:{port}: Connection refused.\n")


def test_another_program_on_the_port_is_no_bot(tmp_path: Path, other_program: int):
    status, said = run(tmp_path, "health", COACHBOOK_HEALTH__PORT=str(other_program))

    assert (status, said) == (1, f"unhealthy: another program answers at 127.0.0.1:{other_program}.\n")


@pytest.mark.parametrize("other_program", [_Failing], indirect=True)
def test_a_status_without_a_report_is_named(tmp_path: Path, other_program: int):
    status, said = run(tmp_path, "health", COACHBOOK_HEALTH__PORT=str(other_program))

    assert (status, said) == (1, f"unhealthy: 127.0.0.1:{other_program} answers with status 500; see the bot's log.\n")
