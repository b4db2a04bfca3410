"""The live traffic between the bot and the local Discord, and faults to inject into it."""

import itertools
import json
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from sandbox.faults import InjectedFault
from sandbox.gateway.server import GatewayPayload
from sandbox.http.exchange import Exchange
from sandbox.server import Sandbox
from sandbox.world.entities import Json

MAX_LINES = 300
"""Limit of stored lines; the oldest are dropped."""
_MAX_DETAIL_LENGTH = 4000
_FAULT_COUNT = 5
_FAULT_SECONDS = 2.0
_HEARTBEATS: Final = (1, 11)
_OPCODES: Final = {
    1: "heartbeat",
    2: "identify",
    3: "presence update",
    6: "resume",
    7: "reconnect",
    9: "invalid session",
    10: "hello",
    11: "heartbeat acknowledged",
}
"""Names of gateway opcodes (Discord's documentation, Opcodes and Status Codes)."""
_FIRST_ERROR_STATUS = 400


class Inspector:
    """The newest gateway events and requests, each with a number, and faults by name."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._numbers = itertools.count(1)
        self._lines: deque[Json] = deque(maxlen=MAX_LINES)
        self._pending: list[tuple[str, InjectedFault]] = []
        faults, count, seconds = sandbox.faults, _FAULT_COUNT, _FAULT_SECONDS
        self._requests: dict[str, tuple[str, Callable[[], InjectedFault]]] = {
            "lose_answer": ("Lose the next answer", lambda: faults.lose_answer("*", "*")),
            "lose_request": ("Lose the next request", lambda: faults.lose_request("*", "*")),
            "fail": ("Fail the next 5 requests with 500", lambda: faults.fail("*", "*", count=count)),
            "slow": ("Delay the next 5 requests by 2 s", lambda: faults.slow("*", "*", seconds=seconds, count=count)),
            "limit": ("Rate limit the next request for 2 s", lambda: faults.rate_limit("*", "*", retry_after=seconds)),
        }
        self._others: dict[str, tuple[str, Callable[[], Awaitable[None] | None]]] = {
            "drop": ("Drop the gateway connection", faults.drop_socket),
            "reconnect": ("Ask the bot to reconnect", faults.reconnect),
            "invalidate": ("End the gateway session", faults.invalidate_session),
            "links": ("Expire all attachment links", faults.kill_links),
            "clear": ("Clear all faults", self._clear),
        }
        sandbox.exchanges.append(self._on_exchange)
        sandbox.gateway.observers.append(self._on_payload)

    @property
    def faults(self) -> Sequence[Json]:
        """The faults that can be injected, each as a sentence."""
        known = {**self._requests, **self._others}
        return [{"name": name, "words": words} for name, (words, _) in known.items()]

    @property
    def pending(self) -> Sequence[Json]:
        """The injected faults that still have requests to meet."""
        left = [(words, fault.count - fault.hits) for words, fault in self._pending]
        return [{"words": words, "left": count} for words, count in left if count > 0]

    def after(self, number: int) -> Sequence[Json]:
        """Return the lines after the one with this number."""
        return [line for line in self._lines if line["number"] > number]

    async def switch_on(self, name: str) -> bool:
        """Inject a fault; return False if the name is unknown."""
        if name in self._requests:
            words, inject = self._requests[name]
            self._pending.append((words, inject()))
        elif name in self._others:
            if waiting := self._others[name][1]():
                await waiting
        else:
            return False
        self._sandbox.world.changes.wake()
        return True

    def _clear(self) -> None:
        self._pending.clear()
        self._sandbox.faults.clear()

    def _on_exchange(self, exchange: Exchange) -> None:
        details = {"request": exchange.body, "response": exchange.response}
        kind = "request" if exchange.status and exchange.status < _FIRST_ERROR_STATUS else "error"
        self._add(kind, f"{exchange.method} {_without_token(exchange.path)} {exchange.status}", details)

    def _on_payload(self, payload: GatewayPayload) -> None:
        event, way = payload.payload, "from the bot" if payload.direction == "received" else "to the bot"
        code = int(event["op"])
        name = event.get("t") or _OPCODES.get(code) or f"opcode {code}"
        self._add("heartbeat" if code in _HEARTBEATS else "event", f"{way}: {name}", event.get("d"))

    def _add(self, kind: str, words: str, body: object) -> None:
        more = json.dumps(body, ensure_ascii=False, indent=1, default=str)[:_MAX_DETAIL_LENGTH]
        at = self._sandbox.world.now().isoformat()
        self._lines.append({"number": next(self._numbers), "kind": kind, "at": at, "words": words, "more": more})


def _without_token(path: str) -> str:
    """Return the path with its tokens truncated: they are secret and long."""
    return "/".join(part if len(part) < 40 else part[:6] + "…" for part in path.split("/"))
