"""How Discord refuses a request body.

RefusedError            a request that Discord carries out no part of
 ├ FieldErrors          50035 Invalid Form Body: which fields are bad, and how
 ├ EmptyMessageError    50006 Cannot send an empty message
 ├ TooManyCommandsError 30032 Maximum number of application commands reached
 └ NotKnownError        501, which is no answer of Discord's: these rules do not know what was asked
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

Json: TypeAlias = Any
"""A decoded JSON value."""

Path: TypeAlias = tuple[str, ...]
"""Where in the body: names and, as digits, places in lists; `()` is the body itself."""


class RefusedError(Exception):
    """A request that Discord refuses because of its body."""

    status = 400

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message

    def body(self) -> dict[str, Json]:
        """The JSON that Discord answers with."""
        return {"message": self.message, "code": self.code}


class FieldErrors(RefusedError):  # noqa: N818 - it is several errors, and Discord calls it so
    """The fields of a body that break a limit, each with Discord's code and message."""

    def __init__(self, faults: Mapping[Path, Sequence[tuple[str, str]]]) -> None:
        super().__init__(50035, "Invalid Form Body")
        self.faults = {path: tuple(found) for path, found in faults.items()}
        self.args = (f"{self.args[0]}: {self.listing}",)

    @classmethod
    def at(cls, path: str, code: str, message: str) -> "FieldErrors":
        """One bad field, its path written with dots: `data.components.0`."""
        return cls({tuple(path.split(".")) if path else (): [(code, message)]})

    @property
    def listing(self) -> str:
        """Every fault in one line, for people who read a log."""
        return "; ".join(
            f"{'.'.join(path) or 'body'}: {message} [{code}]"
            for path, found in self.faults.items()
            for code, message in found
        )

    def words(self, labels: Mapping[str, str]) -> str:
        """Every fault as a client tells it: the field's label, or else its name where it has one, and what is wrong."""
        return "; ".join(
            message if path[-1:] in ((), ("value",), ("values",)) else f"{labels.get(path[-1], path[-1])}: {message}"
            for path, found in self.faults.items()
            for _, message in found
        )

    def body(self) -> dict[str, Json]:
        """The JSON that Discord answers with: `_errors` nested under the path of each bad field."""
        errors: dict[str, Json] = {}
        for path, found in self.faults.items():
            place = errors
            for name in path:
                place = place.setdefault(name, {})
            place["_errors"] = [{"code": code, "message": message} for code, message in found]
        return {**super().body(), "errors": errors}

    def under(self, *prefix: str) -> "FieldErrors":
        """The same faults of a body that lies deeper in another: `errors.under("data")`."""
        return FieldErrors({(*prefix, *path): found for path, found in self.faults.items()})


class EmptyMessageError(RefusedError):
    """A message with nothing in it."""

    def __init__(self) -> None:
        super().__init__(50006, "Cannot send an empty message")


class TooManyCommandsError(RefusedError):
    """More commands of a type than one scope (global, or one guild) may have."""

    def __init__(self, most: int) -> None:
        super().__init__(30032, f"Maximum number of application commands reached ({most})")


class TooManyCreatesError(RefusedError):
    """More commands created in a day than one scope may have."""

    def __init__(self, most: int) -> None:
        super().__init__(30034, f"Max number of daily application command creates has been reached ({most})")


class EntryPointLostError(RefusedError):
    """A bulk overwrite without the application's entry point command."""

    def __init__(self) -> None:
        super().__init__(
            50240,
            "You cannot remove this app's Entry Point command in a bulk update operation. Please include the Entry "
            "Point command in your update request or delete it separately.",
        )


class NotKnownError(RefusedError):
    """Something Discord knows and these rules do not: the sandbox answers 501 and fakes nothing."""

    status = 501

    def __init__(self, what: str) -> None:
        super().__init__(0, f"The sandbox does not know {what}")
