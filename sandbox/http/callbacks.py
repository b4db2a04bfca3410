"""The initial response to an interaction (page "Receiving and responding")."""

import hmac
from collections.abc import Callable

from sandbox import rendering, rules
from sandbox.errors import DiscordError
from sandbox.http.request import Call, Reply, Route
from sandbox.interactions import responses
from sandbox.interactions.interaction import Interaction, ResponseKind
from sandbox.messages import message_body
from sandbox.messages.components import number
from sandbox.world.entities import Json, MessageFlag


def respond(call: Call) -> Reply:
    """Create an interaction's initial response."""
    interaction = _interaction(call)
    body = call.json
    rules.check_callback(body, _as_now(call, interaction), call.upload_names)
    kind = ResponseKind(body["type"])
    _CARRY_OUT[kind](call, interaction, body.get("data") or {})
    interaction.answered(kind)
    if not call.flag("with_response"):
        return Reply(204)
    return Reply(200, _shown(call, interaction, kind))


def _interaction(call: Call) -> Interaction:
    interaction = call.backend.interactions.by_id.get(call.number("interaction_id"))
    token = call.parameters["interaction_token"].encode()
    if interaction is None or interaction.dead or not hmac.compare_digest(interaction.token.encode(), token):
        raise DiscordError(404, 10062, "Unknown interaction")
    if interaction.channel_id not in call.world.channels:
        raise DiscordError(404, 10003, "Unknown Channel")
    if interaction.answer is not None:
        raise DiscordError(400, 40060, "Interaction has already been acknowledged.")
    return interaction


def _as_now(call: Call, interaction: Interaction) -> Json:
    """Return the interaction as dispatched, but with its message's current state: for the rules on updates."""
    if interaction.message is None:
        return interaction.payload
    return interaction.payload | {"message": message_body.shown_whole(call.world, interaction.message)}


def _message(call: Call, interaction: Interaction, data: Json) -> None:
    message = responses.new(call.world, interaction, data.get("flags") or 0)
    message_body.fill(call.world, message, data, call.uploads, may_ping=responses.may_ping(call.world, interaction))
    interaction.original = call.world.post(message)


def _deferred_message(call: Call, interaction: Interaction, data: Json) -> None:
    flags = MessageFlag.LOADING | (data.get("flags") or 0) & MessageFlag.EPHEMERAL
    interaction.original = call.world.post(responses.new(call.world, interaction, int(flags)))


def _deferred_update(_: Call, interaction: Interaction, __: Json) -> None:
    interaction.original = interaction.message


def _update(call: Call, interaction: Interaction, data: Json) -> None:
    message = interaction.message
    if message is None or message.deleted:
        raise DiscordError(404, 10008, "Unknown Message")
    ping = responses.may_ping(call.world, interaction)
    message_body.change(call.world, message, data, call.uploads, may_ping=ping)
    interaction.original = message
    call.world.changed(message)


def _choices(_: Call, interaction: Interaction, data: Json) -> None:
    interaction.choices = data["choices"]


def _modal(_: Call, interaction: Interaction, data: Json) -> None:
    number(data["components"])
    interaction.modal = data


_CARRY_OUT: dict[ResponseKind, Callable[[Call, Interaction, Json], None]] = {
    ResponseKind.MESSAGE: _message,
    ResponseKind.DEFERRED_MESSAGE: _deferred_message,
    ResponseKind.DEFERRED_UPDATE: _deferred_update,
    ResponseKind.UPDATE: _update,
    ResponseKind.CHOICES: _choices,
    ResponseKind.MODAL: _modal,
}


def _shown(call: Call, interaction: Interaction, kind: ResponseKind) -> Json:
    callback: Json = {"id": str(interaction.id), "type": int(interaction.kind)}
    callback["channel_id"] = str(interaction.channel_id)
    if interaction.guild_id is not None:
        callback["guild_id"] = str(interaction.guild_id)
    message = interaction.original
    if message is None:
        return {"interaction": callback}
    callback |= {
        "response_message_id": str(message.id),
        "response_message_loading": interaction.loading,
        "response_message_ephemeral": message.ephemeral,
    }
    if kind not in (ResponseKind.MESSAGE, ResponseKind.UPDATE):
        return {"interaction": callback}
    resource = {"type": int(kind), "message": rendering.message(call.world, message)}
    return {"interaction": callback, "resource": resource}


ROUTES = [
    Route("POST", "/interactions/{interaction_id}/{interaction_token}/callback", respond, open=True),
]
