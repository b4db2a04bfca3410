"""Discord's error responses (page "Opcodes and status codes"), and requests that the sandbox does not simulate."""

from typing import Any

from sandbox.rules import RefusedError


class DiscordError(Exception):
    """A request is rejected with an HTTP status, Discord's code and message, and the errors of its fields."""

    def __init__(self, status: int, code: int, message: str, errors: dict[str, Any] | None = None) -> None:
        """Reject with `status` and `code`."""
        super().__init__(f"{status}: {code} {message}")
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors

    @classmethod
    def of(cls, refused: RefusedError) -> "DiscordError":
        """Return the error response for a violated rule."""
        body = refused.body()
        return cls(refused.status, body["code"], body["message"], body.get("errors"))

    def body(self) -> dict[str, Any]:
        """Return the JSON of the error response."""
        body: dict[str, Any] = {"message": self.message, "code": self.code}
        return body | {"errors": self.errors} if self.errors else body


class NotSimulatedError(Exception):
    """A part of Discord that the sandbox does not simulate: answered with 501 and recorded."""
