"""Discord's errors for invalid request bodies.

RefusedError            a request that Discord rejects as a whole
 ├ FieldErrors          50035 Invalid Form Body: which fields are bad, and how
 ├ EmptyMessageError    50006 Cannot send an empty message
 ├ TooManyCommandsError 30032 Maximum number of application commands reached
 └ NotKnownError        501, not from Discord: these rules do not cover the request
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

Json: TypeAlias = Any
"""A decoded JSON value."""

Path: TypeAlias = tuple[str, ...]
"""Path in the body: field names and list indexes (as digits); `()` is the body itself."""


class RefusedError(Exception):
    """Discord rejects a request because of its body."""

    status = 400

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message

    def body(self) -> dict[str, Json]:
        """Return the JSON of Discord's response."""
        return {"message": self.message, "code": self.code}


class FieldErrors(RefusedError):  # noqa: N818 - several errors, and Discord's own term
    """The invalid fields of a body, each with Discord's code and message."""

    def __init__(self, faults: Mapping[Path, Sequence[tuple[str, str]]]) -> None:
        super().__init__(50035, "Invalid Form Body")
        self.faults = {path: tuple(found) for path, found in faults.items()}
        self.args = (f"{self.args[0]}: {self.listing}",)

    @classmethod
    def at(cls, path: str, code: str, message: str) -> "FieldErrors":
        """Return the error of one invalid field, its path written with dots: `data.components.0`."""
        return cls({tuple(path.split(".")) if path else (): [(code, message)]})

    @property
    def listing(self) -> str:
        """Return every error in one line, for logs."""
        return "; ".join(
            f"{'.'.join(path) or 'body'}: {message} [{code}]"
            for path, found in self.faults.items()
            for code, message in found
        )

    def words(self, labels: Mapping[str, str]) -> str:
        """Return every error as a client shows it: the field's label or name, and the message."""
        return "; ".join(
            message if path[-1:] in ((), ("value",), ("values",)) else f"{labels.get(path[-1], path[-1])}: {message}"
            for path, found in self.faults.items()
            for _, message in found
        )

    def body(self) -> dict[str, Json]:
        """Return the JSON of Discord's response: `_errors` nested under the path of each invalid field."""
        errors: dict[str, Json] = {}
        for path, found in self.faults.items():
            place = errors
            for name in path:
                place = place.setdefault(name, {})
            place["_errors"] = [{"code": code, "message": message} for code, message in found]
        return {**super().body(), "errors": errors}

    def under(self, *prefix: str) -> "FieldErrors":
        """Return the errors with their paths prefixed: `errors.under("data")`."""
        return FieldErrors({(*prefix, *path): found for path, found in self.faults.items()})


class EmptyMessageError(RefusedError):
    """A message is empty."""

    def __init__(self) -> None:
        super().__init__(50006, "Cannot send an empty message")


class TooManyCommandsError(RefusedError):
    """A scope (global or one guild) has too many commands of a type."""

    def __init__(self, most: int) -> None:
        super().__init__(30032, f"Maximum number of application commands reached ({most})")


class TooManyCreatesError(RefusedError):
    """Too many commands were created in a scope in one day."""

    def __init__(self, most: int) -> None:
        super().__init__(30034, f"Max number of daily application command creates has been reached ({most})")


class EntryPointLostError(RefusedError):
    """A bulk overwrite lacks the application's entry point command."""

    def __init__(self) -> None:
        super().__init__(
            50240,
            "You cannot remove this app's Entry Point command in a bulk update operation. Please include the Entry "
            "Point command in your update request or delete it separately.",
        )


class NotKnownError(RefusedError):
    """A part of Discord's API that these rules do not cover: the sandbox answers 501."""

    status = 501

    def __init__(self, what: str) -> None:
        super().__init__(0, f"The sandbox does not know {what}")
