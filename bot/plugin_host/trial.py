"""Imports plugins for the bot, each in a process of its own that is killed when it takes too long or the bot ends."""

import asyncio
import dataclasses
import json
import multiprocessing
import os
import signal
import sys
from collections.abc import Sequence
from multiprocessing.connection import Connection, wait
from typing import IO, Any, Final, TypeAlias, TypedDict

from bot.plugin_host.checks import Description
from bot.plugin_host.import_errors import PluginImportError
from bot.plugin_host.importer import PluginImport

START_SECONDS: Final = {"fork": 0.0, "spawn": 30.0}
"""Maximum duration of a process's start, by the method of `multiprocessing`: a spawned one imports hikari."""


class Request(TypedDict):
    """A plugin to import."""

    module: str
    others: Sequence[str]
    """The modules of the other plugins."""
    path: Sequence[str]
    """The folders in which the bot finds modules."""
    folder: str
    """The bot's working directory."""
    method: str
    """The start method of `multiprocessing`: fork, or spawn where there is no fork."""
    seconds: float
    """Maximum duration of the import."""


class Described(TypedDict):
    """The fields of a plugin's description."""

    description: dict[str, Any]


class Failed(TypedDict):
    """The place and the reason of an error."""

    error: tuple[str, str]


Answer: TypeAlias = Described | Failed


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer requests until they end: a line of JSON each. An answer is JSON too, after a line with its length."""
    while line := requests.readline():
        answer = _answer(json.loads(line), requests)
        if answer is None:
            return
        answers.write(b"%d\n%b" % (len(answer), answer))
        answers.flush()


def describe(request: Request) -> Answer:
    """Import a plugin in this process, and describe it."""
    sys.path[:] = request["path"]
    running = PluginImport(request["module"], request["others"])
    running.run()
    try:
        imported = running.result(running.found())
        description = Description.of(imported.plugin, asyncio.run(imported.build_commands()))
    except PluginImportError as error:
        return {"error": (error.where, error.why)}
    return {"description": dataclasses.asdict(description)}


def _answer(request: Request, requests: IO[bytes]) -> bytes | None:
    """Return the answer of a new process; None: the bot has ended."""
    context: Any = multiprocessing.get_context(request["method"])
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_send_description, args=(request, sender))
    process.start()
    sender.close()
    try:
        ready = wait([receiver, requests.fileno()], _limit(request))
        if requests.fileno() in ready:  # no request comes before the answer to the last, so this is the end
            return None
        if ready:
            return receiver.recv_bytes()
        return _failed(request, f"its import had not ended after {request['seconds']:g} seconds")
    except EOFError:
        process.join(1)
        return _failed(request, f"its import ended the process (exit status {process.exitcode})")
    finally:
        process.kill()
        process.join()
        receiver.close()


def _send_description(request: Request, sender: Connection) -> None:
    signal.setitimer(signal.ITIMER_REAL, _limit(request) + 1)  # the end, even if nobody is left to kill it
    os.chdir(request["folder"])
    sender.send_bytes(_encoded(describe(request)))


def _limit(request: Request) -> float:
    return START_SECONDS[request["method"]] + request["seconds"]


def _failed(request: Request, why: str) -> bytes:
    return _encoded({"error": (request["module"], why)})


def _encoded(answer: Answer) -> bytes:
    return json.dumps(answer).encode()
