"""The health of the bot that runs on this machine, asked over its health port."""

import http.client
import json
from http import HTTPStatus
from typing import Final

from bot.cli.errors import CommandError
from bot.config.settings import HealthSection

ANSWER_SECONDS: Final = 10.0
"""The bot gives the disk 3 seconds."""
_LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - by the address where the port is open
_IS_OFF = (
    "the health port is off. Set health.port in config.toml, or the variable COACHBOOK_HEALTH__PORT, and restart the "
    "bot."
)


def ask(section: HealthSection) -> str:
    """Return the line of the running bot about its health, which is good.

    Raises:
        CommandError: it is not, or the bot does not answer.
    """
    if not section.port:
        raise CommandError(f"unhealthy: {_IS_OFF}")
    status, summary = _answer(_LOOPBACK.get(section.host, section.host), section.port)
    if status != HTTPStatus.OK:
        raise CommandError(summary)
    return summary


def _answer(host: str, port: int) -> tuple[int, str]:
    """Return the status and the line that the bot answers.

    Raises:
        CommandError: there is no answer of a bot.
    """
    connection = http.client.HTTPConnection(host, port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", "/health")
        response = connection.getresponse()
        if response.status not in (HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE):
            raise CommandError(f"unhealthy: {host}:{port} answers with status {response.status}; see the bot's log.")
        return response.status, str(json.load(response)["summary"])
    except TimeoutError as error:
        raise CommandError(f"unhealthy: no answer from {host}:{port} in {ANSWER_SECONDS:g} seconds.") from error
    except OSError as error:
        raise CommandError(f"unhealthy: no bot at {host}:{port}: {error.strerror or error}.") from error
    except (http.client.HTTPException, ValueError, LookupError, TypeError) as error:
        raise CommandError(f"unhealthy: another program answers at {host}:{port}.") from error
    finally:
        connection.close()
