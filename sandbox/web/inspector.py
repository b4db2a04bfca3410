"""The live traffic between the bot and the local Discord, and faults to inject into it."""

import itertools
import json
from collections import deque
from collections.abc import Callable, Sequence

from sandbox.gateway.server import GatewayPayload
from sandbox.http.exchange import Exchange
from sandbox.server import Sandbox
from sandbox.world.entities import Json

MAX_LINES = 300
"""Limit of stored lines; the oldest are dropped."""
_MAX_DETAIL_LENGTH = 4000
_FAULT_COUNT = 5


class Inspector:
    """The newest gateway events and requests, each with a number, and faults by name."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._numbers = itertools.count(1)
        self._lines: deque[Json] = deque(maxlen=MAX_LINES)
        self._faults: dict[str, tuple[str, Callable[[], object]]] = {
            "drop": ("Drop the gateway connection", sandbox.faults.drop_socket),
            "slow": ("Delay the next 5 requests by 2 s", self._slow),
            "fail": ("Fail the next 5 requests with 500", self._fail),
            "links": ("Expire all attachment links", sandbox.faults.kill_links),
            "clear": ("Clear all faults", sandbox.faults.clear),
        }
        sandbox.exchanges.append(self._on_exchange)
        sandbox.gateway.observers.append(self._on_payload)

    @property
    def faults(self) -> Sequence[Json]:
        """The faults that can be injected."""
        return [{"name": name, "words": words} for name, (words, _) in self._faults.items()]

    def after(self, number: int) -> Sequence[Json]:
        """Return the lines after the one with this number."""
        return [line for line in self._lines if line["number"] > number]

    def switch_on(self, name: str) -> bool:
        """Inject a fault; return False if the name is unknown."""
        if name not in self._faults:
            return False
        self._faults[name][1]()
        return True

    def _slow(self) -> None:
        self._sandbox.faults.slow("*", "*", seconds=2.0, count=_FAULT_COUNT)

    def _fail(self) -> None:
        self._sandbox.faults.fail("*", "*", count=_FAULT_COUNT)

    def _on_exchange(self, exchange: Exchange) -> None:
        details = {"request": exchange.body, "response": exchange.response}
        self._add("request", f"{exchange.method} {_without_token(exchange.path)} {exchange.status}", details)

    def _on_payload(self, payload: GatewayPayload) -> None:
        event, way = payload.payload, "from the bot" if payload.direction == "received" else "to the bot"
        name = event.get("t") or f"opcode {event.get('op')}"
        self._add("event", f"{way}: {name}", event.get("d"))

    def _add(self, kind: str, words: str, body: object) -> None:
        more = json.dumps(body, ensure_ascii=False, indent=1, default=str)[:_MAX_DETAIL_LENGTH]
        self._lines.append({"number": next(self._numbers), "kind": kind, "words": words, "more": more})


def _without_token(path: str) -> str:
    """Return the path with its tokens truncated: they are secret and long."""
    return "/".join(part if len(part) < 40 else part[:6] + "…" for part in path.split("/"))
