"""One HTTP exchange, as observers see it."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.world.entities import AnyJson


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request with its answer, for those who check them."""

    method: str
    path: str
    """Below /api/v10."""
    template: str
    """The path as Discord's OpenAPI description writes it; "" for one the sandbox does not know."""
    query: dict[str, str]
    headers: dict[str, str]
    """The request's, without Authorization."""
    body: AnyJson
    """The request's JSON (of a form: its `payload_json`); None: it had none."""
    status: int
    """0: the connection was broken instead of an answer."""
    response: Any
    """The answer's JSON; None: it had none."""
    response_headers: dict[str, str] = field(default_factory=dict[str, str])
    files: dict[str, str] = field(default_factory=dict[str, str])
    """The names of uploaded files, by the n of `files[n]`."""
    application_id: int | None = None
    faulty: bool = False
    """Whether the answer was made up by a fault."""
    hasty: bool = False
    """Whether it was sent before a `retry_after` had passed that its client had been told."""
