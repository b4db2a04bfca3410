"""The command that serves plans to language models."""

import asyncio
import logging
import os
from typing import Annotated, Final

import typer

from bot.cli import options
from bot.cli.exits import failed
from bot.cli.output import echo_error

_MISSING: Final = (
    "This command needs the extra mcp. Install it: pip install 'coachbook[mcp]', or, with hashes, "
    "pip install --require-hashes -r requirements/mcp.txt."
)
TOKEN: Final = "COACHBOOK_TOKEN"  # noqa: S105 - the name of a variable


def serve(
    url: Annotated[str, typer.Option(metavar="URL", help="The address of the API.")] = "http://127.0.0.1:8080",
    as_of: Annotated[
        str | None,
        typer.Option(
            parser=options.moment,
            metavar="MOMENT",
            help="The moment of all answers: session_open, session_close, 09:25 or 2026-11-23T14:25:00Z. "
            "Default: the one that a question names, or now.",
        ),
    ] = None,
    http: Annotated[
        int | None,
        typer.Option(
            parser=options.port_of,
            metavar="PORT",
            help="Serve HTTP on this port of 127.0.0.1, not standard input and output. 0: a free port.",
        ),
    ] = None,
) -> None:
    """Serve plans to language models over MCP, as a client of the API that only reads.

    The API’s token comes from the environment variable COACHBOOK_TOKEN.
    """
    try:
        from coachbook_mcp import serving
    except ModuleNotFoundError as error:
        raise failed(_MISSING) from error
    logging.basicConfig(level=logging.WARNING)
    source = serving.Source(url, os.environ.get(TOKEN) or None, as_of)
    try:
        if http is None:
            asyncio.run(serving.serve_stdio(source))
        else:
            asyncio.run(serving.serve_http(source, http, lambda address: echo_error(f"serving MCP on {address}")))
    except ValueError as error:
        raise failed(str(error)) from error
