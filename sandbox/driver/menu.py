"""The commands that Discord's client offers a user, and the options it sends."""

from collections.abc import Mapping

from sandbox.driver.errors import ActionFailedError
from sandbox.world.entities import Channel, Command, Json, Role, Upload, User
from sandbox.world.permissions import Permissions
from sandbox.world.state import World

_SUBCOMMAND, _GROUP = 1, 2
_GUILD_CONTEXT, _BOT_DM_CONTEXT = 0, 1

Value = str | int | float | bool | Upload | User | Role | Channel


def offered(world: World, user: User, channel: Channel, kind: int) -> list[Command]:
    """Return the commands of this type that the user is offered in the channel."""
    return [
        command
        for command in world.commands.values()
        if command.kind == kind and _is_in(world, command, channel) and _is_shown(world, command, user, channel)
    ]


def find(world: World, user: User, channel: Channel, kind: int, name: str) -> Command:
    """Return the command with this name.

    Raises:
        ActionFailedError: the user is not offered the command in the channel.
    """
    commands = offered(world, user, channel, kind)
    for command in commands:
        if command.name == name:
            return command
    raise ActionFailedError(f"{user.username} is offered no {name!r}, only {[c.name for c in commands]}")


def filled_in(
    command: Command, path: list[str], given: Mapping[str, Value], focused: str | None = None
) -> tuple[list[Json], dict[int, Upload]]:
    """Return the options as a client sends them, and the uploaded files.

    Raises:
        ActionFailedError: the command has no such subcommand or option.
    """
    uploads: dict[int, Upload] = {}
    found = _descend(command.body, path)
    known = {option["name"]: option for option in found.get("options") or ()}
    options: list[Json] = []
    for name, value in given.items():
        if name not in known:
            raise ActionFailedError(f"/{command.name} {' '.join(path)} has no option {name!r}, only {list(known)}")
        option = {"type": known[name]["type"], "name": name, "value": _sent(value, uploads)}
        options.append(option | ({"focused": True} if name == focused else {}))
    for kind, name in reversed(_kinds(command.body, path)):
        options = [{"type": kind, "name": name, "options": options}]
    return options, uploads


def _is_in(world: World, command: Command, channel: Channel) -> bool:
    contexts = command.body.get("contexts")
    if channel.guild_id is None:
        return contexts is None or _BOT_DM_CONTEXT in contexts
    installed = channel.guild_id in world.applications[command.application_id].guild_ids
    return (
        installed and command.guild_id in (None, channel.guild_id) and (contexts is None or _GUILD_CONTEXT in contexts)
    )


def _is_shown(world: World, command: Command, user: User, channel: Channel) -> bool:
    needed = command.body.get("default_member_permissions")
    if channel.guild_id is None:
        return True
    theirs = world.permissions_of(user.id, channel)
    if not theirs & Permissions.USE_APPLICATION_COMMANDS:
        return False
    if needed is None or theirs & Permissions.ADMINISTRATOR:
        return True
    return bool(int(needed)) and theirs & int(needed) == int(needed)


def _descend(body: Json, path: list[str]) -> Json:
    for name in path:
        inner = {option["name"]: option for option in _subcommands(body)}
        if name not in inner:
            raise ActionFailedError(f"there is no subcommand {name!r}, only {list(inner)}")
        body = inner[name]
    if _subcommands(body):
        raise ActionFailedError(f"{' '.join(path)!r} needs a subcommand")
    return body


def _subcommands(body: Json) -> list[Json]:
    return [option for option in body.get("options") or () if option["type"] in (_SUBCOMMAND, _GROUP)]


def _kinds(body: Json, path: list[str]) -> list[tuple[int, str]]:
    kinds: list[tuple[int, str]] = []
    for name in path:
        body = next(option for option in body["options"] if option["name"] == name)
        kinds.append((body["type"], name))
    return kinds


def _sent(value: Value, uploads: dict[int, Upload]) -> str | int | float | bool:
    if isinstance(value, Upload):
        uploads[len(uploads)] = value
        return len(uploads) - 1
    return str(value.id) if isinstance(value, User | Role | Channel) else value
