"""Messages that respond to an interaction."""

from sandbox.interactions import payloads
from sandbox.interactions.interaction import Interaction, InteractionKind
from sandbox.world.entities import CommandKind, Json, Message, MessageFlag, MessageKind
from sandbox.world.permissions import Permissions
from sandbox.world.state import World


def new(world: World, interaction: Interaction, flags: int, *, follows: Message | None = None) -> Message:
    """Return an empty response in the interaction's channel; `follows`: the original response of a followup."""
    ephemeral = bool(flags & MessageFlag.EPHEMERAL)
    message = Message(
        world.new_id(),
        interaction.channel_id,
        interaction.guild_id,
        interaction.application_id,
        world.now(),
        flags=flags,
        kind=_kind(interaction),
        application_id=interaction.application_id,
        visible_to=interaction.user_id if ephemeral else None,
    )
    metadata = payloads.metadata(world, interaction, original_id=follows.id if follows else None)
    message.interaction = {"metadata": metadata, "name": _command_name(interaction)}
    answered = follows or (interaction.message if interaction.kind is InteractionKind.COMPONENT else None)
    if answered is not None:
        message.kind = MessageKind.REPLY
        message.reference = reference_to(answered)
    return message


def may_ping(world: World, interaction: Interaction) -> bool:
    """Return whether the application may mention everyone in the interaction's channel."""
    channel = world.channels[interaction.channel_id]
    return bool(world.permissions_of(interaction.application_id, channel) & Permissions.MENTION_EVERYONE)


def _kind(interaction: Interaction) -> MessageKind:
    first = interaction.opened_by or interaction
    if first.command is None:
        return MessageKind.DEFAULT
    if first.command.kind == CommandKind.SLASH:
        return MessageKind.SLASH_COMMAND
    return MessageKind.CONTEXT_MENU_COMMAND


def _command_name(interaction: Interaction) -> str | None:
    if interaction.command is None:
        return None
    names = [interaction.command.name]
    options: list[Json] = interaction.payload["data"].get("options", [])
    while options and options[0]["type"] in (1, 2):
        names.append(options[0]["name"])
        options = options[0].get("options", [])
    return " ".join(names)


def reference_to(message: Message) -> Json:
    """Return the `message_reference` of a reply to a message."""
    body: Json = {"type": 0, "channel_id": str(message.channel_id), "message_id": str(message.id)}
    return body if message.guild_id is None else body | {"guild_id": str(message.guild_id)}
