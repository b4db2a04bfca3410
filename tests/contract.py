"""Discord's own OpenAPI description of its API, held against what the bot asks and what the sandbox answers."""

import json
import os
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import jsonschema
import jsonschema.validators
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from sandbox.http.exchange import Exchange

ROOT = Path(__file__).parent.parent
DESCRIPTIONS = (
    ROOT.parent / "shared" / "discord-api" / "openapi.json",
    ROOT / ".cache" / "discord-api" / "openapi.json",
)
"""Places of the description: beside the checkout, and where `make setup` puts it."""
EXCEPTIONS = Path(__file__).parent / "contract_exceptions.toml"

_ROOT_ID = "urn:discord"
_NOT_KNOWN = 501
_FORM = "multipart/form-data"
_BOOLEANS = {"true": True, "false": False}
_OF_A_CONSTANT = {"const", "title", "description"}

_OF_ONE = re.compile("[0-9a-f]{8,}")
"""An id or a hash."""
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T[\d:.+Z]+")

Json = Any


class Contract:
    """The description, and the exchanges that were observed."""

    def __init__(self, description: Json, exceptions: Json) -> None:
        self._exchanges: list[Exchange] = []
        self._right: set[int] = set()
        self._validators: dict[str, jsonschema.Draft202012Validator] = {}
        self.description = _with_enums(description)
        self._fields: dict[str, str] = exceptions["fields"]
        self._routes: dict[str, str] = exceptions["routes"]
        self._numbers: dict[str, str] = exceptions["numbers"]
        self._values: dict[str, str] = exceptions["values"]
        self._used: set[str] = set()
        resource = Resource(contents=self.description, specification=DRAFT202012)
        self._registry: Registry[Json] = Registry().with_resource(_ROOT_ID, resource)
        unions = {word: self._union(word) for word in ("anyOf", "oneOf")}
        self._checker = jsonschema.validators.extend(jsonschema.Draft202012Validator, unions, type_checker=_TYPES)

    @classmethod
    def load(cls) -> Self | None:
        """The first description that is there; None where there is none, but in CI there must be one.

        Raises:
            FileNotFoundError: there is none, and CI=true.
        """
        found = next((each for each in DESCRIPTIONS if each.exists()), None)
        if found:
            return cls(json.loads(found.read_bytes()), tomllib.loads(EXCEPTIONS.read_text()))
        if os.environ.get("CI") == "true":
            raise FileNotFoundError("there is no description at " + " or ".join(map(str, DESCRIPTIONS)))
        return None

    def observe(self, exchange: Exchange) -> None:
        """Keep an exchange, to be checked when somebody asks for the faults."""
        self._exchanges.append(exchange)

    def take_faults(self) -> list[str]:
        """Return the faults of the exchanges observed since the last call.

        One that differs from a right one in ids, hashes and times alone is right too.
        """
        exchanges, self._exchanges = {_likeness(each): each for each in self._exchanges}, []
        faults: list[str] = []
        for likeness, exchange in exchanges.items():
            found = [] if likeness in self._right else self.check(exchange)
            if not found:
                self._right.add(likeness)
            faults += found
        return faults

    def check(self, exchange: Exchange) -> list[str]:
        """Return the faults of an exchange: one line each, with the place in the request or response."""
        if exchange.status == _NOT_KNOWN:
            return []
        where = f"{exchange.method} {exchange.template or exchange.path}"
        path: Json = self.description["paths"].get(exchange.template, {})
        operation = path.get(exchange.method.lower())
        if operation is None:
            return [] if self._excepts(self._routes, where) else [f"{where}: the description has no such route"]
        faults: list[str] = []
        if _is_success(exchange):
            parameters = [*path.get("parameters", []), *operation.get("parameters", [])]
            faults += self._check_query(f"{where} request", parameters, exchange)
            faults += self._check_body(f"{where} request", operation.get("requestBody", {}), exchange)
        if not exchange.faulty and exchange.status:
            faults += self._check_response(f"{where} response {exchange.status}", operation, exchange)
        return faults

    def unused(self) -> list[str]:
        """The exceptions that no exchange has needed."""
        listed = self._fields.keys() | self._routes.keys() | self._numbers.keys() | self._values.keys()
        return sorted(listed - self._used)

    def _check_query(self, where: str, parameters: Sequence[Json], exchange: Exchange) -> Iterator[str]:
        schemas = {each["name"]: each["schema"] for each in parameters if each["in"] == "query"}
        for name, value in exchange.query.items():
            if name in schemas:
                yield from self._faults(f"{where} ?{name}", schemas[name], _BOOLEANS.get(value.lower(), value))
            else:
                yield f"{where} ?{name}: the description has no such parameter"

    def _check_body(self, where: str, described: Json, exchange: Exchange) -> Iterator[str]:
        content = described.get("content", {})
        if exchange.files and _FORM not in content:
            yield f"{where}: the description takes no files here"
        if exchange.body is not None:
            schema = content.get("application/json", content.get(_FORM, {})).get("schema", False)
            yield from self._faults(where, schema, self._as_described(exchange.body))
        elif described.get("required") and not exchange.faulty:
            yield f"{where}: the description wants a body"

    def _check_response(self, where: str, operation: Json, exchange: Exchange) -> list[str]:
        answers: Json = operation["responses"]
        status = str(exchange.status)
        answer = answers.get(status) or answers.get(f"{status[0]}XX")
        if answer is None:
            return [f"{where}: the description has no such status"]
        content = self._resolved(answer)[0].get("content", {})
        schema = content.get("application/json", {}).get("schema")
        if schema is None:
            return [f"{where}: the description has no body here"] if exchange.response is not None else []
        return self._faults(where, schema, exchange.response)

    def _faults(self, where: str, schema: Json, value: Json) -> list[str]:
        errors = self._validator(schema).iter_errors(value)
        wrong = [
            f"{where}: {_pointer(each.absolute_path)}: {each.message[:300]}"
            for each in map(_deepest, errors)
            if not self._excepts(self._values, _last_names(each.absolute_path))
        ]
        unknown = [
            f"{where}: {field}: the description has no such field"
            for field in self._unknown_fields([schema], value, "")
            if not self._excepts(self._fields, field.rpartition(".")[2])
        ]
        return wrong + unknown

    def _as_described(self, value: Json, name: str = "") -> Json:
        """The value with the listed numbers as strings of digits."""
        if isinstance(value, list):
            return [self._as_described(each, name) for each in value]
        if not isinstance(value, dict):
            is_listed = isinstance(value, int) and self._excepts(self._numbers, name)
            return str(value) if is_listed else value
        inside = name.rpartition(".")[2]
        return {key: self._as_described(each, f"{inside}.{key}") for key, each in value.items()}

    def _validator(self, schema: Json) -> jsonschema.Draft202012Validator:
        written = json.dumps(schema).replace('"#/', f'"{_ROOT_ID}#/')
        if written not in self._validators:
            self._validators[written] = self._checker(json.loads(written), registry=self._registry)
        return self._validators[written]

    def _union(self, word: str) -> Callable[..., Iterator[jsonschema.ValidationError]]:
        """The check of a union, which leaves out the schemas that are for another `type` of component or command."""
        check = jsonschema.Draft202012Validator.VALIDATORS[word]

        def check_fitting(validator: Json, union: Json, value: Json, schema: Json) -> Iterator[Json]:
            fitting = [each for each in union if all(_fits_type(leaf, value) for leaf in self._resolved(each))]
            return check(validator, fitting or union, value, schema)

        return check_fitting

    def _unknown_fields(self, schemas: Sequence[Json], value: Json, path: str) -> Iterator[str]:
        """The fields that none of the schemas has a name for, as dotted paths."""
        leaves = [leaf for schema in schemas for leaf in self._leaves(schema, value)]
        if isinstance(value, list):
            items = [leaf["items"] for leaf in leaves if "items" in leaf]
            for each in value:
                yield from self._unknown_fields(items, each, f"{path}[]")
        if not isinstance(value, dict) or not leaves or any(_is_open(leaf) for leaf in leaves):
            return
        for name, inner in value.items():
            named = [leaf["properties"][name] for leaf in leaves if name in leaf.get("properties", {})]
            named += [leaf["additionalProperties"] for leaf in leaves if _is_map(leaf)]
            if named:
                yield from self._unknown_fields(named, inner, f"{path}.{name}")
            else:
                yield f"{path}.{name}"

    def _leaves(self, schema: Json, value: Json) -> Iterator[Json]:
        """The schemas that a value may be of, without references and unions."""
        for each in self._resolved(schema):
            unions = [union for word in ("allOf", "anyOf", "oneOf") for union in each.get(word, ())]
            for union in unions:
                yield from self._leaves(union, value)
            if _fits_type(each, value) and (not unions or "properties" in each):
                yield each

    def _resolved(self, schema: Json) -> list[Json]:
        if schema is True or schema is False:
            return []
        while "$ref" in schema:
            schema = self._at(schema["$ref"])
        return [schema]

    def _at(self, reference: str) -> Json:
        found = self.description
        for part in reference.removeprefix(_ROOT_ID).removeprefix("#/").split("/"):
            found = found[part.replace("~1", "/").replace("~0", "~")]
        return found

    def _excepts(self, exceptions: dict[str, str], name: str) -> bool:
        if name in exceptions:
            self._used.add(name)
        return name in exceptions


def _with_enums(schema: Json) -> Json:
    """The same description with each union of constants as an `enum`, which is much faster to check."""
    if isinstance(schema, list):
        return [_with_enums(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    union = schema.get("oneOf")
    if isinstance(union, list) and all("const" in each and each.keys() <= _OF_A_CONSTANT for each in union):
        schema = {key: value for key, value in schema.items() if key != "oneOf"} | {
            "enum": [each["const"] for each in union]
        }
    return {key: _with_enums(value) for key, value in schema.items()}


def _is_integer(_checker: object, value: object) -> bool:
    """Whole numbers, and strings of digits: the description's own note says that both may come."""
    if isinstance(value, str):
        return value.isdigit()
    return isinstance(value, int) and not isinstance(value, bool)


_TYPES = jsonschema.Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer)


def _likeness(exchange: Exchange) -> int:
    """The same for exchanges that the description can't tell apart."""
    told = (exchange.method, exchange.template or exchange.path, exchange.status, exchange.faulty, bool(exchange.files))
    written = json.dumps([*told, dict(exchange.query), exchange.body, exchange.response])
    return hash(_OF_ONE.sub(lambda found: "0" * len(found[0]), _TIME.sub("0", written)))


def _is_success(exchange: Exchange) -> bool:
    """A request that was refused may have been wrong on purpose."""
    return exchange.faulty or 200 <= exchange.status < 300


def _fits_type(schema: Json, value: Json) -> bool:
    """Return whether the `type` of a component or command is one of this schema's."""
    if not isinstance(value, dict):
        return True
    kind = schema.get("properties", {}).get("type", {}).get("enum")
    return kind is None or "type" not in value or value["type"] in kind


def _is_open(schema: Json) -> bool:
    return "properties" not in schema and "additionalProperties" not in schema and schema.get("type") == "object"


def _is_map(schema: Json) -> bool:
    return isinstance(schema.get("additionalProperties"), dict)


def _deepest(error: jsonschema.ValidationError) -> jsonschema.ValidationError:
    """Of the branches of a union that all failed, the error of the one that came furthest."""
    if not error.context:
        return error
    return max(map(_deepest, error.context), key=lambda each: len(each.absolute_path))


def _last_names(path: Sequence[str | int]) -> str:
    return ".".join([part for part in path if isinstance(part, str)][-2:])


def _pointer(path: Sequence[str | int]) -> str:
    return "/" + "/".join(str(part) for part in path)
