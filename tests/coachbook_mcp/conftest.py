"""A language model's program: the SDK's client of an MCP server that reads a real API."""

import contextlib
import dataclasses
from collections.abc import AsyncGenerator
from typing import Any

from mcp import Client
from mcp.types import TextContent, TextResourceContents

from coachbook_client import AsyncClient
from coachbook_mcp.reader import Reader
from coachbook_mcp.server import server_of
from tests.bot.feed import conftest
from tests.bot.feed.programs import Program

store = conftest.store
program = conftest.program


@dataclasses.dataclass(frozen=True)
class Said:
    """An answer of a tool."""

    text: str
    data: Any
    is_error: bool


@dataclasses.dataclass(frozen=True)
class Model:
    """A language model with its tools."""

    client: Client

    async def call(self, tool: str, **arguments: object) -> Said:
        """Call a tool; `from_` is the argument `from`."""
        given = {name.rstrip("_"): value for name, value in arguments.items()}
        result = await self.client.call_tool(tool, given)
        [content] = result.content
        assert isinstance(content, TextContent)
        return Said(content.text, result.structured_content, result.is_error)

    async def read(self, uri: str) -> str:
        """Read a resource."""
        [content] = (await self.client.read_resource(uri)).contents
        assert isinstance(content, TextResourceContents)
        return content.text


@contextlib.asynccontextmanager
async def asking(program: Program, as_of: str | None = None, mode: str = "auto") -> AsyncGenerator[Model]:
    """Connect to a server that reads the API with the program's token."""
    url = f"http://127.0.0.1:{program.port}"
    async with (
        AsyncClient(url, program.token, retries=0) as api,
        Client(server_of(Reader(api, as_of)), mode=mode) as client,
    ):
        yield Model(client)
