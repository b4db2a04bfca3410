"""HTTP exchanges for observers."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.world.entities import AnyJson


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request with its response."""

    method: str
    path: str
    """Below /api/v10."""
    template: str
    """The path template of Discord's OpenAPI description; "" for an unsupported path."""
    query: dict[str, str]
    headers: dict[str, str]
    """Request headers without Authorization."""
    body: AnyJson
    """The request's JSON (of a form: its `payload_json`); None: no body."""
    status: int
    """0: the connection was aborted instead of a response."""
    response: Any
    """The response's JSON; None: no body."""
    response_headers: dict[str, str] = field(default_factory=dict[str, str])
    files: dict[str, str] = field(default_factory=dict[str, str])
    """File names of uploads, by the n of `files[n]`."""
    application_id: int | None = None
    faulty: bool = False
    """True: the response is an injected fault."""
    too_early: bool = False
    """True: the request was sent before a `retry_after` had passed."""
