"""Caches of programs: what they may store, and the tags by which they ask for it again."""

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request

NO_STORE: Final[Mapping[str, str]] = {"Cache-Control": "no-store"}
ASK_AGAIN: Final[Mapping[str, str]] = {"Cache-Control": "private, no-cache"}
"""Programs store the answer, but ask each time whether it is the same: rights change."""


def client_has(request: Request, tag: str) -> bool:
    """Return whether the client has the answer with this tag already, or would take any."""
    return bool(tags_of(request) & {tag, "*"})


def tags_of(request: Request) -> set[str]:
    """Return the tags of the answers that the client has; `*`: it has one, whichever it is."""
    return {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
