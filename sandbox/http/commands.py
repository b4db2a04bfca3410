"""Application commands, global and of a guild: list, create, fetch, edit, delete, bulk overwrite."""

import datetime

from sandbox import rendering, rules
from sandbox.errors import DiscordError
from sandbox.http.request import Call, Reply, Route
from sandbox.world.entities import Command, Json

_OF_GLOBAL: Json = {"dm_permission": True, "contexts": None, "integration_types": [0]}
"""Default fields of a global command."""


def listed(call: Call) -> Reply:
    """List the commands of a scope."""
    guild_id = _scope(call)
    found = call.world.commands_of(call.application.id, guild_id)
    whole = call.flag("with_localizations")
    return Reply(200, [rendering.command(each, with_localizations=whole) for each in found])


def create(call: Call) -> Reply:
    """Create a command, or overwrite the one with its name and type."""
    guild_id = _scope(call)
    body = call.json
    rules.check_command(body)
    before = _of_name(call, guild_id, body)
    if before is None:
        shown = [rendering.command(each) for each in call.world.commands_of(call.application.id, guild_id)]
        rules.check_command_counts([*shown, body])
        _count_creates(call, guild_id, 1)
    command = _write(call, guild_id, body, before)
    return Reply(200 if before else 201, rendering.command(command))


def fetch(call: Call) -> Reply:
    """Return one command."""
    return Reply(200, rendering.command(_command(call)))


def edit(call: Call) -> Reply:
    """Edit the given fields of a command."""
    command = _command(call)
    changes = call.json
    before = rendering.command(command)
    rules.check_command_edit(changes, before)
    body = before | changes | {"type": command.kind}
    other = _of_name(call, command.guild_id, body)
    if other is not None and other is not command:
        fault = {
            "code": "APPLICATION_COMMANDS_DUPLICATE_NAME",
            "message": "Application command names must be unique",
        }
        raise DiscordError(400, 50035, "Invalid Form Body", {"name": {"_errors": [fault]}})
    _write(call, command.guild_id, body, command)
    return Reply(200, rendering.command(command))


def delete(call: Call) -> Reply:
    """Delete a command."""
    del call.world.commands[_command(call).id]
    return Reply(204)


def overwrite(call: Call) -> Reply:
    """Bulk overwrite the commands of a scope; a command with the same name and type keeps its id."""
    guild_id = _scope(call)
    rules.check_commands(call.body)
    before = {(each.kind, each.name): each for each in call.world.commands_of(call.application.id, guild_id)}
    rules.check_entry_point_stays([kind for kind, _ in before], call.body)
    _count_creates(call, guild_id, len({_key(body) for body in call.body} - before.keys()))
    kept = [_write(call, guild_id, body, before.get(_key(body))) for body in call.body]
    for gone in {each.id for each in before.values()} - {each.id for each in kept}:
        del call.world.commands[gone]
    return Reply(200, [rendering.command(each) for each in kept])


def _count_creates(call: Call, guild_id: int | None, count: int) -> None:
    """Count created commands against the daily limit."""
    made = call.world.command_creates.setdefault((call.application.id, guild_id), [])
    day_ago = call.world.clock() - datetime.timedelta(days=1)
    made[:] = [each for each in made if each > day_ago]
    if count:
        rules.check_command_creates(len(made) + count)
    made.extend([call.world.clock()] * count)


def _scope(call: Call) -> int | None:
    if call.number("application_id") != call.application.id:
        raise DiscordError(403, 20012, "You are not authorized to perform this action on this application")
    return call.guild().id if "guild_id" in call.parameters else None


def _command(call: Call) -> Command:
    guild_id = _scope(call)
    command = call.world.commands.get(call.number("command_id"))
    if command is None or (command.application_id, command.guild_id) != (
        call.application.id,
        guild_id,
    ):
        raise DiscordError(404, 10063, "Unknown application command")
    return command


def _key(body: Json) -> tuple[int, str]:
    return int(body.get("type") or 1), body["name"]


def _of_name(call: Call, guild_id: int | None, body: Json) -> Command | None:
    of_scope = call.world.commands_of(call.application.id, guild_id)
    return next((each for each in of_scope if (each.kind, each.name) == _key(body)), None)


def _write(call: Call, guild_id: int | None, body: Json, before: Command | None) -> Command:
    kind, name = _key(body)
    shown = _shown(body, is_global=guild_id is None)
    if before is None:
        new_id = call.world.new_id()
        command = Command(new_id, call.application.id, guild_id, kind, name, call.world.new_id(), shown)
        call.world.commands[command.id] = command
        return command
    if (before.name, before.body) != (name, shown):
        before.name, before.body, before.version = name, shown, call.world.new_id()
    return before


def _shown(body: Json, *, is_global: bool) -> Json:
    permissions = body.get("default_member_permissions")
    shown: Json = {
        "description": body.get("description") or "",
        "name_localizations": body.get("name_localizations") or None,
        "description_localizations": body.get("description_localizations") or None,
        "default_member_permissions": None if permissions is None else str(permissions),
        "nsfw": bool(body.get("nsfw")),
    }
    if (handler := body.get("handler")) is not None:
        shown["handler"] = handler
    if is_global:
        given = {key: body[key] for key in _OF_GLOBAL if body.get(key) is not None}
        shown |= _OF_GLOBAL | given
        if given.get("contexts") is not None:
            shown["dm_permission"] = 1 in given["contexts"]
    if options := body.get("options"):
        shown["options"] = [_shown_option(each) for each in options]
    return shown


def _shown_option(option: Json) -> Json:
    """Return an option as in Discord's responses: without fields that have their default."""
    shown = {key: value for key, value in option.items() if value is not None and value != {}}
    for key in ("required", "autocomplete"):
        if not shown.get(key):
            shown.pop(key, None)
    if "options" in shown:
        shown["options"] = [_shown_option(each) for each in shown["options"]]
    if "choices" in shown:
        shown["choices"] = [
            {k: v for k, v in each.items() if v} | {"value": each["value"]} for each in shown["choices"]
        ]
    return shown


_GLOBAL = "/applications/{application_id}/commands"
_OF_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"

ROUTES = [
    route
    for scope in (_GLOBAL, _OF_GUILD)
    for route in (
        Route("GET", scope, listed),
        Route("POST", scope, create),
        Route("PUT", scope, overwrite),
        Route("GET", f"{scope}/{{command_id}}", fetch),
        Route("PATCH", f"{scope}/{{command_id}}", edit),
        Route("DELETE", f"{scope}/{{command_id}}", delete),
    )
]
