"""Entity tags of requests."""

from starlette.requests import Request


def client_has(request: Request, tag: str) -> bool:
    """Return whether the client has the answer with this tag already."""
    wanted = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    return bool(wanted & {tag, "*"})
