"""The MCP server: handlers on the SDK’s low-level server, as its other one ignores arguments that a tool lacks."""

import dataclasses
from typing import Any, Final, TypeAlias

from mcp import MCPError, types
from mcp.server import Server, ServerRequestContext

from coachbook_client import VERSION
from coachbook_mcp import resources, tools
from coachbook_mcp.errors import QuestionError, failure_text
from coachbook_mcp.reader import Reader
from coachbook_mcp.texts import text_of

_INSTRUCTIONS: Final = (
    "Plans of trading coaches: one for each coach and trading day, as they were known at any moment. "
    f"All tools only read. {tools.UNTRUSTED}"
)
_Context: TypeAlias = ServerRequestContext[Any]
_Page: TypeAlias = types.PaginatedRequestParams | None


def server_of(reader: Reader) -> Server[Any]:
    """Return a server that answers with what the reader reads."""
    handlers = _Handlers(reader)
    return Server(
        "coachbook",
        version=VERSION,
        title="Coachbook",
        instructions=_INSTRUCTIONS,
        on_list_tools=handlers.list_tools,
        on_call_tool=handlers.call_tool,
        on_list_resources=handlers.list_resources,
        on_list_resource_templates=handlers.list_templates,
        on_read_resource=handlers.read_resource,
    )


@dataclasses.dataclass(frozen=True, slots=True)
class _Handlers:
    reader: Reader

    async def list_tools(self, _: _Context, __: _Page) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[each.described(self.reader.as_of) for each in tools.TOOLS])

    async def call_tool(self, _: _Context, asked: types.CallToolRequestParams) -> types.CallToolResult:
        try:
            answer = await tools.named(asked.name).call(self.reader, asked.arguments or {})
        except Exception as error:  # noqa: BLE001 - the model reads each failure
            return types.CallToolResult(content=[types.TextContent(text=failure_text(error))], is_error=True)
        text = types.TextContent(text=text_of(answer))
        return types.CallToolResult(content=[text], structured_content=answer.model_dump(mode="json"))

    async def list_resources(self, _: _Context, __: _Page) -> types.ListResourcesResult:
        return types.ListResourcesResult(resources=[resources.NEWEST])

    async def list_templates(self, _: _Context, __: _Page) -> types.ListResourceTemplatesResult:
        return types.ListResourceTemplatesResult(resource_templates=[resources.OF_TICKER])

    async def read_resource(self, _: _Context, asked: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        try:
            text = await resources.read(self.reader, asked.uri)
        except Exception as error:
            code = types.INVALID_PARAMS if isinstance(error, QuestionError) else types.INTERNAL_ERROR
            raise MCPError(code, failure_text(error)) from error
        contents = types.TextResourceContents(uri=asked.uri, mime_type=resources.MEDIA_TYPE, text=text)
        return types.ReadResourceResult(contents=[contents])
