"""Malformed requests are answered with a 4xx and do the server no harm."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from sandbox.server import Sandbox
from tests.sandbox.conftest import Room
from tests.sandbox.raw_clients import Rest

BODIES = {
    "nothing": b"",
    "no JSON": b"{",
    "null": b"null",
    "a list": b"[]",
    "a list of null": b"[null]",
    "a number": b"7",
    "a text": b'"x"',
    "NaN": b'{"content": NaN}',
    "a lone surrogate": b'{"content": "\\ud800"}',
    "no UTF-8": b'{"content": "\xff"}',
    "a number as text": b'{"content": 7}',
    "an object as text": b'{"content": {}}',
    "null as flags": b'{"content": "x", "flags": "x"}',
    "a number as components": b'{"components": 7, "flags": 32768}',
    "null within components": b'{"components": [null], "flags": 32768}',
    "a number as embeds": b'{"embeds": 7}',
    "null within embeds": b'{"embeds": [null]}',
    "a number as mentions": b'{"content": "x", "allowed_mentions": 7}',
    "a number as attachments": b'{"content": "x", "attachments": 7}',
    "null within attachments": b'{"content": "x", "attachments": [null]}',
    "a text as reference": b'{"content": "x", "message_reference": "x"}',
    "a huge number": b'{"content": "x", "nonce": 1e400}',
    "a nested type": b'{"type": {}, "data": []}',
    "deep nesting": b"[" * 100_000 + b"]" * 100_000,
    "less deep nesting": b'{"content": "x", "embeds": ' + b"[" * 900 + b"]" * 900 + b"}",
}
ROUTES = (
    ("POST", "/channels/{channel}/messages"),
    ("PATCH", "/channels/{channel}/messages/{message}"),
    ("PUT", "/applications/{application}/commands"),
    ("POST", "/applications/{application}/commands"),
    ("POST", "/interactions/1/x/callback"),
    ("POST", "/webhooks/{application}/x"),
    ("POST", "/users/@me/channels"),
)
PATHS = (
    "/channels/x/messages",
    "/channels/{huge}/messages",
    "/channels/\u0663/messages",
    "/channels/-1/messages",
    "/channels/{channel}/messages?limit=x",
    "/channels/{channel}/messages?limit={huge}",
    "/channels/{channel}/messages?before=\u00b2",
    "/guilds/x/members/x",
)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A served sandbox whose exchanges are not checked against Discord's OpenAPI description."""
    async with await Sandbox.start() as served:
        yield served


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_a_malformed_body_is_answered_with_a_status(rest: Rest, sandbox: Sandbox, room: Room, body: bytes):
    message = sandbox.world.new_id()
    for method, path in ROUTES:
        filled = path.format(channel=room.channel.id, message=message, application=room.application.id)
        headers = {**rest.headers, "Content-Type": "application/json"}
        status, _ = await rest(method, filled, data=body, headers=headers)

        assert status < 500, (method, path)
    assert not sandbox.unknown


@pytest.mark.parametrize("path", PATHS)
async def test_a_malformed_path_is_answered_with_a_status(rest: Rest, sandbox: Sandbox, room: Room, path: str):
    status, _ = await rest("GET", path.format(channel=room.channel.id, huge="9" * 5000))

    assert 400 <= status < 500


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b"x"),
        ("multipart/form-data; boundary=b", b"--b\r\n\r\nx"),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="payload_json"\r\n\r\n{'),
    ],
)
async def test_a_malformed_form_is_answered_with_a_status(
    rest: Rest, sandbox: Sandbox, room: Room, content_type: str, body: bytes
):
    headers = {**rest.headers, "Content-Type": content_type}
    status, _ = await rest("POST", f"/channels/{room.channel.id}/messages", data=body, headers=headers)

    assert 400 <= status < 500 or status == 501
    sandbox.unknown.clear()


async def test_a_body_without_a_length_that_is_too_large_is_refused(rest: Rest, sandbox: Sandbox, room: Room):
    async def endless():
        for _ in range(40):
            yield b"x" * (1 << 20)

    headers = {**rest.headers, "Content-Type": "application/json"}
    try:
        status, _ = await rest("POST", f"/channels/{room.channel.id}/messages", data=endless(), headers=headers)
    except aiohttp.ClientConnectionError:
        return  # the connection was closed while it was being sent
    assert status == 413
