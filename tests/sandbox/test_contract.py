"""The contract check itself: it finds exactly the differences from Discord's OpenAPI description."""

import dataclasses
from typing import Any

import pytest

from sandbox.http.exchange import Exchange
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
        pytest.skip("Discord's OpenAPI description is not at hand (../shared/discord-api/openapi.json, or from npm)")
    return contract


def fetched(**changes: Any) -> Exchange:
    return Exchange("GET", "/users/1", "/users/{user_id}", {}, {}, None, 200, USER | changes)


def answered(body: Any, status: int = 204, response: Any = None, **changes: Any) -> Exchange:
    path = "/interactions/{interaction_id}/{interaction_token}/callback"
    exchange = Exchange("POST", "/interactions/1/t/callback", path, {}, {}, body, status, response)
    return dataclasses.replace(exchange, **changes)


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
        ({"type": 4, "data": {"components": [{"type": 99}]}}, "/data/components/0"),
        ({"type": 4, "data": {"components": [{"type": "17", "components": []}]}}, "/data/components/0"),
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


def test_a_method_that_the_route_does_not_have_is_found(checked: Contract):
    [fault] = checked.check(dataclasses.replace(fetched(), method="DELETE"))

    assert fault == "DELETE /users/{user_id}: the description has no such route"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"with_answer": "true"}, "?with_answer: the description has no such parameter"),
        ({"with_response": "perhaps"}, "?with_response: /: 'perhaps' is not of type 'boolean'"),
    ],
)
def test_a_wrong_query_is_found(checked: Contract, query: dict[str, str], words: str):
    message = {"type": 4, "data": {"content": "hello"}}
    assert checked.check(answered(message, query={"with_response": "false"})) == []

    [fault] = checked.check(answered(message, query=query))

    assert fault.endswith(f"request {words}")


def test_a_body_that_is_missing_is_found(checked: Contract):
    [fault] = checked.check(answered(None))

    assert fault.endswith("request: the description wants a body")


def test_a_form_is_held_against_the_description_as_json_is(checked: Contract):
    data = {"content": "hello", "attachments": [{"id": 0, "filename": "chart.png"}]}
    form = answered({"type": 4, "data": data}, files={"0": "chart.png"})
    assert checked.check(form) == []

    [fault] = checked.check(dataclasses.replace(form, body={"type": 4, "data": data | {"colour": 1}}))

    assert fault.endswith("request: .data.colour: the description has no such field")


def test_files_for_a_route_that_takes_none_are_found(checked: Contract):
    [fault] = checked.check(dataclasses.replace(fetched(), files={"0": "chart.png"}))

    assert fault.endswith("request: the description takes no files here")


@pytest.mark.parametrize("where", [0, 1])
def test_the_codes_of_refused_fields_are_words(checked: Contract, where: int):
    errors = [{"code": 1, "message": "numbers are by the description"}] * where
    refused: dict[str, Any] = {"message": "Invalid Form Body", "code": 50035}
    refused["errors"] = {"name": {"_errors": [*errors, {"code": "BASE_TYPE_REQUIRED", "message": "required"}]}}

    assert checked.check(answered({"type": 4}, 400, refused)) == []


def test_a_code_that_is_no_number_is_found_elsewhere(checked: Contract):
    [fault] = checked.check(answered({"type": 4}, 400, {"message": "no", "code": "NO"}))

    assert fault.endswith("/code: 'NO' is not of type 'integer'")


def test_a_number_may_come_as_digits(checked: Contract):
    assert checked.check(fetched(flags="64")) == []


@pytest.mark.parametrize("changes", [{"username": 7}, {"flags": 2.5}, {"id": "x" * 18}, {"avatar": 64 * [0]}])
def test_a_fault_is_found_among_many_that_are_alike_and_each_time(checked: Contract, changes: dict[str, Any]):
    contract = Contract(checked.description, {"fields": {}, "routes": {}, "numbers": {}, "values": {}})
    right = [fetched(id=f"1574453450098343{number}", avatar=64 * f"{number % 16:x}") for number in range(100, 200)]
    for _ in range(2):
        for exchange in (*right, fetched(**changes), *right):
            contract.observe(exchange)

        assert len(contract.take_faults()) == 1

    for exchange in right:
        contract.observe(exchange)
    assert contract.take_faults() == []


def test_an_exception_that_nobody_needs_is_named(checked: Contract):
    exceptions = {"fields": {"colour": "why not"}, "routes": {}, "numbers": {}, "values": {}}
    strict = Contract(checked.description, exceptions)
    assert strict.unused() == ["colour"]

    assert strict.check(answered({"type": 4, "data": {"colour": 1}})) == []
    assert strict.unused() == []


def test_where_it_is_not_at_hand_only_ci_insists(monkeypatch: pytest.MonkeyPatch, tmp_path):
    monkeypatch.setattr("tests.contract.DESCRIPTIONS", (tmp_path / "missing.json", tmp_path / "none.json"))
    monkeypatch.setenv("CI", "")
    assert Contract.load() is None

    monkeypatch.setenv("CI", "true")
    with pytest.raises(FileNotFoundError):
        Contract.load()


def test_the_first_description_that_is_there_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path):
    places = (tmp_path / "beside.json", tmp_path / "cached.json")
    monkeypatch.setattr("tests.contract.DESCRIPTIONS", places)

    for place in reversed(places):
        place.write_text(f'{{"info": "{place.name}"}}')
        loaded = Contract.load()

        assert loaded
        assert loaded.description == {"info": place.name}
