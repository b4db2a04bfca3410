"""Exports: all plans as of a moment, one to a line, sent page by page."""

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncGenerator, Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

from starlette.requests import Request

from bot.domain.values import StateExport
from bot.feed import table
from bot.feed.access import Gate
from bot.feed.description import parameters
from bot.feed.description.operations import AS_OF_HEADER, LAST_AS_OF_HEADER, Call, Operation
from bot.feed.documents import state_document, written
from bot.feed.http.encoding import encoded
from bot.feed.http.problems import ProblemError
from bot.feed.http.slots import SETTLED_SECONDS, Slots
from bot.feed.http.streamed import StreamedResponse
from bot.feed.http.tags import NO_STORE

PART: Final = 2**14
"""Bytes that are sent at once, or a line more; others have their turn between them."""
_LINE_ENDS: Final = {each.encode(): f"\\u{ord(each):04x}".encode() for each in "\x85\u2028\u2029"}
"""Characters of texts that many programs take for the end of a line, and their escapes in JSON."""
_COLUMNS: Final = (
    *("coach", "day", "text", "revision", "kind", "is_erased", "made_at", "recorded_at", "hash", "charts"),
    *("id", "author_id", "posted_at"),
)


@dataclasses.dataclass(frozen=True, slots=True)
class ExportLimits:
    """Limits of exports."""

    count: int = 8
    """The exports that run at once."""
    count_of_token: int = 2
    seconds: float = 3600
    """The time that one may take."""
    settled_seconds: float = SETTLED_SECONDS


@dataclasses.dataclass(frozen=True, slots=True)
class _Form:
    """A format."""

    media_type: str
    head: bytes
    line: Callable[[Mapping[str, Any]], bytes]
    """Returns the line of a document of a plan."""


class Exports:
    """Answers with exports."""

    def __init__(self, gate: Gate, limits: ExportLimits) -> None:
        self._gate = gate
        self._limits = limits
        self._slots = Slots(limits.count, limits.count_of_token, "exports", limits.settled_seconds)

    async def export(self, call: Call) -> StreamedResponse:
        """Answer with an export; its beginning is read before the answer begins."""
        _require_chunks(call.request)
        suffix, with_revisions = call.value(parameters.FORMAT), call.value(parameters.REVISIONS)
        form = _FORMS[suffix]
        with contextlib.ExitStack() as stack:
            slot = stack.enter_context(self._slots.slot(call.actor.guild_id, call.access.token_id))
            export = await call.feed.begin_export(call.actor, call.filter, call.point, with_revisions=with_revisions)
            parts = self._parts(call, form, export)
            first = await anext(parts)
            headers = {
                **NO_STORE,
                "Content-Disposition": f'attachment; filename="coachbook-{export.until:%Y%m%dT%H%M%SZ}.{suffix}"',
                AS_OF_HEADER: written(export.until),
                LAST_AS_OF_HEADER: call.access.last_as_of,
            }
            sent = _sent(call.request, first, parts)
            return StreamedResponse(sent, headers, form.media_type, stack.pop_all(), slot, self._limits.seconds)

    async def _parts(self, call: Call, form: _Form, export: StateExport) -> AsyncGenerator[bytes]:
        """Yield the parts, at least one."""
        part, after = form.head, None
        while True:
            page = await call.feed.export_page(call.actor, export, after)
            for state in page.states:
                part += form.line(state_document(call.links, state))
                if len(part) >= PART:
                    yield part
                    part = b""
                    await asyncio.sleep(0)
            after = page.next
            if after is None:
                yield part
                return
            await self._gate.renew(call.access)

    @property
    def operation(self) -> Operation:
        """The operation."""
        return Operation(
            name="exportPlans",
            path="/v1/export",
            summary="All plans, the oldest trading day first, one to a line.",
            handle=self.export,
            content={form.media_type: None for form in _FORMS.values()},
            parameters=(
                *(parameters.FORMAT, parameters.FROM, parameters.TO, parameters.COACH, parameters.AS_OF),
                parameters.REVISIONS,
            ),
            headers=(AS_OF_HEADER, LAST_AS_OF_HEADER),
            statuses=(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED,),
        )


async def _sent(request: Request, first: bytes, parts: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    """Yield what is sent."""
    async with contextlib.aclosing(parts):
        if request.method == "HEAD":
            return
        yield first
        async for part in parts:
            yield part


def _require_chunks(request: Request) -> None:
    """Refuse a client, or a proxy, that takes the end of the connection for the end of an export.

    Raises:
        ProblemError: the client speaks HTTP/1.0.
    """
    if request.scope["http_version"] == "1.0":
        why = "Exports need HTTP/1.1: with 1.0 a part looks like a whole one. In nginx, set proxy_http_version 1.1."
        raise ProblemError(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, why)


def _json_line(document: Mapping[str, Any]) -> bytes:
    line = encoded(document)
    for character, escape in _LINE_ENDS.items():
        line = line.replace(character, escape)
    return line + b"\n"


def _row(document: Mapping[str, Any]) -> bytes:
    links = " ".join(each["url"] for each in document["charts"])
    cells = {**document, "coach": document["coach"]["key"], "charts": links}
    return table.row(cells[name] for name in _COLUMNS)


_FORMS: Final = {
    "jsonl": _Form("application/jsonl", b"", _json_line),
    "csv": _Form("text/csv", table.row(_COLUMNS), _row),
}
