"""Saving the world to a file and loading it, so that a sandbox continues after a restart."""

import base64
import dataclasses
import datetime
import pathlib
from typing import Any

import orjson

from sandbox.world.entities import (
    Application,
    Attachment,
    Channel,
    Command,
    Guild,
    Member,
    Message,
    Overwrite,
    Role,
    Thread,
    User,
)
from sandbox.world.snowflakes import Clock, utc_now
from sandbox.world.state import World

_TABLES = {
    "users": User,
    "guilds": Guild,
    "channels": Channel,
    "applications": Application,
    "commands": Command,
    "messages": Message,
}


def save(world: World, path: pathlib.Path) -> None:
    """Write a world to a file, which is replaced atomically; interactions and sessions are not saved."""
    body: dict[str, Any] = {
        table: [dataclasses.asdict(each) for each in getattr(world, table).values()] for table in _TABLES
    }
    body["files"] = {str(key): base64.b64encode(data).decode() for key, data in world.files.items()}
    body["secret"] = world.links.secret.hex()
    body["last_id"] = world.new_id()
    beside = path.with_suffix(path.suffix + ".new")
    beside.write_bytes(orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS))
    beside.replace(path)


def load(path: pathlib.Path, clock: Clock = utc_now) -> World:
    """Return the world saved to a file."""
    body = orjson.loads(path.read_bytes())
    world = World(clock)
    for table, kind in _TABLES.items():
        getattr(world, table).update({each["id"]: _MAKE[kind](each) for each in body[table]})
    for guild in world.guilds.values():
        guild.channels = {each: world.channels[each] for each in guild.channels}
        guild.threads = {each: world.channels[each] for each in guild.threads}
    world.files.update({int(key): base64.b64decode(data) for key, data in body["files"].items()})
    world.links.secret = bytes.fromhex(body["secret"])
    world.new_id.keep_above(body["last_id"])
    return world


def _user(body: dict[str, Any]) -> User:
    return User(**body)


def _application(body: dict[str, Any]) -> Application:
    return Application(**body)


def _command(body: dict[str, Any]) -> Command:
    return Command(**body)


def _channel(body: dict[str, Any]) -> Channel:
    overwrites = {int(key): Overwrite(**each) for key, each in body["overwrites"].items()}
    body["overwrites"] = overwrites
    body["thread"] = body.get("thread") and _thread(body["thread"])
    return Channel(**body)


def _thread(body: dict[str, Any]) -> Thread:
    body["changed_at"] = _moment(body["changed_at"])
    body["joined"] = {int(key): _moment(each) for key, each in body["joined"].items()}
    return Thread(**body)


def _guild(body: dict[str, Any]) -> Guild:
    body["roles"] = {int(key): Role(**each) for key, each in body["roles"].items()}
    for table in ("channels", "threads"):
        body[table] = {int(key): _channel(each) for key, each in body.get(table, {}).items()}
    body["members"] = {int(key): _member(each) for key, each in body["members"].items()}
    return Guild(**body)


def _member(body: dict[str, Any]) -> Member:
    body["joined_at"] = _moment(body["joined_at"])
    return Member(**body)


def _message(body: dict[str, Any]) -> Message:
    for key in ("attachments", "snapshot_attachments"):
        body[key] = [Attachment(**each) for each in body.get(key, ())]
    for key in ("made_at", "edited_at", "pinned_at"):
        body[key] = body[key] and _moment(body[key])
    return Message(**body)


def _moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


_MAKE = {
    User: _user,
    Guild: _guild,
    Channel: _channel,
    Application: _application,
    Command: _command,
    Message: _message,
}
