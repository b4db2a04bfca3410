"""The contract check itself: it finds what differs from Discord's description, and nothing else."""

import dataclasses
from typing import Any

import pytest

from sandbox.http.api import Exchange
from tests.contract import Contract

USER = {
    "id": "1",
    "username": "dana",
    "avatar": None,
    "discriminator": "0",
    "public_flags": 0,
    "flags": 0,
    "global_name": "Dana",
    "primary_guild": None,
}
MODAL = {"type": 9, "data": {"custom_id": "x", "title": "Plan", "components": []}}


@pytest.fixture
def checked(contract: Contract | None) -> Contract:
    if contract is None:
        pytest.skip("Discord's OpenAPI description is not beside the checkout (../shared/discord-api/openapi.json)")
    return contract


def fetched(**changes: Any) -> Exchange:
    return Exchange("GET", "/users/1", "/users/{user_id}", {}, {}, None, 200, USER | changes)


def answered(body: Any, status: int = 204, response: Any = None) -> Exchange:
    path = "/interactions/{interaction_id}/{interaction_token}/callback"
    return Exchange("POST", "/interactions/1/t/callback", path, {}, {}, body, status, response)


def test_an_exchange_by_the_description_has_no_fault(checked: Contract):
    assert checked.check(fetched()) == []
    message = {"type": 4, "data": {"content": "hello", "flags": 64}}
    assert checked.check(answered(message)) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"username": 7}, "/username: 7 is not of type 'string'"),
        ({"flags": "many"}, "/flags: 'many' is not of type 'integer'"),
        ({"favourite_colour": "red"}, ".favourite_colour: the description has no such field"),
    ],
)
def test_a_wrong_response_is_found(checked: Contract, changes: dict[str, Any], words: str):
    [fault] = checked.check(fetched(**changes))

    assert fault == f"GET /users/{{user_id}} response 200: {words}"


def test_a_field_that_is_missing_from_a_response_is_found(checked: Contract):
    response = {name: value for name, value in USER.items() if name != "username"}

    [fault] = checked.check(dataclasses.replace(fetched(), response=response))

    assert "'username' is a required property" in fault


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"type": 4, "data": {"content": "hello", "colour": 1}}, ".data.colour"),
        ({"type": 4, "data": {"components": [{"type": 17, "components": [], "frame": 1}]}}, ".data.components[].frame"),
        ({"type": 4, "data": {"content": "x" * 4001}}, "/data/content"),
    ],
)
def test_a_wrong_request_is_found(checked: Contract, body: Any, words: str):
    faults = checked.check(answered(body))

    assert any(words in fault for fault in faults), faults


def test_a_request_that_was_refused_may_be_wrong(checked: Contract):
    refused = {"message": "Invalid Form Body", "code": 50035, "errors": {}}

    assert checked.check(answered({"type": 4, "data": {"colour": 1}}, 400, refused)) == []


def test_a_route_that_the_description_lacks_is_found(checked: Contract):
    [fault] = checked.check(dataclasses.replace(fetched(), template="/nowhere"))

    assert "no such route" in fault


def test_a_number_may_come_as_digits(checked: Contract):
    assert checked.check(fetched(flags="64")) == []


def test_an_exception_that_nobody_needs_is_named(checked: Contract):
    exceptions = {"fields": {"colour": "why not"}, "routes": {}, "numbers": {}, "values": {}}
    strict = Contract(checked.description, exceptions)
    assert strict.unused() == ["colour"]

    assert strict.check(answered({"type": 4, "data": {"colour": 1}})) == []
    assert strict.unused() == []


def test_where_it_is_not_at_hand_only_ci_insists(monkeypatch: pytest.MonkeyPatch, tmp_path):
    monkeypatch.setattr("tests.contract.DESCRIPTION", tmp_path / "missing.json")
    monkeypatch.setenv("CI", "")
    assert Contract.load() is None

    monkeypatch.setenv("CI", "true")
    with pytest.raises(FileNotFoundError):
        Contract.load()
