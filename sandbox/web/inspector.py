"""What goes on between the bot and the local Discord, as it happens, and what can be made to go wrong with it."""

import itertools
import json
from collections import deque
from collections.abc import Callable, Sequence

from sandbox.gateway.server import GatewayPayload
from sandbox.http.exchange import Exchange
from sandbox.server import Sandbox
from sandbox.world.entities import Json

MOST = 300
"""Lines that are kept."""
_LONGEST = 4000
_FAILURES = 5


class Hood:
    """The newest gateway events and requests, each with a number, and faults by name."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._numbers = itertools.count(1)
        self._lines: deque[Json] = deque(maxlen=MOST)
        self._faults: dict[str, tuple[str, Callable[[], object]]] = {
            "drop": ("Drop the connection", sandbox.faults.drop_socket),
            "slow": ("The next 5 requests take 2 s", self._slow),
            "fail": ("The next 5 requests fail with 500", self._fail),
            "links": ("All links to pictures die", sandbox.faults.kill_links),
            "clear": ("No more faults", sandbox.faults.clear),
        }
        sandbox.exchanges.append(self._asked)
        sandbox.gateway.observers.append(self._told)

    @property
    def faults(self) -> Sequence[Json]:
        """The faults that can be switched on."""
        return [{"name": name, "words": words} for name, (words, _) in self._faults.items()]

    def after(self, number: int) -> Sequence[Json]:
        """The lines that came after the one with this number."""
        return [line for line in self._lines if line["number"] > number]

    def switch_on(self, name: str) -> bool:
        """Let something go wrong; False: there is no such fault."""
        if name not in self._faults:
            return False
        self._faults[name][1]()
        return True

    def _slow(self) -> None:
        self._sandbox.faults.slow("*", "*", seconds=2.0, count=_FAILURES)

    def _fail(self) -> None:
        self._sandbox.faults.fail("*", "*", count=_FAILURES)

    def _asked(self, exchange: Exchange) -> None:
        said = {"asked": exchange.body, "answered": exchange.response}
        self._add("request", f"{exchange.method} {_without_token(exchange.path)} {exchange.status}", said)

    def _told(self, payload: GatewayPayload) -> None:
        event, way = payload.payload, "from the bot" if payload.direction == "received" else "to the bot"
        name = event.get("t") or f"opcode {event.get('op')}"
        self._add("event", f"{way}: {name}", event.get("d"))

    def _add(self, kind: str, words: str, body: object) -> None:
        more = json.dumps(body, ensure_ascii=False, indent=1, default=str)[:_LONGEST]
        self._lines.append({"number": next(self._numbers), "kind": kind, "words": words, "more": more})


def _without_token(path: str) -> str:
    """The path, with what is secret in it cut off: it would fill the line."""
    return "/".join(part if len(part) < 40 else part[:6] + "…" for part in path.split("/"))
