"""Errors of the configuration, each as one line that an operator can act on.

ConfigError           .issues: a line each
+-- TokenError        the bot's token is invalid or can't be read
    +-- MissingTokenError     there is no token
"""

import dataclasses
import re
import typing
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from bot.config.types import nearest
from bot.redaction import MASK, masked

Path = tuple[str | int, ...]
"""Keys and, in a list, positions from 0."""

_MAX_SHOWN = 80  # characters of an invalid value

_MISPLACED = (
    "a token does not belong here, where it is soon shared by mistake. Remove it, put it into the environment variable "
    "DISCORD_TOKEN or into a file that DISCORD_TOKEN_FILE names, and have Discord make a new one if others saw it."
)


class ConfigError(Exception):
    """The configuration is invalid; the message has a line for each issue."""

    def __init__(self, issues: Iterable[str]) -> None:
        self.issues = tuple(masked(issue) for issue in issues)
        super().__init__("\n".join(self.issues))


class TokenError(ConfigError):
    """The bot's token is missing or can't be read."""


class MissingTokenError(TokenError):
    """No variable gives the bot's token."""


@dataclasses.dataclass(frozen=True)
class ConfigIssue:
    """An invalid value of a configuration."""

    path: Path
    text: str

    def line(self, source: str) -> str:
        """Return the issue as a line that names its source, a file or a variable."""
        return f"{source}: {_dotted(self.path)}: {self.text}"


def issues_of(model: type[BaseModel], values: Mapping[str, Any]) -> list[ConfigIssue]:
    """Return all issues of `values` as an instance of `model`."""
    known = model.model_fields
    issues = [ConfigIssue((name,), unknown(name, "section", known)) for name in values if name not in known]
    try:
        model(**{name: value for name, value in values.items() if name in known})
    except ValidationError as error:
        issues += [_issue(model, details) for details in error.errors(include_url=False)]
    return issues


def unknown(name: str, kind: str, known: Iterable[str]) -> str:
    """Return the message about a name that the configuration does not have."""
    if "token" in name.lower():
        return _MISPLACED
    near = nearest(name, known)
    return f"unknown {kind}. " + (f"Did you mean {near}?" if near else f"Allowed: {', '.join(known)}.")


def _issue(model: type[BaseModel], details: ErrorDetails) -> ConfigIssue:
    path = details["loc"]
    siblings, field = _field_at(model, path)
    if details["type"] == "extra_forbidden":
        return ConfigIssue(path, unknown(str(path[-1]), "key", siblings))
    allowed = f"Allowed: {field.description}." if field else ""
    if details["type"] == "missing":
        return ConfigIssue(path, f"missing. {allowed}")
    why = f" ({details['msg'].removeprefix('Value error, ')})" if details["type"] == "value_error" else ""
    return ConfigIssue(path, f"found {_shown(details['input'])}{why}. {allowed}")


def _field_at(model: type[BaseModel], path: Path) -> tuple[Iterable[str], FieldInfo | None]:
    """Return the keys allowed at the last level of `path`, and the last known field on the way."""
    fields: Mapping[str, FieldInfo] = model.model_fields
    siblings: Iterable[str] = fields
    field: FieldInfo | None = None
    for key in path:
        if isinstance(key, int):
            continue
        siblings = fields
        if key not in fields:
            break
        field = fields[key]
        fields = _fields_within(field.annotation)
    return siblings, field


def _fields_within(annotation: object) -> Mapping[str, FieldInfo]:
    for kind in (annotation, *typing.get_args(annotation)):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind.model_fields
    return {}


def _dotted(path: Path) -> str:
    text = ""
    for key in path:
        if isinstance(key, int):
            text += f" #{key + 1}"
        else:
            text += f"{'.' if text else ''}{key}"
    return text


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a table"
    text = masked(_without_password(repr(value)))
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}\u2026"


def _without_password(text: str) -> str:
    """Hide everything that may be a user, a password or a token in a URL, even a malformed one."""
    before, at, host = text.rpartition("@")
    if at and ":" in before:
        scheme = re.match(r"\W*\w+://", before)
        text = f"{scheme[0] if scheme else ''}{MASK}{at}{host}"
    return re.sub("[?#].*", f"?{MASK}", text) if "://" in text else text
