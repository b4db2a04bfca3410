"""Request bodies: JSON, or multipart forms with `payload_json` and `files[n]`."""

import re
from typing import Any

import orjson
from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import BadHttpMessage

from sandbox.errors import DiscordError, NotSimulatedError
from sandbox.world.entities import AnyJson, Upload

MAX_BYTES = 25 * 1024 * 1024
"""Size limit of a request (page "Reference", uploading files)."""

_FILE = re.compile(r"files?\[(\d+)\]|file")


async def read_body(request: web.Request) -> tuple[Any, dict[str, Upload]]:
    """Return the decoded JSON (None: no body) and the uploaded files by their n.

    Raises:
        DiscordError: 40005 too large, 50109 not JSON.
        NotSimulatedError: an unsupported content type.
    """
    if not request.body_exists:
        return None, {}
    if (request.content_length or 0) > MAX_BYTES:
        raise DiscordError(413, 40005, "Request entity too large")
    if request.content_type not in ("multipart/form-data", "application/json"):
        raise NotSimulatedError(f"bodies of type {request.content_type}")
    try:
        if request.content_type == "multipart/form-data":
            return await _read_form(request)
        return _decode(await request.read()), {}
    except web.HTTPRequestEntityTooLarge:
        raise DiscordError(413, 40005, "Request entity too large") from None
    except (ValueError, AssertionError, RuntimeError, LookupError, BadHttpMessage) as error:  # from aiohttp
        raise DiscordError(400, 50109, "The request body contains invalid form data.") from error


async def _read_form(request: web.Request) -> tuple[Any, dict[str, Upload]]:
    body: AnyJson = {}
    uploads: dict[str, Upload] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise NotSimulatedError("forms within forms")
        data = bytes(await part.read())
        if part.name == "payload_json":
            body = _decode(data)
        elif match := _FILE.fullmatch(part.name or ""):
            content_type = part.headers.get("Content-Type")
            uploads[match[1] or "0"] = Upload(part.filename or "unknown", data, content_type=content_type)
        else:
            raise NotSimulatedError(f"the form field {part.name}")
    return body, uploads


def _decode(data: bytes) -> AnyJson:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise DiscordError(400, 50109, "The request body contains invalid JSON.") from error
