"""Discord's refusals (page "Opcodes and status codes"), and what the sandbox does not know."""

from typing import Any

from sandbox.rules import RefusedError


class DiscordError(Exception):
    """A request is refused with an HTTP status, Discord's code and message, and the faults of its fields."""

    def __init__(self, status: int, code: int, message: str, errors: dict[str, Any] | None = None) -> None:
        """Refuse with `status` and `code`."""
        super().__init__(f"{status}: {code} {message}")
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors

    @classmethod
    def of(cls, refused: RefusedError) -> "DiscordError":
        """The refusal by one of the rules."""
        body = refused.body()
        return cls(refused.status, body["code"], body["message"], body.get("errors"))

    def body(self) -> dict[str, Any]:
        """The JSON which says so."""
        body: dict[str, Any] = {"message": self.message, "code": self.code}
        return body | {"errors": self.errors} if self.errors else body


class NotSimulatedError(Exception):
    """Something of Discord which the sandbox does not know: answered with 501 and recorded."""
