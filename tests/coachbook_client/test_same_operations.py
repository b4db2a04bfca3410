"""Both clients have a method for each operation of the API, and know the documents that it describes."""

import dataclasses
import inspect
import types
from typing import get_args, get_type_hints

import pytest

from bot.feed.application import DESCRIPTION
from coachbook_client import AsyncClient, Change, Chart, Client, Hit, Plan, Proof, Revision
from tests.bot.feed.programs import Program

METHODS = {
    "/v1/plans": ("plans", "plans_page", "plan_of"),
    "/v1/plans/{id}": ("plan",),
    "/v1/plans/{id}/revisions": ("revisions", "revisions_page"),
    "/v1/charts/{sha256}": ("chart",),
    "/v1/search": ("search", "search_page"),
    "/v1/changes": ("changes",),
    "/v1/export": ("export",),
}
NOT_READ: dict[type, set[str]] = {Chart: {"url"}}
"""The address of a picture is built from its hash: an answer can't lead elsewhere."""


def methods(kind: type) -> dict[str, inspect.Signature]:
    return {name: inspect.signature(each) for name, each in vars(kind).items() if inspect.isfunction(each)}


async def test_each_operation_has_a_method(program: Program):
    described = (await program.get(DESCRIPTION)).json["paths"]

    assert {path for path in described if path.startswith("/v1/")} - {DESCRIPTION} == METHODS.keys()
    for kind in (Client, AsyncClient):
        assert {name for names in METHODS.values() for name in names} | {"close"} == {
            name for name in methods(kind) if not name.startswith("_")
        }


def test_the_methods_take_the_same():
    synchronous, asynchronous = methods(Client), methods(AsyncClient)

    for name in [each for each in synchronous if not each.startswith("_")] + ["__init__"]:
        assert synchronous[name].parameters == asynchronous[name].parameters


@pytest.mark.parametrize("kind", [Chart, Plan, Revision, Proof, Hit, Change])
async def test_the_values_are_as_described(program: Program, kind: type):
    schemas = (await program.get(DESCRIPTION)).json["components"]["schemas"]
    described = schemas[kind.__name__]["properties"]
    hints = get_type_hints(kind)

    assert {each.name for each in dataclasses.fields(kind)} == described.keys() - NOT_READ.get(kind, set())
    for name, schema in described.items():
        if name in hints:
            may_be_null = isinstance(hints[name], types.UnionType) and types.NoneType in get_args(hints[name])
            assert may_be_null == ("null" in schema.get("type", ())), name
