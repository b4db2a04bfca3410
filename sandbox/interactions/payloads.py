"""The complete payload of INTERACTION_CREATE (page "Receiving and responding")."""

from collections.abc import Mapping, Sequence

from sandbox import rendering
from sandbox.interactions import resolved
from sandbox.interactions.interaction import Interaction, InteractionKind
from sandbox.messages.components import find_component
from sandbox.messages.message_body import ATTACHMENT_SIZE_LIMIT
from sandbox.rules import Filled, preset
from sandbox.world.entities import AnyJson, Channel, Command, CommandKind, Json, Message, Upload, User
from sandbox.world.state import World

_ROW, _TEXT_INPUT, _TEXT_DISPLAY, _LABEL, _FILE_UPLOAD, _RADIO, _CHECKBOX = 1, 4, 10, 18, 19, 21, 23


def whole(world: World, interaction: Interaction, data: Json) -> Json:
    """Return the complete payload with an interaction's `data`."""
    body: Json = {
        "id": str(interaction.id),
        "application_id": str(interaction.application_id),
        "type": int(interaction.kind),
        "token": interaction.token,
        "version": 1,
        "data": data,
        "entitlements": [],
        "attachment_size_limit": ATTACHMENT_SIZE_LIMIT,
        "authorizing_integration_owners": owners(world, interaction),
        "locale": world.users[interaction.user_id].locale,
        "channel_id": str(interaction.channel_id),
        **_place(world, interaction),
    }
    if interaction.message is not None:
        body["message"] = rendering.message(world, interaction.message)
    return body


def owners(world: World, interaction: Interaction) -> Json:
    """Return `authorizing_integration_owners`: the guild ("0", itself "0" in a direct message) or the user ("1")."""
    application = world.applications[interaction.application_id]
    if interaction.guild_id is None or interaction.guild_id in application.guild_ids:
        return {"0": str(interaction.guild_id or 0)}
    return {"1": str(interaction.user_id)}


def metadata(world: World, interaction: Interaction, *, original_id: int | None = None) -> Json:
    """Return the `interaction_metadata` of a response to an interaction."""
    body: Json = {
        "id": str(interaction.id),
        "type": int(interaction.kind),
        "user": rendering.user(world.users[interaction.user_id]),
        "authorizing_integration_owners": owners(world, interaction),
    }
    if original_id is not None:
        body["original_response_message_id"] = str(original_id)
    if interaction.kind is InteractionKind.COMPONENT and interaction.message:
        body["interacted_message_id"] = str(interaction.message.id)
    if interaction.opened_by is not None:
        body["triggering_interaction_metadata"] = metadata(world, interaction.opened_by)
    return body | _target_of(world, interaction)


def command_data(
    world: World,
    channel: Channel,
    command: Command,
    options: Sequence[Json],
    attachments: Mapping[int, Upload],
    target: User | Message | None,
) -> Json:
    """Return the `data` of a command: options with resolved entities, or the target."""
    data: Json = {"id": str(command.id), "name": command.name, "type": command.kind}
    if command.guild_id is not None:
        data["guild_id"] = str(command.guild_id)
    found = resolved.Resolved(world, channel)
    if command.kind == CommandKind.SLASH:
        sent = [_option(world, command.application_id, option, attachments, found) for option in options]
        data |= {"options": sent} if sent else {}
    elif target is not None:
        data["target_id"] = str(target.id)
        found.add_message(target) if isinstance(target, Message) else found.add_user(target.id)
    return data | found.fields()


def component_data(world: World, channel: Channel, component: Json, values: Sequence[str] | None) -> Json:
    """Return the `data` of a used component."""
    data: Json = {
        "custom_id": component["custom_id"],
        "component_type": component["type"],
        "id": component["id"],
    }
    if values is None:
        return data
    found = resolved.Resolved(world, channel)
    found.add_chosen(component["type"], values)
    return data | {"values": list(values)} | found.fields()


def modal_data(world: World, channel: Channel, application_id: int, modal: Json, fields: Mapping[str, Filled]) -> Json:
    """Return the `data` of a submitted modal.

    Raises:
        LookupError: a field of `fields` is not in the modal.
    """
    for custom_id in fields:
        find_component(modal["components"], custom_id)
    found = resolved.Resolved(world, channel)

    def submitted(component: Json) -> Json:
        kind = component["type"]
        sent: Json = {"type": kind, "id": component["id"]}
        if kind == _TEXT_DISPLAY:
            return sent
        if kind == _ROW:
            return sent | {"components": [submitted(each) for each in component["components"]]}
        if kind == _LABEL:
            return sent | {"component": submitted(component["component"])}
        sent["custom_id"] = component["custom_id"]
        given: AnyJson = fields.get(component["custom_id"], preset(component))
        if kind == _FILE_UPLOAD:
            kept = [world.keep_file(upload, application_id, ephemeral=True) for upload in given]
            for each in kept:
                found.add_attachment(each)
            return sent | {"values": [str(each.id) for each in kept]}
        if kind in (_TEXT_INPUT, _RADIO, _CHECKBOX):
            return sent | {"value": given}
        found.add_chosen(kind, given)
        return sent | {"values": list(given)}

    filled = [submitted(each) for each in modal["components"]]
    return {"custom_id": modal["custom_id"], "components": filled, **found.fields()}


def _place(world: World, interaction: Interaction) -> Json:
    channel = world.channels[interaction.channel_id]
    theirs = world.permissions_of(interaction.user_id, channel)
    own = world.permissions_of(interaction.application_id, channel)
    place: Json = {
        "channel": rendering.channel(world, channel) | {"permissions": str(theirs)},
        "app_permissions": str(own),
    }
    place["channel"].pop("permission_overwrites", None)
    user = world.users[interaction.user_id]
    if interaction.guild_id is None:
        return place | {"context": 1, "user": rendering.user(user)}
    guild = world.guilds[interaction.guild_id]
    member = rendering.member(world, guild.members[user.id]) | {"permissions": str(theirs)}
    return place | {
        "context": 0,
        "guild_id": str(guild.id),
        "guild": {"id": str(guild.id), "locale": guild.preferred_locale, "features": []},
        "guild_locale": guild.preferred_locale,
        "member": member,
    }


def _target_of(world: World, interaction: Interaction) -> Json:
    command = interaction.command
    if interaction.kind is not InteractionKind.COMMAND or command is None or command.kind == CommandKind.SLASH:
        return {}
    target_id = interaction.payload["data"]["target_id"]
    if command.kind == CommandKind.MESSAGE:
        return {"target_message_id": target_id}
    return {"target_user": rendering.user(world.users[int(target_id)])}


def _option(
    world: World,
    application_id: int,
    option: Json,
    attachments: Mapping[int, Upload],
    found: resolved.Resolved,
) -> Json:
    if "options" in option:
        inner = [_option(world, application_id, each, attachments, found) for each in option["options"]]
        return option | {"options": inner}
    if option["type"] == resolved.ATTACHMENT:
        kept = world.keep_file(attachments[int(option["value"])], application_id, ephemeral=True)
        found.add_attachment(kept)
        return option | {"value": str(kept.id)}
    found.add_option(option["type"], option.get("value"))
    return dict(option)
