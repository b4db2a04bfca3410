"""The operations as the API itself describes them, so that tests see each new one."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import jsonschema

from bot.feed.application import DESCRIPTION
from tests.bot.feed.programs import Answer, Program

_FORMATS = jsonschema.FormatChecker()


@dataclasses.dataclass(frozen=True)
class Described:
    """An operation, and how to ask for it."""

    path: str
    operation: Mapping[str, Any]
    document: Mapping[str, Any]

    @property
    def parameters(self) -> dict[str, Mapping[str, Any]]:
        """The parameters in the path and after it, by name."""
        return {each["name"]: each for each in self.operation["parameters"] if each["in"] != "header"}

    @property
    def is_public(self) -> bool:
        """True: it is answered without a token."""
        return not self.operation["security"]

    @property
    def is_compatible(self) -> bool:
        """True: it is for programs of the predecessor."""
        return {"address": []} in self.operation["security"]

    def address(self, without: str = "", query: str = "", **in_path: object) -> str:
        """Return an address with the required parameters, but for one, and what else is given."""
        needed = {name: each["example"] for name, each in self.parameters.items() if each["required"]}
        path = self.path
        for name in [name for name, each in self.parameters.items() if each["in"] == "path"]:
            example = needed.pop(name)
            path = path.replace(f"{{{name}}}", quote(str(in_path.get(name, example)), safe="%"))
        needed.pop(without, None)
        return f"{path}?{urlencode(needed)}{'&' if needed else ''}{query}"

    def accepts(self, name: str, text: str) -> bool:
        """Return whether the schema of a parameter accepts the text."""
        schema = self.parameters[name]["schema"]
        value = int(text) if schema.get("type") == "integer" and text.lstrip("-").isdecimal() else text
        return jsonschema.Draft202012Validator(schema, format_checker=_FORMATS).is_valid(value)

    def require(self, answer: Answer) -> None:
        """Refuse an answer that is not described."""
        response = self.operation["responses"][str(answer.status)]
        if "$ref" in response:
            response = self.document["components"]["responses"][str(answer.status)]
        for name, header in response["headers"].items():
            is_required = self.document["components"]["headers"][name]["required"]
            assert name in answer.headers or not is_required, (self.path, answer.status, header)
        if "content" not in response:
            assert not answer.body
            return
        media_type = answer.headers["Content-Type"].split(";")[0]
        schema = response["content"][media_type].get("schema")
        if schema:
            whole = {**schema, "components": self.document["components"]}
            jsonschema.Draft202012Validator(whole, format_checker=_FORMATS).validate(answer.json)


async def operations_of(program: Program) -> Iterator[Described]:
    """Return all operations."""
    document = (await program.get(DESCRIPTION)).json
    return (Described(path, methods["get"], document) for path, methods in document["paths"].items())
